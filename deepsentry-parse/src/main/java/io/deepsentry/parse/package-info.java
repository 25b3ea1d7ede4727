/** Turns raw log lines into log events: formats, session keys, labels. */
@NullMarked
package io.deepsentry.parse;

import org.jspecify.annotations.NullMarked;
