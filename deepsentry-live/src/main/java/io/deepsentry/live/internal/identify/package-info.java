/** Judges sessions and streams under way, and keeps their state. Internal. */
@NullMarked
package io.deepsentry.live.internal.identify;

import org.jspecify.annotations.NullMarked;
