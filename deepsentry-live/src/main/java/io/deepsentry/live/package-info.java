/** A growing log to alerts: follow, identify, write. */
@NullMarked
package io.deepsentry.live;

import org.jspecify.annotations.NullMarked;
