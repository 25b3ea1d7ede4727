/** Alerts, their formats and the sinks that deliver them. */
@NullMarked
package io.deepsentry.live.alert;

import org.jspecify.annotations.NullMarked;
