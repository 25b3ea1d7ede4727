package io.deepsentry.anomaly.internal.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.TrainedOnSmallData;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.score.SeasonalAnomalyDetector;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeasonalTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ThresholdRule RULE = new ThresholdRule(8, "base", 0.05);
    private static final Threshold GLOBAL = new Threshold(12, "global", 1_000);

    private static ValidationScores every(
            Duration step, Instant from, int count, java.util.function.ToDoubleFunction<Instant> score) {
        List<ValidationScores.Scored> scores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant time = from.plus(step.multipliedBy(i));
            scores.add(new ValidationScores.Scored(time, score.applyAsDouble(time)));
        }
        return new ValidationScores(scores);
    }

    @Test
    void aBusyHourGetsAHigherThresholdAndTheOthersTheBase() {
        ValidationScores normal = every(
                Duration.ofMinutes(1),
                Instant.parse("2026-01-10T00:00:00Z"),
                3 * 24 * 60,
                time -> time.atZone(ZoneOffset.UTC).getHour() == 3 ? 20 : 1);
        SeasonalThresholds thresholds = SeasonalThresholds.learn(normal, ZoneOffset.UTC, false, RULE, GLOBAL);
        assertThat(thresholds.size()).isEqualTo(24);
        assertThat(thresholds.at(Instant.parse("2027-06-01T03:59:59Z")).value()).isEqualTo(20);
        assertThat(thresholds.at(Instant.parse("2027-06-01T04:00:00Z")).value()).isEqualTo(8);
        assertThat(thresholds.at(null)).isEqualTo(GLOBAL);
    }

    @Test
    void theHourIsThatOfTheClockOnTheWallInSummerAndWinter() {
        // Three in the morning in Berlin is two in winter and one in summer by UTC.
        ValidationScores winter = every(
                Duration.ofMinutes(1),
                Instant.parse("2026-01-10T00:00:00Z"),
                3 * 24 * 60,
                time -> time.atZone(ZoneOffset.UTC).getHour() == 2 ? 20 : 1);
        SeasonalThresholds thresholds = SeasonalThresholds.learn(winter, BERLIN, false, RULE, GLOBAL);
        assertThat(thresholds.at(Instant.parse("2026-02-01T02:30:00Z")).value()).isEqualTo(20);
        assertThat(thresholds.at(Instant.parse("2026-07-01T01:30:00Z")).value()).isEqualTo(20);
        assertThat(thresholds.at(Instant.parse("2026-07-01T02:30:00Z")).value()).isEqualTo(8);
    }

    @Test
    void theHourThatComesTwiceInAutumnIsOneAndTheOneThatIsLeftOutInSpringIsNone() {
        // 2026-10-25: 02:00 to 03:00 comes twice in Berlin, from 00:00 and from 01:00 UTC on.
        ValidationScores autumn = every(Duration.ofMinutes(2), Instant.parse("2026-10-25T00:00:00Z"), 60, time -> 20);
        SeasonalThresholds thresholds = SeasonalThresholds.learn(autumn, BERLIN, false, RULE, GLOBAL);
        assertThat(thresholds.size()).isEqualTo(1);
        assertThat(thresholds.at(Instant.parse("2026-10-25T00:30:00Z")).value()).isEqualTo(20);
        assertThat(thresholds.at(Instant.parse("2026-10-25T01:30:00Z")).value()).isEqualTo(20);
        // 2026-03-29: after 01:59:59 comes 03:00:00.
        ValidationScores spring = every(Duration.ofMinutes(1), Instant.parse("2026-03-29T00:00:00Z"), 120, time -> 1);
        assertThat(SeasonalThresholds.learn(spring, BERLIN, false, RULE, GLOBAL)
                        .toMap()
                        .get("hours"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsOnlyKeys("01", "03");
    }

    @Test
    void anHourWithTooFewScoresHasTheGlobalThreshold() {
        Instant noon = Instant.parse("2026-05-05T12:00:00Z");
        for (int count : new int[] {SeasonalThresholds.LEAST_SCORES - 1, SeasonalThresholds.LEAST_SCORES}) {
            SeasonalThresholds thresholds = SeasonalThresholds.learn(
                    every(Duration.ofSeconds(1), noon, count, time -> 1), ZoneOffset.UTC, false, RULE, GLOBAL);
            assertThat(thresholds.at(noon).value()).isEqualTo(count < SeasonalThresholds.LEAST_SCORES ? 12 : 8);
        }
    }

    @Test
    void daysOfTheWeekAreToldApartWhenAskedTo() {
        // The 5th of January 2026 was a Monday.
        ValidationScores normal = every(
                Duration.ofMinutes(1),
                Instant.parse("2026-01-05T00:00:00Z"),
                7 * 24 * 60,
                time -> time.toString().startsWith("2026-01-05T09") ? 20 : 1);
        SeasonalThresholds thresholds = SeasonalThresholds.learn(normal, ZoneOffset.UTC, true, RULE, GLOBAL);
        assertThat(thresholds.size()).isEqualTo(168);
        assertThat(thresholds.at(Instant.parse("2026-02-02T09:10:00Z")).value()).isEqualTo(20);
        assertThat(thresholds.at(Instant.parse("2026-02-03T09:10:00Z")).value()).isEqualTo(8);
        assertThat(thresholds.toMap().get("hours"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKeys("monday 09", "sunday 23");
    }

    @Test
    void theDetectorGivesScoreVerdictAndThresholdOfTheHour(@TempDir Path root) throws IOException {
        PreparedData unused =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(300, TrainedOnSmallData.NORMAL), true);
        Path detector = TrainedOnSmallData.train(root);
        List<float[]> odd = TrainedOnSmallData.session(List.of("job opened", "job closed"));
        try (SeasonalAnomalyDetector seasonal = SeasonalAnomalyDetector.open(detector, BERLIN, false, Device.CPU);
                SessionScorer scorer = SessionScorer.open(detector, Device.CPU)) {
            // The log has no times, so that no hour has a threshold of its own.
            assertThat(seasonal.hours()).isZero();
            assertThat(seasonal.threshold(Instant.EPOCH)).isEqualTo(scorer.threshold());
            Verdict verdict = seasonal.score(odd, Instant.EPOCH);
            assertThat(verdict).isInstanceOf(Verdict.Anomalous.class);
            assertThat(verdict.score()).isEqualTo(scorer.score(odd).value());
            assertThat(verdict.threshold()).isEqualTo(scorer.threshold().value());
        }
        Path scores = detector.resolveSibling(ValidationScores.FILE);
        Files.writeString(scores, Files.readString(scores) + ",1.0\n");
        assertThatThrownBy(() -> SeasonalAnomalyDetector.open(detector, BERLIN, false, Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(ValidationScores.FILE);
        Files.delete(scores);
        assertThatThrownBy(() -> SeasonalAnomalyDetector.open(detector, BERLIN, false, Device.CPU))
                .hasMessageContaining("train again");
    }

    @Test
    void validationScoresAreKeptToTheBitAndABoundedNumberOfThem(@TempDir Path folder) throws IOException {
        ValidationScores.Collector collector = new ValidationScores.Collector(ValidationScores.MOST + 1);
        for (int i = 0; i <= ValidationScores.MOST; i++) {
            collector.add(i % 4 == 0 ? null : Instant.ofEpochSecond(i), i / 3.0);
        }
        ValidationScores scores = collector.scores();
        assertThat(scores.scores()).hasSize(ValidationScores.MOST / 2 + 1);
        Path file = folder.resolve("scores.csv");
        scores.write(file);
        assertThat(ValidationScores.read(file)).isEqualTo(scores);
        for (String bad : List.of("12", "yesterday,1", ",NaN", ",one", ",")) {
            Files.writeString(file, "time,score\n,1.0\n" + bad + "\n");
            assertThatThrownBy(() -> ValidationScores.read(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("scores.csv:3");
        }
        Files.writeString(file, "");
        assertThatThrownBy(() -> ValidationScores.read(file)).hasMessageContaining("scores.csv:1");
    }

    @Test
    void aGivenThresholdAndThresholdsByHourExcludeEachOther() {
        assertThatThrownBy(() -> settings(Map.of("seasonal", "true", "threshold", "3")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("exclude each other");
        assertThatThrownBy(() -> settings(Map.of("seasonal", "true", "time_zone", "Moon/Crater")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("time_zone");
        assertThat(settings(Map.of("seasonal", "true", "seasonal_weekly", "true", "time_zone", "Europe/Berlin"))
                        .season())
                .isEqualTo(new EvalSettings.Season(BERLIN, true));
        assertThat(settings(Map.of()).season()).isNull();
    }

    private static EvalSettings settings(Map<String, String> flags) {
        return EvalSettings.from(Config.defaults(EvalSettings.SCHEMA, new Sources(flags, Map.of(), Path.of("data"))));
    }
}
