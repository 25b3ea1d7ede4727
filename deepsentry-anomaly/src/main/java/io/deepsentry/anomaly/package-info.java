/** Vectors to scores to verdicts: detector, thresholds, evaluation. */
@NullMarked
package io.deepsentry.anomaly;

import org.jspecify.annotations.NullMarked;
