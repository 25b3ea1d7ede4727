package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetricsTest {

    @Test
    void figuresOfASmallMatrixAreThoseComputedByHand() {
        ConfusionMatrix confusion = new ConfusionMatrix(6, 2, 90, 2);
        assertThat(confusion.precision()).isEqualTo(0.75);
        assertThat(confusion.recall()).isEqualTo(0.75);
        assertThat(confusion.f1()).isEqualTo(0.75);
        assertThat(confusion.accuracy()).isEqualTo(0.96);
        assertThat(confusion.specificity()).isEqualTo(90.0 / 92);
        assertThat(confusion.mcc()).isEqualTo((6.0 * 90 - 2 * 2) / Math.sqrt(8.0 * 8 * 92 * 92), within(1e-15));
    }

    @Test
    void ratiosWithoutADenominatorAreZero() {
        ConfusionMatrix nothingFlagged = new ConfusionMatrix(0, 0, 5, 3);
        assertThat(nothingFlagged.precision()).isZero();
        assertThat(nothingFlagged.f1()).isZero();
        assertThat(nothingFlagged.mcc()).isZero();
        assertThat(new ConfusionMatrix(0, 0, 0, 0).accuracy()).isZero();
    }

    @Test
    void countsOfMillionsDoNotOverflowTheCorrelation() {
        long million = 1_000_000_000L;
        assertThat(new ConfusionMatrix(million, 0, million, 0).mcc()).isEqualTo(1.0, within(1e-12));
    }

    @Test
    void areaCountsTiesHalf() {
        LabelledScores scores = LabelledScores.of(
                new double[] {3, 2, 1, 2, 1, 1}, new boolean[] {true, true, true, false, false, false});
        double wins = 3 + 2; // 3 beats all three, 2 beats both ones
        double ties = 1 + 2; // 2 with 2, 1 with both ones
        assertThat(RocCurve.of(scores).auc()).isEqualTo((wins + ties / 2) / 9);
    }

    @Test
    void equalScoresForAllAreWorthNothing() {
        LabelledScores scores = LabelledScores.of(new double[] {1, 1, 1, 1}, new boolean[] {true, false, false, false});
        assertThat(RocCurve.of(scores).auc()).isEqualTo(0.5);
        assertThat(PrecisionRecallCurve.of(scores).averagePrecision()).isEqualTo(0.25);
        assertThat(RocCurve.of(scores).points()).hasSize(2);
    }

    @Test
    void perfectAndInvertedOrdersReachTheEnds() {
        boolean[] labels = {false, false, true, true};
        assertThat(RocCurve.of(LabelledScores.of(new double[] {1, 2, 3, 4}, labels))
                        .auc())
                .isEqualTo(1.0);
        assertThat(RocCurve.of(LabelledScores.of(new double[] {4, 3, 2, 1}, labels))
                        .auc())
                .isZero();
    }

    /**
     * Constants of scikit-learn 1.9.1 from:
     *
     * <pre>
     * i = np.arange(200); s = ((i*37)%61)/8.0; y = ((i*53)%97 < 12) | ((s > 6.5) & (i%3 == 0)); p = s > 6.0
     * roc_auc_score(y, s), average_precision_score(y, s), precision_score(y, p), recall_score(y, p), f1_score(y, p),
     * accuracy_score(y, p), matthews_corrcoef(y, p), confusion_matrix(y, p)
     * </pre>
     */
    @Test
    void figuresAgreeWithScikitLearn() {
        double[] values = new double[200];
        boolean[] labels = new boolean[200];
        for (int i = 0; i < 200; i++) {
            values[i] = (i * 37 % 61) / 8.0;
            labels[i] = i * 53 % 97 < 12 || (values[i] > 6.5 && i % 3 == 0);
        }
        Metrics metrics = Metrics.of(LabelledScores.of(values, labels), 6.0, "test");
        assertThat(metrics.aucRoc()).isEqualTo(0.6110028348688873, within(1e-12));
        assertThat(metrics.aucPr()).isEqualTo(0.2740557273001843, within(1e-12));
        assertThat(metrics.confusion()).isEqualTo(new ConfusionMatrix(13, 26, 140, 21));
        assertThat(metrics.confusion().precision()).isEqualTo(0.3333333333333333, within(1e-12));
        assertThat(metrics.confusion().recall()).isEqualTo(0.38235294117647056, within(1e-12));
        assertThat(metrics.confusion().f1()).isEqualTo(0.3561643835616438, within(1e-12));
        assertThat(metrics.confusion().accuracy()).isEqualTo(0.765, within(1e-12));
        assertThat(metrics.confusion().mcc()).isEqualTo(0.21400833290471574, within(1e-12));
    }

    @Test
    void aScoreEqualToTheThresholdIsNormal() {
        LabelledScores scores = LabelledScores.of(new double[] {1, 2, 3}, new boolean[] {false, true, true});
        assertThat(scores.at(2)).isEqualTo(new ConfusionMatrix(1, 0, 1, 1));
        assertThat(scores.at(Math.nextDown(2.0))).isEqualTo(new ConfusionMatrix(2, 0, 1, 0));
    }

    @Test
    void oneClassOnlyIsRefusedWithTheCounts() {
        assertThatThrownBy(() -> LabelledScores.of(new double[] {1, 2}, new boolean[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 normal and 0 anomalous");
    }

    @Test
    void notANumberAndUnpairedScoresAreRefused() {
        assertThatThrownBy(() -> LabelledScores.of(new double[] {1, Double.NaN}, new boolean[] {true, false}))
                .hasMessageContaining("score 1 is NaN");
        assertThatThrownBy(() -> LabelledScores.of(new double[] {1, 2, 3}, new boolean[] {true, false}))
                .hasMessageContaining("3 scores and 2 labels");
    }
}
