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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers beyond all that training had at their place, by how far on a logarithmic scale, in units of how far they
 * spread; numbers far below all of them, where training shows that there is a bottom; and, in a stream, numbers that
 * lie higher or lower than they used to as a whole.
 */
final class ValueKind implements Kind {
    private static final int LEAST_SUPPORT = 10;
    /** Places beyond so many are not learnt. */
    private static final int MOST_PLACES = 20_000;

    private static final double LEAST_DISTANCE = 1;
    private static final double PER_THOUSAND = 1;
    private static final double PER_THOUSAND_SESSIONS = .5;
    private static final int WARM_UP_LINES = 300;
    /**
     * A number is odd that is so many times the largest where all are alike, and where they spread by orders of
     * magnitude.
     */
    private static final double LEAST_TIMES = 4;

    private static final double MOST_TIMES = 9;
    /** A place with fewer numbers, or with numbers that spread further, is not known to have a bottom. */
    private static final int LEAST_SUPPORT_BELOW = 30;

    private static final double MOST_SPREAD_BELOW = 1;
    /**
     * The least share of the steps from one number to the next that go up, and of those that go down. A counter goes
     * one way until it begins again, and a state stays until it is reset: neither has a bottom.
     */
    private static final double LEAST_STEPS = .2;

    private static final double PER_THOUSAND_BELOW = .25;
    /** Durations are in seconds; those of which logs tell are mostly in milliseconds. */
    private static final int DURATION_DECIMALS = 3;

    /** A unit is a number's last decimal; those after so many digits do not count. */
    private static final double MOST_UNITS = 10_000;
    /** What is less of a number is no decimal of it but binary arithmetic. */
    private static final double LEAST_FRACTION = 1e-9;
    /** Smaller units than the place of so many decimals are not told apart. */
    private static final int MOST_DECIMALS = 15;

    private static final Pattern ZERO = Pattern.compile("-?0\\.(0{1," + MOST_DECIMALS + "})");
    /** Follows the place where a number is too small. */
    private static final String BELOW = " below";
    /** Follows the place where it is not one number that is odd. */
    private static final String SHIFTED = " shifted";

    /** What is known of a place. */
    private static final class Numbers {
        private long count;
        private double most;
        private double least = Double.POSITIVE_INFINITY;
        private double sum;
        private double squares;
        private double last;
        private long up;
        private long down;
        /** How many are not 0. */
        private long sized;
        /** The unit is the place of so many decimals; for durations of 3 at least. */
        private int decimals;
        /** What is learnt of shifts; null in sessions, whose lines come in no order of their own. */
        private NumberShift.@Nullable Learning lesson;
        /** What was learnt of shifts; null where nothing was. */
        private @Nullable NumberShift usual;

        void add(MessageValue value) {
            double number = value.number();
            double size = Math.abs(number);
            if (count > 0) {
                up += number > last ? 1 : 0;
                down += number < last ? 1 : 0;
            }
            last = number;
            count++;
            most = Math.max(most, size);
            least = Math.min(least, Math.max(0, number));
            refine(value);
            double scaled = scaled(size, value);
            sized += size > 0 ? 1 : 0;
            sum += scaled;
            squares += scaled * scaled;
            if (lesson != null) {
                lesson.add(number);
            }
        }

        /**
         * Takes a smaller unit if a number has more decimals. What is not 0 lies so much higher then, but for what was
         * less than a few units.
         */
        private void refine(MessageValue value) {
            int before = unit(value);
            int now = decimals(value, before);
            if (now > before) {
                double higher = (now - before) * Math.log(10);
                squares += 2 * higher * sum + sized * higher * higher;
                sum += sized * higher;
                decimals = now;
            }
        }

        /** The decimals of the unit of a number: each type of what stands at one place has its own. */
        private int unit(MessageValue value) {
            return Math.max(decimals, value.type() == MaskType.DURATION ? DURATION_DECIMALS : 0);
        }

