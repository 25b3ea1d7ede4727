/** Reads records: takes lines out of what is around them, and makes events of them. */
@NullMarked
package io.deepsentry.live.internal.record;

import org.jspecify.annotations.NullMarked;
