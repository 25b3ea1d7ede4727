/** Settings and counts of reading a log as it grows. */
@NullMarked
package io.deepsentry.live.tail;

import org.jspecify.annotations.NullMarked;
