package io.deepsentry.anomaly.evaluation;

import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.internal.Counted;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a picture says of itself: of which data it is, and when it was drawn.
 *
 * @param data the inputs and their times
 * @param cases how many cases there are, and of which kind
 * @param drawn when it was drawn
 */
record Caption(String data, String cases, LocalDate drawn) {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final int LONGEST_NAME = 60;

    static Caption of(TestPart cases, Instant now) {
        List<String> inputs = cases.inputs();
        String name = inputs.isEmpty() ? "given events" : shortened(inputs.get(0));
        String more = inputs.size() > 1 ? " and " + (inputs.size() - 1) + " more" : "";
        int anomalous = cases.count(Label.ANOMALY);
        return new Caption(
                name + more + times(cases.first(), cases.last()),
                Counted.of(cases.count(), cases.unit())
                        + (anomalous == 0 ? "" : String.format(Locale.ROOT, ", %,d anomalous", anomalous)),
                LocalDate.ofInstant(now, ZoneOffset.UTC));
    }

    private static String shortened(String input) {
        Path file = Path.of(input).getFileName();
        return Excerpt.of(file == null ? input : file.toString(), LONGEST_NAME);
    }

    private static String times(@Nullable Instant first, @Nullable Instant last) {
        if (first == null || last == null) {
            return "";
        }
        boolean sameDay = LocalDate.ofInstant(first, ZoneOffset.UTC).equals(LocalDate.ofInstant(last, ZoneOffset.UTC));
        return ", " + MINUTE.format(first) + " to " + (sameDay ? CLOCK : MINUTE).format(last) + " UTC";
    }

    /** Writes a title, and the data and the date below it. */
    void draw(Ink ink, String title, double x, double y) {
        ink.text(title, x, y, 21, true, Ink.Anchor.START, PlotArea.TEXT);
        ink.text(data + " · " + cases + " · drawn " + drawn, x, y + 24, 14, false, Ink.Anchor.START, PlotArea.TEXT);
    }
}
