package io.deepsentry.parse;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Parses the Utah format, {@code YYMMDD HHMMSS MESSAGE} or {@code YYMMDD HH:MM:SS MESSAGE}. Years are those from 2000
 * to 2099.
 *
 * <pre>{@code
 * try (LogReader reader = new UtahLogParser().read(Path.of("utah.log"))) {
 *     reader.forEach(event -> System.out.println(event.message()));
 * }
 * }</pre>
 *
 * <p>Immutable to the caller and safe for use by several threads.
 */
public final class UtahLogParser implements LogParser {
    private final LogParser lines;

    /** Creates a parser of times in UTC. */
    public UtahLogParser() {
        this(ZoneOffset.UTC);
    }

    /**
     * Creates a parser of times in a zone.
     *
     * @param zone the zone of the log's times
     */
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
     * @param file the label file, plain or compressed
     * @return the labels
     * @throws LogParseException if the file is missing, unreadable, empty or not a label file
     */
    public Labels loadLabels(Path file) {
        return Labels.load(file);
    }
}