        /**
         * Its size on a logarithmic scale that begins at 0 with 0 and is 0.7 at one unit, so that a number in seconds
         * and the same in milliseconds stand alike.
         */
        private double scaled(double size, MessageValue value) {
            return Math.log1p(Math.min(Double.MAX_VALUE, size * Math.pow(10, unit(value))));
        }

        double spread() {
            return Math.sqrt(Math.max(0, squares / count - sum / count * (sum / count)));
        }

        /** How far it is beyond the largest: 1 is {@link #LEAST_TIMES} of it where values are alike. */
        double distance(MessageValue value) {
            double beyond = scaled(Math.abs(value.number()), value) - Math.max(scaled(most, value), Math.log1p(1));
            return beyond <= 0 ? 0 : beyond / Math.min(Math.log(MOST_TIMES), Math.log(LEAST_TIMES) + spread() / 2);
        }

        /** Whether training shows a least number: they lie close together, and go up and down. */
        boolean hasBottom() {
            return count >= LEAST_SUPPORT_BELOW
                    && least > 0
                    && spread() <= MOST_SPREAD_BELOW
                    && Math.min(up, down) >= LEAST_STEPS * count;
        }

        /** How far it is below the least, likewise. */
        double distanceBelow(MessageValue value) {
            double below = scaled(least, value) - scaled(Math.abs(value.number()), value);
            return below <= 0 ? 0 : below / (Math.log(LEAST_TIMES) + spread() / 2);
        }
    }

    /** The decimals of a number, at least those known; those of 0.000 are 3. */
    private static int decimals(MessageValue value, int known) {
        double size = Math.abs(value.number());
        if (size == 0) {
            Matcher zero = ZERO.matcher(value.text());
            return zero.matches() ? Math.max(known, zero.group(1).length()) : known;
        }
        int decimals = known;
        double units = size * Math.pow(10, known);
        while (decimals < MOST_DECIMALS
                && units < MOST_UNITS
                && Math.abs(units - Math.rint(units)) > LEAST_FRACTION * units) {
            decimals++;
            units *= 10;
        }
        return decimals;
    }

    private final Map<Integer, Map<String, Numbers>> places;
    private final double[] limits;
    private final double[] limitsBelow;

    private ValueKind(Map<Integer, Map<String, Numbers>> places, double[] limits, double[] limitsBelow) {
        this.places = places;
        this.limits = limits;
        this.limitsBelow = limitsBelow;
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
        List<Object> least = new ArrayList<>();
        List<Object> decimals = new ArrayList<>();
        places.forEach((message, byPlace) -> byPlace.forEach((place, numbers) -> {
            rows.add(List.of(message, place, numbers.count, numbers.most, numbers.sum, numbers.squares));
            if (numbers.usual != null) {
                usual.add(List.of(message, place, numbers.usual.toJson()));
            }
            if (numbers.least > 0) {
                least.add(List.of(message, place, numbers.least));
            }
            if (numbers.decimals > 0) {
                decimals.add(List.of(message, place, numbers.decimals));
            }
        }));
        return Map.of(
                "decimals",
                decimals,
                "least",
                least,
                "limits",
                limits,
                "limits_below",
                limitsBelow,
                "places",
                rows,
                "usual",
                usual);
    }

    static ValueKind read(Names names, JsonNode json) {
        Map<Integer, Map<String, Numbers>> places = new TreeMap<>();
        for (JsonNode row : Written.rows(json, "places", 6)) {
            Numbers numbers = new Numbers();
            numbers.count = Written.count(row, 2);
            numbers.most = Written.number(row, 3);
            numbers.sum = Written.number(row, 4);
            numbers.squares = Written.number(row, 5);
            numbers.least = 0;
            places.computeIfAbsent(Written.index(row, 0, names.size()), key -> new TreeMap<>())
                    .put(Written.text(row, 1), numbers);
        }
        // Models of earlier versions have none of these.
        if (json.has("usual")) {
            for (JsonNode row : Written.rows(json, "usual", 3)) {
                known(places, names, row, "usual").usual = NumberShift.read(row.get(2));
            }
        }
        if (json.has("least")) {
            for (JsonNode row : Written.rows(json, "least", 3)) {
                known(places, names, row, "least").least = Written.number(row, 2);
            }
        }
        if (json.has("decimals")) {
            for (JsonNode row : Written.rows(json, "decimals", 3)) {
                known(places, names, row, "decimals").decimals = Written.index(row, 2, MOST_DECIMALS + 1);
            }
        }
        double[] limits = Written.numbers(json, "limits", Calibration.BINS);
        double[] limitsBelow =
                json.has("limits_below") ? Written.numbers(json, "limits_below", Calibration.BINS) : limits;
        return new ValueKind(places, limits, limitsBelow);
    }

