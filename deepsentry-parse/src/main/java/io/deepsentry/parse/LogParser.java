package io.deepsentry.parse;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A log format: takes a line apart into time, message and what else its header says.
 *
 * <p>Implement this for a format of your own. To be named by class (on the command line or in a config file) it needs a
 * public constructor without arguments. The parsers of this library are immutable to the caller and may be shared
 * between threads; a custom one is called by one thread at a time.
 */
@FunctionalInterface
public interface LogParser {
    /**
     * Takes one line apart.
     *
     * @param line without its line terminator; may hold any character, among them NUL and U+FFFD
     * @return what was found, or empty if the line does not fit this format. A bad line is data: nothing is thrown.
     */
    Optional<ParsedLine> parse(String line);

    /**
     * Reads a plain or gzip file lazily with this format; lines that do not fit are skipped and counted. Close the
     * reader. For any other setting use {@link LogReader#builder()}.
     *
     * @throws LogParseException if the file is missing, unreadable, empty, or fits this format in none of its first lines
     */
    default LogReader read(Path file) {
        return LogReader.builder().input(file).parser(this).open();
    }
}
