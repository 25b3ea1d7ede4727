package io.deepsentry.benchmark.internal;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** Charts beside and below each other in one picture, in one style; needs no display. */
public final class ChartPanels {
    /** How wide a chart is, in pixels. */
    public static final int WIDTH = 1000;
    /** How high a chart is, in pixels. */
    public static final int HEIGHT = 620;

    private static final int COLUMNS = 2;
    private static final Color INK = new Color(0x26, 0x2B, 0x33);
    private static final Color GRID = new Color(0xE3, 0xE6, 0xEA);

    private ChartPanels() {}

    /** Paints charts as a PNG file, two in a row. */
    public static byte[] png(List<? extends Chart<?, ?>> panels) {
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

    /** Styles a chart of shares from 0 to 1. */
    public static void style(AxesChartStyler styler) {
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
