package io.deepsentry.live.internal.tail;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.InputFiles;
import io.deepsentry.parse.bytes.Archive;
import io.deepsentry.parse.bytes.Compression;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens the inputs of a log: files and names that stand for several, pipes, standard input, and lines that a program
 * hands over.
 */
public final class LogInputs {
    private static final System.Logger LOG = System.getLogger(LogInputs.class.getName());

    private final LineRules rules;
    private final Duration holdTimeout;
    private final Overload overload;
    private final LiveClock clock;
    private final HeldFiles held;

    /**
     * @param holdTimeout how long the unfinished last line, or an event to which lines may be attached, is held back
     * @param overload what becomes of what a pipe brings faster than it is read
     * @param held files that were opened before; they are taken
     */
    public LogInputs(LineRules rules, Duration holdTimeout, Overload overload, LiveClock clock, HeldFiles held) {
        this.rules = rules;
        this.holdTimeout = holdTimeout;
        this.overload = overload;
        this.clock = clock;
        this.held = held;
    }

    /** Opens the reading end of a feed. */
    public EventSource feed(FedLines lines) {
        return followed(lines.reader(rules.maxLineLength()), null, null, null);
    }

    /** Opens the reading end of a feed of events, which no rule for lines concerns. */
    public static EventSource feed(FedEvents events) {
        return events.reader();
    }

    /** Opens a stream, which is closed at its end. */
    public EventSource stream(String name, InputStream stream) {
        return piped(name, () -> stream);
    }

    /**
     * Opens files.
     *
     * @param logFiles names, of which some may be globs or folders, and standard input
     * @param resumable whether places will be asked for
     * @param places where an earlier run was in each; null if there was none
     * @param mostEvents after how many events reading pauses
     * @throws MissingDataException if one may not be read, or is missing where it is not waited for
     */
    public EventSource files(
            List<Path> logFiles,
            TailMode mode,
            boolean resumable,
            @Nullable Map<String, ReadPosition> places,
            int mostEvents) {
        boolean toEnd = mode == TailMode.UNTIL_END;
        ReadFailures failures = new ReadFailures(clock);
        if (toEnd && places == null && logFiles.stream().anyMatch(Files::isDirectory)) {
            // Read once, a folder is what it is to the stages that read it to its end, rotated and compressed logs
            // included.
            return files(InputFiles.of(logFiles).files(), mode, resumable, null, mostEvents);
        }
        List<Glob> globs = logFiles.stream().filter(Glob::isGlob).map(Glob::of).toList();
        Set<Path> named = new LinkedHashSet<>(
                logFiles.stream().filter(file -> !Glob.isGlob(file)).toList());
        Set<Path> files = new LinkedHashSet<>(named);
        files.addAll(found(globs, named, failures));
        if (!toEnd) {
            sayMissing(named, globs, files);
        }
        if (places != null) {
            // What was followed and is away now may have been rotated meanwhile, with a rest to be read.
            places.keySet().stream()
                    .map(Path::of)
                    .filter(file -> globs.stream().anyMatch(glob -> glob.fits(file)))
                    .forEach(files::add);
        }
        named.forEach(LogInputs::requireReadable);
        if (toEnd && files.isEmpty() && places == null) {
            throw new MissingDataException("no file matches log_file " + logFiles);
        }
        if (toEnd && !resumable && files.stream().allMatch(LogInputs::isPlain)) {
            return new ReadEvents(rules.reader(List.copyOf(files)), files.size());
        }
        Map<String, EventSource> inputs = new LinkedHashMap<>();
        boolean whole = false;
        Set<Path> same = new LinkedHashSet<>();
        try {
            for (Path file : realFirst(files)) {
                String other = places != null && places.containsKey(file.toString()) ? null : reader(file, inputs);
                if (other != null) {
                    LOG.log(System.Logger.Level.WARNING, "{0} is the same file as {1}, and is read once", file, other);
                    same.add(file);
                } else if (named.contains(file)) {
                    inputs.put(file.toString(), file(file, mode != TailMode.FROM_END || places != null, toEnd, places));
                } else {
                    try {
                        inputs.put(
                                file.toString(),
                                file(file, mode != TailMode.FROM_END || places != null, toEnd, places));
                    } catch (ConfigException | MissingDataException e) {
                        if (toEnd) {
                            throw e;
                        }
                        failures.note(file, e, "trying again");
                    }
                }
            }
            held.release();
            whole = true;
        } finally {
            if (!whole) {
                inputs.values().forEach(EventSource::close);
            }
        }
        if (globs.isEmpty() && same.isEmpty() && inputs.size() == 1) {
            return inputs.values().iterator().next();
        }
        named.retainAll(inputs.keySet().stream().map(Path::of).toList());
        return new SeveralInputs(
                inputs,
                new SeveralInputs.Further(globs, named, toEnd ? Set.of() : same, failures),
                file -> file(file, true, toEnd, places),
                toEnd,
                clock,
                mostEvents);
    }

