package io.deepsentry.text.prepare;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.Optional;

/** Finds out whether times of a log have no year, so that the date of its file decides on it. */
final class GuessedYears {
    /** Moves each guessed year, and leaves the others. */
    private static final Duration SHIFT = Duration.ofDays(366);

    /** Day and month, if the other order of them is chosen, change less. */
    private static final Duration LEAST_CHANGE = Duration.ofDays(360);

    /** Logs that mix times with and without a year have both among these. */
    private static final int MOST_EVENTS = 100_000;

    private GuessedYears() {}

    /** Returns the date of a file if a year in it is guessed from that; empty for what is no file. */
    static Optional<LocalDate> date(Path file, PrepareSettings settings) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return dependOn(written, file, settings)
                    ? Optional.of(LocalDate.ofInstant(written, ZoneOffset.UTC))
                    : Optional.empty();
        } catch (IOException | LogParseException e) {
            // It was read a moment ago. Without it the message just says less.
            return Optional.empty();
        }
    }

    private static boolean dependOn(Instant written, Path file, PrepareSettings settings) {
        try (LogReader reader = Prepare.reader(settings).input(file).open();
                LogReader shifted = Prepare.reader(settings)
                        .input(file)
                        .reference(written.minus(SHIFT))
                        .open()) {
            Iterator<LogEvent> events = reader.iterator();
            Iterator<LogEvent> others = shifted.iterator();
            for (int n = 0; n < MOST_EVENTS && events.hasNext() && others.hasNext(); n++) {
                Instant time = events.next().time();
                Instant other = others.next().time();
                if (time != null
                        && other != null
                        && Duration.between(other, time).compareTo(LEAST_CHANGE) >= 0) {
                    return true;
                }
            }
            return false;
        }
    }
}
