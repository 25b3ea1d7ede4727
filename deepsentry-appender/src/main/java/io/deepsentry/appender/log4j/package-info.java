/** The appender of Log4j 2. */
@NullMarked
package io.deepsentry.appender.log4j;

import org.jspecify.annotations.NullMarked;
