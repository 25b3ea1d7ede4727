package io.deepsentry.anomaly.evaluation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of {@code analyze} as PNG bytes; needs no display. */
final class Plots {
    private static final int WIDTH = 1180;
    private static final int HEIGHT = 820;
    private static final Color INK = new Color(0x26, 0x2B, 0x33);
    private static final Color GRID = new Color(0xE3, 0xE6, 0xEA);
    private static final Color DETECTOR = new Color(0x1F, 0x5F, 0xA8);
    private static final Color CHOSEN = new Color(0xC6, 0x28, 0x28);
    private static final Color CHANCE = new Color(0x9A, 0xA1, 0xAB);
    private static final Color[] BASELINES = {
        new Color(0xE0, 0x8A, 0x00), new Color(0x2E, 0x8B, 0x57), new Color(0x7B, 0x4F, 0xA6)
    };
    private static final Marker[] MARKERS = {SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP, SeriesMarkers.DIAMOND};
    /** A curve of more points than this is thinned: a picture of 900 pixels shows no more. */
    private static final int MAX_POINTS = 2_000;

    private Plots() {}

    /** ROC curve with the chosen threshold and each baseline as a point. */
    static byte[] roc(RocCurve curve, Metrics chosen, Map<String, Metrics> baselines, String subtitle) {
        XYChart chart = chart("ROC curve: " + subtitle, "False positive rate", "True positive rate (recall)");
        List<double[]> line = new ArrayList<>();
        curve.points().forEach(p -> line.add(new double[] {p.falsePositiveRate(), p.truePositiveRate()}));
        addLine(chart, named("Detector, AUC = %.4f", curve.auc()), line, DETECTOR, 2.6f);
        addLine(chart, "Chance, AUC = 0.5", List.of(new double[] {0, 0}, new double[] {1, 1}), CHANCE, 1.2f);
        addPoint(
                chart,
                named("Chosen threshold %.4g", chosen.threshold()),
                1 - chosen.confusion().specificity(),
                chosen.confusion().recall(),
                CHOSEN,
                SeriesMarkers.CIRCLE);
        int index = 0;
        for (Map.Entry<String, Metrics> baseline : baselines.entrySet()) {
            ConfusionMatrix confusion = baseline.getValue().confusion();
            addPoint(
                    chart,
                    readable(baseline.getKey()),
                    1 - confusion.specificity(),
                    confusion.recall(),
                    BASELINES[index % BASELINES.length],
                    MARKERS[index % MARKERS.length]);
            index++;
        }
        return encode(chart);
    }

    /** Precision-recall curve with the chosen threshold and each baseline as a point. */
    static byte[] precisionRecall(
            PrecisionRecallCurve curve, Metrics chosen, Map<String, Metrics> baselines, String subtitle) {
        XYChart chart = chart("Precision-recall curve: " + subtitle, "Recall", "Precision");
        List<double[]> line = new ArrayList<>();
        // The area is that of a step function, so the curve is drawn as one; a score that finds no further anomaly adds
        // no step.
        double before = 0;
        for (PrecisionRecallCurve.PrecisionRecallPoint p : curve.points()) {
            if (p.recall() == before) {
                continue;
            }
            line.add(new double[] {before, p.precision()});
            line.add(new double[] {p.recall(), p.precision()});
            before = p.recall();
        }
        addLine(chart, named("Detector, AUC = %.4f", curve.averagePrecision()), line, DETECTOR, 2.6f);
        addLine(
                chart,
                named("Share of anomalies, %.4f", curve.prevalence()),
                List.of(new double[] {0, curve.prevalence()}, new double[] {1, curve.prevalence()}),
                CHANCE,
                1.2f);
        addPoint(
                chart,
                named("Chosen threshold %.4g", chosen.threshold())
                        + named(", F1 = %.3f", chosen.confusion().f1()),
                chosen.confusion().recall(),
                chosen.confusion().precision(),
                CHOSEN,
                SeriesMarkers.CIRCLE);
        int index = 0;
        for (Map.Entry<String, Metrics> baseline : baselines.entrySet()) {
            ConfusionMatrix confusion = baseline.getValue().confusion();
            addPoint(
                    chart,
                    readable(baseline.getKey()) + named(", F1 = %.3f", confusion.f1()),
                    confusion.recall(),
                    confusion.precision(),
                    BASELINES[index % BASELINES.length],
                    MARKERS[index % MARKERS.length]);
            index++;
        }
        return encode(chart);
    }

    private static String readable(String name) {
        String spaced = name.replace('_', ' ');
        return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
    }

