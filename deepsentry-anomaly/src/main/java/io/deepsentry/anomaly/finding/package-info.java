/** Findings: anomalies that are alike, counted as one, with a beginning and an end. */
@NullMarked
package io.deepsentry.anomaly.finding;

import org.jspecify.annotations.NullMarked;
