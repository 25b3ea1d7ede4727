/**
 * Judges logs in jobs of Apache Flink. {@link io.deepsentry.flink.ParseFunction} makes lines of text, and
 * {@link io.deepsentry.flink.DeepSentryFunction} judges them.
 */
@NullMarked
package io.deepsentry.flink;

import org.jspecify.annotations.NullMarked;
