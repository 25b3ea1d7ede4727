/**
 * Why something is anomalous, as plain data.
 *
 * <p>Uses nothing else in the module.
 */
@NullMarked
package io.deepsentry.anomaly.explain;

import org.jspecify.annotations.NullMarked;
