/** Finds the steps that made a score, and puts explanations together. Internal. */
@NullMarked
package io.deepsentry.anomaly.internal.explain;

import org.jspecify.annotations.NullMarked;
