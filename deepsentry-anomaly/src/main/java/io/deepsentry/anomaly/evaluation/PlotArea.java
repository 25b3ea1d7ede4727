package io.deepsentry.anomaly.evaluation;

import java.awt.Color;
import java.util.List;

/**
 * A rectangle of a picture that shows a range of values. Immutable.
 *
 * @param x its left side in pixels
 * @param y its top in pixels
 * @param width in pixels
 * @param height in pixels
 * @param fromX the value at its left side
 * @param toX the value at its right side
 * @param toY the value at its top; 0 is at its bottom
 */
record PlotArea(double x, double y, double width, double height, double fromX, double toX, double toY) {
    /** The colour of texts. */
    static final Color TEXT = new Color(0x26, 0x2B, 0x33);
    /** The colour of what is beside the point. */
    static final Color SOFT = new Color(0x9A, 0xA1, 0xAB);

    private static final Color GRID = new Color(0xE3, 0xE6, 0xEA);
    private static final int LABEL = 14;

    double xOf(double value) {
        return x + (value - fromX) / (toX - fromX) * width;
    }

    double yOf(double value) {
        return y + height - value / toY * height;
    }

    /** Returns where points of values lie. */
    List<double[]> places(List<List<Double>> points) {
        return points.stream()
                .map(point -> new double[] {xOf(point.get(0)), yOf(point.get(1))})
                .toList();
    }

    /** Draws the frame and its white ground. */
    void frame(Ink ink) {
        ink.rectangle(x, y, width, height, Color.WHITE, SOFT);
    }

    void tickX(Ink ink, double value, String label, boolean grid) {
        if (grid) {
            ink.line(List.of(new double[] {xOf(value), y}, new double[] {xOf(value), y + height}), GRID, 1, false);
        }
        ink.text(label, xOf(value), y + height + LABEL + 8, LABEL, false, Ink.Anchor.MIDDLE, TEXT);
    }

    void tickY(Ink ink, double value, String label) {
        ink.line(List.of(new double[] {x, yOf(value)}, new double[] {x + width, yOf(value)}), GRID, 1, false);
        ink.text(label, x - 8, yOf(value) + LABEL * 0.35, LABEL, false, Ink.Anchor.END, TEXT);
    }

    void names(Ink ink, String ofX, String ofY) {
        ink.text(ofX, x + width / 2, y + height + 52, 16, false, Ink.Anchor.MIDDLE, TEXT);
        ink.upward(ofY, x - 52, y + height / 2, 16, TEXT);
    }
}