    /** Files before links: a file is followed under its own name, and a link once it leads elsewhere. */
    static List<Path> realFirst(Collection<Path> files) {
        return files.stream()
                .sorted(Comparator.comparing(Files::isSymbolicLink))
                .toList();
    }

    private static List<Path> found(List<Glob> globs, Set<Path> named, ReadFailures failures) {
        return Glob.withoutRotated(
                globs.stream().flatMap(glob -> glob.files(failures).stream()).toList(), named);
    }

    /** Who follows a log that does not exist had better know it: the name may be wrong. */
    private static void sayMissing(Set<Path> named, List<Glob> globs, Set<Path> files) {
        for (Path file : named) {
            if (!isStandardInput(file) && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                LOG.log(System.Logger.Level.WARNING, "{0} does not exist; waiting for it", file);
            }
        }
        if (!globs.isEmpty() && files.stream().allMatch(named::contains)) {
            LOG.log(System.Logger.Level.WARNING, "no file matches {0} yet; waiting for one", globs);
        }
    }

    /** The name of the input that reads a file already, through a link; null if there is none. */
    private static @Nullable String reader(Path file, Map<String, EventSource> inputs) {
        try {
            String key = isPlain(file) ? PlainPart.keyAt(file) : null;
            for (Map.Entry<String, EventSource> input : inputs.entrySet()) {
                if (key != null && input.getValue().reads(file, key)) {
                    return input.getKey();
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private EventSource file(Path file, boolean fromStart, boolean toEnd, @Nullable Map<String, ReadPosition> places) {
        if (isStandardInput(file)) {
            return piped("stdin", () -> new Unclosed(System.in));
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return piped(file.toString(), () -> Files.newInputStream(file));
        }
        if (toEnd && !Files.exists(file) && places == null) {
            throw new MissingDataException("log_file " + file + " does not exist");
        }
        if (isCompressed(file, toEnd)) {
            throw new ConfigException(
                    toEnd
                            ? "log_file " + file
                                    + " is compressed, so reading cannot resume after a restart; leave checkpoint_dir"
                                    + " out"
                            : "log_file " + file
                                    + " is compressed, so nothing is added to it; read it to its end with from_start"
                                    + " and until_end, or name the file that is written");
        }
        archive(file).ifPresent(archive -> {
            throw new ConfigException("log_file " + file + " " + archive.problem());
        });
        ReadPosition place = places == null ? null : places.get(file.toString());
        boolean whole = fromStart && place == null;
        LineSource lines = new TailedFile(file, fromStart, toEnd, place, rules.maxLineLength(), held.take(file), clock);
        return followed(lines, whole ? null : file, whole ? file : null, place);
    }

    private EventSource piped(String name, StreamSource.Opener opener) {
        return followed(new StreamSource(name, opener, rules.maxLineLength(), overload), null, null, null);
    }

    /**
     * The events of lines.
     *
     * @param sample a file whose lines tell the format, or null
     * @param whole a file that is read from its beginning, or null
     * @param place where an earlier run was, whose lines are known to fit; null if there was none
     */
    private EventSource followed(
            LineSource lines, @Nullable Path sample, @Nullable Path whole, @Nullable ReadPosition place) {
        boolean opened = false;
        try {
            EventAssembler assembler = rules.assembler(lines.name())
                    .clock(() -> lines.written().orElseGet(clock::now))
                    .fitted(place != null)
                    .resume(place == null || place.held().isEmpty() ? null : place.held())
                    .sample(sample != null && Files.exists(sample) ? sample : null)
                    .whole(whole)
                    .build();
            opened = true;
            return new FollowedEvents(lines, assembler, clock, holdTimeout.toNanos());
        } finally {
            if (!opened) {
                lines.close();
            }
        }
    }

    private static boolean isPlain(Path file) {
        return !isStandardInput(file) && (!Files.exists(file) || Files.isRegularFile(file));
    }

    /** A file that is followed and fails now may be read later, and says then what it holds. */
    private static boolean isCompressed(Path file, boolean toEnd) {
        if (!Files.exists(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(Compression.MAGIC_LENGTH);
            return Compression.of(head, head.length).isPresent();
        } catch (IOException e) {
            if (!toEnd) {
                LOG.log(System.Logger.Level.DEBUG, "looking into " + file, e);
                return false;
            }
            throw new MissingDataException("log_file " + file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }

    /** The archive that a file is. One that fails now is read later, and says then what it holds. */
    private static Optional<Archive> archive(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(Archive.HEADER_LENGTH);
            return Archive.of(head, head.length);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking into " + file, e);
            return Optional.empty();
        }
    }

    private static void requireReadable(Path file) {
        if (isStandardInput(file)) {
            return;
        }
        if (Files.exists(file) && !Files.isReadable(file)) {
            throw new MissingDataException("log_file " + file + " may not be read by this user (permission denied)");
        }
    }

    private static boolean isStandardInput(Path path) {
        String text = path.toString();
        return text.equals("-") || text.equals("/dev/stdin");
    }

    /** Standard input belongs to the whole program. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
