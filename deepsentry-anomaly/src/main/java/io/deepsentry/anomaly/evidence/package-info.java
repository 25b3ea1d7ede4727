/** The kinds of evidence that stand beside the network: what each verdict says spoke. */
@NullMarked
package io.deepsentry.anomaly.evidence;

import org.jspecify.annotations.NullMarked;
