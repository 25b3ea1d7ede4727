/** Ids of alerts and the lines they point to. Internal. */
@NullMarked
package io.deepsentry.anomaly.internal.alert;

import org.jspecify.annotations.NullMarked;
