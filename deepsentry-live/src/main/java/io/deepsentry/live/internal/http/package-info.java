/** A small server of pages. Internal. */
@NullMarked
package io.deepsentry.live.internal.http;

import org.jspecify.annotations.NullMarked;
