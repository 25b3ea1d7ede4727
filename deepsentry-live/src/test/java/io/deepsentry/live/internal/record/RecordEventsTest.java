package io.deepsentry.live.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.internal.tail.LineRules;
import io.deepsentry.live.internal.tail.PollResult;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.SourceRecord;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordEventsTest {
    private static final Instant WRITTEN = Instant.parse("2026-03-02T09:00:00Z");

    /** Records that are there at once. */
    private static final class Given implements RecordSource {
        private final List<SourceRecord> records = new ArrayList<>();
        private final Set<String> left = new HashSet<>();
        private Map<String, Long> started = Map.of();
        private Map<String, Long> settled = Map.of();
        private boolean ended;

        void line(long offset, @Nullable String host, String text) {
            records.add(new SourceRecord(
                    "logs/0",
                    offset,
                    WRITTEN,
                    text.length(),
                    List.of(new RecordedLine(
                            text, false, false, host, host == null ? null : "/app.log", null, null, null, Map.of()))));
        }

        @Override
        public String name() {
            return "logs";
        }

        @Override
        public void start(Map<String, Long> next) {
            started = next;
        }

        @Override
        public Map<String, Long> takeBegun() {
            return Map.of();
        }

        @Override
        public List<SourceRecord> poll() {
            List<SourceRecord> all = List.copyOf(records);
            records.clear();
            return all;
        }

        @Override
        public Set<String> takeLeft() {
            Set<String> all = Set.copyOf(left);
            left.clear();
            return all;
        }

        @Override
        public void settled(Map<String, Long> next) {
            settled = next;
        }

        @Override
        public boolean isPlaced() {
            return true;
        }

        @Override
        public boolean isEnded() {
            return ended;
        }

        @Override
        public RecordStats stats() {
            return RecordStats.NONE;
        }

        @Override
        public void close() {}
    }

    private final SteppedClock clock = new SteppedClock();
    private final Given given = new Given();
    private final List<LogEvent> events = new ArrayList<>();

    private RecordEvents open(String format, @Nullable String sessionKey, @Nullable Map<String, ReadPosition> places) {
        LineRules rules = new LineRules(
                format,
                null,
                null,
                ZoneOffset.UTC,
                sessionKey == null ? null : SessionKey.of(sessionKey),
                OnMalformed.ATTACH,
                1000);
        return new RecordEvents(given, rules, Duration.ofSeconds(5), clock, places);
    }

    private List<String> messages() {
        return events.stream().map(LogEvent::message).toList();
    }

    @Test
    void namesTheFormatOfEachFile() {
        RecordEvents open = open("auto", null, null);
        given.line(0, "a", "2026-03-02 08:00:00,000 [main] ERROR shop.Cart - lost");
        given.line(1, "b", "{\"time\":\"2026-03-02T08:00:00Z\",\"level\":\"info\",\"msg\":\"saved\"}");
        given.ended = true;
        open.poll(events::add);

        assertThat(open.poll(events::add)).isEqualTo(PollResult.ENDED);

        assertThat(open.stats().read().formats()).containsOnlyKeys("logback", "json");
    }

    @Test
    void putsTheLinesOfEachFileOfEachHostTogether() {
        RecordEvents open = open("logback", null, null);
        given.line(0, "a", "2026-03-02 08:00:00,000 [main] ERROR shop.Cart - lost");
        given.line(1, "b", "2026-03-02 08:00:00,100 [main] INFO shop.Cart - saved");
        given.line(2, "a", "\tat shop.Cart.save(Cart.java:7)");
        given.ended = true;
        open.poll(events::add);
        assertThat(events).isEmpty();

        assertThat(open.poll(events::add)).isEqualTo(PollResult.ENDED);

        assertThat(messages()).containsExactlyInAnyOrder("lost\n\tat shop.Cart.save(Cart.java:7)", "saved");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.fields()).containsEntry("log.file.path", "/app.log");
            assertThat(event.fields().get("host.name")).isIn("a", "b");
        });
        assertThat(events.get(0).origin())
                .hasToString("logs/0/" + events.get(0).fields().get("host.name") + ":/app.log:"
                        + (messages().get(0).equals("saved") ? 2 : 1));
    }

    @Test
    void continuesWithWhatAnEarlierRunHeldBack() {
        RecordEvents open = open("logback", null, null);
        given.line(5, "a", "2026-03-02 08:00:00,000 [main] ERROR shop.Cart - lost");
        open.poll(events::add);
        open.settled();
        assertThat(given.settled).containsExactly(Map.entry("logs/0", 5L));
        Map<String, ReadPosition> places = new HashMap<>(open.places());

        RecordEvents again = open("logback", null, places);
        assertThat(given.started).containsExactly(Map.entry("logs/0", 6L));
        given.line(6, "a", "\tat shop.Cart.save(Cart.java:7)");
        given.line(7, "a", "2026-03-02 08:00:01,000 [main] INFO shop.Cart - saved");
        again.poll(events::add);

        assertThat(messages()).containsExactly("lost\n\tat shop.Cart.save(Cart.java:7)");
        assertThat(events.get(0).fields()).containsEntry("host.name", "a");
        again.settled();
        assertThat(given.settled).containsExactly(Map.entry("logs/0", 7L));
    }

    @Test
    void judgesWhatIsHeldOfAPartitionThatAnotherMemberReadsFromThere() {
        RecordEvents open = open("logback", null, null);
        given.line(0, null, "2026-03-02 08:00:00,000 [main] ERROR shop.Cart - lost");
        given.left.add("logs/0");
        open.poll(events::add);
        open.settled();

        assertThat(messages()).containsExactly("lost");
        assertThat(given.settled).containsExactly(Map.entry("logs/0", 1L));
    }

    @Test
    void handsOutAnEventToWhichNothingWasAttachedForAWhile() throws InterruptedException {
        RecordEvents open = open("logback", null, null);
        given.line(0, null, "2026-03-02 08:00:00,000 [main] ERROR shop.Cart - lost");
        open.poll(events::add);
        clock.pause(Duration.ofMillis(4_900));
        open.poll(events::add);
        assertThat(events).isEmpty();
        clock.pause(Duration.ofMillis(300));
        open.poll(events::add);
        assertThat(messages()).containsExactly("lost");
    }

    @Test
    void givesALineWithoutATimeThatOfItsRecordAndFindsSessionsInWhatTheRecordSays() {
        RecordEvents open = open("plain", "host.name", null);
        given.line(0, "a", "saved");
        open.poll(events::add);

        assertThat(events.get(0).time()).isEqualTo(WRITTEN);
        assertThat(events.get(0).sessionKeys()).containsExactly("a");
    }
}
