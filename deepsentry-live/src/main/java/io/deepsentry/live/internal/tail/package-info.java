/** Follows files, pipes and calls line by line, and makes events of the lines. Internal. */
@NullMarked
package io.deepsentry.live.internal.tail;

import org.jspecify.annotations.NullMarked;
