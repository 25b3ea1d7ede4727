/** Alerts that users called normal, and the file that holds them. */
@NullMarked
package io.deepsentry.anomaly.feedback;

import org.jspecify.annotations.NullMarked;
