/**
 * The front door: {@link io.deepsentry.anomaly.Sentry} opens what was learned, judges messages, and learns from code.
 */
@NullMarked
package io.deepsentry.anomaly;

import org.jspecify.annotations.NullMarked;
