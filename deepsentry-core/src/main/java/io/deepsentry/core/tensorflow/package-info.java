/**
 * TensorFlow as the engine: building graphs from networks, training, prediction and SavedModel folders.
 *
 * <p>The only package that sees {@code org.tensorflow}; none of its types is in a public signature.
 */
@NullMarked
package io.deepsentry.core.tensorflow;

import org.jspecify.annotations.NullMarked;
