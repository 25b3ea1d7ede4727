/** Models in Keras' HDF5 format: what Keras 2 and 3 wrote is read, and both read what is written. */
@NullMarked
package io.deepsentry.core.keras;

import org.jspecify.annotations.NullMarked;
