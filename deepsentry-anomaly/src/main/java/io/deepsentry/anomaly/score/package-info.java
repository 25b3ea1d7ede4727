/** Trained detectors as handles: scores of sessions, streams and windows. */
@NullMarked
package io.deepsentry.anomaly.score;

import org.jspecify.annotations.NullMarked;