    private static Numbers known(Map<Integer, Map<String, Numbers>> places, Names names, JsonNode row, String member) {
        Numbers numbers = places.getOrDefault(Written.index(row, 0, names.size()), Map.of())
                .get(Written.text(row, 1));
        if (numbers == null) {
            throw Written.wrong("'" + member + "' must be of places that are known");
        }
        return numbers;
    }

    static boolean isNumber(MessageValue value) {
        return Double.isFinite(value.number());
    }

    /** Learns the numbers. */
    static final class Learning implements Lesson {
        private final Map<Integer, Map<String, Numbers>> places = new HashMap<>();
        private final Calibration past = new Calibration();
        private final Calibration pastBelow = new Calibration();
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
                    long place = 31L * line.message + value.place().hashCode() * 1_000_003L;
                    long identity = line.session == 0 ? place : line.session;
                    double distance = numbers.distance(value);
                    if (distance > 0) {
                        past.saw(identity, numbers.count, distance);
                    }
                    double below = numbers.hasBottom() ? numbers.distanceBelow(value) : 0;
                    if (below > 0) {
                        pastBelow.saw(identity, numbers.count, below);
                    }
                }
                numbers.add(value);
            }
        }

        @Override
        public Kind finish(long trained) {
            Map<Integer, Map<String, Numbers>> known = new TreeMap<>();
            places.forEach((message, byPlace) -> byPlace.forEach((place, numbers) -> {
                if (numbers.count >= LEAST_SUPPORT) {
                    numbers.usual = numbers.lesson == null ? null : numbers.lesson.finish();
                    numbers.lesson = null;
                    numbers.least = numbers.hasBottom() ? numbers.least : 0;
                    known.computeIfAbsent(message, key -> new TreeMap<>()).put(place, numbers);
                }
            }));
            double thousands = Math.max(0, trained - (hasSessions ? 0 : WARM_UP_LINES)) / 1000.0;
            return new ValueKind(
                    known,
                    hasSessions
                            ? past.limits(LEAST_DISTANCE, (int) (PER_THOUSAND_SESSIONS * thousands))
                            : past.limitsByTail(LEAST_DISTANCE, PER_THOUSAND * thousands),
                    pastBelow.limits(LEAST_DISTANCE, (int) (PER_THOUSAND_BELOW * thousands)));
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
                    int bin = Calibration.bin(numbers.count);
                    double strength = numbers.distance(value) / limits[bin];
                    double below = numbers.least > 0 ? numbers.distanceBelow(value) / limitsBelow[bin] : 0;
                    if (strength >= 1 || below >= 1) {
                        found.add(new Evidence(
                                EvidenceKind.VALUE,
                                Math.max(strength, below),
                                line.said.message(),
                                below >= 1 ? value.place() + BELOW : value.place(),
                                reason(line, value, numbers, below >= 1)));
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

        private String reason(Line line, MessageValue value, Numbers numbers, boolean isBelow) {
            return String.format(
                    Locale.ROOT,
                    "%s in %s: none of %,d values here was %s %s.",
                    shown(value.number(), value.type()),
                    Names.quoted(line.said.message()),
                    numbers.count,
                    isBelow ? "under" : "over",
                    shown(isBelow ? numbers.least : numbers.most, value.type()));
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
