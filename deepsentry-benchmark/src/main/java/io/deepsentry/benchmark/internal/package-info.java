/** What the benchmarks share. Not for users. */
@NullMarked
package io.deepsentry.benchmark.internal;

import org.jspecify.annotations.NullMarked;
