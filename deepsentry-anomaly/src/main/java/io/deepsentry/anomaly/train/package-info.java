/** Training of the detector. */
@NullMarked
package io.deepsentry.anomaly.train;

import org.jspecify.annotations.NullMarked;
