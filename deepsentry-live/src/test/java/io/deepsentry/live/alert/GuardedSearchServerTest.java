package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts to a real Elasticsearch that speaks TLS only and asks who we are. */
@Tag("long")
@Timeout(600)
class GuardedSearchServerTest {
    private static SearchServer server;
    private final Path folder;

    GuardedSearchServerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        server = SearchServer.startGuarded(Files.createDirectories(home.resolve("guarded")));
        server.awaitReady();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Map<String, String> password(String password) {
        return Map.of(
                "DEEPSENTRY_ELASTICSEARCH_USER", server.guard().user(), "DEEPSENTRY_ELASTICSEARCH_PASSWORD", password);
    }

    private static Map<String, String> key(JsonNode key) {
        return Map.of("DEEPSENTRY_ELASTICSEARCH_API_KEY", key.path("encoded").asText());
    }

    private SeveralAlertSinks open(Map<String, String> flags, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of(
                "elasticsearch",
                server.uri().toString(),
                "tls_ca",
                server.guard().certificate().toString(),
                "spool_dir",
                folder.resolve("spool").toString(),
                "stop_timeout",
                "10"));
        all.putAll(flags);
        all.values().removeIf(String::isEmpty);
        return LiveSettings.from(TrainedModels.config(LiveSettings.SCHEMA, all, folder))
                .outputs()
                .open(environment, new StreamAlertSink(new ByteArrayOutputStream(), AlertFormat.RECORD));
    }

    private static void write(AlertSink sink, int from, int to) {
        for (int number = from; number < to; number++) {
            sink.write(new Alert(
                    Instant.ofEpochSecond(number),
                    2,
                    1,
                    "message " + number,
                    List.of("message " + number),
                    null,
                    "id" + number,
                    new Origin("app.log", number + 1, 0)));
        }
    }

    private static void awaitIds(String index, int count) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(server.ids(index))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count)
                        .mapToObj(number -> "id" + number)
                        .toList()));
    }

    private static JsonNode makeKey(String index, String clusterPrivilege, String morePrivileges) throws IOException {
        assumeThat(Path.of(System.getenv("DEEPSENTRY_TEST_SERVERS"), "elasticsearch/modules/security-index-analysis"))
                .as("what Elasticsearch makes API keys with, in DEEPSENTRY_TEST_SERVERS")
                .exists();
        String body = "{\"name\":\"deepsentry\",\"role_descriptors\":{\"sentry\":{\"cluster\":["
                + clusterPrivilege
                + "],\"indices\":[{\"names\":[\""
                + index
                + "\"],\"privileges\":[\"create_doc\",\"auto_configure\""
                + morePrivileges
                + "]}]}}}";
        JsonNode key = server.call("POST", "/_security/api_key", body);
        assertThat(key.path("encoded").asText()).as("%s", key).isNotEmpty();
        return key;
    }

    @Test
    void aUserAndPasswordDeliverOverTls() {
        Map<String, String> index = Map.of("elasticsearch_index", "basic");
        try (SeveralAlertSinks sink = open(index, password(server.guard().password()))) {
            write(sink, 0, 20);
            awaitIds("basic", 20);
        }
    }

    @Test
    void aWrongPasswordIsToldAtTheStartAndNotRepeated() {
        assertThatThrownBy(() -> open(Map.of(), password("battery staple")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(server.uri() + "/deepsentry answers 401")
                .hasMessageContaining("DEEPSENTRY_ELASTICSEARCH_API_KEY or _USER and _PASSWORD")
                .message()
                .doesNotContain("battery", "\n");
        assertThatThrownBy(() -> open(Map.of("elasticsearch_template", "false"), Map.of()))
                .as("nobody at all, asked without a template")
                .isInstanceOf(DataException.class)
                .hasMessageContaining("answers 401");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotTrusted() throws Exception {
        Map<String, String> user = password(server.guard().password());
        String other = SearchGuard.otherCertificate(folder).toString();
        for (String authority : List.of("", other)) {
            assertThatThrownBy(() -> open(Map.of("tls_ca", authority), user))
                    .as("tls_ca '%s'", authority)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cannot be reached at " + server.uri())
                    .hasMessageContaining("TLS failed")
                    .hasMessageContaining("tls_ca names the authority to trust");
        }
    }

    @Test
    void anAddressWithoutTlsIsToldAsSuch() {
        String plain = "http://127.0.0.1:" + server.port();
        assertThatThrownBy(() -> open(
                        Map.of("elasticsearch", plain), password(server.guard().password())))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be reached at " + plain)
                .hasMessageContaining("https");
    }

    @Test
    void aKeyThatMayOnlyCreateDocumentsDeliversAndOneThatIsWithdrawnLosesNothing() throws Exception {
        Map<String, String> index = Map.of("elasticsearch_index", "keyed");
        JsonNode first = makeKey("keyed", "\"manage_index_templates\"", "");
        try (SeveralAlertSinks sink = open(index, key(first))) {
            write(sink, 0, 20);
            awaitIds("keyed", 20);

            JsonNode withdrawn = server.call(
                    "DELETE",
                    "/_security/api_key",
                    "{\"ids\":[\"" + first.path("id").asText() + "\"]}");
            assertThat(withdrawn.path("invalidated_api_keys").size())
                    .as("%s", withdrawn)
                    .isEqualTo(1);
            Awaitility.await().until(() -> sink.stats().get(0).waiting() == 0);
            write(sink, 20, 30);
            Awaitility.await().until(() -> sink.stats().get(0).failing());
            assertThat(sink.stats().get(0).refused()).isZero();
        }
        assertThatThrownBy(() -> open(index, key(first)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("answers 401");

        JsonNode second = makeKey("keyed", "\"manage_index_templates\"", "");
        try (SeveralAlertSinks sink = open(index, key(second))) {
            awaitIds("keyed", 30);
            Awaitility.await().until(() -> sink.stats().get(0).waiting() == 0);
        }
    }

    @Test
    void withoutATemplateOfOursNoneIsInstalledAfterAnOutageEither() throws Exception {
        Map<String, String> flags = Map.of("elasticsearch_index", "plain", "elasticsearch_template", "false");
        JsonNode key = makeKey("plain", "", ",\"view_index_metadata\"");
        try (SeveralAlertSinks sink = open(flags, key(key))) {
            write(sink, 0, 10);
            awaitIds("plain", 10);
        }
        server.kill();
        try (SeveralAlertSinks sink = open(flags, key(key))) {
            write(sink, 10, 20);
            server.startAgain();
            server.awaitReady();
            awaitIds("plain", 20);
        }
        assertThat(server.call("GET", "/_index_template/plain", "")
                        .path("status")
                        .asInt())
                .isEqualTo(404);
    }
}
