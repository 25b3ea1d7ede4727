package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.internal.evidence.WholeLog;
import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the earlier part of a log, training and validation, always does, as far as breaking it is a fault. Learned in
 * one pass over prepared data. Everything that could grow with the log has a limit, beyond which nothing new is taken
 * in. For one thread.
 */
final class Regularities {
    /** How many times something must have been to be called regular. */
    static final int ENOUGH = 15;
    /** How many of the times one message must follow another to say that it always does. */
    private static final double ALWAYS = 0.95;
    /** The most that the longest gap may be, in usual gaps, for a message to come regularly. */
    private static final double STEADY = 4;
    /** How many times a place must have been met to say what words or numbers it has. */
    private static final int ENOUGH_VALUES = 20;
    /** How many times the largest number of training a number must be: a little above it is nothing odd. */
    private static final double BEYOND = 2;
    /** The share of occurrences that were the only one of their word, up to which a place has few words. */
    private static final double FEW = 0.05;
    /** The share of sessions with a message that must have it equally often for its number to be fixed. */
    private static final double FIXED = 0.85;

    /** How many extra lines make a burst, and among how many lines its message is counted. */
    static final int BURST = 20;

    private static final int MOST_MESSAGES = 100_000;
    private static final int MOST_FOLLOWERS = 64;
    private static final int MOST_GAPS = 4096;
    private static final int MOST_WORDS = 256;
    private static final int MOST_STREAMS = 20_000;
    private static final int CHECK_EVERY = 0xFFF;

    private final boolean sessions;
    private final Map<String, Message> messages = new HashMap<>();
    private final Map<String, Stream> streams = new HashMap<>();
    private long lines;
    private @Nullable Instant first;
    private @Nullable Instant last;

    private Regularities(boolean sessions) {
        this.sessions = sessions;
    }

