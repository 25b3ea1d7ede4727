/**
 * Messages as vectors and numbers: tables, windows and what training saw. Internal.
 *
 * <p>Uses only {@link io.deepsentry.anomaly.explain.View} of the module.
 */
@NullMarked
package io.deepsentry.anomaly.internal.vector;

import org.jspecify.annotations.NullMarked;
