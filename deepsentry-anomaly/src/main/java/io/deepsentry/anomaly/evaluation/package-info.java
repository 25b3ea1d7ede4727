/** Evaluation of a test part: scores, findings, metrics, baselines and plots. */
@NullMarked
package io.deepsentry.anomaly.evaluation;

import org.jspecify.annotations.NullMarked;
