/**
 * Turns a growing log into alerts. Every entry class is here: {@link io.deepsentry.live.LiveMonitor} runs everything,
 * {@link io.deepsentry.live.DataStream} reads, and {@link io.deepsentry.live.AnomalyIdentifier} judges. Their
 * arguments and results are in {@code tail}, {@code identify} and {@code alert}.
 */
@NullMarked
package io.deepsentry.live;

import org.jspecify.annotations.NullMarked;
