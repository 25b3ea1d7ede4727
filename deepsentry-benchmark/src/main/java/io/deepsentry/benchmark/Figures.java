package io.deepsentry.benchmark;

import io.deepsentry.anomaly.evaluation.ConfusionMatrix;
import io.deepsentry.anomaly.evaluation.LabelledScores;
import io.deepsentry.anomaly.evaluation.Metrics;
import io.deepsentry.anomaly.evaluation.PrecisionRecallCurve;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What one method came to in one run.
 *
 * @param values the figures; those that do not apply are absent
 * @param confusion the counts at the threshold
 * @param threshold scores above it were flagged; found without labels
 */
public record Figures(Map<Figure, Double> values, ConfusionMatrix confusion, double threshold) {
    public Figures {
        values = Map.copyOf(values);
    }

    /**
     * Compares scores with labels.
     *
     * @param linesAtAlarm the median over the anomalies found, if there are any and it means something
     */
    static Figures of(
            LabelledScores scores,
            double threshold,
            OptionalDouble linesAtAlarm,
            double trainSeconds,
            double scoreSeconds) {
        Metrics metrics = Metrics.of(scores, threshold, "");
        ConfusionMatrix confusion = metrics.confusion();
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        values.put(Figure.PRECISION, confusion.precision());
        values.put(Figure.RECALL, confusion.recall());
        values.put(Figure.F1, confusion.f1());
        values.put(Figure.ORACLE_F1, bestF1(scores));
        values.put(Figure.MCC, confusion.mcc());
        values.put(Figure.AUC_PR, metrics.aucPr());
        values.put(Figure.AUC_ROC, metrics.aucRoc());
        values.put(Figure.FALSE_ALARMS_PER_1000, 1000.0 * confusion.fp() / confusion.total());
        linesAtAlarm.ifPresent(lines -> values.put(Figure.LINES_AT_ALARM, lines));
        values.put(Figure.TRAIN_SECONDS, trainSeconds);
        values.put(Figure.SCORE_SECONDS, scoreSeconds);
        return new Figures(values, confusion, threshold);
    }

    private static double bestF1(LabelledScores scores) {
        double best = 0;
        for (PrecisionRecallCurve.PrecisionRecallPoint point :
                PrecisionRecallCurve.of(scores).points()) {
            double sum = point.precision() + point.recall();
            best = Math.max(best, sum == 0 ? 0 : 2 * point.precision() * point.recall() / sum);
        }
        return best;
    }

    /** The figure, if it applies. */
    public OptionalDouble get(Figure figure) {
        Double value = values.get(figure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The figures under their names in {@code benchmark.json}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            get(figure).ifPresent(value -> map.put(figure.key(), value));
        }
        map.put("threshold", threshold);
        map.put("confusion", confusion.toMap());
        return map;
    }
}
