/** Records that come from elsewhere than files: what a source of them gives, and how one is found. */
@NullMarked
package io.deepsentry.live.record;

import org.jspecify.annotations.NullMarked;
