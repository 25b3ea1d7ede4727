/** Judges a program's own log as it is written. */
@NullMarked
package io.deepsentry.appender;

import org.jspecify.annotations.NullMarked;
