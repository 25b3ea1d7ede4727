package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.TrainedModels;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What is said of servers that do not take alerts: everything once, and nothing twice. */
@Timeout(120)
@Isolated("counts what is logged")
class RefusalTest {
    private static final Logger LOGGER = Logger.getLogger("io.deepsentry.live.alert");

    private final Path folder;
    private @Nullable Level levelBefore;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                said.add(new SimpleFormatter().formatMessage(entry));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    RefusalTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void listen() {
        levelBefore = LOGGER.getLevel();
        LOGGER.setLevel(Level.WARNING);
        LOGGER.addHandler(listener);
    }

    @AfterEach
    void listenNoMore() {
        LOGGER.removeHandler(listener);
        LOGGER.setLevel(levelBefore);
    }

    private static void write(AlertSink sink, int from, int to) {
        for (int number = from; number < to; number++) {
            sink.write(new Alert(
                    Instant.ofEpochSecond(number),
                    2,
                    1,
                    "m" + number,
                    List.of("m"),
                    "s",
                    "id" + number,
                    new Origin("f", 1, 0)));
        }
    }

    private SeveralAlertSinks open(String address, Map<String, String> further) {
        Map<String, String> all = new HashMap<>(further);
        all.put("webhook", address);
        all.put("spool_dir", folder.resolve("spool").toString());
        all.put("stop_timeout", "10");
        return LiveSettings.from(TrainedModels.config(LiveSettings.SCHEMA, all, folder))
                .outputs()
                .open(Map.of(), new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD));
    }

    private static SinkStats stats(SeveralAlertSinks sinks) {
        return sinks.stats().get(0);
    }

    @Test
    @SuppressWarnings("try") // what is said at the end is looked at
    void aServerThatRefusesEverythingIsSaidAtOnceAndOnlyOnce() throws Exception {
        try (Receiver receiver =
                        new Receiver((exchange, body) -> new Receiver.Answer(400, "\n no_text \nand much more"));
                SeveralAlertSinks sinks = open(receiver.address(), Map.of())) {
            assertThat(sinks.problem()).isNull();
            write(sinks, 0, 5);
            Awaitility.await().until(() -> stats(sinks).refused() == 5);

            assertThat(said)
                    .singleElement()
                    .asString()
                    .contains("refuses alert id0", "it answers 400: no_text;")
                    .doesNotContain("much more");
            assertThat(sinks.problem()).isEqualTo("webhook: alerts are refused: it answers 400: no_text");
            assertThat(stats(sinks).deniedEverything()).isTrue();
            sinks.close();
            assertThat(said).hasSize(2);
            assertThat(said.get(1)).contains("has accepted none of the alerts of this run", "no_text");
        }
    }

    @Test
    void aWrongPasswordKeepsAlertsAndIsSaidOnceHoweverOftenItIsTried() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (Receiver receiver = new Receiver((exchange, body) -> requests.incrementAndGet() < 4
                        ? new Receiver.Answer(403, "invalid_token")
                        : new Receiver.Answer(200, "ok"));
                SeveralAlertSinks sinks = open(receiver.address(), Map.of())) {
            write(sinks, 0, 3);
            Awaitility.await().until(() -> stats(sinks).denied() >= 2);
            assertThat(stats(sinks).deniedEverything()).isTrue();
            assertThat(sinks.problem()).isEqualTo("webhook: it answers 403: invalid_token");
            assertThat(said).singleElement().asString().contains("does not accept alerts", "403: invalid_token");

            Awaitility.await().until(() -> stats(sinks).delivered() == 3);
            assertThat(stats(sinks).deniedEverything()).isFalse();
            assertThat(sinks.problem()).isNull();
            assertThat(said).hasSize(2);
            assertThat(said.get(1)).contains("accepts alerts again");
        }
    }

    @Test
    void aServerThatAsksForPatienceIsObeyedAndSaidOnce() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (Receiver receiver = new Receiver((exchange, body) -> {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    return requests.incrementAndGet() % 2 == 1
                            ? new Receiver.Answer(429, "rate_limited")
                            : new Receiver.Answer(200, "ok");
                });
                SeveralAlertSinks sinks = open(receiver.address(), Map.of())) {
            long began = System.nanoTime();
            write(sinks, 0, 4);
            Awaitility.await().until(() -> stats(sinks).delivered() == 4);

            assertThat(System.nanoTime() - began).as("a second each").isGreaterThan(4_000_000_000L);
            assertThat(stats(sinks).denied()).isZero();
            assertThat(said).hasSize(2);
            assertThat(said.get(0)).contains("429: rate_limited");
            assertThat(said.get(1)).contains("accepts alerts again");
        }
    }

    @Test
    void whatWasRefusedInOneFormatArrivesInAnother() throws Exception {
        try (Receiver receiver = new Receiver((exchange, body) -> Products.slack(body))) {
            try (SeveralAlertSinks sinks = open(receiver.address(), Map.of())) {
                write(sinks, 0, 3);
                Awaitility.await().until(() -> stats(sinks).refused() == 3);
            }
            try (SeveralAlertSinks sinks = open(receiver.address(), Map.of("webhook_format", "slack"))) {
                Awaitility.await().until(() -> stats(sinks).delivered() == 3);
                assertThat(stats(sinks).refused()).isZero();
            }
            List<String> texts = new ArrayList<>();
            receiver.taken()
                    .forEach(body -> texts.add(Products.read(body).path("text").asText()));
            assertThat(texts).hasSize(3).allMatch(text -> text.startsWith("[WARNING] HDFS_1.log: anomaly, once\nm"));
        }
    }

    @Test
    void secretsThatWouldTravelInPlainTextAreWarnedOf() {
        HttpSender.warnOfPlainSecrets(URI.create("http://localhost:1/x"), "the token");
        HttpSender.warnOfPlainSecrets(URI.create("http://[::1]:1/x"), "the token");
        HttpSender.warnOfPlainSecrets(URI.create("https://hooks.example/x"), "the token");
        assertThat(said).isEmpty();
        HttpSender.warnOfPlainSecrets(URI.create("http://hooks.example/s3cret"), "the token");
        assertThat(said)
                .singleElement()
                .asString()
                .contains("the token goes to http://hooks.example unencrypted")
                .doesNotContain("s3cret");
    }
}
