/** Eight-bit models and their speed. */
@NullMarked
package io.deepsentry.anomaly.quantize;

import org.jspecify.annotations.NullMarked;
