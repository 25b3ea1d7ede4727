/** The appender of Logback. */
@NullMarked
package io.deepsentry.appender.logback;

import org.jspecify.annotations.NullMarked;
