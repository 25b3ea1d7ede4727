package io.deepsentry.anomaly.evaluation;

import java.awt.Color;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a test part over time, or by their order in a log without times. Drawn in columns, however many there
 * are. For one thread.
 */
final class ScorePicture {
    private static final int WIDTH = 1240;
    private static final int HEIGHT = 460;
    private static final int COLUMNS = 1_100;
    private static final int TICKS = 6;
    private static final Color SCORE = new Color(0x6B, 0x75, 0x80);
    private static final Color LIMIT = new Color(0xC6, 0x28, 0x28);

    private final Caption caption;
    private final String unit;
    private final double threshold;
    private final @Nullable Instant first;
    private final double from;
    private final double to;
    private final double[] highest = new double[COLUMNS];

    ScorePicture(Caption caption, TestPart cases, double threshold) {
        this.caption = caption;
        this.unit = cases.unit();
        this.threshold = threshold;
        first = cases.first();
        Instant last = cases.last();
        from = 0;
        to = first == null || last == null
                ? Math.max(1, cases.count() - 1)
                : Math.max(1, Duration.between(first, last).toMillis());
        Arrays.fill(highest, -1);
    }

    /** Adds a case: by its time, or by its index in a log without times. */
    void add(int index, @Nullable Instant time, double score) {
        if (first != null && time == null) {
            return;
        }
        double at = first == null || time == null
                ? index
                : Duration.between(first, time).toMillis();
        int column = (int) Math.min(COLUMNS - 1, Math.max(0, at / to * (COLUMNS - 1)));
        highest[column] = Math.max(highest[column], score);
    }

    byte[] png() {
        return Ink.png(WIDTH, HEIGHT, drawing());
    }

    byte[] svg() {
        return Ink.svg(WIDTH, HEIGHT, drawing());
    }

    private Consumer<Ink> drawing() {
        double most = Math.max(threshold, Arrays.stream(highest).max().orElse(0)) * 1.08;
        PlotArea area = new PlotArea(92, 84, WIDTH - 92 - 36, HEIGHT - 84 - 72, from, to, most);
        return ink -> {
            caption.draw(ink, "Scores over time", 32, 36);
            area.frame(ink);
            double step = step(most);
            for (double tick = 0; tick <= most; tick += step) {
                area.tickY(
                        ink, tick, step < 1 ? String.format(Locale.ROOT, "%.1f", tick) : String.valueOf((long) tick));
            }
            for (int i = 0; i <= TICKS; i++) {
                double at = from + (to - from) * i / TICKS;
                area.tickX(ink, at, label(at), false);
            }
            area.names(ink, first == null ? unit : "time (UTC)", "highest score");
            double foot = area.yOf(0);
            for (int i = 0; i < COLUMNS; i++) {
                if (highest[i] >= 0) {
                    double x = area.xOf(to * i / (COLUMNS - 1));
                    ink.line(List.of(new double[] {x, foot}, new double[] {x, area.yOf(highest[i])}), SCORE, 1, false);
                }
            }
            double limit = area.yOf(threshold);
            ink.line(
                    List.of(new double[] {area.x(), limit}, new double[] {area.x() + area.width(), limit}),
                    LIMIT,
                    1.4,
                    true);
            ink.text(
                    String.format(Locale.ROOT, "threshold %.2f", threshold),
                    area.x() + area.width() - 6,
                    limit - 6,
                    13,
                    false,
                    Ink.Anchor.END,
                    LIMIT);
            for (int i = 0; i < COLUMNS; i++) {
                if (highest[i] > threshold) {
                    ink.disc(area.xOf(to * i / (COLUMNS - 1)), area.yOf(highest[i]), 3.5, LIMIT, Color.WHITE);
                }
            }
        };
    }

    private String label(double at) {
        if (first == null) {
            return String.format(Locale.ROOT, "%,d", Math.round(at) + 1);
        }
        String pattern = to < Duration.ofHours(1).toMillis()
                ? "HH:mm:ss"
                : to < Duration.ofDays(2).toMillis() ? "d MMM HH:mm" : "d MMM yyyy";
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)
                .withZone(ZoneOffset.UTC)
                .format(first.plusMillis(Math.round(at)));
    }

    /** A round step that gives at most six lines. */
    private static double step(double most) {
        double ten = Math.pow(10, Math.floor(Math.log10(most / TICKS)));
        for (double times : new double[] {1, 2, 5}) {
            if (most / (times * ten) <= TICKS) {
                return times * ten;
            }
        }
        return 10 * ten;
    }
}
