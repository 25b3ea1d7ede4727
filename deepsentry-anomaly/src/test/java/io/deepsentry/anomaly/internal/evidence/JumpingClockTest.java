package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a clock that jumps, or lines that come late, do to the counts of stretches of time. */
class JumpingClockTest {
    private static final int DAY = 24 * 3600;
    private static final int LEARNED_DAYS = 8;
    private static final long BEGIN = 1_800_000_000L / DAY * DAY;
    private static final StreamEvidence LEARNED = learn(EvidenceKind.DROP, log(1, 0, LEARNED_DAYS * DAY));
    private static final StreamEvidence BURSTS = learn(EvidenceKind.BURST, log(1, 0, LEARNED_DAYS * DAY));
    /** Some seconds after a full minute, well within an hour. */
    private static final int AT = LEARNED_DAYS * DAY + 40 * 60 + 25;

    /** One line in two seconds or so. */
    private static List<Observation> log(int seed, int from, int until) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (double second = from; second < until; second += 1 + 2 * random.nextDouble()) {
            lines.add(line(second));
        }
        return lines;
    }

    private static Observation line(double second) {
        Instant time = Instant.ofEpochMilli(BEGIN * 1000 + (long) (1000 * second));
        return new Observation("Request served", Severity.LOW, time, "shop", "main", List.of());
    }

    private static StreamEvidence learn(EvidenceKind kind, List<Observation> lines) {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        lines.forEach(line -> learner.add("shop.log", line));
        return learner.finish().only(EnumSet.of(kind));
    }

    private static List<Evidence> drops(List<Observation> lines) {
        return found(LEARNED, lines);
    }

    private static List<Evidence> bursts(List<Observation> lines) {
        return found(BURSTS, lines);
    }

    private static List<Evidence> found(StreamEvidence learned, List<Observation> lines) {
        StreamEvidence.Stream stream = learned.begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    /** The lines with as many more in a second. */
    private static List<Observation> withMore(int count, double second, List<Observation> lines) {
        List<Observation> more = new ArrayList<>(lines);
        int at = indexAt(lines, second);
        for (int i = 0; i < count; i++) {
            more.add(at + i, line(second + i / (double) count));
        }
        return more;
    }

    private static double second(Observation line) {
        return Objects.requireNonNull(line.time()).toEpochMilli() / 1000.0 - BEGIN;
    }

    private static List<Observation> hours() {
        return log(2, LEARNED_DAYS * DAY, LEARNED_DAYS * DAY + 6 * 3600);
    }

    /** The lines of some hours with other times. */
    private static List<Observation> hours(DoubleUnaryOperator clock) {
        List<Observation> lines = new ArrayList<>();
        hours().forEach(line -> lines.add(line(clock.applyAsDouble(second(line)))));
        return lines;
    }

    /** Some hours without the lines of some seconds. */
    private static List<Observation> without(DoublePredicate seconds) {
        List<Observation> lines = hours();
        lines.removeIf(line -> seconds.test(second(line)));
        return lines;
    }

    private static int indexAt(List<Observation> lines, double second) {
        int at = 0;
        while (second(lines.get(at)) < second) {
            at++;
        }
        return at;
    }

    @Test
    void aQuietMinuteAndAGapAreDrops() {
        assertThat(drops(hours())).isEmpty();
        assertThat(drops(without(second -> second > AT + 38 && second < AT + 92)))
                .extracting(Evidence::reason)
                .anyMatch(reason -> reason.matches("Only \\d lines? came in 60 s; never fewer than \\d\\d before\\."));
        assertThat(drops(without(second -> second > AT && second < AT + 3 * 3600)))
                .singleElement()
                .satisfies(one -> assertThat(one.reason())
                        .matches("No lines from 00:40:2\\d to 03:40:2\\d UTC "
                                + "\\(3 h; never fewer than \\d\\d a minute before\\)\\."));
    }

    @Test
    void oneLineIsInTheSingular() {
        double minute = AT + 35;
        List<Observation> lines = without(second -> second >= minute && second < minute + 60);
        lines.add(indexAt(lines, minute), line(minute + 30));

        assertThat(drops(lines)).hasSize(1).allSatisfy(one -> assertThat(one.reason())
                .startsWith("Only 1 line came in 60 s; never fewer than "));
    }

    /** As a clock that is set back, by an administrator or at the end of summer time. */
    @ParameterizedTest
    @ValueSource(ints = {-20 * 3600, -5 * 3600, -3601, -3600, -1800, -90, -40, -3})
    void aClockSetBackIsNoDrop(int jump) {
        assertThat(drops(hours(second -> second < AT ? second : second + jump))).isEmpty();
    }

    /** As another program that writes into the log with another zone. */
    @ParameterizedTest
    @ValueSource(ints = {-20 * 3600, -5 * 3600, -3601, -3500, -90, 40, 90, 1800, 3599, 3601, 5 * 3600, 20 * 3600})
    void aLineOfAnotherClockIsNoDrop(int jump) {
        List<Observation> lines = hours();
        for (int i = 4; i > 0; i--) {
            double second = LEARNED_DAYS * DAY + i * 3000;
            lines.add(indexAt(lines, second), line(second + jump));
        }
        assertThat(drops(lines)).isEmpty();
    }

    /** As the hosts of one log, one of which has its clock ahead or behind. */
    @ParameterizedTest
    @ValueSource(ints = {-20 * 3600, -7200, -1800, -300, 300, 600, 1800, 7200, 20 * 3600})
    void twoClocksThatAlternateAreNoDropAndNoBurst(int jump) {
        for (double share : new double[] {.02, .2, .5}) {
            Random random = new Random(jump);
            List<Observation> lines =
                    hours(second -> second > AT && random.nextDouble() < share ? second + jump : second);
            assertThat(drops(lines)).as("%s of the lines", share).isEmpty();
            assertThat(bursts(lines)).as("%s of the lines", share).isEmpty();
        }
    }

    /** An outage of both hosts is one, whichever clock writes first after it. */
    @ParameterizedTest
    @ValueSource(ints = {-7200, 600, 7200})
    void anOutageOfTwoClocksIsFound(int jump) {
        Random random = new Random(1);
        List<Observation> lines = new ArrayList<>();
        without(second -> second > AT + 7200 && second < AT + 7200 + 420)
                .forEach(line ->
                        lines.add(second(line) > AT && random.nextInt(3) == 0 ? line(second(line) + jump) : line));

        assertThat(drops(lines)).singleElement().satisfies(one -> assertThat(one.reason())
                .matches("No lines from 02:40:2\\d to 02:47:2\\d UTC \\(7\\.?\\d* min; .*"));
    }

    /** As two logs of one time joined, the older part after the newer one. */
    @Test
    void aStretchOfTimeSeenTwiceIsNoDrop() {
        List<Observation> lines = hours();
        List<Observation> again = new ArrayList<>(lines.subList(0, indexAt(lines, AT)));
        again.addAll(lines.subList(indexAt(lines, AT + 2 * 3600), lines.size()));
        lines.addAll(again);

        assertThat(drops(lines)).isEmpty();
    }

    @Test
    void linesThatComeLateCountInTheirMinute() {
        List<Observation> lines = hours();
        int at = indexAt(lines, AT + 35);
        int end = indexAt(lines, AT + 95);
        List<Observation> late = new ArrayList<>(lines.subList(at + 3, end));
        lines.removeAll(late);
        assertThat(drops(lines)).isNotEmpty();
        lines.addAll(at + 5, late);

        assertThat(drops(lines)).isEmpty();
    }

    @Test
    void aDropAfterTheClockWasSetBackIsFound() {
        List<Observation> lines = new ArrayList<>();
        without(second -> second > AT + 7200 && second < AT + 7200 + 600)
                .forEach(line -> lines.add(line(second(line) < AT ? second(line) : second(line) - 3700)));

        assertThat(drops(lines)).extracting(Evidence::reason).anyMatch(reason -> reason.startsWith("No lines from "));
    }

    @Test
    void aLogWhoseClockJumpedTeachesItsDropsAllTheSame() {
        List<Observation> jumping = log(1, 0, LEARNED_DAYS * DAY);
        for (int day = 1; day < LEARNED_DAYS; day++) {
            jumping.add(indexAt(jumping, day * DAY), line(day * DAY + 5 * 3600));
        }

        StreamEvidence.Stream stream = learn(EvidenceKind.DROP, jumping).begin();
        List<Evidence> found = new ArrayList<>();
        without(second -> second > AT && second < AT + 3600).forEach(line -> found.addAll(stream.next(line)));

        assertThat(found).extracting(Evidence::reason).anyMatch(reason -> reason.startsWith("No lines from "));
    }

    @Test
    void manyLinesInASecondAreABurst() {
        assertThat(bursts(hours())).isEmpty();
        assertThat(bursts(withMore(30, AT, hours())))
                .extracting(Evidence::reason)
                .anyMatch(reason ->
                        reason.matches("Lines of the log came \\d+ times in 1 s; never more than \\d before\\."));
    }

    @ParameterizedTest
    @ValueSource(ints = {-20 * 3600, -3601, -3600, -3599, -1800, -600, -90, -40, -3, 40, 90, 1800, 3600, 5 * 3600})
    void aClockThatIsSetIsNoBurst(int jump) {
        assertThat(bursts(hours(second -> second < AT ? second : second + jump)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-20 * 3600, -3601, -3500, -90, 40, 90, 600, 1800, 3599, 3600, 3601, 5 * 3600})
    void aLineOfAnotherClockIsNoBurst(int jump) {
        List<Observation> lines = hours();
        for (int i = 4; i > 0; i--) {
            double second = LEARNED_DAYS * DAY + i * 3000;
            lines.add(indexAt(lines, second), line(second + jump));
        }
        assertThat(bursts(lines)).isEmpty();
    }

    @Test
    void linesThatComeLateAreNoBurst() {
        List<Observation> lines = hours();
        List<Observation> late = new ArrayList<>(lines.subList(indexAt(lines, AT), indexAt(lines, AT + 300)));
        lines.removeAll(late);
        lines.addAll(indexAt(lines, AT + 600), late);

        assertThat(bursts(lines)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3600, -1800, -40})
    void aBurstAfterTheClockWasSetBackIsFound(int jump) {
        List<Observation> lines = new ArrayList<>();
        withMore(30, AT + 30, hours())
                .forEach(line -> lines.add(line(second(line) < AT ? second(line) : second(line) + jump)));

        assertThat(bursts(lines)).extracting(Evidence::reason).anyMatch(reason -> reason.contains("times in 1 s"));
    }

    @Test
    void aStreamReadAgainBetweenTwoJumpsFindsTheSame() throws IOException {
        List<Observation> lines = without(second -> second > AT + 4000 && second < AT + 9000);
        for (int jump : new int[] {5 * 3600, 1800}) {
            int at = indexAt(lines, AT + jump / 10);
            lines.add(at, line(AT + jump / 10 + jump));
            lines.add(at + 4, line(AT + jump / 10 + jump));
        }
        findsTheSameReadAgain(LEARNED, lines);
    }

    @Test
    void aStreamReadAgainAfterTheClockWasSetBackFindsTheSame() throws IOException {
        List<Observation> lines = new ArrayList<>();
        withMore(60, AT + 4.5, hours())
                .forEach(line -> lines.add(line(second(line) < AT ? second(line) : second(line) - 1800)));
        findsTheSameReadAgain(BURSTS, lines);
    }

    private static void findsTheSameReadAgain(StreamEvidence learned, List<Observation> lines) throws IOException {
        List<Evidence> whole = found(learned, lines);
        assertThat(whole).isNotEmpty();

        StreamEvidence.Stream stream = learned.begin();
        List<Evidence> found = new ArrayList<>();
        for (Observation line : lines) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            stream.write(new DataOutputStream(state));
            stream = learned.begin();
            stream.read(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
            found.addAll(stream.next(line));
        }
        assertThat(found).isEqualTo(whole);
    }
}
