package io.deepsentry.parse;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A log format: splits a line into time, message and the other parts of its header.
 *
 * <pre>{@code
 * public final class PipeFormat implements LogParser {
 *     @Override
 *     public Optional<ParsedLine> parse(String line) {
 *         int bar = line.indexOf('|');
 *         return bar < 0 ? Optional.empty() : Optional.of(ParsedLine.of(null, line.substring(bar + 1)));
 *     }
 * }
 * }</pre>
 *
 * <p>Implement this for a format of your own. To be named by class (on the command line or in a config file) it needs
 * a public constructor without arguments. The parsers of this library are immutable to the caller and may be shared
 * between threads; a custom one is called by one thread at a time.
 */
@FunctionalInterface
public interface LogParser {
    /**
     * Splits one line. A line that does not fit is data: it must not throw.
     *
     * @param line the line without its line terminator; may hold any character, among them NUL and U+FFFD
     * @return the parts, or empty if the line does not fit this format
     */
    Optional<ParsedLine> parse(String line);

    /**
     * Reads a file, plain or compressed, lazily with this format. Lines that do not fit are handled as
     * {@link OnMalformed#ATTACH} says. For any other setting use {@link LogReader#builder()}.
     *
     * @param file the file
     * @return the open reader; close it
     * @throws LogParseException if the file is missing, unreadable or empty; reading it throws if it fits this format
     *     in none of its first lines
     */
    default LogReader read(Path file) {
        return LogReader.builder().input(file).parser(this).open();
    }
}
