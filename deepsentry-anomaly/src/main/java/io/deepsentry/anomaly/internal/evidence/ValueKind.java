package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers beyond all that training had at their place, by how far on a logarithmic scale, in units of how far they spread.
 */
final class ValueKind implements Kind {
    private static final int LEAST_SUPPORT = 10;
    /** Places beyond so many are not learnt. */
    private static final int MOST_PLACES = 20_000;

    private static final double LEAST_DISTANCE = 1;
    private static final double PER_THOUSAND = .5;
    private static final int WARM_UP_LINES = 300;
    /** A number is odd that is so many times the largest where all are alike, and where they spread by orders of magnitude. */
    private static final double LEAST_TIMES = 4;

    private static final double MOST_TIMES = 9;

    /** What is known of a place. */
    private static final class Numbers {
        private long count;
        private double most;
        private double sum;
        private double squares;

        void add(double value) {
            count++;
            most = Math.max(most, Math.abs(value));
            double scaled = Math.log1p(Math.abs(value));
            sum += scaled;
            squares += scaled * scaled;
        }

        double spread() {
            return Math.sqrt(Math.max(0, squares / count - sum / count * (sum / count)));
        }

        /** How far it is beyond the largest: 1 is {@link #LEAST_TIMES} of it where values are alike. */
        double distance(double value) {
            double beyond = Math.log1p(Math.abs(value)) - Math.log1p(Math.max(most, 1));
            return beyond <= 0 ? 0 : beyond / Math.min(Math.log(MOST_TIMES), Math.log(LEAST_TIMES) + spread() / 2);
        }
    }

    private final Map<Integer, Map<String, Numbers>> places;
    private final double[] limits;

    private ValueKind(Map<Integer, Map<String, Numbers>> places, double[] limits) {
        this.places = places;
        this.limits = limits;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.VALUE;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        List<Object> rows = new ArrayList<>();
        places.forEach((message, byPlace) -> byPlace.forEach((place, numbers) ->
                rows.add(List.of(message, place, numbers.count, numbers.most, numbers.sum, numbers.squares))));
        return Map.of("limits", limits, "places", rows);
    }

    static ValueKind read(Names names, JsonNode json) {
        Map<Integer, Map<String, Numbers>> places = new TreeMap<>();
        for (JsonNode row : Written.rows(json, "places", 6)) {
            Numbers numbers = new Numbers();
            numbers.count = Written.count(row, 2);
            numbers.most = Written.number(row, 3);
            numbers.sum = Written.number(row, 4);
            numbers.squares = Written.number(row, 5);
            places.computeIfAbsent(Written.index(row, 0, names.size()), key -> new TreeMap<>())
                    .put(Written.text(row, 1), numbers);
        }
        return new ValueKind(places, Written.numbers(json, "limits", Calibration.BINS));
    }

    static boolean isNumber(MessageValue value) {
        return Double.isFinite(value.number());
    }

    /** Learns the numbers. */
    static final class Learning implements Lesson {
        private final Map<Integer, Map<String, Numbers>> places = new HashMap<>();
        private final Calibration past = new Calibration();
        private int size;
        private long lines;
        private boolean hasSessions;

        Learning(Names names) {}

        @Override
        public void begin() {}

        @Override
        public void add(Line line) {
            lines++;
            hasSessions |= line.session != 0;
            if (line.message < 0) {
                return;
            }
            for (MessageValue value : line.said.values()) {
                if (!isNumber(value)) {
                    continue;
                }
                Map<String, Numbers> byPlace = places.computeIfAbsent(line.message, key -> new TreeMap<>());
                Numbers numbers = byPlace.get(value.place());
                if (numbers == null) {
                    if (size == MOST_PLACES) {
                        continue;
                    }
                    size++;
                    numbers = new Numbers();
                    byPlace.put(value.place(), numbers);
                }
                if (lines > WARM_UP_LINES && numbers.count >= LEAST_SUPPORT) {
                    double distance = numbers.distance(value.number());
                    if (distance > 0) {
                        long place = 31L * line.message + value.place().hashCode() * 1_000_003L;
                        past.saw(line.session == 0 ? place : line.session, numbers.count, distance);
                    }
                }
                numbers.add(value.number());
            }
        }

        @Override
        public Kind finish(long trained) {
            Map<Integer, Map<String, Numbers>> known = new TreeMap<>();
            places.forEach((message, byPlace) -> byPlace.forEach((place, numbers) -> {
                if (numbers.count >= LEAST_SUPPORT) {
                    known.computeIfAbsent(message, key -> new TreeMap<>()).put(place, numbers);
                }
            }));
            int allowed = (int) (PER_THOUSAND * Math.max(0, trained - (hasSessions ? 0 : WARM_UP_LINES)) / 1000);
            return new ValueKind(known, past.limits(LEAST_DISTANCE, allowed));
        }
    }

    private final class Watching implements Watch {
        @Override
        public void next(Line line, List<Evidence> found) {
            Map<String, Numbers> byPlace = line.message < 0 ? null : places.get(line.message);
            if (byPlace == null) {
                return;
            }
            for (MessageValue value : line.said.values()) {
                Numbers numbers = isNumber(value) ? byPlace.get(value.place()) : null;
                if (numbers != null) {
                    double strength = numbers.distance(value.number()) / limits[Calibration.bin(numbers.count)];
                    if (strength >= 1) {
                        found.add(new Evidence(
                                EvidenceKind.VALUE,
                                strength,
                                line.said.message(),
                                value.place(),
                                reason(line, value, numbers)));
                    }
                }
            }
        }

        private String reason(Line line, MessageValue value, Numbers numbers) {
            String usual = shown(numbers.most, value.type());
            return String.format(
                    Locale.ROOT,
                    "%s in %s: none of %,d values here was over %s.",
                    shown(value.number(), value.type()),
                    Names.quoted(line.said.message()),
                    numbers.count,
                    usual);
        }

        private static String shown(double number, @Nullable MaskType type) {
            return type == MaskType.DURATION
                    ? number < 1 ? Spans.number(number * 1000) + " ms" : Spans.said(number)
                    : type == MaskType.SIZE ? Spans.bytes(number) : Spans.number(number);
        }

        @Override
        public void write(DataOutput out) {}

        @Override
        public void read(DataInputStream in) {}
    }
}
