/** The report: one HTML page that shows what was found, when, where and why. */
@NullMarked
package io.deepsentry.anomaly.report;

import org.jspecify.annotations.NullMarked;
