package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What stands at the places of sessions' lines. */
class SessionEvidenceTest {
    private static final String PAID = "order <num> paid <num> at <ip>";

    private static Observation line(String message, MessageValue... values) {
        return new Observation(message, Severity.PLAIN, null, null, null, List.of(values));
    }

    private static MessageValue number(String place, double number) {
        return new MessageValue(place, MaskType.NUM, Long.toString((long) number), number);
    }

    private static MessageValue word(String place, String text) {
        return new MessageValue(place, MaskType.IP, text, Double.NaN);
    }

    private static Observation paid(int order, double euros, String gateway) {
        return line(PAID, number("0", order), number("1", euros), word("2", gateway));
    }

    /** Orders whose amounts are up to 100, at three gateways; each line has its order's number. */
    private static StreamEvidence learned(int orders) {
        Random random = new Random(1);
        StreamEvidence.Learner learner = StreamEvidence.ofSessions();
        for (int i = 0; i < orders; i++) {
            learner.addOfSession("" + i, paid(i, 1 + random.nextInt(100), "10.0.0." + random.nextInt(3)));
        }
        return learner.finish();
    }

    private static List<EvidenceKind> kinds(StreamEvidence learned, Observation line, @Nullable String key) {
        return learned.ofLine(line, key).stream().map(Evidence::kind).toList();
    }

    @Test
    void findsANumberOutOfRangeAndAWordNeverSeen() throws IOException {
        StreamEvidence learned = learned(2_000);
        assertThat(kinds(learned, paid(7, 50, "10.0.0.1"), "7")).isEmpty();
        assertThat(kinds(learned, paid(7, 10_000, "10.0.0.1"), "7")).containsExactly(EvidenceKind.VALUE);
        assertThat(kinds(learned, paid(7, 50, "10.9.9.9"), "7")).containsExactly(EvidenceKind.PARAMETER);

        StreamEvidence read =
                StreamEvidence.read(new JsonMapper().readTree(new JsonMapper().writeValueAsString(learned.toMap())));
        assertThat(read.ofLine(paid(7, 10_000, "10.9.9.9"), "7"))
                .isEqualTo(learned.ofLine(paid(7, 10_000, "10.9.9.9"), "7"))
                .hasSize(2);
        assertThat(kinds(read.only(Set.of(EvidenceKind.VALUE)), paid(7, 10_000, "10.9.9.9"), "7"))
                .containsExactly(EvidenceKind.VALUE);
    }

    @Test
    void theSessionsOwnKeyIsNoValue() {
        StreamEvidence learned = learned(2_000);
        assertThat(learned.ofLine(paid(900_000_000, 50, "10.0.0.1"), "900000000"))
                .isEmpty();
        // Nor is it one where nobody says which session a line is of: training never took it for one.
        assertThat(learned.ofLine(paid(900_000_000, 50, "10.0.0.1"), null)).isEmpty();
        Observation apart = line("m", word("0", "part-12_a"), word("1", "x12"), word("2", "12"), word("3", "/a/12"));
        assertThat(apart.ofSession("12").values())
                .extracting(MessageValue::place)
                .containsExactly("1");
        assertThat(line("m", word("0", "12"), word("1", "2"))
                        .ofSession("job_12")
                        .values())
                .extracting(MessageValue::place)
                .containsExactly("1");
    }

    @Test
    void aWordThatComesOftenInOneSessionOnlyIsNotACommonOne() {
        StreamEvidence.Learner learner = StreamEvidence.ofSessions();
        for (int session = 0; session < 2_000; session++) {
            for (int line = 0; line < 5; line++) {
                learner.addOfSession("s" + session, line("login of <ip>", word("0", "10.0.0." + session)));
            }
        }
        assertThat(learner.finish().ofLine(line("login of <ip>", word("0", "10.1.1.1")), "t"))
                .isEmpty();
    }

    @Test
    void aLogWhoseSessionsKeepSayingNewWordsIsAllowedThem() {
        StreamEvidence.Learner learner = StreamEvidence.ofSessions();
        Random random = new Random(3);
        for (int session = 0; session < 2_000; session++) {
            String host = session % 100 == 99 ? "10.1.0." + session : "10.0.0." + random.nextInt(5);
            learner.addOfSession("s" + session, line("sent to <ip>", word("0", host)));
        }
        // One in 100 sessions has a host of its own, ten times what is allowed.
        assertThat(learner.finish().ofLine(line("sent to <ip>", word("0", "10.2.2.2")), "t"))
                .isEmpty();
    }

    @Test
    void countsSessionsRatherThanLines() {
        // Every 300th session has a number 20 times as large as any before it, each in 50 lines.
        StreamEvidence.Learner learner = StreamEvidence.ofSessions();
        double most = 10;
        for (int session = 0; session < 1_200; session++) {
            most = session % 300 == 299 ? most * 20 : most;
            for (int line = 0; line < 50; line++) {
                learner.addOfSession("s" + session, line("took <num>", number("0", most)));
            }
        }
        StreamEvidence learned = learner.finish();
        // Four of 1,200 sessions passed the range by as much, of which none may be found: another one may do so.
        assertThat(learned.ofLine(line("took <num>", number("0", most * 20)), "t"))
                .isEmpty();
        assertThat(learned.ofLine(line("took <num>", number("0", most * 1_000)), "t"))
                .hasSize(1);
    }

    private static Evidence evidence(int subject, double strength) {
        return new Evidence(EvidenceKind.VALUE, strength, PAID, "" + subject, "it is " + strength);
    }

    @Test
    void keepsTheStrongestOfEachThingAndWhereItCame() throws IOException {
        SessionEvidence said = new SessionEvidence();
        assertThat(said.isEmpty()).isTrue();
        assertThat(said.step(9)).isEqualTo(-1);
        said.add(2, List.of(evidence(1, 2), evidence(2, 3)));
        said.add(4, List.of(evidence(1, 5)));
        said.add(6, List.of(evidence(1, 4)));

        assertThat(said.upTo(2)).isEmpty();
        assertThat(said.upTo(3)).containsExactly(evidence(2, 3), evidence(1, 2));
        assertThat(said.step(3)).isEqualTo(2);
        assertThat(said.upTo(7)).containsExactly(evidence(1, 5), evidence(2, 3));
        assertThat(said.step(7)).isEqualTo(4);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        said.write(new DataOutputStream(bytes));
        SessionEvidence read = new SessionEvidence();
        read.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertThat(read.upTo(3)).isEqualTo(said.upTo(3));
        assertThat(read.upTo(7)).isEqualTo(said.upTo(7));
        assertThat(read.step(7)).isEqualTo(4);
    }

    @Test
    void isBoundedAndNeverForgetsTheStrongest() {
        SessionEvidence said = new SessionEvidence();
        said.add(0, List.of(evidence(-1, 1_000)));
        IntStream.range(0, 500).forEach(i -> said.add(i, List.of(evidence(i, 2 + i))));
        assertThat(said.upTo(1_000)).hasSizeLessThan(20);
        assertThat(said.upTo(1_000).get(0)).isEqualTo(evidence(-1, 1_000));
        assertThat(said.upTo(1_000).get(1)).isEqualTo(evidence(499, 501));
    }
}
