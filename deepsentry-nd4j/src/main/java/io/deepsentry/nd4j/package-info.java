/** Encoder and detectors with arrays of ND4J. */
@NullMarked
package io.deepsentry.nd4j;

import org.jspecify.annotations.NullMarked;
