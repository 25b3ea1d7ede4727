/** Rules that make thresholds of validation scores, for training and trained detectors. Internal. */
@NullMarked
package io.deepsentry.anomaly.internal.threshold;

import org.jspecify.annotations.NullMarked;
