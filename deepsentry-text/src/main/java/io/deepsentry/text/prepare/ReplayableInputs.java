package io.deepsentry.text.prepare;

import io.deepsentry.core.DataException;
import io.deepsentry.parse.LogReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inputs that can be read more than once: what cannot (standard input, a pipe) is kept in a temporary file until this is
 * closed.
 */
final class ReplayableInputs implements AutoCloseable {
    private final List<Source> sources = new ArrayList<>();

    /** An input: the path as it was named, and the temporary copy if there is one. */
    private record Source(Path named, @Nullable Path copy) {}

    private ReplayableInputs() {}

    static ReplayableInputs of(List<Path> inputs) {
        ReplayableInputs spool = new ReplayableInputs();
        try {
            for (Path input : inputs) {
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

    private static Path copy(Path input) {
        Path copy = null;
        try {
            copy = Files.createTempFile("deepsentry-input", ".log");
            try (InputStream in = isStdin(input) ? System.in : Files.newInputStream(input)) {
                try (var out = Files.newOutputStream(copy)) {
                    in.transferTo(out);
                }
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

    /** Opens a reader of all inputs, of which {@code settings} has everything but the inputs. */
    Reading open(LogReader.Builder settings) {
        List<InputStream> streams = new ArrayList<>();
        try {
            for (Source source : sources) {
                Path copy = source.copy();
                if (copy == null) {
                    settings.input(source.named());
                } else {
                    InputStream stream = new BufferedInputStream(Files.newInputStream(copy));
                    streams.add(stream);
                    settings.input(
                            isStdin(source.named()) ? "stdin" : source.named().toString(), stream);
                }
            }
            return new Reading(settings.open(), streams);
        } catch (IOException e) {
            closeAll(streams);
            throw new DataException("the temporary copy of an input cannot be read: " + e.getMessage(), e);
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

    private static void delete(@Nullable Path copy) {
        if (copy != null) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                System.getLogger(ReplayableInputs.class.getName())
                        .log(System.Logger.Level.WARNING, "the temporary file {0} was not deleted: {1}", copy, e);
            }
        }
    }

    @Override
    public void close() {
        sources.forEach(source -> delete(source.copy()));
        sources.clear();
    }

    /** A reader with the streams it was given. */
    record Reading(LogReader reader, List<InputStream> streams) implements AutoCloseable {
        @Override
        public void close() {
            reader.close();
            closeAll(streams);
        }
    }
}
