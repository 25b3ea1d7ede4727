/**
 * Arrays of float32 and the files they are kept in: numpy's {@code .npy} and Python's pickle. Reading never runs
 * anything a file names.
 */
@NullMarked
package io.deepsentry.core.array;

import org.jspecify.annotations.NullMarked;
