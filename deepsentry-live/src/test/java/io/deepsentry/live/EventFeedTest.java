package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFeedTest {
    private static LogEvent event(String message) {
        return new LogEvent(null, message, null, null, new Origin("app", 1, 0), List.of(), null);
    }

    private static DataStream stream(EventFeed feed) {
        return DataStream.builder().feed(feed).batchInterval(Duration.ZERO).open();
    }

    @Test
    void gives_events_in_their_order_and_makes_deferred_ones_where_they_are_read() {
        EventFeed feed = EventFeed.named("orders");
        feed.offer(event("order 1 sent"));
        Thread reader = Thread.currentThread();
        feed.offer(origin -> event(origin + (Thread.currentThread() == reader ? " read here" : " read elsewhere")), 20);
        feed.close();

        try (DataStream stream = stream(feed)) {
            assertThat(stream).extracting(LogEvent::message).containsExactly("order 1 sent", "orders:2 read here");
            assertThat(stream.stats().read().events()).isEqualTo(2);
        }
    }

    @Test
    void drops_and_counts_what_is_beyond_its_capacity_and_has_room_again_when_it_was_read()
            throws InterruptedException {
        EventFeed feed = EventFeed.named("orders", 3);

        assertThat(feed.offer(event("1"))).isTrue();
        assertThat(feed.offer(event("2"))).isTrue();
        assertThat(feed.offer(event("3"))).isTrue();
        assertThat(feed.offer(event("4"))).isFalse();
        assertThat(feed.waiting()).isEqualTo(3);
        assertThat(feed.dropped()).isEqualTo(1);
        try (DataStream stream = stream(feed)) {
            assertThat(stream.nextBatch()).hasSize(3);
            assertThat(feed.offer(event("5"))).isTrue();
            assertThat(stream.nextBatch()).extracting(LogEvent::message).containsExactly("5");
            assertThat(stream.stats().droppedLines()).isEqualTo(1);
        }
    }

    @Test
    void bounds_the_characters_that_wait() {
        EventFeed feed = EventFeed.named("orders");
        int half = 32 << 20;

        assertThat(feed.offer(origin -> event("long"), half)).isTrue();
        assertThat(feed.offer(origin -> event("long"), half)).isTrue();
        assertThat(feed.offer(origin -> event("short"), 1)).isFalse();
        assertThat(feed.waiting()).isEqualTo(2);
    }

    @Test
    void takes_no_more_when_it_is_closed() {
        EventFeed feed = EventFeed.named("orders");
        feed.close();

        assertThat(feed.offer(event("late"))).isFalse();
        assertThat(feed.dropped()).isZero();
        assertThatThrownBy(() -> EventFeed.named("orders", 0)).hasMessage("capacity must be at least 1, but was 0");
    }

    @Test
    void a_run_on_it_judges_as_one_on_the_file_does(@TempDir Path folder) throws IOException {
        TrainedModels models = TrainedModels.ofSessions(folder);
        List<String> ofFile = new ArrayList<>();
        List<String> ofFeed = new ArrayList<>();
        LiveSettings settings = models.settings(Map.of("idle_timeout", "100000"));
        LiveMonitor.run(
                LiveSettings.builder()
                        .dataDir(folder)
                        .logFiles(models.test())
                        .tailMode(TailMode.UNTIL_END)
                        .build(),
                sink(ofFile),
                end -> ofFile.add(text(end)),
                RunContext.quiet());
        EventFeed feed = EventFeed.named(models.test().toString(), 100_000);
        try (LogReader reader = LogReader.builder().input(models.test()).open()) {
            reader.forEach(feed::offer);
        }
        feed.close();
        LiveMonitor.run(settings, feed, sink(ofFeed), end -> ofFeed.add(text(end)), new LiveRun(), RunContext.quiet());

        assertThat(ofFeed).containsExactlyInAnyOrderElementsOf(ofFile).hasSizeGreaterThan(100);
    }

    private static String text(SessionVerdict end) {
        return end.session() + " " + end.verdict().score();
    }

    private static AlertSink sink(List<String> alerts) {
        return new AlertSink() {
            @Override
            public void write(Alert alert) {
                alerts.add(alert.id());
            }

            @Override
            public void close() {}
        };
    }
}
