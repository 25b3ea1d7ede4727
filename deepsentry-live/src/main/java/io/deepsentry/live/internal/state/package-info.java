/** State that a checkpoint holds. Internal. */
@NullMarked
package io.deepsentry.live.internal.state;

import org.jspecify.annotations.NullMarked;
