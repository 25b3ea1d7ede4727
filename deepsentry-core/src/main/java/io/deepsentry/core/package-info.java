/** The errors that every module above shares. */
@NullMarked
package io.deepsentry.core;

import org.jspecify.annotations.NullMarked;
