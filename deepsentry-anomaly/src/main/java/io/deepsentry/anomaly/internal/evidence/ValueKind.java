package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers beyond all that training had at their place, by how far on a logarithmic scale, in units of how far they
 * spread; and, in a stream, numbers that lie higher or lower than they used to as a whole.
 */
final class ValueKind implements Kind {
    private static final int LEAST_SUPPORT = 10;
    /** Places beyond so many are not learnt. */
    private static final int MOST_PLACES = 20_000;

    private static final double LEAST_DISTANCE = 1;
    private static final double PER_THOUSAND = .5;
    private static final int WARM_UP_LINES = 300;
    /**
     * A number is odd that is so many times the largest where all are alike, and where they spread by orders of
     * magnitude.
     */
    private static final double LEAST_TIMES = 4;

    private static final double MOST_TIMES = 9;
    /** Follows the place where it is not one number that is odd. */
    private static final String SHIFTED = " shifted";

    /** What is known of a place. */
    private static final class Numbers {
        private long count;
        private double most;
        private double sum;
        private double squares;
        /** What is learnt of shifts; null in sessions, whose lines come in no order of their own. */
        private NumberShift.@Nullable Learning lesson;
        /** What was learnt of shifts; null where nothing was. */
        private @Nullable NumberShift usual;

        void add(double value) {
            count++;
            most = Math.max(most, Math.abs(value));
            double scaled = Math.log1p(Math.abs(value));
            sum += scaled;
            squares += scaled * scaled;
            if (lesson != null) {
                lesson.add(value);
            }
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
        List<Object> usual = new ArrayList<>();
        places.forEach((message, byPlace) -> byPlace.forEach((place, numbers) -> {
            rows.add(List.of(message, place, numbers.count, numbers.most, numbers.sum, numbers.squares));
            if (numbers.usual != null) {
                usual.add(List.of(message, place, numbers.usual.toJson()));
            }
        }));
        return Map.of("limits", limits, "places", rows, "usual", usual);
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
        // Models of earlier versions have none.
        if (json.has("usual")) {
            for (JsonNode row : Written.rows(json, "usual", 3)) {
                Numbers numbers = places.getOrDefault(Written.index(row, 0, names.size()), Map.of())
                        .get(Written.text(row, 1));
                if (numbers == null) {
                    throw Written.wrong("'usual' must be of places that are known");
                }
                numbers.usual = NumberShift.read(row.get(2));
            }
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
                    numbers.lesson = line.session == 0 ? new NumberShift.Learning() : null;
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
                    numbers.usual = numbers.lesson == null ? null : numbers.lesson.finish();
                    numbers.lesson = null;
                    known.computeIfAbsent(message, key -> new TreeMap<>()).put(place, numbers);
                }
            }));
            int allowed = (int) (PER_THOUSAND * Math.max(0, trained - (hasSessions ? 0 : WARM_UP_LINES)) / 1000);
            return new ValueKind(known, past.limits(LEAST_DISTANCE, allowed));
        }
    }

    private final class Watching implements Watch {
        /** The last numbers of places that keep theirs, by message and place. */
        private final Map<Integer, Map<String, NumberShift.Recent>> recent = new TreeMap<>();

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
                    // A line that is judged by itself, without a stream, has no number, and comes after none.
                    if (numbers.usual != null && line.number > 0) {
                        shift(numbers.usual, line, value, found);
                    }
                }
            }
        }

        private void shift(NumberShift usual, Line line, MessageValue value, List<Evidence> found) {
            NumberShift.Recent last = recent.computeIfAbsent(line.message, unused -> new TreeMap<>())
                    .computeIfAbsent(value.place(), unused -> new NumberShift.Recent());
            NumberShift.Shifted shifted = usual.next(last, value.number(), value.type(), line.said.message());
            if (shifted != null) {
                found.add(new Evidence(
                        EvidenceKind.VALUE,
                        shifted.strength(),
                        line.said.message(),
                        value.place() + SHIFTED,
                        shifted.reason()));
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

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeInt(recent.size());
            for (Map.Entry<Integer, Map<String, NumberShift.Recent>> message : recent.entrySet()) {
                out.writeInt(message.getKey());
                out.writeInt(message.getValue().size());
                for (Map.Entry<String, NumberShift.Recent> place :
                        message.getValue().entrySet()) {
                    out.writeUTF(place.getKey());
                    place.getValue().write(out);
                }
            }
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            // A state of an earlier version has nothing of it.
            for (int messages = in.available() == 0 ? 0 : in.readInt(); messages > 0; messages--) {
                Map<String, NumberShift.Recent> byPlace =
                        recent.computeIfAbsent(in.readInt(), unused -> new TreeMap<>());
                for (int count = in.readInt(); count > 0; count--) {
                    byPlace.put(in.readUTF(), NumberShift.Recent.read(in));
                }
            }
        }
    }

    static String shown(double number, @Nullable MaskType type) {
        return type == MaskType.DURATION
                ? number < 1 ? Spans.number(number * 1000) + " ms" : Spans.said(number)
                : type == MaskType.SIZE ? Spans.bytes(number) : Spans.number(number);
    }
}
