/** All stages in one call, from raw logs to an evaluated test part. */
@NullMarked
package io.deepsentry.anomaly.pipeline;

import org.jspecify.annotations.NullMarked;
