package io.deepsentry.benchmark;

import io.deepsentry.benchmark.internal.ChartPanels;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;

/** The picture of a benchmark as PNG bytes, of up to four panels; needs no display. */
final class BenchmarkPicture {
    private static final Color[] BARS = {
        new Color(0xE0, 0x8A, 0x00),
        new Color(0x2E, 0x8B, 0x57),
        new Color(0x1F, 0x5F, 0xA8),
        new Color(0x9C, 0xC0, 0xE7)
    };
    private static final Color[] LINES = {
        new Color(0x9A, 0xA1, 0xAB),
        new Color(0xE0, 0x8A, 0x00),
        new Color(0x2E, 0x8B, 0x57),
        new Color(0x7B, 0x4F, 0xA6),
        new Color(0x00, 0x97, 0xA7),
        new Color(0x8D, 0x6E, 0x63),
        new Color(0xAF, 0xB4, 0x2B),
        new Color(0xD8, 0x1B, 0x60),
        new Color(0x1F, 0x5F, 0xA8)
    };

    private BenchmarkPicture() {}

    static byte[] of(BenchmarkResult result) {
        List<Chart<?, ?>> panels = new ArrayList<>();
        String training = result.rows().get(0).training();
        addBars(panels, result, training, "all");
        addBars(panels, result, training, "distinct");
        addSwaps(panels, result);
        addContamination(panels, result);
        return ChartPanels.png(panels);
    }

    /** F1 at the threshold found without labels: a group of bars a method, a bar a protocol. */
    private static void addBars(List<Chart<?, ?>> panels, BenchmarkResult result, String training, String cases) {
        CategoryChart chart =
                bars("F1 without labels, trained on " + training + ", " + cases + " test " + result.unit() + "s");
        boolean empty = true;
        for (String protocol :
                List.of(Protocols.CHRONOLOGICAL, Protocols.CHRONOLOGICAL_HALVES, Protocols.RANDOM_HALVES)) {
            List<BenchmarkRow> rows = result.rows().stream()
                    .filter(row -> row.protocol().equals(protocol)
                            && row.training().equals(training)
                            && row.cases().equals(cases))
                    .toList();
            if (rows.isEmpty()) {
                continue;
            }
            empty = false;
            boolean several = rows.get(0).runs().size() > 1;
            addBars(chart, Protocols.named(protocol) + (several ? ", mean" : ""), rows, row -> row.mean(Figure.F1));
            if (several) {
                addBars(chart, Protocols.named(protocol) + ", worst", rows, row -> row.worst(Figure.F1));
            }
        }
        if (!empty) {
            panels.add(chart);
        }
    }

    /** How well swapped sessions are told from their twins. */
    private static void addSwaps(List<Chart<?, ?>> panels, BenchmarkResult result) {
        List<BenchmarkRow> rows = result.rows().stream()
                .filter(row -> row.protocol().equals(Protocols.ORDER_SWAP))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        CategoryChart chart = bars("AUC-ROC of sessions with two messages swapped");
        addBars(chart, "mean", rows, row -> row.mean(Figure.AUC_ROC));
        addBars(chart, "worst", rows, row -> row.worst(Figure.AUC_ROC));
        panels.add(chart);
    }

    /** F1 by the share of anomalies in training: a line a method. */
    private static void addContamination(List<Chart<?, ?>> panels, BenchmarkResult result) {
        XYChart chart = new XYChartBuilder()
                .width(ChartPanels.WIDTH)
                .height(ChartPanels.HEIGHT)
                .title("F1 without labels by the share of anomalies in training, %")
                .build();
        ChartPanels.style(chart.getStyler());
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        chart.getStyler().setSeriesColors(LINES);
        boolean empty = true;
        for (String method : Methods.NAMES) {
            List<Double> shares = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (BenchmarkRow row : result.rows()) {
                if (row.protocol().equals(Protocols.CONTAMINATION)
                        && row.cases().equals("all")
                        && row.method().equals(method)) {
                    shares.add(Double.valueOf(row.training().replace("%", "")));
                    values.add(row.mean(Figure.F1).orElse(0));
                }
            }
            if (!shares.isEmpty()) {
                chart.addSeries(Protocols.named(method), shares, values);
                empty = false;
            }
        }
        if (!empty) {
            panels.add(chart);
        }
    }

    private static CategoryChart bars(String title) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(ChartPanels.WIDTH)
                .height(ChartPanels.HEIGHT)
                .title(title)
                .build();
        ChartPanels.style(chart.getStyler());
        chart.getStyler().setSeriesColors(BARS);
        chart.getStyler().setAvailableSpaceFill(0.75);
        chart.getStyler().setXAxisLabelRotation(25);
        return chart;
    }

    private static void addBars(
            CategoryChart chart, String name, List<BenchmarkRow> rows, Function<BenchmarkRow, OptionalDouble> figure) {
        chart.addSeries(
                name,
                rows.stream().map(row -> Protocols.named(row.method())).toList(),
                rows.stream().map(row -> figure.apply(row).orElse(0)).toList());
    }
}