    private static String named(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        var styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderColor(CHANCE);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setChartFontColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 19));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        // Beside the plot: inside it would hide a point, wherever it stood.
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setLegendBorderColor(GRID);
        styler.setLegendPadding(12);
        styler.setChartPadding(18);
        // A little room outside 0..1 keeps a marker on the border whole; the labels stay within it.
        styler.setXAxisMin(-0.02);
        styler.setXAxisMax(1.02);
        styler.setYAxisMin(-0.02);
        styler.setYAxisMax(1.02);
        styler.setXAxisTickMarkSpacingHint(75);
        styler.setYAxisTickMarkSpacingHint(65);
        styler.setXAxisDecimalPattern("0.0");
        styler.setYAxisDecimalPattern("0.0");
        styler.setPlotContentSize(1.0);
        styler.setMarkerSize(13);
        styler.setAntiAlias(true);
        styler.setTextAntiAlias(true);
        return chart;
    }

    private static void addLine(XYChart chart, String name, List<double[]> points, Color color, float width) {
        int step = Math.max(1, points.size() / MAX_POINTS);
        List<double[]> shown = new ArrayList<>();
        for (int i = 0; i < points.size(); i += step) {
            shown.add(points.get(i));
        }
        if ((points.size() - 1) % step != 0) {
            shown.add(points.get(points.size() - 1));
        }
        XYSeries series = chart.addSeries(
                name,
                shown.stream().mapToDouble(p -> p[0]).toArray(),
                shown.stream().mapToDouble(p -> p[1]).toArray());
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    private static void addPoint(XYChart chart, String name, double x, double y, Color color, Marker marker) {
        XYSeries series = chart.addSeries(name, new double[] {x}, new double[] {y});
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(marker);
        series.setMarkerColor(color);
    }

    private static byte[] encode(XYChart chart) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        chart.paint(g, WIDTH, HEIGHT);
        g.dispose();
        return png(image);
    }

    private static byte[] png(BufferedImage image) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError("a stream in memory does not fail", e);
        }
    }

    /** The four counts as a coloured two by two table. */
    static byte[] confusionMatrix(Metrics metrics, String unit, String subtitle) {
        int width = 900;
        int height = 760;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.setColor(INK);
        ConfusionMatrix confusion = metrics.confusion();
        centred(g, "Confusion matrix: " + subtitle, width / 2, 48, new Font(Font.SANS_SERIF, Font.BOLD, 21));
        centred(
                g,
                named("Threshold %.4g", metrics.threshold())
                        + named("   Precision %.3f", confusion.precision())
                        + named("   Recall %.3f", confusion.recall())
                        + named("   F1 %.3f", confusion.f1())
                        + named("   MCC %.3f", confusion.mcc()),
                width / 2,
                82,
                new Font(Font.SANS_SERIF, Font.PLAIN, 16));
        int left = 190;
        int top = 160;
        int cellWidth = 320;
        int cellHeight = 250;
        centred(g, "Judged normal", left + cellWidth / 2, top - 14, new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        centred(
                g,
                "Judged anomalous",
                left + cellWidth + cellWidth / 2,
                top - 14,
                new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        centred(g, "Normal", left / 2, top + cellHeight / 2, new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        centred(g, "Anomalous", left / 2, top + cellHeight + cellHeight / 2, new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        long normal = confusion.tn() + confusion.fp();
        long anomalous = confusion.tp() + confusion.fn();
        cell(g, left, top, cellWidth, cellHeight, confusion.tn(), normal, "left alone", DETECTOR);
        cell(g, left + cellWidth, top, cellWidth, cellHeight, confusion.fp(), normal, "false alarms", CHOSEN);
        cell(g, left, top + cellHeight, cellWidth, cellHeight, confusion.fn(), anomalous, "missed", CHOSEN);
        cell(
                g,
                left + cellWidth,
                top + cellHeight,
                cellWidth,
                cellHeight,
                confusion.tp(),
                anomalous,
                "found",
                DETECTOR);
        g.setColor(INK);
        centred(
                g,
                String.format(Locale.ROOT, "%,d %ss: rows are the truth, columns the verdict", confusion.total(), unit),
                width / 2,
                height - 40,
                new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        g.dispose();
        return png(image);
    }

    private static void cell(
            Graphics2D g, int x, int y, int width, int height, long count, long ofRow, String meaning, Color color) {
        double share = ofRow == 0 ? 0 : (double) count / ofRow;
        // Blended with white by the share of the row, so that a small class is as visible as a large one.
        double depth = 0.06 + 0.80 * share;
        g.setColor(
                new Color(blend(color.getRed(), depth), blend(color.getGreen(), depth), blend(color.getBlue(), depth)));
        g.fillRect(x, y, width, height);
        g.setColor(CHANCE);
        g.drawRect(x, y, width, height);
        g.setColor(depth > 0.5 ? Color.WHITE : INK);
        int middle = x + width / 2;
        centred(
                g,
                String.format(Locale.ROOT, "%,d", count),
                middle,
                y + height / 2,
                new Font(Font.SANS_SERIF, Font.BOLD, 44));
        centred(
                g,
                meaning + String.format(Locale.ROOT, ", %.2f%% of the row", 100 * share),
                middle,
                y + height / 2 + 40,
                new Font(Font.SANS_SERIF, Font.PLAIN, 16));
    }

    private static int blend(int channel, double depth) {
        return (int) Math.round(255 - (255 - channel) * depth);
    }

    private static void centred(Graphics2D g, String text, int x, int baseline, Font font) {
        g.setFont(font);
        FontMetrics metrics = g.getFontMetrics();
        g.drawString(text, x - metrics.stringWidth(text) / 2, baseline);
    }
}
