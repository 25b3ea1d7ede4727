package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.benchmark.inject.Injection.Edit;
import io.deepsentry.benchmark.inject.Injection.Placed;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Finds where faults can be put into the later part of a log, and makes them. Nothing goes where something is flagged
 * already. For one thread.
 */
final class Injections {
    private final Regularities learned;
    private final MessageIdentity identity;
    private final boolean sessions;
    private final List<List<LaterLine>> parts;
    private final List<BitSet> flagged;
    private final @Nullable String errorLevel;

    /**
     * Looks at a later part.
     *
     * @param flagged the lines of each part at which something is flagged already
     */
    Injections(
            Regularities learned,
            MessageIdentity identity,
            boolean sessions,
            List<List<LaterLine>> parts,
            List<BitSet> flagged) {
        this.learned = learned;
        this.identity = identity;
        this.sessions = sessions;
        this.parts = parts;
        this.flagged = flagged;
        this.errorLevel = errorLevel(parts);
    }

    /** What the log calls an error; null in a log without levels. */
    private static @Nullable String errorLevel(List<List<LaterLine>> parts) {
        boolean any = false;
        for (List<LaterLine> part : parts) {
            for (LaterLine line : part) {
                String level = line.event().level();
                any |= level != null;
                if (level != null && Severity.of(level) == Severity.HIGH) {
                    return level;
                }
            }
        }
        return any ? "ERROR" : null;
    }

