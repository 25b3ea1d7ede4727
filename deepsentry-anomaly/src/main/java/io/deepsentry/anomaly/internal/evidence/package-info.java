/** How each kind of evidence is learnt in one pass over training and met line by line. Not for users. */
@NullMarked
package io.deepsentry.anomaly.internal.evidence;

import org.jspecify.annotations.NullMarked;
