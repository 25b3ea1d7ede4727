package io.deepsentry.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** The picture of a benchmark as PNG bytes, of up to four panels; needs no display. */
final class BenchmarkPicture {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 620;
    private static final int COLUMNS = 2;
    private static final Color INK = new Color(0x26, 0x2B, 0x33);
    private static final Color GRID = new Color(0xE3, 0xE6, 0xEA);
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
        int columns = Math.min(COLUMNS, panels.size());
        int lines = (panels.size() + columns - 1) / columns;
        BufferedImage image = new BufferedImage(WIDTH * columns, HEIGHT * lines, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        for (int i = 0; i < panels.size(); i++) {
            Graphics2D panel =
                    (Graphics2D) graphics.create(WIDTH * (i % columns), HEIGHT * (i / columns), WIDTH, HEIGHT);
            panels.get(i).paint(panel, WIDTH, HEIGHT);
            panel.dispose();
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
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
                .width(WIDTH)
                .height(HEIGHT)
                .title("F1 without labels by the share of anomalies in training, %")
                .build();
        style(chart.getStyler());
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
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .build();
        style(chart.getStyler());
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

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setChartFontColor(INK);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        styler.setYAxisMin(0.0);
        styler.setYAxisMax(1.0);
        styler.setYAxisDecimalPattern("0.0");
    }
}
