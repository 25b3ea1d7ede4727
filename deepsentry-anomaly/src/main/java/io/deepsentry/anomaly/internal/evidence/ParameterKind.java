package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.identity.MessageValue;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Words never seen at a place that has few. The chance of a new one is the share of values that came once (Good, 1953);
 * how such places fared in training says from which chance on a new one is odd.
 */
final class ParameterKind implements Kind {
    private static final int LEAST_SUPPORT = 10;
    /** Places beyond so many are not learnt, nor are values of a place beyond so many. */
    private static final int MOST_PLACES = 20_000;

    private static final int MOST_VALUES = 1000;
    /**
     * In sessions, where a new word is an alarm of its own, a place with more words has not few: such as hosts, which
     * come and go.
     */
    private static final int MOST_VALUES_IN_SESSIONS = 100;

    private static final int MOST_VALUES_OF_ALL = 500_000;
    /** Chances by powers of two. */
    private static final int BINS = 16;

    private static final int LEAST_BIN = 3;
    private static final double PER_THOUSAND = 1;

    /** Sessions with new words beyond so many are not counted. */
    private static final int MOST_SESSIONS = 100_000;

    /** A value of a place. */
    private static final class Word {
        /** How many values of its place there were when it came first, itself included. */
        private final long first;

        private int times = 1;
        private long session;

        Word(long first, long session) {
            this.first = first;
            this.session = session;
        }
    }

    /** What is known of a place. Of a session, a value counts once. */
    private static final class Words {
        private long count;
        private int once;
        private boolean isFull;
        private final Map<String, Word> values = new HashMap<>();

        /** How likely the next value is new: by those that came once, or by those that were new in the later half. */
        double chance() {
            if (isFull) {
                return 1;
            }
            int late = 0;
            for (Word value : values.values()) {
                late += 2 * value.first > count ? 1 : 0;
            }
            return Math.max((once + .5) / (count + 1), (late + .5) / (count / 2.0 + 1));
        }
    }

    /**
     * What was learnt of a place.
     *
     * @param count how many values there were
     * @param chance how likely the next one is new
     * @param values the distinct ones
     */
    private record Known(long count, double chance, Set<String> values) {}

    private final Map<Integer, Map<String, Known>> places;
    private final double limit;

    private ParameterKind(Map<Integer, Map<String, Known>> places, double limit) {
        this.places = places;
        this.limit = limit;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.PARAMETER;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        List<Object> rows = new ArrayList<>();
        places.forEach((message, byPlace) -> byPlace.forEach((place, known) ->
                rows.add(List.of(message, place, known.count, known.chance, List.copyOf(known.values)))));
        return Map.of("limit", limit, "places", rows);
    }

    static ParameterKind read(Names names, JsonNode json) {
        Map<Integer, Map<String, Known>> places = new TreeMap<>();
        for (JsonNode row : Written.rows(json, "places", 5)) {
            TreeSet<String> values = new TreeSet<>();
            for (int i = 0; i < row.get(4).size(); i++) {
                values.add(Written.text(row.get(4), i));
            }
            places.computeIfAbsent(Written.index(row, 0, names.size()), key -> new TreeMap<>())
                    .put(Written.text(row, 1), new Known(Written.count(row, 2), Written.number(row, 3), values));
        }
        return new ParameterKind(places, Written.number(json, "limit"));
    }

    private static int bin(double chance) {
        return (int) Math.min(BINS - 1, -Math.log(chance) / Math.log(2));
    }

    /** Learns the words. */
    static final class Learning implements Lesson {
        private final Map<Integer, Map<String, Words>> places = new HashMap<>();
        private final long[] odd = new long[BINS];
        /** Of each session that had new words, the bin of the most unlikely one. */
        private final Map<Long, Integer> oddSessions = new HashMap<>();

        private int size;
        private int sizeOfValues;
        private boolean hasSessions;

        Learning(Names names) {}

        @Override
        public void begin() {}

