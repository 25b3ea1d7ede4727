/** How a log is read as it grows, and the figures of reading. */
@NullMarked
package io.deepsentry.live.tail;

import org.jspecify.annotations.NullMarked;
