package io.deepsentry.anomaly.evaluation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/**
 * What pictures are drawn with, in pixels from the upper left corner: the same drawing is a PNG or an SVG. Needs no
 * display.
 */
interface Ink {
    /** Where the given place lies in a text. */
    enum Anchor {
        START(0, "start"),
        MIDDLE(0.5, "middle"),
        END(1, "end");

        private final double share;
        private final String key;

        Anchor(double share, String key) {
            this.share = share;
            this.key = key;
        }
    }

    /** A connected line through at least two points. */
    void line(List<double[]> points, Color color, double width, boolean dashed);

    /** A closed shape, filled and with a border. */
    void shape(List<double[]> corners, Color fill, Color border);

    void disc(double x, double y, double radius, Color fill, Color border);

    void text(String text, double x, double y, int size, boolean bold, Anchor anchor, Color color);

    /** A text from the bottom up, centred. */
    void upward(String text, double x, double y, int size, Color color);

    default void rectangle(double x, double y, double width, double height, Color fill, Color border) {
        shape(
                List.of(
                        new double[] {x, y},
                        new double[] {x + width, y},
                        new double[] {x + width, y + height},
                        new double[] {x, y + height}),
                fill,
                border);
    }

    /** Returns a drawing as a PNG file. */
    static byte[] png(int width, int height, Consumer<Ink> drawing) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        drawing.accept(new Pixels(graphics));
        graphics.dispose();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError("a stream in memory does not fail", e);
        }
    }

    /** Returns a drawing as an SVG file. */
    static byte[] svg(int width, int height, Consumer<Ink> drawing) {
        Vectors vectors = new Vectors();
        drawing.accept(vectors);
        String text = String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\""
                        + " font-family=\"sans-serif\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n%3$s</svg>%n",
                width,
                height,
                vectors.elements);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Draws into an image. */
    final class Pixels implements Ink {
        private static final float[] DASHES = {7, 5};

        private final Graphics2D graphics;

        private Pixels(Graphics2D graphics) {
            this.graphics = graphics;
        }

        @Override
        public void line(List<double[]> points, Color color, double width, boolean dashed) {
            graphics.setColor(color);
            graphics.setStroke(new BasicStroke(
                    (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashed ? DASHES : null, 0));
            graphics.draw(path(points, false));
        }

        @Override
        public void shape(List<double[]> corners, Color fill, Color border) {
            Path2D path = path(corners, true);
            graphics.setColor(fill);
            graphics.fill(path);
            graphics.setColor(border);
            graphics.setStroke(new BasicStroke(1.2f));
            graphics.draw(path);
        }

        private static Path2D path(List<double[]> points, boolean closed) {
            Path2D path = new Path2D.Double();
            path.moveTo(points.get(0)[0], points.get(0)[1]);
            points.stream().skip(1).forEach(point -> path.lineTo(point[0], point[1]));
            if (closed) {
                path.closePath();
            }
            return path;
        }

        @Override
        public void disc(double x, double y, double radius, Color fill, Color border) {
            var disc = new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
            graphics.setColor(fill);
            graphics.fill(disc);
            graphics.setColor(border);
            graphics.setStroke(new BasicStroke(1.2f));
            graphics.draw(disc);
        }

        @Override
        public void text(String text, double x, double y, int size, boolean bold, Anchor anchor, Color color) {
            graphics.setFont(new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size));
            graphics.setColor(color);
            double width = graphics.getFontMetrics().stringWidth(text);
            graphics.drawString(text, (float) (x - anchor.share * width), (float) y);
        }

        @Override
        public void upward(String text, double x, double y, int size, Color color) {
            var before = graphics.getTransform();
            graphics.rotate(-Math.PI / 2, x, y);
            text(text, x, y, size, false, Anchor.MIDDLE, color);
            graphics.setTransform(before);
        }
    }

    /** Writes the elements of an SVG. */
    final class Vectors implements Ink {
        private final StringBuilder elements = new StringBuilder();

        private Vectors() {}

        @Override
        public void line(List<double[]> points, Color color, double width, boolean dashed) {
            elements.append("<polyline fill=\"none\" stroke=\"").append(hex(color));
            elements.append("\" stroke-width=\"").append(width).append('"');
            elements.append(dashed ? " stroke-dasharray=\"7 5\"" : "");
            elements.append(" points=\"").append(places(points)).append("\"/>\n");
        }

        @Override
        public void shape(List<double[]> corners, Color fill, Color border) {
            elements.append("<polygon fill=\"")
                    .append(hex(fill))
                    .append("\" stroke=\"")
                    .append(hex(border));
            elements.append("\" points=\"").append(places(corners)).append("\"/>\n");
        }

        @Override
        public void disc(double x, double y, double radius, Color fill, Color border) {
            elements.append("<circle cx=\"")
                    .append(number(x))
                    .append("\" cy=\"")
                    .append(number(y));
            elements.append("\" r=\"")
                    .append(number(radius))
                    .append("\" fill=\"")
                    .append(hex(fill));
            elements.append("\" stroke=\"").append(hex(border)).append("\"/>\n");
        }

        @Override
        public void text(String text, double x, double y, int size, boolean bold, Anchor anchor, Color color) {
            text(text, x, y, size, color, anchor, bold ? " font-weight=\"bold\"" : "");
        }

        @Override
        public void upward(String text, double x, double y, int size, Color color) {
            text(
                    text,
                    x,
                    y,
                    size,
                    color,
                    Anchor.MIDDLE,
                    " transform=\"rotate(-90 " + number(x) + " " + number(y) + ")\"");
        }

        private void text(String text, double x, double y, int size, Color color, Anchor anchor, String more) {
            elements.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y));
            elements.append("\" font-size=\"")
                    .append(size)
                    .append("\" text-anchor=\"")
                    .append(anchor.key);
            elements.append("\" fill=\"")
                    .append(hex(color))
                    .append('"')
                    .append(more)
                    .append('>');
            elements.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
                    .append("</text>\n");
        }

        private static String places(List<double[]> points) {
            StringBuilder places = new StringBuilder();
            points.forEach(point -> places.append(number(point[0]))
                    .append(',')
                    .append(number(point[1]))
                    .append(' '));
            return places.toString().stripTrailing();
        }

        private static String number(double value) {
            return String.format(Locale.ROOT, "%.1f", value);
        }

        private static String hex(Color color) {
            return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xFFFFFF);
        }
    }
}
