package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsTest {
    @Test
    void picturesAreDrawnWithoutADisplay(@TempDir Path folder) throws IOException {
        Random random = new Random(1);
        double[] scores = new double[5_000];
        boolean[] labels = new boolean[5_000];
        for (int i = 0; i < scores.length; i++) {
            labels[i] = i % 25 == 0;
            scores[i] = random.nextGaussian() + (labels[i] ? 3 : 0);
        }
        LabelledScores labelled = LabelledScores.of(scores, labels);
        Metrics metrics = Metrics.of(labelled, 2.3, "test");
        Map<String, Metrics> baselines = new LinkedHashMap<>();
        baselines.put("flag_everything", new Metrics(0.5, 0.04, 0, "fixed", new ConfusionMatrix(200, 4800, 0, 0)));
        baselines.put("new_event", new Metrics(0.7, 0.4, 0, "fixed", new ConfusionMatrix(90, 40, 4760, 110)));
        baselines.put("count_vector", new Metrics(0.8, 0.5, 0, "fixed", new ConfusionMatrix(150, 900, 3900, 50)));

        Caption caption = new Caption(
                "app.log, 14 Nov 2026 00:00 to 23:59 UTC", "5,000 sessions, 200 anomalous", LocalDate.of(2026, 11, 28));

        Map<String, byte[]> pictures = Map.of(
                "roc_curve.png", Plots.roc(RocCurve.of(labelled), metrics, baselines, caption),
                "precision_recall.png",
                        Plots.precisionRecall(PrecisionRecallCurve.of(labelled), metrics, baselines, caption),
                "confusion_matrix.png", Plots.confusionMatrix(metrics, "session", caption));

        String keep = System.getProperty("deepsentry.keepPictures");
        for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.getValue()));
            assertThat(image.getWidth()).isGreaterThan(800);
            assertThat(image.getHeight()).isGreaterThan(700);
            Files.write((keep == null ? folder : Path.of(keep)).resolve(picture.getKey()), picture.getValue());
        }
    }

    @Test
    void theCurvesOfPicturesKeepTheirCornersAndLoseWhatLiesOnALine() {
        List<List<Double>> line = List.of(
                List.of(0.0, 0.0),
                List.of(0.0, 0.3),
                List.of(0.0, 0.5),
                List.of(0.2, 0.5),
                List.of(0.2001, 0.5001),
                List.of(1.0, 1.0));

        assertThat(DrawnLine.of(line))
                .containsExactly(List.of(0.0, 0.0), List.of(0.0, 0.5), List.of(0.2, 0.5), List.of(1.0, 1.0));
    }

    @Test
    void aTextInAnSvgStaysText() throws Exception {
        byte[] svg = Ink.svg(10, 10, ink -> ink.text("a <b> & \"c\"", 1, 2, 10, false, Ink.Anchor.START, Color.BLACK));

        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg))
                        .getElementsByTagName("text")
                        .item(0)
                        .getTextContent())
                .isEqualTo("a <b> & \"c\"");
    }
}
