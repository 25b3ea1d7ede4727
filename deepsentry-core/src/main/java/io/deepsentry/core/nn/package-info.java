/**
 * Networks without an engine: layers, architecture, weights, and what training and prediction take. Nothing here sees
 * TensorFlow or ONNX Runtime.
 */
@NullMarked
package io.deepsentry.core.nn;

import org.jspecify.annotations.NullMarked;
