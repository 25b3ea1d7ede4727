/** Evaluation of a test part: scores, the report of anomalies, metrics, baselines and plots. */
@NullMarked
package io.deepsentry.anomaly.evaluation;

import org.jspecify.annotations.NullMarked;
