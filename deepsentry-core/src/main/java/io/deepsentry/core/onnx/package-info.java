/** Models as ONNX files, in float32 and int8, and ONNX Runtime, which runs them: the only package that sees it. */
@NullMarked
package io.deepsentry.core.onnx;

import org.jspecify.annotations.NullMarked;
