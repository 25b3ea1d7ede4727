package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.DataException;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.TrainedModels;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alerts to real servers that are killed, full, and refuse some. */
@Tag("long")
@Timeout(900)
class SearchServersTest {
    private final Path folder;

    SearchServersTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Alert alert(int number, @Nullable String session) {
        return new Alert(
                Instant.parse("2026-01-01T00:00:00Z").plusSeconds(number),
                number + 0.5,
                1,
                "message \u00e9 \"" + number + "\"\n",
                List.of("before", "message"),
                session,
                "id" + number,
                new Origin("app.log", number + 1, number * 10L));
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "id" + number).toList();
    }

    private SeveralAlertSinks sink(SearchServer server, Map<String, String> more) {
        Map<String, String> flags = new HashMap<>(Map.of(
                "elasticsearch",
                server.uri().toString(),
                "spool_dir",
                folder.resolve("spool").toString(),
                "stop_timeout",
                "5"));
        flags.putAll(more);
        AlertOutputs outputs = LiveSettings.from(TrainedModels.config(LiveSettings.SCHEMA, flags, folder))
                .outputs();
        return outputs.open(Map.of(), new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD));
    }

    private static void awaitIds(SearchServer server, String index, List<String> expected) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(server.ids(index))
                .containsExactlyInAnyOrderElementsOf(expected));
    }

    @ParameterizedTest
    @EnumSource(SearchServer.Kind.class)
    void everyAlertIsThereExactlyOnceThroughOutagesAFullDiskAndRefusals(SearchServer.Kind kind) throws Exception {
        Path home = Files.createDirectories(folder.resolve(kind.name()));
        try (SearchServer server = SearchServer.start(kind, home, "xpack.security.enabled=false")) {
            assertThatThrownBy(() -> sink(
                            server, Map.of("spool_dir", folder.resolve("never").toString())))
                    .as("not up yet, and never was")
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cannot be reached")
                    .hasMessageContaining(String.valueOf(server.port()));
            server.awaitReady();

            try (SeveralAlertSinks sink = sink(server, Map.of())) {
                IntStream.range(0, 1_200).forEach(number -> sink.write(alert(number, "s")));
                awaitIds(server, "deepsentry", ids(0, 1_200));
                Awaitility.await().until(() -> sink.stats().get(0).waiting() == 0);

                server.kill();
                IntStream.range(1_200, 1_300).forEach(number -> sink.write(alert(number, null)));
                Awaitility.await().until(() -> sink.stats().get(0).failing());
            }
            // The server is still down, and the next run takes over what waits, warns and continues.
            try (SeveralAlertSinks sink = sink(server, Map.of())) {
                assertThat(sink.stats().get(0).waiting()).isEqualTo(100);
                server.startAgain();
                server.awaitReady();
                awaitIds(server, "deepsentry", ids(0, 1_300));

                block(server, true);
                IntStream.range(1_300, 1_350).forEach(number -> sink.write(alert(number, null)));
                Awaitility.await().until(() -> sink.stats().get(0).retries() > 0);
                assertThat(server.ids("deepsentry")).hasSize(1_300);
                block(server, false);
                awaitIds(server, "deepsentry", ids(0, 1_350));
            }
            try (ElasticsearchSink code = ElasticsearchSink.builder(server.uri().toString())
                    .index("code")
                    .spool(home.resolve("code"))
                    .open()) {
                IntStream.range(0, 10).forEach(number -> code.write(alert(number, null)));
                awaitIds(server, "code", ids(0, 10));
            }
            // How far it got was forgotten: everything that still lies there is sent again, and changes nothing.
            Files.delete(folder.resolve("spool/elasticsearch/position"));
            sink(server, Map.of()).close();
            assertThat(server.ids("deepsentry")).containsExactlyInAnyOrderElementsOf(ids(0, 1_350));
            hasTheFieldsOfTheContract(server);
            someItemsOfABulkAreRefusedAndComeLater(server);
        }
    }

    private static void block(SearchServer server, boolean full) throws IOException {
        JsonNode answer = server.call(
                "PUT",
                "/deepsentry/_settings",
                "{\"index.blocks.read_only_allow_delete\":" + (full ? "true}" : "null}"));
        assertThat(answer.path("acknowledged").asBoolean()).as("%s", answer).isTrue();
    }

    private static void hasTheFieldsOfTheContract(SearchServer server) throws IOException {
        JsonNode source = server.call("GET", "/deepsentry/_doc/id7", "").path("_source");
        assertThat(source.path("@timestamp").asText()).isEqualTo("2026-01-01T00:00:07Z");
        assertThat(source.path("message").asText()).isEqualTo("message \u00e9 \"7\"\n");
        assertThat(source.path("anomaly_score").asDouble()).isEqualTo(7.5);
        assertThat(source.path("is_anomaly").asBoolean()).isTrue();
        JsonNode mapping = server.call("GET", "/deepsentry/_mapping", "").findPath("properties");
        assertThat(mapping.path("@timestamp").path("type").asText()).isEqualTo("date");
        assertThat(mapping.path("anomaly_score").path("type").asText()).isEqualTo("double");
        assertThat(mapping.path("message").path("type").asText()).isEqualTo("text");
    }

    private void someItemsOfABulkAreRefusedAndComeLater(SearchServer server) throws IOException {
        String session = "{\"properties\":{\"session\":{\"type\":\"long\",\"ignore_malformed\":%s}}}";
        JsonNode made = server.call("PUT", "/odd", "{\"mappings\":" + session.formatted(false) + "}");
        assertThat(made.path("acknowledged").asBoolean()).as("%s", made).isTrue();
        Map<String, String> odd = Map.of(
                "elasticsearch_index", "odd", "spool_dir", folder.resolve("odd").toString());
        try (SeveralAlertSinks sink = sink(server, odd)) {
            List<String> good = new ArrayList<>();
            for (int number = 0; number < 40; number++) {
                sink.write(alert(number, number % 2 == 0 ? null : "no number"));
                if (number % 2 == 0) {
                    good.add("id" + number);
                }
            }
            awaitIds(server, "odd", good);
            Awaitility.await().until(() -> sink.stats().get(0).refused() == 20);

            JsonNode repaired = server.call("PUT", "/odd/_mapping", session.formatted(true));
            assertThat(repaired.path("acknowledged").asBoolean())
                    .as("%s", repaired)
                    .isTrue();
            sink.reopen();
            awaitIds(server, "odd", ids(0, 40));
            assertThat(sink.stats().get(0).refused()).isZero();
        }
    }
}
