package io.deepsentry.parse;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The Utah format, {@code YYMMDD HHMMSS MESSAGE} or {@code YYMMDD HH:MM:SS MESSAGE}; years are those from 2000 to 2099.
 *
 * <p>Immutable to the caller and safe for use by several threads.
 */
public final class UtahLogParser implements LogParser {
    private final LogParser lines;

    /** Times are in UTC. */
    public UtahLogParser() {
        this(ZoneOffset.UTC);
    }

    /** Times are in the given zone. */
    public UtahLogParser(ZoneId zone) {
        this.lines = LogFormat.of("utah", new LogFormat.Options(null, zone));
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        return lines.parse(line);
    }

    /**
     * Reads the labels of sessions; the same as {@link Labels#load}.
     *
     * @throws LogParseException if the file is missing, unreadable, empty or no label file
     */
    public Labels loadLabels(Path file) {
        return Labels.load(file);
    }
}
