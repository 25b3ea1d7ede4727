/**
 * The network engine: layers, weights, prediction and training. It is the only package that sees TensorFlow, and none of TensorFlow's types is in
 * its public signatures.
 */
@NullMarked
package io.deepsentry.core.nn;

import org.jspecify.annotations.NullMarked;
