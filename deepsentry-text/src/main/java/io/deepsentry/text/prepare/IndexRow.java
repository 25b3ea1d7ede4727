package io.deepsentry.text.prepare;

import io.deepsentry.parse.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one row of a prepared text file came from.
 *
 * @param time when it was logged, or null where the log has no times
 * @param session the session it belongs to, or null where there are none: then each input is one stream
 * @param file the input as it was named
 * @param line the line in it, counted from 1
 * @param offset the first byte of that line, counted from 0, in the uncompressed input
 * @param label what is known of the session, or of the line where the log has a label column; null where nothing is
 * @param level the severity as the log has it, or null where it has none
 * @param component the logger, process or node that wrote it, or null where the log has none
 * @param thread the thread, process id or host that wrote it, or null where the log has none
 */
public record IndexRow(
        @Nullable Instant time,
        @Nullable String session,
        String file,
        long line,
        long offset,
        @Nullable Label label,
        @Nullable String level,
        @Nullable String component,
        @Nullable String thread) {}
