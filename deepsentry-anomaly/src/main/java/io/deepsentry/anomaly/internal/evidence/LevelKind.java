package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** More errors among the last lines than there ever were. */
final class LevelKind implements Kind {
    private static final int[] LINES = {50, 500};
    private static final int LEAST_USUAL = 3;
    private static final int LEAST_COUNT = 10;
    private static final double LEAST_RATIO = 2;
    private static final int WARM_UP_LINES = 300;
    private static final String ERRORS = "errors";

    /** The most errors that training had, by window; beyond any where it had too few lines. */
    private final int[] most;

    private final double[] limits;

    private LevelKind(int[] most, double[] limits) {
        this.most = most;
        this.limits = limits;
    }

    @Override
    public EvidenceKind kind() {
        return EvidenceKind.LEVEL;
    }

    @Override
    public Watch begin() {
        return new Watching();
    }

    @Override
    public Map<String, Object> toJson() {
        return Map.of("limits", limits, "most", most);
    }

    static LevelKind read(Names names, JsonNode json) {
        double[] read = Written.numbers(json, "most", LINES.length);
        int[] most = new int[LINES.length];
        for (int i = 0; i < most.length; i++) {
            most[i] = (int) read[i];
        }
        return new LevelKind(most, Written.numbers(json, "limits", LINES.length));
    }

    /** Counts errors among the last lines. */
    private static final class Errors {
        private final boolean[] recent = new boolean[LINES[LINES.length - 1]];
        private int at;
        private final int[] counts = new int[LINES.length];

        int[] add(boolean error) {
            for (int i = 0; i < LINES.length; i++) {
                counts[i] += (error ? 1 : 0) - (recent[Math.floorMod(at - LINES[i], recent.length)] ? 1 : 0);
            }
            recent[at] = error;
            at = (at + 1) % recent.length;
            return counts;
        }
    }

    private static double ratio(int now, int most) {
        return now < LEAST_COUNT ? 0 : (double) now / Math.max(LEAST_USUAL, most);
    }

    /** Learns the shares. */
    static final class Learning implements Lesson {
        private Errors errors = new Errors();
        private final int[] most = new int[LINES.length];
        private final double[] past = new double[LINES.length];
        /** The lines before which there were as many as the window has. */
        private final long[] lines = new long[LINES.length];

        Learning(Names names) {}

        @Override
        public void begin() {
            errors = new Errors();
        }

        @Override
        public void add(Line line) {
            int[] now = errors.add(line.said.severity() == Severity.HIGH);
            for (int i = 0; i < LINES.length; i++) {
                if (!line.isFollowedFor(LINES[i])) {
                    continue;
                }
                if (++lines[i] > Math.max(WARM_UP_LINES, 2 * LINES[i])) {
                    past[i] = Math.max(past[i], ratio(now[i], most[i]));
                }
                most[i] = Math.max(most[i], now[i]);
            }
        }

        @Override
        public Kind finish(long trained) {
            double[] limits = new double[LINES.length];
            for (int i = 0; i < LINES.length; i++) {
                limits[i] = lines[i] < 4L * LINES[i] ? Double.MAX_VALUE : Math.max(LEAST_RATIO, 1.3 * past[i]);
            }
            return new LevelKind(most, limits);
        }

        @Override
        public List<String> notLearnt() {
            return Arrays.stream(LINES)
                    .filter(window -> lines[window == LINES[0] ? 0 : 1] < 4L * window)
                    .mapToObj(window -> "level of " + window + " lines, as stretches have hardly as many")
                    .toList();
        }
    }

    private final class Watching implements Watch {
        private final Errors errors = new Errors();

        @Override
        public void next(Line line, List<Evidence> found) {
            boolean error = line.said.severity() == Severity.HIGH;
            int[] now = errors.add(error);
            int widest = -1;
            double strength = 1;
            for (int i = 0; i < LINES.length && error; i++) {
                if (ratio(now[i], most[i]) / limits[i] >= strength) {
                    widest = i;
                    strength = ratio(now[i], most[i]) / limits[i];
                }
            }
            if (widest >= 0) {
                found.add(new Evidence(
                        EvidenceKind.LEVEL,
                        strength,
                        "",
                        ERRORS,
                        String.format(
                                Locale.ROOT,
                                "Errors were %,d of the last %,d lines; never more than %,d before.",
                                now[widest],
                                LINES[widest],
                                most[widest])));
            }
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeInt(errors.at);
            for (boolean error : errors.recent) {
                out.writeBoolean(error);
            }
            for (int count : errors.counts) {
                out.writeInt(count);
            }
        }

        @Override
        public void read(DataInputStream in) throws IOException {
            errors.at = in.readInt();
            for (int i = 0; i < errors.recent.length; i++) {
                errors.recent[i] = in.readBoolean();
            }
            for (int i = 0; i < errors.counts.length; i++) {
                errors.counts[i] = in.readInt();
            }
        }
    }
}
