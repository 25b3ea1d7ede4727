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
 * @param stretch which stretch of its input the line is of, counted from 0: where it rises, lines were left out before;
 *     above 0 some were left out before the first, too; {@link #ALONE} for a line that stands by itself. 0 in all but
 *     a {@link LogSample} of streams that is not whole
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
        @Nullable String thread,
        int stretch) {
    /** The stretch of a line that shows that there is such a message, and nothing of what comes before or after it. */
    public static final int ALONE = -1;

    /**
     * A row of an input that is there as a whole.
     *
     * @param time when it was logged, or null
     * @param session the session it belongs to, or null
     * @param file the input as it was named
     * @param line the line in it, counted from 1
     * @param offset the first byte of that line
     * @param label what is known of it, or null
     * @param level the severity as the log has it, or null
     * @param component the logger, process or node that wrote it, or null
     * @param thread the thread, process id or host that wrote it, or null
     */
    public IndexRow(
            @Nullable Instant time,
            @Nullable String session,
            String file,
            long line,
            long offset,
            @Nullable Label label,
            @Nullable String level,
            @Nullable String component,
            @Nullable String thread) {
        this(time, session, file, line, offset, label, level, component, thread, 0);
    }

    /** {@return the name of the stream that the line is of: lines of one stream follow each other without a gap} */
    public String stream() {
        return stretch == 0 ? file : stretch == ALONE ? file + "\n" + line + "\n" : file + "\n" + stretch;
    }
}
