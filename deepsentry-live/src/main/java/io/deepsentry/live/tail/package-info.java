/** Reads logs as they grow, through rotation and restarts. */
@NullMarked
package io.deepsentry.live.tail;

import org.jspecify.annotations.NullMarked;
