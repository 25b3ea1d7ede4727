package io.deepsentry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.Explanation.Expected;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.parse.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FindingTextTest {
    private static final String COMMAND = "deepsentry feedback --normal ";
    private static final Instant TIME = Instant.parse("2026-11-14T14:02:11Z");
    private static final String MESSAGE = "Payment gateway timed out after <duration>, order <id> not paid";
    private static final String LOGGED = "Payment gateway timed out after 98 ms, order 7 not paid";

    private static Explanation why(List<Evidence> evidence) {
        SourceLine line = new SourceLine("/srv/app.log", 46_120, 0, "14:02:11 ERROR " + LOGGED);
        Explanation plain = new Explanation(
                Explanation.Kind.UNKNOWN_MESSAGE,
                View.ORDER,
                line,
                MESSAGE,
                1,
                12,
                null,
                List.of(new Expected("Payment of order <id> accepted", 0.97)),
                null,
                0,
                0,
                null,
                line,
                line,
                1,
                List.of(line),
                List.of(),
                List.of());
        return plain.withEvidence(evidence, !evidence.isEmpty());
    }

    private static Finding finding(Explanation why, String message, int count, @Nullable Instant time) {
        return finding(why, message, count, time, "web-1");
    }

    private static Finding finding(Explanation why, String message, int count, @Nullable Instant time, String host) {
        FindingBook book = FindingBook.ofLog();
        IntStream.range(0, count)
                .forEach(i -> book.add(new Occurrence(
                        "id" + i,
                        List.of(FindingKey.of(why)),
                        time == null ? null : time.plus(Duration.ofSeconds(i)),
                        12,
                        8.5,
                        null,
                        new Origin("/srv/app.log", 46_120 + i, 0),
                        message,
                        "ERROR",
                        null,
                        host,
                        Map.of(),
                        false,
                        why)));
        return book.findings().get(0);
    }

    private static FindingText text(int width) {
        return texts(width, COMMAND);
    }

    @Test
    void says_what_when_how_often_why_where_and_how_to_acknowledge() {
        Finding finding = finding(why(List.of()), LOGGED, 412, TIME);

        assertThat(text(80).lines(finding))
                .containsExactly(
                        "CRITICAL  14:02:11  new message  412 times until 14:09:02, on web-1",
                        "  " + MESSAGE,
                        "  Never seen in training. Usual here: \"Payment of order <id> accepted\" (97%).",
                        "  app.log:46120          deepsentry feedback --normal " + finding.id());
    }

    @Test
    void a_command_too_long_for_the_place_has_a_line_of_its_own() {
        Finding finding = finding(why(List.of()), LOGGED, 412, TIME);
        String command = "deepsentry feedback --data-dir deepsentry-demo/of-november-2026 --normal ";

        assertThat(texts(83, command).lines(finding))
                .hasSize(5)
                .endsWith("  app.log:46120", "  " + command + finding.id());
        assertThat(texts(82, command).lines(finding))
                .as("one column less than the command takes")
                .hasSize(4)
                .endsWith("  app.log:46120   --normal " + finding.id());
        assertThat(texts(99, command).lines(finding))
                .as("as many as both take")
                .hasSize(4)
                .endsWith("  app.log:46120   " + command + finding.id());
        assertThat(texts(98, command).lines(finding)).hasSize(5);
    }

    private static FindingText texts(int width, String command) {
        return new FindingText(width, false, ZoneOffset.UTC, false, true, command);
    }

    @Test
    void one_alone_is_shown_as_it_was_logged() {
        assertThat(text(80).lines(finding(why(List.of()), LOGGED, 1, TIME)))
                .startsWith("CRITICAL  14:02:11  new message  once, on web-1", "  " + LOGGED);
    }

    private static Explanation outOfOrder(String message, String after, Expected... expected) {
        SourceLine line = new SourceLine("/srv/app.log", 46_120, 0, "14:02:11 INFO " + message);
        return new Explanation(
                Explanation.Kind.UNEXPECTED_ORDER,
                View.ORDER,
                line,
                message,
                1,
                12,
                after,
                List.of(expected),
                null,
                0,
                0,
                null,
                line,
                line,
                1,
                List.of(line),
                List.of(),
                List.of());
    }

    @Test
    void what_is_usual_is_another_message_than_the_one_that_came() {
        Expected itself = new Expected("Order <id> paid", 0.6);
        Expected other = new Expected("Order <id> packed", 0.3);
        Finding near = finding(outOfOrder("Order <id> paid", "Order <id> taken", itself, other), LOGGED, 1, TIME);
        assertThat(text(80).near(near, 13))
                .element(2)
                .isEqualTo("  Came after \"Order <id> taken\". Usual then: \"Order <id> packed\" (30%).");
        Finding alone = finding(outOfOrder("Order <id> paid", "Order <id> taken", itself), LOGGED, 1, TIME);
        assertThat(text(80).near(alone, 13)).element(2).isEqualTo("  Came after \"Order <id> taken\".");
        assertThat(near.reason()).contains("Order <id> packed").doesNotContain("\"Order <id> paid\" (60");
    }

    @Test
    void what_is_usual_is_never_cut_in_its_share() {
        Finding end =
                finding(outOfOrder("Order <id> paid", "Order <id> taken", new Expected(null, 1)), LOGGED, 1, TIME);
        Finding other = finding(
                outOfOrder("Order <id> paid", "Order <id> taken", new Expected("Order <id> was packed and sent", 1)),
                LOGGED,
                1,
                TIME);
        for (int width = 40; width < 100; width++) {
            assertThat(text(width).lines(end).get(2))
                    .hasSizeLessThanOrEqualTo(width)
                    .endsWith(".");
            assertThat(text(width).lines(other).get(2))
                    .hasSizeLessThanOrEqualTo(width)
                    .endsWith(".");
        }
    }

    @Test
    void a_silence_has_a_reason_and_no_line() {
        Evidence silence = new Evidence(
                EvidenceKind.SILENCE,
                20,
                "Health check passed",
                null,
                "\"Health check passed\" came every 30 s (longest gap 41 s); none since 14:09:31.");

        assertThat(text(80).lines(finding(why(List.of(silence)), LOGGED, 1, TIME)))
                .hasSize(3)
                .element(1)
                .isEqualTo("  \"Health check passed\" came every 30 s (longest gap 41 s); none since 14:09:31.");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 120})
    void at_no_width_is_it_wider_or_longer_than_four_lines_and_a_command(int width) {
        String hostile = "\u001b]0;owned\u0007\u001b[2J\r\nCRITICAL \u202egnp.exe \u65e5\u5fd7 " + "x".repeat(5_000);
        String host = "host-\u001b[31m" + "h".repeat(200);
        List<Finding> findings = List.of(
                finding(why(List.of()), hostile, 1, TIME, host),
                finding(why(List.of()), hostile, 41_200, TIME, host),
                finding(why(List.of()), LOGGED, 3, null, host),
                finding(
                        why(List.of(new Evidence(EvidenceKind.SILENCE, 2, hostile, hostile, hostile))),
                        hostile,
                        2,
                        TIME,
                        host));
        for (Finding finding : findings) {
            assertThat(text(width).lines(finding))
                    .hasSizeLessThanOrEqualTo(width < 80 ? 5 : 4)
                    .allSatisfy(line -> assertThat(Lines.width(line)).isLessThanOrEqualTo(width))
                    .allSatisfy(line -> assertThat(line.chars()
                                    .noneMatch(c -> Character.isISOControl(c) || (c >= '\u202a' && c <= '\u202e')))
                            .as(line)
                            .isTrue())
                    .last()
                    .asString()
                    .contains(finding.id());
        }
    }

    @Test
    void a_near_miss_says_how_near_and_has_nothing_to_acknowledge() {
        assertThat(text(60).near(finding(why(List.of()), LOGGED, 1, TIME), 16))
                .hasSize(4)
                .startsWith("NEAR      14:02:11  new message  once, on web-1")
                .endsWith("  app.log:46120   75% of the threshold");
    }

    @Test
    void a_pipe_gets_the_whole_message() {
        String tail = "y".repeat(3_000);

        assertThat(text(Integer.MAX_VALUE).lines(finding(why(List.of()), LOGGED + tail, 1, TIME)))
                .element(1)
                .isEqualTo("  " + LOGGED + tail);
    }

    @Test
    void the_end_of_an_outage_says_when_it_was() {
        Evidence since = new Evidence(EvidenceKind.DROP, 9, "", "log", "No lines since 14:02:11 UTC (usual: more).");
        Evidence until = new Evidence(
                EvidenceKind.DROP, 9, "", "log", "No lines from 14:02:11 to 14:09:11 UTC (7 min; usual: more).");
        FindingBook book = FindingBook.live(FindingBook.Rules.DEFAULT);
        Notification begin =
                book.addLasting(occurrence(why(List.of(since)), TIME)).orElseThrow();
        Notification end = book.over(until, TIME.plusSeconds(420)).orElseThrow();

        assertThat(text(80).lines(begin)).element(1).isEqualTo("  " + since.reason());
        assertThat(text(80).lines(end)).hasSize(3).element(1).isEqualTo("  " + until.reason());
        assertThat(text(80).lines(end).get(0)).startsWith("ENDED     14:02:11  drop         once until 14:09:11");
    }

    @Test
    void an_end_and_a_rise_say_so() {
        FindingBook book = FindingBook.live(FindingBook.Rules.DEFAULT);
        Explanation why = why(List.of());
        Notification first = book.add(occurrence(why, TIME)).orElseThrow();
        IntStream.range(1, 10).forEach(i -> book.add(occurrence(why, TIME.plusSeconds(i))));
        Notification tenfold = new Notification(first.finding(), Notification.Reason.TENFOLD, "id", first.occurrence());
        List<Notification> ended = book.endAll();

        assertThat(text(80).lines(first)).element(1).isEqualTo("  " + LOGGED);
        assertThat(text(80).lines(tenfold)).contains("  Ten times as often as when it was last shown.");
        assertThat(ended).singleElement().satisfies(end -> assertThat(text(80).lines(end))
                .hasSizeLessThanOrEqualTo(4)
                .first()
                .asString()
                .startsWith("ENDED     14:02:11  new message  10 times until 14:02:20"));
    }

    private static Occurrence occurrence(Explanation why, Instant time) {
        return new Occurrence(
                "id" + time,
                List.of(FindingKey.of(why)),
                time,
                12,
                8.5,
                null,
                new Origin("/srv/app.log", 46_120, 0),
                LOGGED,
                "ERROR",
                null,
                null,
                Map.of(),
                false,
                why);
    }

    @Test
    void times_are_of_the_zone_of_the_log_and_dated_where_asked_for() {
        FindingText dated = new FindingText(80, true, ZoneId.of("Europe/Berlin"), false, false, COMMAND);

        assertThat(dated.lines(finding(why(List.of()), LOGGED, 1, TIME)))
                .first()
                .asString()
                .startsWith("CRITICAL  14 Nov 15:02:11  new message");
    }
}
