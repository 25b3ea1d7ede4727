package io.deepsentry.flink.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.flink.JudgedCase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes what was judged into an index of Elasticsearch or OpenSearch, over {@code _bulk}. The id of a document is that
 * of the case, and a document is only ever created. So what is written again after a restart changes nothing, and a
 * checkpoint waits until the server has all that came before it.
 */
final class BulkSink implements Sink<JudgedCase> {
    private static final long serialVersionUID = 1;
    private static final int BATCH = 500;
    private static final int TRIES = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI server;
    private final String index;

    BulkSink(URI server, String index) {
        this.server = server;
        this.index = index;
    }

    @Override
    public SinkWriter<JudgedCase> createWriter(WriterInitContext context) {
        return new Writer(server, index);
    }

    private static final class Writer implements SinkWriter<JudgedCase> {
        private static final ObjectMapper JSON = new ObjectMapper();
        private static final int OK = 200;
        private static final int CONFLICT = 409;
        private static final int TOO_MANY = 429;
        private static final int SERVER_ERROR = 500;

        private final URI bulk;
        private final HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        private final StringBuilder waiting = new StringBuilder();
        private int cases;

        Writer(URI server, String index) {
            String base = server.toString();
            bulk = URI.create(base + (base.endsWith("/") ? "" : "/") + index + "/_bulk");
        }

        @Override
        public void write(JudgedCase judged, Context context) throws IOException, InterruptedException {
            ObjectNode action = JSON.createObjectNode();
            action.putObject("create").put("_id", judged.id());
            waiting.append(JSON.writeValueAsString(action))
                    .append('\n')
                    .append(JSON.writeValueAsString(judged))
                    .append('\n');
            cases++;
            if (cases == BATCH) {
                flush(false);
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            if (cases == 0) {
                return;
            }
            HttpRequest request = HttpRequest.newBuilder(bulk)
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(waiting.toString(), StandardCharsets.UTF_8))
                    .build();
            String refused = "";
            for (int i = 1; i <= TRIES; i++) {
                refused = send(request);
                if (refused.isEmpty()) {
                    waiting.setLength(0);
                    cases = 0;
                    return;
                }
                // After the last try, the job begins again at its checkpoint.
                Thread.sleep(1000L * i);
            }
            throw new IOException(bulk + " does not take " + cases + " documents: " + refused);
        }

        /** Returns why it may be tried again; empty if the server has all. */
        private String send(HttpRequest request) throws IOException, InterruptedException {
            HttpResponse<String> response;
            try {
                response = http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                return e.toString();
            }
            int status = response.statusCode();
            if (status != OK) {
                return retry(status, response.body());
            }
            String refused = "";
            for (JsonNode each : JSON.readTree(response.body()).path("items")) {
                JsonNode item = each.path("create");
                int code = item.path("status").asInt();
                if (code > 299 && code != CONFLICT) {
                    refused = retry(code, item.path("error").toString());
                }
            }
            return refused;
        }

        private String retry(int status, String reason) throws IOException {
            String text = "status " + status + " " + reason;
            if (status == TOO_MANY || status >= SERVER_ERROR) {
                return text;
            }
            throw new IOException(bulk + " refuses what it was sent: " + text);
        }

        @Override
        public void close() {
            waiting.setLength(0);
            cases = 0;
        }
    }
}
