/** Verdicts from scores: fixed, adaptive and seasonal thresholds, alarm budgets and drift. */
@NullMarked
package io.deepsentry.anomaly.threshold;

import org.jspecify.annotations.NullMarked;
