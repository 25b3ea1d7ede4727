package io.deepsentry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.threshold.Threshold;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class FindingReportTest {
    @Test
    void a_threshold_is_told_in_words() {
        double[] scores = DoubleStream.iterate(1, x -> x + 1).limit(1_000).toArray();

        assertThat(FindingReport.inWords(new Threshold(8.56, "ln(seen_units, at most 10000) + 1", 480), "line"))
                .isEqualTo("rarer than once in 5,200 lines");
        assertThat(FindingReport.inWords(Threshold.recommend(scores, 0.02), "session"))
                .isEqualTo("rarer than once in 50 normal sessions");
        assertThat(FindingReport.inWords(Threshold.given(12.5), "line")).isEqualTo("scores above 12.50, as requested");
        assertThat(FindingReport.inWords(
                        new Threshold(9, "at most 3.0 false alarms a day of 900 cases: quantile", 900), "line"))
                .isEqualTo("at most 3.0 alarms a day");
        assertThat(FindingReport.inWords(new Threshold(9, "ln(seen_units) + 1 + ln(seen_steps) / 3", 90), "session"))
                .isEqualTo("more unusual than normal sessions are");
    }

    @Test
    void a_path_below_this_folder_is_shown_from_here() {
        assertThat(FindingReport.shown(Path.of("data").toAbsolutePath())).isEqualTo("data");
        assertThat(FindingReport.shown(Path.of("/elsewhere/data"))).isEqualTo("/elsewhere/data");
        assertThat(FindingReport.fileName("/var/log/app.log")).isEqualTo("app.log");
    }
}
