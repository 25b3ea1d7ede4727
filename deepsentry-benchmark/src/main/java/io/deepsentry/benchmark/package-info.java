/** The detector measured beside simple rules and classical methods on labelled logs. */
@NullMarked
package io.deepsentry.benchmark;

import org.jspecify.annotations.NullMarked;
