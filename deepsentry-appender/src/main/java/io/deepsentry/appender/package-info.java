/** A program's own log, judged as it is written. */
@NullMarked
package io.deepsentry.appender;

import org.jspecify.annotations.NullMarked;
