package io.deepsentry.anomaly.evaluation;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The pictures of labelled results. The two curves have the same square at the same place, so that they can be laid
 * side by side.
 */
final class Plots {
    private static final int WIDTH = 1060;
    private static final int HEIGHT = 790;
    private static final int SIDE = 600;
    private static final PlotArea SQUARE = new PlotArea(96, 96, SIDE, SIDE, 0, 1, 1);
    /** The part of the ROC curve that is enlarged: where thresholds of use are. */
    private static final double LEFT = 0.05;

    private static final PlotArea INSET = new PlotArea(366, 366, 270, 270, 0, LEFT, 1);
    private static final int LEGEND = 724;
    private static final Color DETECTOR = new Color(0x1F, 0x5F, 0xA8);
    private static final Color CHOSEN = new Color(0xC6, 0x28, 0x28);
    private static final Color[] BASELINES = {
        new Color(0xE0, 0x8A, 0x00), new Color(0x2E, 0x8B, 0x57), new Color(0x7B, 0x4F, 0xA6)
    };

    private Plots() {}

    /** ROC curve with its left part enlarged, the chosen threshold and each baseline as a point. */
    static byte[] roc(RocCurve curve, Metrics chosen, Map<String, Metrics> baselines, Caption caption) {
        List<List<Double>> points = curve.drawn();
        return Ink.png(WIDTH, HEIGHT, ink -> {
            caption.draw(ink, "ROC curve", 32, 40);
            square(ink, "False positive rate", "True positive rate (recall)");
            ink.line(SQUARE.places(List.of(List.of(0.0, 0.0), List.of(1.0, 1.0))), PlotArea.SOFT, 1.2, true);
            ink.line(SQUARE.places(points), DETECTOR, 2.6, false);
            INSET.frame(ink);
            ink.text("Its left 5%", INSET.x(), INSET.y() - 8, 14, false, Ink.Anchor.START, PlotArea.TEXT);
            INSET.tickX(ink, 0, "0", false);
            INSET.tickX(ink, LEFT, "0.05", false);
            ink.line(INSET.places(leftPart(points)), DETECTOR, 2.6, false);
            Legend legend = new Legend(ink);
            legend.line(named("Detector, area %.4f", curve.auc()), DETECTOR, false);
            legend.line("Chance, area 0.5", PlotArea.SOFT, true);
            double x = 1 - chosen.confusion().specificity();
            double y = chosen.confusion().recall();
            int index = 0;
            for (Map.Entry<String, Metrics> baseline : baselines.entrySet()) {
                ConfusionMatrix confusion = baseline.getValue().confusion();
                mark(ink, SQUARE, 1 - confusion.specificity(), confusion.recall(), index);
                if (1 - confusion.specificity() <= LEFT) {
                    mark(ink, INSET, 1 - confusion.specificity(), confusion.recall(), index);
                }
                legend.mark(readable(baseline.getKey()), index++);
            }
            ink.disc(SQUARE.xOf(x), SQUARE.yOf(y), 7, CHOSEN, Color.WHITE);
            if (x <= LEFT) {
                ink.disc(INSET.xOf(x), INSET.yOf(y), 7, CHOSEN, Color.WHITE);
            }
            legend.disc(named("Chosen threshold %.4g", chosen.threshold()));
        });
    }

    /** The points up to the right side of the inset, the last one on it. */
    private static List<List<Double>> leftPart(List<List<Double>> points) {
        List<List<Double>> part = new ArrayList<>();
        for (List<Double> point : points) {
            if (point.get(0) > LEFT) {
                List<Double> before = part.get(part.size() - 1);
                double share = (LEFT - before.get(0)) / (point.get(0) - before.get(0));
                part.add(List.of(LEFT, before.get(1) + share * (point.get(1) - before.get(1))));
                break;
            }
            part.add(point);
        }
        return part;
    }

    /** Precision-recall curve with the chosen threshold and each baseline as a point. */
    static byte[] precisionRecall(
            PrecisionRecallCurve curve, Metrics chosen, Map<String, Metrics> baselines, Caption caption) {
        return Ink.png(WIDTH, HEIGHT, ink -> {
            caption.draw(ink, "Precision and recall", 32, 40);
            square(ink, "Recall", "Precision");
            double share = curve.prevalence();
            ink.line(SQUARE.places(List.of(List.of(0.0, share), List.of(1.0, share))), PlotArea.SOFT, 1.2, true);
            ink.line(SQUARE.places(curve.drawn()), DETECTOR, 2.6, false);
            Legend legend = new Legend(ink);
            legend.line(named("Detector, average precision %.4f", curve.averagePrecision()), DETECTOR, false);
            legend.line(named("Share of anomalies, %.4f", share), PlotArea.SOFT, true);
            int index = 0;
            for (Map.Entry<String, Metrics> baseline : baselines.entrySet()) {
                ConfusionMatrix confusion = baseline.getValue().confusion();
                mark(ink, SQUARE, confusion.recall(), confusion.precision(), index);
                legend.mark(readable(baseline.getKey()) + named(", F1 %.3f", confusion.f1()), index++);
            }
            ConfusionMatrix confusion = chosen.confusion();
            ink.disc(SQUARE.xOf(confusion.recall()), SQUARE.yOf(confusion.precision()), 7, CHOSEN, Color.WHITE);
            legend.disc(named("Chosen threshold %.4g", chosen.threshold()) + named(", F1 %.3f", confusion.f1()));
        });
    }

    private static void square(Ink ink, String x, String y) {
        SQUARE.frame(ink);
        for (int i = 0; i <= 5; i++) {
            SQUARE.tickX(ink, i / 5.0, named("%.1f", i / 5.0), true);
            SQUARE.tickY(ink, i / 5.0, named("%.1f", i / 5.0));
        }
        SQUARE.names(ink, x, y);
    }

