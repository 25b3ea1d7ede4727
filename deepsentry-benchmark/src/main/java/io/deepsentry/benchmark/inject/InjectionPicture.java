package io.deepsentry.benchmark.inject;

import io.deepsentry.benchmark.internal.ChartPanels;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/** The picture of a trial as PNG bytes: the share of faults that was found, a bar a kind. */
final class InjectionPicture {
    private static final Color FOUND = new Color(0x1F, 0x5F, 0xA8);
    private static final Color MISSED = new Color(0xDD, 0xE1, 0xE6);

    private InjectionPicture() {}

    static byte[] of(InjectionResult result) {
        Untouched untouched = result.untouched();
        CategoryChart chart = new CategoryChartBuilder()
                .width(ChartPanels.WIDTH)
                .height(ChartPanels.HEIGHT)
                .title(String.format(
                        Locale.ROOT,
                        "Share of the injected faults that is found; %.1f false alarms per 1,000 untouched lines",
                        untouched.perThousandLines()))
                .build();
        ChartPanels.style(chart.getStyler());
        chart.getStyler().setSeriesColors(new Color[] {FOUND, MISSED});
        chart.getStyler().setStacked(true);
        chart.getStyler().setAvailableSpaceFill(0.7);
        chart.getStyler().setXAxisLabelRotation(25);
        List<InjectionRow> rows = result.rows();
        List<String> kinds = rows.stream().map(InjectionPicture::label).toList();
        chart.addSeries(
                "found", kinds, rows.stream().map(row -> row.share().orElse(0)).toList());
        chart.addSeries(
                "missed",
                kinds,
                rows.stream()
                        .map(row -> row.share().isPresent() ? 1 - row.share().getAsDouble() : 0.0)
                        .toList());
        return ChartPanels.png(List.of(chart));
    }

    private static String label(InjectionRow row) {
        String made = row.outcomes().isEmpty()
                ? "not possible"
                : row.found() + " of " + row.outcomes().size();
        return row.kind().title() + " (" + made + ")";
    }
}
