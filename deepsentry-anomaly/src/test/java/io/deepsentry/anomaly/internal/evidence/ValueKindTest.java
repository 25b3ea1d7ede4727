package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Single numbers that are far too large or far too small. */
class ValueKindTest {
    private static final double MEGABYTE = 1 << 20;

    private static Observation line(String message, MaskType type, double number) {
        MessageValue value = new MessageValue("0", type, "", number);
        return new Observation(message, Severity.LOW, null, "host", "main", List.of(value));
    }

    /** So many lines of each message, in turn. */
    private static StreamEvidence learn(int times, Source... sources) {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        for (int i = 0; i < times; i++) {
            for (Source source : sources) {
                learner.add("log", source.next());
            }
        }
        return learner.finish();
    }

    private record Source(String message, MaskType type, DoubleSupplier numbers) {
        Observation next() {
            return line(message, type, numbers.getAsDouble());
        }

        Observation with(double number) {
            return line(message, type, number);
        }
    }

    private static DoubleSupplier between(int seed, double least, double most) {
        Random random = new Random(seed);
        return () -> least + (most - least) * random.nextDouble();
    }

    /** What counts up in steps of 1 to 9 from 1,000, and begins again after 5,000. */
    private static DoubleSupplier counter(int seed) {
        Random random = new Random(seed);
        double[] now = {1000};
        return () -> now[0] = now[0] > 5000 ? 1000 : now[0] + 1 + random.nextInt(9);
    }

    private static final Source FREE =
            new Source("<size> free on <path>", MaskType.SIZE, between(1, 4000 * MEGABYTE, 9000 * MEGABYTE));
    private static final Source TOOK = new Source("Request took <duration>", MaskType.DURATION, between(2, .03, .12));
    private static final Source STEPS = new Source("Walked <num> steps", MaskType.NUM, counter(3));
    private static final Source ALTITUDE = new Source("Altitude <num>", MaskType.NUM, () -> 240);
    private static final Source SENT = new Source("Sent <size>", MaskType.SIZE, between(4, 1, 90_000));
    private static final StreamEvidence LEARNED = learn(300, FREE, TOOK, STEPS, ALTITUDE, SENT);

    private static List<Evidence> judge(StreamEvidence evidence, Observation... lines) {
        StreamEvidence.Stream stream =
                evidence.only(EnumSet.of(EvidenceKind.VALUE)).begin();
        List<Evidence> found = new ArrayList<>();
        for (Observation line : lines) {
            found.addAll(stream.next(line));
        }
        return found;
    }

    @Test
    void memoryThatFallsToNearNothingIsFound() {
        assertThat(judge(LEARNED, FREE.with(50 * MEGABYTE))).singleElement().satisfies(found -> {
            assertThat(found.subject()).isEqualTo("0 below");
            assertThat(found.strength()).isGreaterThan(1);
            assertThat(found.reason())
                    .matches("50 MB in \"<size> free on <path>\": none of 300 values here was under [34]\\.\\d+ GB\\.");
        });
        assertThat(judge(LEARNED, FREE.with(0))).hasSize(1);
        assertThat(judge(LEARNED, FREE.with(3000 * MEGABYTE))).isEmpty();
    }

    @Test
    void aRequestThatTakesNoTimeIsFound() {
        assertThat(judge(LEARNED, TOOK.with(0))).singleElement().satisfies(found -> assertThat(found.reason())
                .matches("0 ms in \"Request took <duration>\": none of 300 values here was under 3\\d.* ms\\."));
    }

    @Test
    void durationsOfMillisecondsAreFoundAtAHundredTimes() {
        assertThat(judge(LEARNED, TOOK.with(3.5))).singleElement().satisfies(found -> assertThat(found.reason())
                .contains(" was over 1"));
        assertThat(judge(LEARNED, TOOK.with(.2))).isEmpty();
    }

    @Test
    void countersThatBeginAgainAndStatesThatAreResetHaveNoBottom() {
        assertThat(judge(LEARNED, STEPS.with(0), ALTITUDE.with(0))).isEmpty();
    }

    @Test
    void numbersThatSpreadByOrdersOfMagnitudeHaveNoBottom() {
        assertThat(judge(LEARNED, SENT.with(0))).isEmpty();
    }

    @Test
    void theJumpOfOnePlaceHidesNoNumberOfTheOthers() {
        int[] calls = {0};
        Source jumping =
                new Source("<num> alignment exceptions", MaskType.NUM, () -> ++calls[0] == 250 ? 700 : calls[0] % 15);
        List<Source> sources = new ArrayList<>(List.of(jumping));
        // New records of other places, as every log has some.
        for (int i = 0; i < 4; i++) {
            double growth = .0015 * (i + 1);
            int[] count = {0};
            sources.add(new Source("gauge " + i + " at <num>", MaskType.NUM, () -> 20 * Math.exp(growth * count[0]++)));
        }
        StreamEvidence learned = learn(300, sources.toArray(Source[]::new));

        Source gauge = sources.get(1);
        assertThat(judge(learned, gauge.with(1000))).hasSize(1);
        assertThat(judge(learned, gauge.with(60))).isEmpty();
    }

