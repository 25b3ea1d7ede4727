/** Judges events: sessions and streams under way, verdicts and alerts. */
@NullMarked
package io.deepsentry.live.identify;

import org.jspecify.annotations.NullMarked;
