package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rates by the hour of the day, as bursts and drops of a stream tell them. */
class HourRatesTest {
    private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
    private static final String ORDER = "Order <id> taken";
    private static final String REFUND = "Refund <id> paid";
    private static final int LEARNED_DAYS = 14;

    private static Observation line(int day, double hour, String message) {
        Instant time = BEGIN.plus(Duration.ofMillis((long) ((day * 24 + hour) * 3_600_000)));
        return new Observation(message, Severity.LOW, time, "shop", "main", List.of());
    }

    /** Orders by day, 12 times fewer by night and on weekends two thirds; as many refunds at any time. */
    private static List<Observation> shop(int seed, int from, int until) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (int day = from; day < until; day++) {
            for (int hour = 0; hour < 24; hour++) {
                double usual = (hour < 6 ? 40 : 480) * (day % 7 > 4 ? .66 : 1);
                add(lines, day, hour, ORDER, (int) (usual * (.85 + .3 * random.nextDouble())), random);
                add(lines, day, hour, REFUND, 30 + random.nextInt(10), random);
            }
        }
        lines.sort(Comparator.comparing(line -> Objects.requireNonNull(line.time())));
        return lines;
    }

    private static void add(List<Observation> to, int day, int hour, String message, int count, Random random) {
        for (int i = 0; i < count; i++) {
            to.add(line(day, hour + (i + random.nextDouble()) / count, message));
        }
    }

    private static final StreamEvidence LEARNED = learn();

    private static StreamEvidence learn() {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        shop(1, 0, LEARNED_DAYS).forEach(line -> learner.add("shop.log", line));
        return learner.finish().only(EnumSet.of(EvidenceKind.BURST, EvidenceKind.DROP));
    }

    private static List<Evidence> judge(List<Observation> lines) {
        StreamEvidence.Stream stream = LEARNED.begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    /** A week with more refunds in one night, at no time more in a minute than by day. */
    private static List<Observation> refundsAtNight(int more) {
        List<Observation> lines = shop(2, LEARNED_DAYS, LEARNED_DAYS + 7);
        add(lines, LEARNED_DAYS + 2, 3, ORDER, more, new Random(3));
        lines.sort(Comparator.comparing(line -> Objects.requireNonNull(line.time())));
        return lines;
    }

    private static List<Observation> withoutOrdersAtNoon(double share) {
        Instant noon = BEGIN.plus(Duration.ofHours((LEARNED_DAYS + 2) * 24 + 12));
        Random random = new Random(4);
        List<Observation> lines = shop(2, LEARNED_DAYS, LEARNED_DAYS + 7);
        lines.removeIf(line -> line.message().equals(ORDER)
                && !Objects.requireNonNull(line.time()).isBefore(noon)
                && line.time().isBefore(noon.plus(Duration.ofHours(1)))
                && random.nextDouble() < share);
        return lines;
    }

    @Test
    void isQuietOnAnotherWeekOfTheSame() {
        assertThat(judge(shop(2, LEARNED_DAYS, LEARNED_DAYS + 7))).isEmpty();
    }

    @Test
    void whatIsUsualByDayIsABurstAtNight() {
        List<Evidence> found = judge(refundsAtNight(300));

        assertThat(found).hasSizeGreaterThan(1).allSatisfy(one -> {
            assertThat(one.kind()).isEqualTo(EvidenceKind.BURST);
            assertThat(one.strength()).isGreaterThanOrEqualTo(1);
        });
        assertThat(found).extracting(Evidence::message).contains(ORDER, "");
        assertThat(found).anySatisfy(one -> assertThat(one.reason())
                .startsWith("\"" + ORDER + "\" came ")
                .contains(" times in an hour; about this time of the day never more than ")
                .endsWith(" on 13 days."));
    }

    @Test
    void whatIsUsualAtNightIsADropByDay() {
        List<Evidence> found = judge(withoutOrdersAtNoon(.8));

        assertThat(found).isNotEmpty().allSatisfy(one -> assertThat(one.kind()).isEqualTo(EvidenceKind.DROP));
        assertThat(found).anySatisfy(one -> assertThat(one.reason())
                .contains(" times in an hour; about this time of the day never fewer than ")
                .endsWith(" on 13 days."));
    }

    @Test
    void anHourWithoutAnyLineIsADropBeforeTheNextLineComes() {
        StreamEvidence.Stream stream = LEARNED.begin();
        List<Observation> morning = shop(2, LEARNED_DAYS, LEARNED_DAYS + 1).stream()
                .filter(line -> Objects.requireNonNull(line.time())
                        .isBefore(BEGIN.plus(Duration.ofHours(LEARNED_DAYS * 24 + 11))))
                .toList();
        morning.forEach(line -> assertThat(stream.next(line)).isEmpty());

        List<Evidence> found = stream.quiet(3 * 3600);

        assertThat(found).anySatisfy(one -> assertThat(one.reason())
                .startsWith("Lines of the log came only 0 times in an hour; about this time of the day"));
    }

    @Test
    void aStreamThatIsReadAgainFindsTheSameAtTheSameLine() throws IOException {
        List<Observation> lines = refundsAtNight(300);
        List<List<Evidence>> whole = new ArrayList<>();
        StreamEvidence.Stream first = LEARNED.begin();
        lines.forEach(line -> whole.add(first.next(line)));
        List<List<Evidence>> interrupted = new ArrayList<>();
        StreamEvidence.Stream stream = LEARNED.begin();
        for (int i = 0; i < lines.size(); i++) {
            if (i % 997 == 500) {
                ByteArrayOutputStream state = new ByteArrayOutputStream();
                stream.write(new DataOutputStream(state));
                stream = LEARNED.begin();
                stream.read(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
            }
            interrupted.add(stream.next(lines.get(i)));
        }
        assertThat(interrupted).isEqualTo(whole);
    }

    @Test
    void fewDaysTellNothing() {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        shop(1, 0, 6).forEach(line -> learner.add("shop.log", line));
        String written =
                new ObjectMapper().valueToTree(learner.finish().toMap()).toString();

        assertThat(written).contains("\"hours\":[]").doesNotContain("\"hours\":[[");
    }
}