    private static Source inThousandths(DoubleSupplier numbers) {
        return new Source("rt in thousandths <num>", MaskType.NUM, () -> Math.rint(1000 * numbers.getAsDouble()));
    }

    private static Source inUnits(DoubleSupplier numbers) {
        return new Source("rt in units <num>", MaskType.NUM, () -> Math.rint(1000 * numbers.getAsDouble()) / 1000);
    }

    @Test
    void aNumberInSecondsIsJudgedAsTheSameInMilliseconds() {
        for (double most : new double[] {.009, .117, 2.5, 40}) {
            DoubleSupplier[] both = {between(7, most / 4, most), between(7, most / 4, most)};
            Source thousandths = inThousandths(both[0]);
            Source units = inUnits(both[1]);
            StreamEvidence learned = learn(300, thousandths, units);
            for (double times : new double[] {0, .01, .1, .5, 1, 2, 3, 4, 5, 6, 10, 20, 100, 10_000}) {
                double number = Math.rint(1000 * most * times) / 1000;
                assertThat(judge(learned, units.with(number)))
                        .as("%s after at most %s", number, most)
                        .map(Evidence::strength)
                        .usingElementComparator((one, other) -> Math.abs(one - other) < .05 ? 0 : 1)
                        .isEqualTo(judge(learned, thousandths.with(1000 * number)).stream()
                                .map(Evidence::strength)
                                .toList());
            }
            assertThat(judge(learned, units.with(Math.rint(20_000 * most) / 1000)))
                    .as("twenty times %s", most)
                    .hasSize(1);
        }
    }

    @Test
    void numbersFarBelowOneAreFoundAtTwentyTimes() {
        for (double most : new double[] {1, 1e-2, 1e-4, 1e-8, 1e-12}) {
            Source source = new Source("share <num>", MaskType.NUM, between(8, most / 3, most));
            StreamEvidence learned = learn(400, source);
            assertThat(judge(learned, source.with(20 * most))).as("%s", most).hasSize(1);
            assertThat(judge(learned, source.with(-20 * most))).as("-%s", most).hasSize(1);
            assertThat(judge(learned, source.with(2 * most))).as("%s", most).isEmpty();
        }
        Source quick = new Source("Lock held <duration>", MaskType.DURATION, between(9, 20e-6, 60e-6));
        assertThat(judge(learn(400, quick), quick.with(.002))).hasSize(1);
    }

    @Test
    void whatWasAlwaysZeroHasTheUnitOfItsDecimals() {
        MessageValue zero = new MessageValue("0", MaskType.NUM, "0.000", 0);
        Observation always = new Observation("up <num>", Severity.LOW, null, "host", "main", List.of(zero));
        StreamEvidence.Learner learner = StreamEvidence.learner();
        for (int i = 0; i < 400; i++) {
            learner.add("log", always);
        }
        StreamEvidence learned = learner.finish();
        assertThat(judge(learned, line("up <num>", MaskType.NUM, .9))).hasSize(1);
        assertThat(judge(learned, line("up <num>", MaskType.NUM, .002))).isEmpty();
    }

    @Test
    void whatIsLearntOfAUnitIsTheSameWhenReadAgain() throws IOException {
        Source source = inUnits(between(10, .03, .117));
        StreamEvidence learned = learn(300, source);
        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(learned.toMap()));
        assertThat(judge(StreamEvidence.read(json), source.with(1.2)))
                .isEqualTo(judge(learned, source.with(1.2)))
                .hasSize(1);

        // Models of earlier versions count all numbers in whole units.
        ((ObjectNode) json.get("kinds").get("value")).remove("decimals");
        for (JsonNode row : json.get("kinds").get("value").get("places")) {
            ((ArrayNode) row).set(4, 300 * Math.log1p(.07)).set(5, 300 * Math.pow(Math.log1p(.07), 2));
        }
        assertThat(judge(StreamEvidence.read(json), source.with(1.2))).isEmpty();
        assertThat(judge(StreamEvidence.read(json), source.with(60))).hasSize(1);
    }

    @Test
    void modelsOfEarlierVersionsKnowNoBottom() throws IOException {
        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(LEARNED.toMap()));
        Observation tooSmall = FREE.with(50 * MEGABYTE);
        assertThat(judge(StreamEvidence.read(json), tooSmall)).isEqualTo(judge(LEARNED, tooSmall));

        ((ObjectNode) json.get("kinds").get("value")).remove(List.of("least", "limits_below"));
        assertThat(judge(StreamEvidence.read(json), tooSmall)).isEmpty();
        assertThat(judge(StreamEvidence.read(json), FREE.with(900_000 * MEGABYTE)))
                .hasSize(1);
    }
}
