/** The page that shows a run as it goes. Internal. */
@NullMarked
package io.deepsentry.live.internal.ui;

import org.jspecify.annotations.NullMarked;