    /** Learns from the training and the validation part. */
    static Regularities of(PreparedData prepared, RunContext context) {
        Regularities learned = new Regularities(prepared.meta().sessionKey() != null);
        for (Split split : List.of(Split.TRAIN, Split.VAL)) {
            try (PreparedData.Rows<String> texts = prepared.messages(split);
                    PreparedData.Rows<IndexRow> origins = prepared.origins(split);
                    PreparedData.Rows<List<MessageValue>> values = prepared.values(split);
                    Progress.Stage stage =
                            context.progress().begin("looking for regularities", prepared.rows(split), "lines")) {
                for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                    String text = texts.next();
                    List<MessageValue> found = values.next();
                    if (text == null || found == null) {
                        throw new DataException("the files of " + prepared.directory()
                                + " must have as many rows each, but have not; run prepare again");
                    }
                    if ((learned.lines & CHECK_EVERY) == 0) {
                        context.cancellation().check();
                    }
                    learned.add(text, origin, found);
                    stage.advance(1);
                }
            }
        }
        return learned.finished();
    }

    /** Learns from the lines of a log of sessions before its test part, as a stream. */
    static Regularities ofWholeLog(PreparedData prepared, RunContext context) {
        Regularities learned = new Regularities(false);
        WholeLog.forEachOfTraining(
                prepared,
                "looking for regularities",
                context,
                (origin, line) -> learned.add(line.message(), origin, line.values()));
        return learned.finished();
    }

    private void add(String text, IndexRow origin, List<MessageValue> values) {
        lines++;
        Instant time = origin.time();
        if (time != null) {
            first = first == null || time.isBefore(first) ? time : first;
            last = last == null || time.isAfter(last) ? time : last;
        }
        Message message = messages.get(text);
        if (message == null) {
            if (messages.size() == MOST_MESSAGES) {
                return;
            }
            message = new Message();
            messages.put(text, message);
        }
        for (MessageValue value : values) {
            message.places.computeIfAbsent(value.place(), name -> new Place()).add(value);
        }
        String session = origin.session();
        String name = session == null || !sessions ? origin.file() : session;
        Stream stream = streams.get(name);
        if (stream == null) {
            if (streams.size() == MOST_STREAMS) {
                return;
            }
            stream = new Stream();
            streams.put(name, stream);
        }
        stream.add(text, message, time);
    }

    private Regularities finished() {
        if (sessions) {
            streams.values()
                    .forEach(session -> session.counts.forEach((text, count) -> {
                        Message message = messages.get(text);
                        if (message != null) {
                            message.perSession.merge(count, 1, Integer::sum);
                        }
                    }));
        }
        streams.clear();
        return this;
    }

    /** How many lines there are. */
    long lines() {
        return lines;
    }

    /** The earliest time, or null. */
    @Nullable
    Instant first() {
        return first;
    }

    /** The latest time, or null. */
    @Nullable
    Instant last() {
        return last;
    }

    /** Whether the message was there. */
    boolean knows(String message) {
        return messages.containsKey(message);
    }

    /** Whether the one is followed by the other at least 95% of at least 15 times. */
    boolean always(String message, String next) {
        Message known = messages.get(message);
        return known != null
                && known.followed >= ENOUGH
                && known.followers.getOrDefault(next, 0) >= ALWAYS * known.followed;
    }

    /** The most of a message among as many lines as a burst has. */
    int mostTogether(String message) {
        Message known = messages.get(message);
        return known == null ? 0 : known.mostTogether;
    }

    /** How a message comes, or null if it does not come regularly. */
    @Nullable
    Rhythm rhythm(String message) {
        Message known = messages.get(message);
        if (known == null) {
            return null;
        }
        double inLines = longest(known.lineGaps, known.longestLineGap);
        double inSeconds = longest(known.secondGaps, known.longestSecondGap);
        return Double.isNaN(inLines) && Double.isNaN(inSeconds) ? null : new Rhythm(inLines, inSeconds);
    }

    /** The longest gap if gaps are steady, or NaN. */
    private static double longest(List<Double> gaps, double longest) {
        if (gaps.size() < ENOUGH) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(gaps);
        Collections.sort(sorted);
        double median = sorted.get(sorted.size() / 2);
        return longest <= STEADY * Math.max(1, median) ? longest : Double.NaN;
    }

    /**
     * Whether a number at a place is at least twice the largest that training had, which must have been enough to say
     * so.
     */
    boolean isBeyond(String message, String place, double number) {
        Place known = place(message, place);
        return known != null && known.numbers >= ENOUGH_VALUES && Math.abs(number) >= BEYOND * known.largest;
    }

    /** Whether a place has the same few words again and again, and never had this one. */
    boolean isNewWord(String message, String place, String word) {
        Place known = place(message, place);
        return known != null && known.hasFewWords() && !known.words.containsKey(word);
    }

    /** Whether a place has the same few words again and again. */
    boolean hasFewWords(String message, String place) {
        Place known = place(message, place);
        return known != null && known.hasFewWords();
    }

    private @Nullable Place place(String message, String place) {
        Message known = messages.get(message);
        return known == null ? null : known.places.get(place);
    }

    /** Whether sessions that have the message have it a fixed number of times, and hardly ever so many times. */
    boolean isWrongCount(String message, int count) {
        Message known = messages.get(message);
        if (known == null) {
            return false;
        }
        int all = known.perSession.values().stream().mapToInt(Integer::intValue).sum();
        int usual = known.perSession.values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return all >= ENOUGH && usual >= FIXED * all && known.perSession.getOrDefault(count, 0) < (1 - ALWAYS) * all;
    }

    /**
     * How a message comes regularly.
     *
     * @param lines the longest gap in lines; NaN if lines are no measure of it
     * @param seconds the longest gap in seconds; NaN if time is none
     */
    record Rhythm(double lines, double seconds) {}

    /** What is known of a message. */
    private static final class Message {
        private int followed;
        private final Map<String, Integer> followers = new HashMap<>();
        private int mostTogether;
        private final List<Double> lineGaps = new ArrayList<>();
        private final List<Double> secondGaps = new ArrayList<>();
        private double longestLineGap;
        private double longestSecondGap;
        private final Map<String, Place> places = new HashMap<>();
        private final Map<Integer, Integer> perSession = new HashMap<>();

        void followedBy(String next) {
            followed++;
            if (followers.size() < MOST_FOLLOWERS || followers.containsKey(next)) {
                followers.merge(next, 1, Integer::sum);
            }
        }

        void gap(double inLines, double inSeconds) {
            longestLineGap = Math.max(longestLineGap, inLines);
            if (lineGaps.size() < MOST_GAPS) {
                lineGaps.add(inLines);
            }
            if (!Double.isNaN(inSeconds)) {
                longestSecondGap = Math.max(longestSecondGap, inSeconds);
                if (secondGaps.size() < MOST_GAPS) {
                    secondGaps.add(inSeconds);
                }
            }
        }
    }

    /** What is known of a place of a message. */
    private static final class Place {
        private int numbers;
        private double largest;
        private int texts;
        private final Map<String, Integer> words = new HashMap<>();

        void add(MessageValue value) {
            if (!Double.isNaN(value.number())) {
                numbers++;
                largest = Math.max(largest, Math.abs(value.number()));
                return;
            }
            texts++;
            if (words.size() < MOST_WORDS || words.containsKey(value.text())) {
                words.merge(value.text(), 1, Integer::sum);
            }
        }

        boolean hasFewWords() {
            long single = words.values().stream().filter(times -> times == 1).count();
            return numbers == 0 && texts >= ENOUGH_VALUES && words.size() < MOST_WORDS && single <= FEW * texts;
        }
    }

    /** A stream or session under way. */
    private static final class Stream {
        private long position;
        private @Nullable Message before;
        private final Deque<String> recent = new ArrayDeque<>();
        private final Map<String, Integer> together = new HashMap<>();
        private final Map<String, Last> lasts = new HashMap<>();
        private final Map<String, Integer> counts = new HashMap<>();

        /** Where a message was last. */
        private record Last(long position, @Nullable Instant time) {}

        void add(String text, Message message, @Nullable Instant time) {
            if (before != null) {
                before.followedBy(text);
            }
            before = message;
            recent.addLast(text);
            message.mostTogether = Math.max(message.mostTogether, together.merge(text, 1, Integer::sum));
            if (recent.size() == BURST) {
                together.merge(recent.removeFirst(), -1, (a, b) -> a + b == 0 ? null : a + b);
            }
            Last last = lasts.put(text, new Last(position, time));
            if (last != null) {
                double seconds = time == null || last.time == null
                        ? Double.NaN
                        : Duration.between(last.time, time).toMillis() / 1e3;
                message.gap((double) (position - last.position), seconds);
            }
            counts.merge(text, 1, Integer::sum);
            position++;
        }
    }
}