    /** All places for a kind, in the order of the lines. */
    List<Injection> possible(InjectionKind kind, Random random) {
        List<Injection> found = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            if (sessions && !flagged.get(part).isEmpty()) {
                continue;
            }
            if (kind == InjectionKind.STOP) {
                addStops(part, found);
                continue;
            }
            for (int at = 0; at < parts.get(part).size(); at++) {
                if (flagged.get(part).get(at)) {
                    continue;
                }
                switch (kind) {
                    case NEW_ERROR -> newError(part, at, random).ifPresent(found::add);
                    case BURST -> burst(part, at).ifPresent(found::add);
                    case SWAP -> swap(part, at).ifPresent(found::add);
                    case MISSING -> missing(part, at).ifPresent(found::add);
                    case COUNT -> oneMore(part, at).ifPresent(found::add);
                    case NUMBER -> numbers(part, at, found);
                    case PARAMETER -> words(part, at, random, found);
                    case STOP -> throw new IllegalStateException("a stop is no change of one line");
                }
            }
        }
        return found;
    }

    /**
     * Chooses injections: one of each subject in turn, so that a common message does not stand for all.
     *
     * @param most how many
     */
    static List<Injection> choose(List<Injection> possible, int most, Random random) {
        Map<String, List<Injection>> bySubject = new LinkedHashMap<>();
        possible.forEach(each -> bySubject
                .computeIfAbsent(each.subject(), unused -> new ArrayList<>())
                .add(each));
        List<List<Injection>> subjects = new ArrayList<>(bySubject.values());
        Collections.shuffle(subjects, random);
        subjects.forEach(each -> Collections.shuffle(each, random));
        List<Injection> chosen = new ArrayList<>();
        for (int turn = 0; chosen.size() < Math.min(most, possible.size()); turn++) {
            for (List<Injection> subject : subjects) {
                if (turn < subject.size() && chosen.size() < most) {
                    chosen.add(subject.get(turn));
                }
            }
        }
        return chosen;
    }

    private LaterLine line(int part, int at) {
        return parts.get(part).get(at);
    }

    /** The message of a line, or null beyond the end. */
    private @Nullable String text(int part, int at) {
        return at < parts.get(part).size() ? line(part, at).text() : null;
    }

    private boolean hasAfter(int part, int at) {
        return sessions || at + InjectionKind.NEXT_LINES < parts.get(part).size();
    }

    private Optional<Injection> newError(int part, int at, Random random) {
        LogEvent beside = line(part, at).event();
        for (int attempt = 0; attempt < 3; attempt++) {
            LogEvent event = beside.withMessage(InjectedErrors.message(random), errorLevel, beside.fields());
            String text = identity.of(event);
            if (!learned.knows(text)) {
                return Optional.of(new Injection(
                        InjectionKind.NEW_ERROR, part, text, List.of(new Edit(at, 0, List.of(added(event))))));
            }
        }
        return Optional.empty();
    }

    private Optional<Injection> burst(int part, int at) {
        String text = line(part, at).text();
        if (!learned.knows(text) || learned.mostTogether(text) >= Regularities.BURST || !hasAfter(part, at)) {
            return Optional.empty();
        }
        List<Placed> copies =
                Collections.nCopies(Regularities.BURST, added(line(part, at).event()));
        return Optional.of(new Injection(InjectionKind.BURST, part, text, List.of(new Edit(at + 1, 0, copies))));
    }

    private void addStops(int part, List<Injection> found) {
        List<LaterLine> lines = parts.get(part);
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        for (int at = 0; at < lines.size(); at++) {
            places.computeIfAbsent(lines.get(at).text(), unused -> new ArrayList<>())
                    .add(at);
        }
        places.forEach((text, occurrences) -> {
            Regularities.Rhythm rhythm = learned.rhythm(text);
            if (rhythm == null) {
                return;
            }
            // It has come before, so that it is known to be missed, and would have come several times.
            for (int i = 1; i + 2 < occurrences.size(); i++) {
                int at = occurrences.get(i);
                if (isLongEnough(lines, at, rhythm) && !flagged.get(part).get(at)) {
                    List<Edit> edits = occurrences.subList(i, occurrences.size()).stream()
                            .map(each -> new Edit(each, 1, List.of()))
                            .toList();
                    found.add(new Injection(InjectionKind.STOP, part, text, edits));
                }
            }
        });
    }

    /** Whether the part lasts for three of the longest gaps. */
    private static boolean isLongEnough(List<LaterLine> lines, int from, Regularities.Rhythm rhythm) {
        Instant begin = lines.get(from).event().time();
        Instant end = lines.get(lines.size() - 1).event().time();
        double seconds = begin == null || end == null
                ? Double.NaN
                : Duration.between(begin, end).toMillis() / 1e3;
        // Comparisons with NaN are false.
        return lines.size() - from >= 3 * rhythm.lines() || seconds >= 3 * rhythm.seconds();
    }

    /** Whether the two lines from a place on always follow each other, and breaking that would show. */
    private boolean isPair(int part, int at) {
        String text = text(part, at);
        String next = text(part, at + 1);
        return text != null
                && next != null
                && !text.equals(next)
                && learned.always(text, next)
                && !next.equals(text(part, at + 2))
                && !flagged.get(part).get(at + 1)
                && hasAfter(part, at + 1);
    }

    private String pair(int part, int at) {
        return text(part, at) + " > " + text(part, at + 1);
    }

    private Optional<Injection> swap(int part, int at) {
        if (!isPair(part, at)) {
            return Optional.empty();
        }
        LogEvent one = line(part, at).event();
        LogEvent other = line(part, at + 1).event();
        List<Placed> swapped =
                List.of(new Placed(other.withTime(one.time()), at + 1), new Placed(one.withTime(other.time()), at));
        return Optional.of(new Injection(InjectionKind.SWAP, part, pair(part, at), List.of(new Edit(at, 2, swapped))));
    }

    private Optional<Injection> missing(int part, int at) {
        return isPair(part, at)
                ? Optional.of(new Injection(
                        InjectionKind.MISSING, part, pair(part, at), List.of(new Edit(at + 1, 1, List.of()))))
                : Optional.empty();
    }

    private Optional<Injection> oneMore(int part, int at) {
        String text = line(part, at).text();
        int count = (int) parts.get(part).stream()
                .filter(each -> each.text().equals(text))
                .count();
        if (learned.isWrongCount(text, count) || !learned.isWrongCount(text, count + 1)) {
            return Optional.empty();
        }
        return Optional.of(new Injection(
                InjectionKind.COUNT,
                part,
                text,
                List.of(new Edit(at + 1, 0, List.of(added(line(part, at).event()))))));
    }

    private void numbers(int part, int at, List<Injection> found) {
        LaterLine line = line(part, at);
        for (MessageValue value : line.message().values()) {
            double times = value.number() * Substitution.FACTOR;
            if (Double.isNaN(times)
                    || times == 0
                    || isKey(line, value)
                    || !learned.isBeyond(line.text(), value.place(), times)) {
                continue;
            }
            Substitution.number(identity, line, value)
                    .ifPresent(event -> found.add(changed(InjectionKind.NUMBER, part, at, value, event)));
        }
    }

    private void words(int part, int at, Random random, List<Injection> found) {
        LaterLine line = line(part, at);
        for (MessageValue value : line.message().values()) {
            if (!Double.isNaN(value.number())
                    || isKey(line, value)
                    || !learned.hasFewWords(line.text(), value.place())) {
                continue;
            }
            Substitution.word(
                            identity, line, value, random, word -> learned.isNewWord(line.text(), value.place(), word))
                    .ifPresent(event -> found.add(changed(InjectionKind.PARAMETER, part, at, value, event)));
        }
    }

    /** Whether a value says which session a line is of. */
    private static boolean isKey(LaterLine line, MessageValue value) {
        return line.event().sessionKeys().stream().anyMatch(key -> Observation.isOf(value.text(), key));
    }

    private Injection changed(InjectionKind kind, int part, int at, MessageValue value, LogEvent event) {
        return new Injection(
                kind,
                part,
                line(part, at).text() + " " + value.place(),
                List.of(new Edit(at, 1, List.of(new Placed(event, at)))));
    }

    private static Placed added(LogEvent event) {
        return new Placed(event, Placed.NEW);
    }
}
