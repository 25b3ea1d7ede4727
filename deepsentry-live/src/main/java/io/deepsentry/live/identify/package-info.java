/** The results of judging: the verdict on a session, and the figures of an identifier. */
@NullMarked
package io.deepsentry.live.identify;

import org.jspecify.annotations.NullMarked;
