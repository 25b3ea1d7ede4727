/** What a detector's folder holds, and the arithmetic of surprise. Internal. */
@NullMarked
package io.deepsentry.anomaly.internal.detector;

import org.jspecify.annotations.NullMarked;