        @Override
        public void add(Line line) {
            hasSessions |= line.session != 0;
            if (line.message < 0) {
                return;
            }
            for (MessageValue value : line.said.values()) {
                if (!ValueKind.isNumber(value)) {
                    Words words = of(line.message, value.place());
                    if (words != null) {
                        add(words, value.text(), line.session);
                    }
                }
            }
        }

        private @Nullable Words of(int message, String place) {
            Map<String, Words> byPlace = places.computeIfAbsent(message, key -> new TreeMap<>());
            Words words = byPlace.get(place);
            if (words == null && size < MOST_PLACES) {
                size++;
                words = new Words();
                byPlace.put(place, words);
            }
            return words;
        }

        private void add(Words words, String value, long session) {
            Word known = words.values.get(value);
            if (known != null && session != 0 && known.session == session) {
                return;
            }
            if (known == null && words.count >= LEAST_SUPPORT && hasFew(words)) {
                odd(bin(words.chance()), session);
            }
            words.count++;
            if (known != null) {
                known.session = session;
                if (known.times++ == 1) {
                    words.once--;
                }
            } else if (words.values.size() < MOST_VALUES && sizeOfValues < MOST_VALUES_OF_ALL) {
                words.values.put(value, new Word(words.count, session));
                words.once++;
                sizeOfValues++;
            } else {
                words.isFull = true;
            }
        }

        /** Whether a place has few words. */
        private boolean hasFew(Words words) {
            return !hasSessions || words.values.size() <= MOST_VALUES_IN_SESSIONS;
        }

        private void odd(int bin, long session) {
            if (session == 0) {
                odd[bin]++;
            } else if (bin >= LEAST_BIN && (oddSessions.size() < MOST_SESSIONS || oddSessions.containsKey(session))) {
                oddSessions.merge(session, bin, Math::max);
            }
        }

        @Override
        public Kind finish(long lines) {
            oddSessions.values().forEach(bin -> odd[bin]++);
            int from = BINS;
            long bad = 0;
            for (int bin = BINS - 1; bin >= LEAST_BIN; bin--) {
                bad += odd[bin];
                if (bad * 1000.0 / lines > PER_THOUSAND) {
                    break;
                }
                from = bin;
            }
            double limit = Math.pow(2, -from);
            Map<Integer, Map<String, Known>> known = new TreeMap<>();
            places.forEach((message, byPlace) -> byPlace.forEach((place, words) -> {
                if (words.count >= LEAST_SUPPORT && words.chance() <= limit && hasFew(words)) {
                    known.computeIfAbsent(message, key -> new TreeMap<>())
                            .put(place, new Known(words.count, words.chance(), new TreeSet<>(words.values.keySet())));
                }
            }));
            return new ParameterKind(known, limit);
        }
    }

    private final class Watching implements Watch {
        @Override
        public void next(Line line, List<Evidence> found) {
            Map<String, Known> byPlace = line.message < 0 ? null : places.get(line.message);
            if (byPlace == null) {
                return;
            }
            for (MessageValue value : line.said.values()) {
                Known known = ValueKind.isNumber(value) ? null : byPlace.get(value.place());
                if (known != null && !known.values.contains(value.text())) {
                    found.add(new Evidence(
                            EvidenceKind.PARAMETER,
                            Math.min(100, limit / known.chance),
                            line.said.message(),
                            value.place(),
                            reason(line, value, known)));
                }
            }
        }

        private String reason(Line line, MessageValue value, Known known) {
            String usual = known.values.stream()
                    .limit(3)
                    .map(Names::quoted)
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("");
            String more = known.values.size() > 3 ? " and " + Counted.of(known.values.size() - 3, "other") : "";
            return String.format(
                    Locale.ROOT,
                    "%s was never here in %s: %,d times it was %s%s.",
                    Names.quoted(value.text()),
                    Names.quoted(line.said.message()),
                    known.count,
                    usual,
                    more);
        }

        @Override
        public void write(DataOutput out) {}

        @Override
        public void read(DataInputStream in) {}
    }
}
