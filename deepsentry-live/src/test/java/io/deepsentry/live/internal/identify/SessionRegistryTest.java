package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.identify.SessionVerdict.Ending;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Sessions scored by a rule that is easy to follow: the sum of the numbers in their messages, and half as much again at
 * the end.
 */
class SessionRegistryTest {
    private final List<Alert> alerts = new ArrayList<>();
    private final List<SessionVerdict> ends = new ArrayList<>();
    private long line;

    @Test
    void alertsOnceAsSoonAsTheRunningScorePassesTheThreshold() {
        SessionRegistry book = book(10);
        assertThat(add(book, "a", 4)).isEqualTo(new Verdict.Normal(4, 5));
        assertThat(add(book, "b", 1)).isInstanceOf(Verdict.Normal.class);
        assertThat(add(book, "a", 2)).isEqualTo(new Verdict.Anomalous(6, 5));
        assertThat(add(book, "a", 1)).isEqualTo(new Verdict.Anomalous(7, 5));
        book.endAll();
        assertThat(alerts).hasSize(1);
        Alert alert = alerts.get(0);
        assertThat(alert.session()).isEqualTo("a");
        assertThat(alert.score()).isEqualTo(6);
        assertThat(alert.message()).isEqualTo("a 2");
        assertThat(alert.contextWindow()).containsExactly("a 4", "a 2");
        assertThat(alert.source().lineNumber()).isEqualTo(3);
        assertThat(ends).extracting(SessionVerdict::session).containsExactly("b", "a");
    }

    @Test
    void judgesAtTheEndWhatOnlyTheEndShows() {
        SessionRegistry book = book(10);
        add(book, "a", 4);
        assertThat(alerts).isEmpty();
        book.endAll();
        assertThat(ends).containsExactly(new SessionVerdict("a", 1, new Verdict.Anomalous(6, 5), Ending.INPUT_ENDED));
        assertThat(alerts).singleElement().extracting(Alert::score).isEqualTo(6.0);
    }

    @Test
    void judgesASessionAtItsIdleTimeoutAndNotBefore() {
        SessionRegistry book = book(10);
        add(book, "a", 1, 0);
        add(book, "b", 1, 50);
        book.endIdle(99);
        assertThat(ends).isEmpty();
        book.endIdle(100);
        assertThat(ends).containsExactly(new SessionVerdict("a", 1, new Verdict.Normal(1.5, 5), Ending.IDLE));
        add(book, "b", 1, 140);
        book.endIdle(239);
        assertThat(ends).hasSize(1);
        book.endIdle(240);
        assertThat(ends).hasSize(2);
    }

    @Test
    void continuesASessionThatHadEnded() {
        SessionRegistry book = book(10);
        add(book, "a", 1, 0);
        book.endIdle(1000);
        add(book, "a", 2, 2000);
        book.endAll();
        assertThat(ends)
                .extracting(SessionVerdict::verdict)
                .containsExactly(new Verdict.Normal(1.5, 5), new Verdict.Normal(4.5, 5));
        assertThat(ends.get(1).events()).isEqualTo(2);
        assertThat(book.begun()).isEqualTo(1);
    }

    @Test
    void judgesAtAMarkOfTheEnd() {
        SessionRegistry book = book(10, Pattern.compile("9$"));
        add(book, "a", 1);
        assertThat(add(book, "a", 9)).isEqualTo(new Verdict.Anomalous(15, 5));
        assertThat(ends).singleElement().extracting(SessionVerdict::ending).isEqualTo(Ending.MARKED);
        assertThat(book.open()).isZero();
    }

    @Test
    void forgetsEndedSessionsFirstAndThenJudgesTheIdlestAndCountsIt() {
        SessionRegistry book = book(2);
        add(book, "a", 1, 0);
        add(book, "b", 1, 90);
        book.endIdle(100);
        add(book, "c", 1, 101);
        assertThat(book.evicted()).isZero();
        assertThat(ends).extracting(SessionVerdict::session).containsExactly("a");
        add(book, "b", 1, 102);
        add(book, "d", 1, 103);
        assertThat(book.evicted()).isEqualTo(1);
        assertThat(ends.get(1)).isEqualTo(new SessionVerdict("c", 1, new Verdict.Normal(1.5, 5), Ending.EVICTED));
        book.endAll();
        assertThat(ends).extracting(SessionVerdict::session).containsExactly("a", "c", "b", "d");
        assertThat(book.begun()).isEqualTo(4);
    }

    @Test
    void forgetsSessionsThatGrowForEver() {
        SessionRegistry book = book(10);
        add(book, "idle", 0);
        for (int i = 0; i < 49; i++) {
            add(book, "endless", 0);
        }
        assertThat(book.evicted()).isZero();
        add(book, "endless", 0);
        assertThat(ends).extracting(SessionVerdict::session).containsExactly("idle");
        add(book, "endless", 0);
        assertThat(ends).extracting(SessionVerdict::events).containsExactly(1L, 51L);
        add(book, "endless", 0);
        assertThat(book.open()).isEqualTo(1);
        assertThat(book.begun()).isEqualTo(3);
    }

