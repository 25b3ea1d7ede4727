package io.deepsentry.text.prepare;

import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.TemporaryFile;
import io.deepsentry.parse.InputFiles;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Inputs that can be read more than once: what cannot (standard input, a pipe) is kept in a temporary file until this
 * is closed.
 */
final class ReplayableInputs implements ReplayableEvents {
    private final List<Source> sources = new ArrayList<>();

    /** An input: the path as it was named, and the temporary copy if there is one. */
    private record Source(Path named, @Nullable TemporaryFile copy) {}

    /** Everything but the inputs. */
    private final Supplier<LogReader.Builder> settings;

    private final List<Path> named;
    private final InputFiles files;

    private ReplayableInputs(List<Path> named, Supplier<LogReader.Builder> settings) {
        this.settings = settings;
        this.named = List.copyOf(named);
        this.files = InputFiles.of(named);
    }

    static ReplayableInputs of(List<Path> inputs, Supplier<LogReader.Builder> settings) {
        ReplayableInputs spool = new ReplayableInputs(inputs, settings);
        try {
            for (Path input : spool.files.files()) {
                spool.sources.add(new Source(input, isOnceOnly(input) ? copy(input) : null));
            }
            return spool;
        } catch (RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private static boolean isStdin(Path input) {
        return input.toString().equals("-") || input.toString().equals("/dev/stdin");
    }

    private static boolean isOnceOnly(Path input) {
        return isStdin(input) || (Files.exists(input) && !Files.isRegularFile(input) && !Files.isDirectory(input));
    }

    private static TemporaryFile copy(Path input) {
        TemporaryFile copy = null;
        try {
            copy = TemporaryFile.create();
            try (InputStream in = isStdin(input) ? System.in : Files.newInputStream(input);
                    OutputStream out = copy.output()) {
                in.transferTo(out);
            }
            return copy;
        } catch (IOException e) {
            delete(copy);
            throw new DataException(
                    "input " + input + " is read twice and must be kept in a temporary file, but that failed: "
                            + e.getMessage() + "; free space in " + System.getProperty("java.io.tmpdir")
                            + " or name another folder with java.io.tmpdir",
                    e);
        }
    }

    /** Opens a reader of all inputs. */
    @Override
    public Reading open(@Nullable SessionKey sessionKey) {
        LogReader.Builder builder = settings.get().sessionKey(sessionKey);
        List<InputStream> streams = new ArrayList<>();
        try {
            for (Source source : sources) {
                TemporaryFile copy = source.copy();
                if (copy == null) {
                    builder.input(source.named());
                } else {
                    InputStream stream = copy.input();
                    streams.add(stream);
                    builder.input(
                            isStdin(source.named()) ? "stdin" : source.named().toString(), stream);
                }
            }
            LogReader reader = builder.open();
            return new LogReading(reader, reader.iterator(), streams);
        } catch (RuntimeException e) {
            closeAll(streams);
            throw e;
        }
    }

    private static void closeAll(List<InputStream> streams) {
        for (InputStream stream : streams) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static void delete(@Nullable TemporaryFile copy) {
        if (copy != null) {
            try {
                copy.close();
            } catch (IOException e) {
                System.getLogger(ReplayableInputs.class.getName())
                        .log(System.Logger.Level.WARNING, "a temporary file was not deleted: {0}", e);
            }
        }
    }

    @Override
    public List<Path> folders() {
        return files.folders();
    }

    @Override
    public Optional<String> note() {
        return files.note().map(note -> named + ": " + note);
    }

    @Override
    public String description() {
        return "lines of " + named;
    }

    @Override
    public String keyAdvice(String format) {
        return "they were read as " + format + "; 'parse --session-key' shows what a key finds";
    }

    @Override
    public void close() {
        sources.forEach(source -> delete(source.copy()));
        sources.clear();
    }

    /** A reader with the streams it was given. */
    private record LogReading(LogReader reader, Iterator<LogEvent> events, List<InputStream> streams)
            implements Reading {
        @Override
        public boolean hasNext() {
            return events.hasNext();
        }

        @Override
        public LogEvent next() {
            return events.next();
        }

        @Override
        public OptionalLong totalBytes() {
            return reader.totalBytes();
        }

        @Override
        public long bytesRead() {
            return reader.bytesRead();
        }

        @Override
        public ReadStats stats() {
            return reader.stats();
        }

        @Override
        public String formatName() {
            return reader.formatName();
        }

        @Override
        public @Nullable String detection() {
            return reader.detection().orElse(null);
        }

        @Override
        public void close() {
            reader.close();
            closeAll(streams);
        }
    }
}
