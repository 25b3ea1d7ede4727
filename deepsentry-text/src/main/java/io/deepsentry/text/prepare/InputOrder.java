package io.deepsentry.text.prepare;

import io.deepsentry.core.ConfigException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.internal.prepare.TimeOrder;
import io.deepsentry.text.internal.prepare.TimeOrder.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether lines come in the order of their time: training must not see the end of a log, and the test its beginning.
 * What is out of order is refused with the command that puts it in order. For one thread.
 */
public final class InputOrder {
    /** The end of summer time is no reason to warn. */
    private static final Duration USUAL_WAY_BACK = Duration.ofHours(1);

    /** Logs of one time that stand beside each other begin nearly together. */
    private static final double LEAST_EARLIER = .1;

    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w./+:@%,-]+");
    private static final Map<String, String> UNPACKERS =
            Map.of(".gz", "zcat", ".bz2", "bzcat", ".xz", "xzcat", ".zst", "zstdcat");

    private final Map<String, TimeOrder> inputs = new LinkedHashMap<>();
    private final boolean given;
    private final List<Path> folders;
    private final @Nullable PrepareSettings settings;
    private final Map<String, Optional<LocalDate>> guesses = new HashMap<>();

    /**
     * An order of events that are still to come.
     *
     * @param given whether the events are given by a program, rather than read from files
     * @param folders those of which the files stand beside each other, in no order of time
     */
    public InputOrder(boolean given, List<Path> folders) {
        this(given, folders, null);
    }

    /**
     * An order of events that are still to come, which says so where years are guessed.
     *
     * @param given whether the events are given by a program, rather than read from files
     * @param folders those of which the files stand beside each other, in no order of time
     * @param settings how files are read; null if that is not known
     */
    public InputOrder(boolean given, List<Path> folders, @Nullable PrepareSettings settings) {
        this.given = given;
        this.folders = List.copyOf(folders);
        this.settings = settings;
    }

    /**
     * Takes the next event.
     *
     * @param event the event
     * @param time when it was logged
     */
    public void add(LogEvent event, Instant time) {
        inputs.computeIfAbsent(event.origin().file(), name -> new TimeOrder())
                .add(time, event.origin().lineNumber());
    }

    /**
     * Refuses what is out of order.
     *
     * @return a warning about times that run back where it is not sure that the order is wrong
     */
    Optional<String> require() {
        inputs.forEach(this::requireOrderWithin);
        requireOrderOfInputs();
        return timesThatRunBack().or(this::partsThatOverlap);
    }

    /**
     * Says what is out of order.
     *
     * @return what {@code prepare} refuses, or warns of
     */
    public Optional<String> warning() {
        try {
            return require();
        } catch (ConfigException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    private Optional<String> timesThatRunBack() {
        return inputs.entrySet().stream()
                .filter(input -> input.getValue().longestWayBack().compareTo(USUAL_WAY_BACK) > 0)
                .max(Comparator.comparing(input -> input.getValue().longestWayBack()))
                .map(input -> input.getKey() + ":" + input.getValue().lineOfLongestWayBack()
                        + ": the time goes back by "
                        + words(input.getValue().longestWayBack())
                        + "; lines are learned in the order in which they come, so check time_format and the clock"
                        + guess(input.getKey()).map(guess -> "; " + guess).orElse(""));
    }

    private void requireOrderWithin(String name, TimeOrder order) {
        List<Part> parts = order.parts();
        if (order.isNewestFirst()) {
            throw new ConfigException(name
                    + " must have its lines in the order of time, but begins with the newest, of " + order.first()
                    + ", and ends with one of " + order.last() + remedy(name, "tac " + word(name))
                    + guess(name).map(guess -> "\n" + guess).orElse(""));
        }
        if (parts.size() > 1) {
            Part newer = parts.get(parts.size() - 2);
            Part older = parts.get(parts.size() - 1);
            throw new ConfigException(name + " must have its lines in the order of time, but after those of "
                    + newer.from() + " to " + newer.to() + " come, from line " + older.firstLine() + ", those of "
                    + older.from() + " to " + older.to()
                    // With another year the order may be right, and the command would destroy it.
                    + guess(name)
                            .map(guess -> "; " + guess + ". If the date is right, put the older lines first")
                            .orElseGet(() -> remedy(name, joined(name, parts))));
        }
    }

    /** The command that writes the parts of a file in the order of their time. */
    private static String joined(String name, List<Part> parts) {
        String unpacker = UNPACKERS.entrySet().stream()
                .filter(each -> name.endsWith(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        List<String> commands = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String begin = i == 0 ? "1" : String.valueOf(parts.get(i).firstLine());
            String end = i + 1 == parts.size()
                    ? "$"
                    : String.valueOf(parts.get(i + 1).firstLine() - 1);
            String lines = "sed -n '" + begin + "," + end + "p'";
            commands.add(unpacker == null ? lines + " " + word(name) : unpacker + " " + word(name) + " | " + lines);
        }
        Collections.reverse(commands);
        return commands.stream().collect(Collectors.joining("; ", "{ ", "; }"));
    }

    private String remedy(String name, String command) {
        if (given) {
            return "; pass events in the order of time";
        }
        String ordered =
                word(Path.of(name).getFileName().toString().replaceFirst("\\.(gz|bz2|xz|zst)$", "") + ".ordered");
        // The date of a file tells the year of times that have none.
        return "; put it in order with\n  " + command + " > " + ordered + " && touch -r " + word(name) + " " + ordered
                + "\nand use --input " + ordered;
    }

    /** Parts of a log given newest first. */
    private void requireOrderOfInputs() {
        String before = null;
        for (Map.Entry<String, TimeOrder> input : inputs.entrySet()) {
            if (before != null
                    && !areOfOneFolder(before, input.getKey())
                    && lastOf(input.getKey()).isBefore(firstOf(before))) {
                String ordered = inputs.keySet().stream()
                        .sorted(Comparator.comparing(this::firstOf))
                        .map(InputOrder::word)
                        .collect(Collectors.joining(" "));
                throw new ConfigException("inputs must be named in the order of time, but " + before
                        + " begins at " + firstOf(before) + ", after " + input.getKey() + " ends at "
                        + lastOf(input.getKey())
                        + guess(before, input.getKey())
                                .map(guess -> "; " + guess + ". If the date is right, use --input ")
                                .orElse("; use --input ")
                        + ordered);
            }
            before = input.getKey();
        }
    }

    /** Parts of a log of which the older one comes later, though it ends after the newer one has begun. */
    private Optional<String> partsThatOverlap() {
        String before = null;
        for (String input : inputs.keySet()) {
            if (before != null && !given && !areOfOneFolder(before, input) && isOlder(input, before)) {
                return Optional.of(before + " has the times from " + firstOf(before) + " to " + lastOf(before)
                        + ", and "
                        + input + " after it those from " + firstOf(input) + " to " + lastOf(input)
                        + guess(before, input).map(guess -> "; " + guess).orElse("")
                        + "; if both are parts of one log, give the older one first: --input " + word(input) + " "
                        + word(before));
            }
            before = input;
        }
        return Optional.empty();
    }

    /** What there is to say of inputs with times that have no year; empty if all have one. */
    private Optional<String> guess(String... names) {
        List<String> dates = Stream.of(names)
                .flatMap(name -> dateThatDecides(name).map(date -> name + ": " + date).stream())
                .toList();
        return dates.isEmpty()
                ? Optional.empty()
                : Optional.of("times without a year get it from the date of the file (" + String.join(", ", dates)
                        + "); if that is the date of a copy, give the file its own date with touch -d, or copy the log"
                        + " with cp -p");
    }

    private Optional<LocalDate> dateThatDecides(String name) {
        PrepareSettings reading = settings;
        return given || reading == null
                ? Optional.empty()
                : guesses.computeIfAbsent(name, input -> GuessedYears.date(Path.of(input), reading));
    }

    private boolean isOlder(String one, String other) {
        Duration earlier = Duration.between(firstOf(one), firstOf(other));
        Duration both = Duration.between(firstOf(one), lastOf(other));
        return lastOf(one).isBefore(lastOf(other)) && earlier.toMillis() > LEAST_EARLIER * both.toMillis();
    }

    private boolean areOfOneFolder(String one, String other) {
        return folders.stream()
                .anyMatch(folder ->
                        Path.of(one).startsWith(folder) && Path.of(other).startsWith(folder));
    }

    private Instant firstOf(String input) {
        return Objects.requireNonNull(order(input).first());
    }

    private Instant lastOf(String input) {
        return Objects.requireNonNull(order(input).last());
    }

    private TimeOrder order(String input) {
        return Objects.requireNonNull(inputs.get(input));
    }

    /** A name as a shell takes it for one word. */
    private static String word(String name) {
        return PLAIN_WORD.matcher(name).matches() ? name : "'" + name.replace("'", "'\\''") + "'";
    }

    private static String words(Duration duration) {
        long hours = duration.toHours();
        return hours < 48 ? hours + " h" : duration.toDays() + " days";
    }
}
