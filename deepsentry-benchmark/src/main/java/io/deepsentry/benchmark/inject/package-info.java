/** Faults injected into a log of the user's own, to see without labels which of them would be found. */
@NullMarked
package io.deepsentry.benchmark.inject;

import org.jspecify.annotations.NullMarked;
