/**
 * Turns a growing log into alerts. Every entry class is here: {@link io.deepsentry.live.LiveMonitor} runs the whole way, {@link io.deepsentry.live.DataStream} reads,
 * and {@link io.deepsentry.live.AnomalyIdentifier} judges. What they take and return is in {@code tail}, {@code identify} and {@code alert}.
 */
@NullMarked
package io.deepsentry.live;

import org.jspecify.annotations.NullMarked;