    @Test
    void keepsMemoryBoundedOverAMillionSessionsAndHugeKeysAndMessages() {
        SessionRegistry book = book(100);
        for (int i = 0; i < 1_000_000; i++) {
            add(book, "s" + i, 1);
        }
        assertThat(book.open()).isEqualTo(50);
        assertThat(book.evicted()).isEqualTo(999_950);
        ends.clear();
        String huge = "k".repeat(1_000_000);
        add(book, huge + "1", 9);
        add(book, huge + "2", 9);
        assertThat(alerts).hasSize(2);
        assertThat(alerts.get(0).session())
                .hasSizeLessThan(1100)
                .isNotEqualTo(alerts.get(1).session());
        assertThat(alerts.get(0).message()).hasSizeLessThan(5000);
        assertThat(alerts.get(0).contextWindow().get(0)).hasSizeLessThan(600);
    }

    @Test
    void givesNoMoreThanAHundredAlertsOfOneLineHoweverManySessionsItNames() {
        SessionRegistry book = book(10_000);
        LogEvent event = event("all of them 9", 1);
        for (int i = 0; i < 40; i++) {
            assertThat(book.add("s" + i, read("s" + i, event), 0)).isInstanceOf(Verdict.Anomalous.class);
        }
        assertThat(alerts).hasSize(40);
        for (int i = 40; i < 500; i++) {
            assertThat(book.add("s" + i, read("s" + i, event), 0)).isInstanceOf(Verdict.Anomalous.class);
        }
        assertThat(alerts).hasSize(SessionRegistry.MOST_ALERTS_OF_A_LINE);
        assertThat(book.add("next", read("next", event("next 9", 2)), 0)).isInstanceOf(Verdict.Anomalous.class);
        assertThat(alerts).hasSize(SessionRegistry.MOST_ALERTS_OF_A_LINE + 1);
    }

    @Test
    void givesTheSameIdToTheSameFindingAndAnotherToAnyOther() {
        LogEvent event = event("a 9", 1);
        AlertFactory maker = new AlertFactory(AlertId.of(List.of("digest")), Redaction.of(List.of()), 0, key -> false);
        String id = id(maker, event, "a");
        AlertFactory later = new AlertFactory(AlertId.of(List.of("digest")), Redaction.of(List.of()), 0, key -> false);
        later.readAt(Instant.EPOCH.plus(Duration.ofDays(1)));
        assertThat(id(later, event, "a")).isEqualTo(id).hasSize(16);
        assertThat(id(maker, event, "b")).isNotEqualTo(id);
        assertThat(id(maker, event, null)).isNotEqualTo(id);
        assertThat(id(maker, event("a 9", 2), "a")).isNotEqualTo(id);
        assertThat(id(
                        new AlertFactory(AlertId.of(List.of("other")), Redaction.of(List.of()), 0, key -> false),
                        event,
                        "a"))
                .isNotEqualTo(id);
    }

    private static String id(AlertFactory maker, LogEvent event, @Nullable String session) {
        return maker.make(new Verdict.Anomalous(1, 0), event, AlertFactory.First.of(event), session, List.of("m"), null)
                .id();
    }

    @Test
    void judgesASessionByTheThresholdOfItsFirstLinesTime() {
        SessionRegistry book =
                book(10, null, time -> time != null && time.isAfter(Instant.EPOCH.plusSeconds(1)) ? 9 : 5);
        add(book, "a", 1);
        add(book, "b", 1);
        assertThat(add(book, "a", 5)).isEqualTo(new Verdict.Anomalous(6, 5));
        assertThat(add(book, "b", 5)).isEqualTo(new Verdict.Normal(6, 9));
        book.endAll();
        assertThat(ends).extracting(end -> end.verdict().threshold()).containsExactly(5.0, 9.0);
    }

    private SessionRegistry book(int maxSessions) {
        return book(maxSessions, null);
    }

    private SessionRegistry book(int maxSessions, @Nullable Pattern endMark) {
        return book(maxSessions, endMark, time -> 5);
    }

    private SessionRegistry book(
            int maxSessions, @Nullable Pattern endMark, ToDoubleFunction<@Nullable Instant> threshold) {
        return new SessionRegistry(
                (time, messages) -> new Sum(),
                threshold,
                3,
                new SessionRules(null, endMark, Duration.ofNanos(100), maxSessions),
                50,
                new VectorPool(),
                new AlertFactory(AlertId.of(List.of()), Redaction.of(List.of()), 0, key -> false),
                new IdentifierListener() {
                    @Override
                    public void found(FoundAlert found) {
                        alerts.add(found.alert());
                    }

                    @Override
                    public void sessionEnded(SessionVerdict verdict) {
                        ends.add(verdict);
                    }
                });
    }

    private Verdict add(SessionRegistry book, String session, int number) {
        return add(book, session, number, 0);
    }

    private Verdict add(SessionRegistry book, String session, int number, long now) {
        line++;
        LogEvent event = event(session + " " + number, line);
        IdentifiedMessage message = new IdentifiedMessage(event.message(), List.of());
        return book.add(session, new ReadMessage(event, List.of(session), message, new float[] {number}), now);
    }

    private static ReadMessage read(String session, LogEvent event) {
        IdentifiedMessage message = new IdentifiedMessage(event.message(), List.of());
        return new ReadMessage(event, List.of(session), message, new float[] {9});
    }

    private static LogEvent event(String message, long line) {
        return new LogEvent(
                Instant.EPOCH.plusSeconds(line),
                message,
                null,
                null,
                new Origin("log", line, 100 * (line - 1)),
                List.of(),
                null);
    }

    private static final class Sum implements SessionScoring {
        private double sum;

        @Override
        public double add(float[] vector) {
            sum += vector[0];
            return sum;
        }

        @Override
        public double ended() {
            return 1.5 * sum;
        }
    }
}