    private static void mark(Ink ink, PlotArea area, double x, double y, int index) {
        shape(ink, area.xOf(x), area.yOf(y), index);
    }

    /** Baselines differ in shape and in colour. */
    private static void shape(Ink ink, double x, double y, int index) {
        double r = 7;
        List<double[]> corners =
                switch (index % BASELINES.length) {
                    case 0 ->
                        List.of(
                                new double[] {x - r, y - r},
                                new double[] {x + r, y - r},
                                new double[] {x + r, y + r},
                                new double[] {x - r, y + r});
                    case 1 ->
                        List.of(new double[] {x, y - r}, new double[] {x + r, y + r}, new double[] {x - r, y + r});
                    default ->
                        List.of(
                                new double[] {x, y - r - 2},
                                new double[] {x + r + 2, y},
                                new double[] {x, y + r + 2},
                                new double[] {x - r - 2, y});
                };
        ink.shape(corners, BASELINES[index % BASELINES.length], Color.WHITE);
    }

    /** What lines and marks mean, beside the plot: inside it would hide a point, wherever it stood. */
    private static final class Legend {
        private final Ink ink;
        private double y = SQUARE.y() + 18;

        Legend(Ink ink) {
            this.ink = ink;
        }

        void line(String name, Color color, boolean dashed) {
            ink.line(List.of(new double[] {LEGEND, y - 5}, new double[] {LEGEND + 28, y - 5}), color, 2.6, dashed);
            name(name);
        }

        void mark(String name, int index) {
            shape(ink, LEGEND + 14, y - 5, index);
            name(name);
        }

        void disc(String name) {
            ink.disc(LEGEND + 14, y - 5, 7, CHOSEN, Color.WHITE);
            name(name);
        }

        private void name(String name) {
            ink.text(name, LEGEND + 40, y, 15, false, Ink.Anchor.START, PlotArea.TEXT);
            y += 30;
        }
    }

    private static String readable(String name) {
        String spaced = name.replace('_', ' ');
        return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
    }

    private static String named(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** The four counts as a coloured two by two table. */
    static byte[] confusionMatrix(Metrics metrics, String unit, Caption caption) {
        int left = 190;
        int top = 190;
        int width = 320;
        int height = 250;
        ConfusionMatrix confusion = metrics.confusion();
        return Ink.png(900, HEIGHT, ink -> {
            caption.draw(ink, "Confusion matrix", 32, 40);
            ink.text(
                    named("Threshold %.4g", metrics.threshold())
                            + named("   Precision %.3f", confusion.precision())
                            + named("   Recall %.3f", confusion.recall())
                            + named("   F1 %.3f", confusion.f1())
                            + named("   MCC %.3f", confusion.mcc()),
                    32,
                    106,
                    16,
                    false,
                    Ink.Anchor.START,
                    PlotArea.TEXT);
            centred(ink, "Judged normal", left + width / 2.0, top - 14);
            centred(ink, "Judged anomalous", left + width * 1.5, top - 14);
            centred(ink, "Normal", left / 2.0, top + height / 2.0);
            centred(ink, "Anomalous", left / 2.0, top + height * 1.5);
            long normal = confusion.tn() + confusion.fp();
            long anomalous = confusion.tp() + confusion.fn();
            PlotArea cell = new PlotArea(left, top, width, height, 0, 1, 1);
            cell(ink, cell, confusion.tn(), normal, "left alone", DETECTOR);
            cell(ink, right(cell), confusion.fp(), normal, "false alarms", CHOSEN);
            cell(ink, below(cell), confusion.fn(), anomalous, "missed", CHOSEN);
            cell(ink, below(right(cell)), confusion.tp(), anomalous, "found", DETECTOR);
            centred(
                    ink,
                    String.format(
                            Locale.ROOT, "%,d %ss: rows are the truth, columns the verdict", confusion.total(), unit),
                    left + width,
                    top + 2 * height + 40);
        });
    }

    private static PlotArea right(PlotArea cell) {
        return new PlotArea(cell.x() + cell.width(), cell.y(), cell.width(), cell.height(), 0, 1, 1);
    }

    private static PlotArea below(PlotArea cell) {
        return new PlotArea(cell.x(), cell.y() + cell.height(), cell.width(), cell.height(), 0, 1, 1);
    }

    private static void centred(Ink ink, String text, double x, double y) {
        ink.text(text, x, y, 17, false, Ink.Anchor.MIDDLE, PlotArea.TEXT);
    }

    private static void cell(Ink ink, PlotArea at, long count, long ofRow, String meaning, Color color) {
        double share = ofRow == 0 ? 0 : (double) count / ofRow;
        // Blended with white by the share of the row, so that a small class is as visible as a large one.
        double depth = 0.06 + 0.80 * share;
        Color fill =
                new Color(blend(color.getRed(), depth), blend(color.getGreen(), depth), blend(color.getBlue(), depth));
        Color text = depth > 0.5 ? Color.WHITE : PlotArea.TEXT;
        double middle = at.x() + at.width() / 2;
        double centre = at.y() + at.height() / 2;
        ink.rectangle(at.x(), at.y(), at.width(), at.height(), fill, PlotArea.SOFT);
        ink.text(String.format(Locale.ROOT, "%,d", count), middle, centre, 44, true, Ink.Anchor.MIDDLE, text);
        ink.text(
                meaning + String.format(Locale.ROOT, ", %.2f%% of the row", 100 * share),
                middle,
                centre + 40,
                16,
                false,
                Ink.Anchor.MIDDLE,
                text);
    }

    private static int blend(int channel, double depth) {
        return (int) Math.round(255 - (255 - channel) * depth);
    }
}
