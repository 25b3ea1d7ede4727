/** A ready job that judges log files: {@link io.deepsentry.flink.job.JudgeJob}. */
@NullMarked
package io.deepsentry.flink.job;

import org.jspecify.annotations.NullMarked;
