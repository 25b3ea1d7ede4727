package io.deepsentry.live.internal.otlp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.CodedOutputStream;
import io.deepsentry.core.DataException;
import io.deepsentry.live.record.OtlpSettings;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.SourceRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.resources.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over real sockets, from the OpenTelemetry SDK for Java and from clients that mean no good. */
@Timeout(120)
class OtlpReceiverTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private OtlpReceiver receiver = open(Duration.ofSeconds(30));

    @AfterEach
    void close() {
        receiver.close();
    }

    private static OtlpReceiver open(Duration patience) {
        OtlpReceiver opened = OtlpReceiver.open(new OtlpSettings("127.0.0.1", 0), 100_000, patience);
        opened.start(Map.of());
        return opened;
    }

    /** An export of one record for each body, at this time. */
    private static String json(long time, String... bodies) {
        StringBuilder records = new StringBuilder();
        for (String body : bodies) {
            records.append(records.length() == 0 ? "" : ",")
                    .append("{\"timeUnixNano\":\"" + time + "\",\"body\":{\"stringValue\":\"" + body + "\"}}");
        }
        return "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" + records + "]}]}]}";
    }

    private HttpRequest.Builder request(String type) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.port() + "/v1/logs"))
                .header("Content-Type", type);
    }

    private CompletableFuture<HttpResponse<String>> send(String type, byte[] body, String... headers) {
        HttpRequest.Builder request = request(type).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString(ISO_8859_1));
    }

    private CompletableFuture<HttpResponse<String>> send(String json) {
        return send(JSON, json.getBytes(UTF_8));
    }

    /** Waits for so many lines. */
    private List<RecordedLine> take(int lines) {
        List<RecordedLine> taken = new ArrayList<>();
        await().atMost(LONG).until(() -> {
            receiver.poll().forEach(record -> taken.addAll(record.lines()));
            return taken.size() >= lines;
        });
        return taken;
    }

    private List<String> texts(int lines) {
        return take(lines).stream().map(RecordedLine::text).toList();
    }

    /** Judges all that comes until an answer is there. */
    private HttpResponse<String> answered(CompletableFuture<HttpResponse<String>> answer) {
        await().atMost(LONG).until(() -> {
            receiver.poll();
            receiver.settled(Map.of());
            return answer.isDone();
        });
        return answer.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "none"})
    void takesWhatTheSdkOfOpenTelemetryExports(String compression) {
        SpanContext span = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        OtlpHttpLogRecordExporter exporter = OtlpHttpLogRecordExporter.builder()
                .setEndpoint("http://127.0.0.1:" + receiver.port() + "/v1/logs")
                .setCompression(compression)
                .build();
        List<RecordedLine> lines;
        try (SdkLoggerProvider provider = SdkLoggerProvider.builder()
                .setResource(Resource.create(Attributes.builder()
                        .put("service.name", "cart")
                        .put("host.name", "web-1")
                        .put("cores", 4)
                        .build()))
                .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter)
                        .setScheduleDelay(Duration.ofHours(1))
                        .build())
                .build()) {
            provider.get("shop.Cart")
                    .logRecordBuilder()
                    .setTimestamp(Instant.ofEpochSecond(1_772_438_400, 1))
                    .setSeverity(Severity.WARN2)
                    .setContext(Context.root().with(Span.wrap(span)))
                    .setBody("cart 7 lost\na line")
                    .setAttribute(AttributeKey.longKey("cores"), 2L)
                    .setAttribute(AttributeKey.stringArrayKey("ways"), List.of("a", "b\"c"))
                    .emit();
            provider.get("shop.Files")
                    .logRecordBuilder()
                    .setTimestamp(Instant.ofEpochSecond(1_772_438_401))
                    .setSeverityText("Fault")
                    .setBody(Value.of(Map.of("order", Value.of(5))))
                    .setAttribute(AttributeKey.stringKey("log.file.path"), "/a.log")
                    .emit();
            CompletableResultCode sent = provider.forceFlush();
            lines = take(2);
            assertThat(sent.isDone()).as("answered before it was judged").isFalse();
            receiver.settled(Map.of());
            assertThat(sent.join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
        }

        RecordedLine first = lines.get(0);
        assertThat(first.component()).isEqualTo("shop.Cart");
        assertThat(first.whole()).isTrue();
        assertThat(first.text()).isEqualTo("cart 7 lost\na line");
        assertThat(first.time()).isEqualTo(Instant.ofEpochSecond(1_772_438_400, 1));
        assertThat(first.level()).isEqualTo("WARN");
        assertThat(first.host()).isEqualTo("web-1");
        assertThat(first.fields())
                .containsEntry("service.name", "cart")
                .containsEntry("trace_id", "0af7651916cd43dd8448eb211c80319c")
                .containsEntry("span_id", "b7ad6b7169203331")
                .containsEntry("cores", "2")
                .containsEntry("ways", "[\"a\",\"b\\\"c\"]");
        RecordedLine second = lines.get(1);
        assertThat(second.whole()).isFalse();
        assertThat(second.file()).isEqualTo("/a.log");
        assertThat(second.level()).isEqualTo("Fault");
        assertThat(second.text()).isEqualTo("{\"order\":5}");
        assertThat(second.component()).isEqualTo("shop.Files");
    }

    @Test
    void answersWhatIsTakenAndWhatIsNotInTheEncodingOfTheRequest() throws IOException {
        CompletableFuture<HttpResponse<String>> whole = send(json(1, "a"));
        CompletableFuture<HttpResponse<String>> partly = send(json(2, "b", "", "c", ""));
        CompletableFuture<HttpResponse<String>> binary = send(PROTOBUF, exported(record("d"), record("")));
        CompletableFuture<HttpResponse<String>> empty = send(PROTOBUF, new byte[0]);

        assertThat(texts(4)).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(answered(whole).body()).isEqualTo("{}");
        assertThat(answered(partly).body())
                .startsWith("{\"partialSuccess\":{\"rejectedLogRecords\":\"2\",\"errorMessage\":\"log records with");
        assertThat(answered(binary).body()).startsWith("\n").contains("\b\1").contains("neither a body");
        assertThat(answered(empty).body()).isEmpty();
        assertThat(List.of(whole, partly, binary, empty))
                .allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(200));
        assertThat(partly.join().headers().firstValue("Content-Type")).hasValue(JSON);
        assertThat(binary.join().headers().firstValue("Content-Type")).hasValue(PROTOBUF);
        assertThat(receiver.stats().damaged()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "application/json,,{\"resourceLogs\":7},400",
        "application/json,,[],400",
        "application/json,,{} {},400",
        "application/json,,{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[7]}]}]},400",
        "application/json; charset=utf-8,,{\"resourceLogs\":[,400",
        "application/x-protobuf,,hello,400",
        "application/x-protobuf,gzip,hello,400",
        "application/x-protobuf,zstd,hello,415",
        "text/plain,,hello,415"
    })
    void refusesWhatItCannotReadForGood(String type, String coding, String body, int status) {
        CompletableFuture<HttpResponse<String>> sent = coding == null
                ? send(type, body.getBytes(UTF_8))
                : send(type, body.getBytes(UTF_8), "Content-Encoding", coding);

        HttpResponse<String> answer = answered(sent);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        assertThat(receiver.stats().requests().invalid()).isEqualTo(1);
        assertThat(receiver.stats().requests().waitingBytes()).isZero();
    }

    @Test
    void hasOnePageForOneMethod() throws Exception {
        URI base = URI.create("http://127.0.0.1:" + receiver.port());
        assertThat(status(HttpRequest.newBuilder(base.resolve("/v1/logs")).build()))
                .isEqualTo(405);
        assertThat(status(HttpRequest.newBuilder(base.resolve("/v1/traces"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build()))
                .isEqualTo(404);
    }

    private int status(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void readsBytesThatWereFlippedOrCutWithoutHarm() throws IOException {
        byte[] whole = exported(record("a"), record("b"), deep(20));
        Random random = new Random(1);
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] damaged = Arrays.copyOf(whole, i % 2 == 0 ? whole.length : random.nextInt(whole.length));
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            sent.add(send(PROTOBUF, damaged));
            if (i % 20 == 0) {
                answered(sent.get(i));
            }
        }
        sent.forEach(each -> assertThat(answered(each).statusCode()).isIn(200, 400));
        assertThat(receiver.stats().requests().invalid()).isPositive();
        assertThat(receiver.stats().requests().waitingBytes()).isZero();
    }

    @Test
    void leavesOutValuesThatAreTooDeepAndKeepsTheirRecord() throws IOException {
        CompletableFuture<HttpResponse<String>> sent = send(PROTOBUF, exported(deep(100_000), record("next")));

        assertThat(texts(2)).contains("next");
        assertThat(answered(sent).statusCode()).isEqualTo(200);
        String nested = "{\"arrayValue\":{\"values\":[".repeat(20_000) + "]}}".repeat(20_000);
        assertThat(answered(send(json(1, "x").replace("{\"stringValue\":\"x\"}", nested)))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void refusesBodiesThatAreTooLongHoweverTheyCome() throws Exception {
        byte[] fifty = new byte[50 << 20];
        assertThat(answered(send(PROTOBUF, fifty)).statusCode()).isEqualTo(413);
        assertThat(answered(send(PROTOBUF, gzip(fifty), "Content-Encoding", "gzip"))
                        .statusCode())
                .isEqualTo(413);
        try (Socket chunks = socket("Transfer-Encoding: chunked\r\n\r\n")) {
            OutputStream out = chunks.getOutputStream();
            byte[] chunk = ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").getBytes(US_ASCII);
            for (int i = 0; i < 21; i++) {
                out.write(chunk);
            }
            assertThat(new String(chunks.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
        assertThat(receiver.stats().requests().invalid()).isEqualTo(3);
    }

    @Test
    void readsBodiesInChunksAndWaitsToBeAskedForThem() throws IOException {
        String body = json(1, "in pieces");
        try (Socket chunks = socket("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")) {
            assertThat(new String(chunks.getInputStream().readNBytes(25), US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            for (byte each : body.getBytes(US_ASCII)) {
                chunks.getOutputStream().write(("1;x=y\r\n" + (char) each + "\r\n").getBytes(US_ASCII));
            }
            chunks.getOutputStream().write("0\r\nTrailer: x\r\n\r\n".getBytes(US_ASCII));
            assertThat(texts(1)).containsExactly("in pieces");
            receiver.settled(Map.of());
            assertThat(new String(chunks.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n{}");
        }
        try (Socket chunks = socket("Transfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            assertThat(new String(chunks.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
        }
    }

    private Socket socket(String headers) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), receiver.port());
        socket.getOutputStream()
                .write(("POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + headers)
                        .getBytes(US_ASCII));
        return socket;
    }

    @Test
    void answersBesideClientsThatStopHalfway() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                slow.add(socket("Content-Length: 20000000\r\n\r\n{"));
            }
            CompletableFuture<HttpResponse<String>> sent = send(json(1, "quick"));
            assertThat(texts(1)).containsExactly("quick");
            assertThat(answered(sent).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void hasClientsComeAgainWhileTooMuchWaitsAndTakesTheirsOnceThereIsRoom() {
        String large = "x".repeat(18 << 20);
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(send(json(i + 1, large)));
            int sent = i + 1;
            await().atMost(LONG)
                    .until(() -> receiver.stats().requests().waitingBytes() >= sent * (long) large.length());
        }

        HttpResponse<String> refused = send(json(4, large)).join();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(receiver.stats().requests().refused()).isEqualTo(1);

        held.forEach(each -> assertThat(answered(each).statusCode()).isEqualTo(200));
        assertThat(answered(send(json(4, large))).statusCode()).isEqualTo(200);
        assertThat(receiver.stats().records()).isEqualTo(4);
    }

    @Test
    void judgesARequestThatComesAgainOnce() {
        CompletableFuture<HttpResponse<String>> first = send(json(1, "a", "b"));
        assertThat(texts(2)).containsExactly("a", "b");
        CompletableFuture<HttpResponse<String>> meanwhile = send(json(1, "a", "b"));
        await().atMost(LONG).until(() -> receiver.stats().requests().repeated() == 1);
        assertThat(receiver.poll()).isEmpty();
        assertThat(answered(first).statusCode()).isEqualTo(200);
        assertThat(answered(meanwhile).statusCode()).isEqualTo(200);

        assertThat(answered(send(json(1, "a", "b"))).statusCode()).isEqualTo(200);
        Map<String, String> notes = receiver.notes();
        receiver.close();
        receiver = OtlpReceiver.open(new OtlpSettings("127.0.0.1", 0), 100_000);
        receiver.recall(notes);
        receiver.start(Map.of("otlp", 1L));
        CompletableFuture<HttpResponse<String>> afterwards = send(json(1, "a", "b"));
        CompletableFuture<HttpResponse<String>> other = send(json(2, "c"));
        CompletableFuture<HttpResponse<String>> timeless = send(json(0, "d"));
        assertThat(texts(2)).containsExactlyInAnyOrder("c", "d");
        CompletableFuture<HttpResponse<String>> again = send(json(0, "d"));
        assertThat(texts(1)).containsExactly("d");
        for (var each : List.of(afterwards, other, timeless, again)) {
            assertThat(answered(each).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void goesOnWithinARequestOfWhichAnEarlierRunJudgedAPart() {
        String[] bodies = new String[5000];
        Arrays.setAll(bodies, i -> "line " + i);
        CompletableFuture<HttpResponse<String>> unanswered = send(json(1, bodies));
        List<SourceRecord> records = new ArrayList<>();
        await().atMost(LONG).until(() -> records.addAll(receiver.poll()));
        int judged = records.stream().mapToInt(each -> each.lines().size()).sum();
        assertThat(judged).isLessThan(5000);
        assertThat(receiver.isAwaited()).isFalse();
        Map<String, String> notes = receiver.notes();
        receiver.close();
        assertThat(unanswered.join().statusCode()).isEqualTo(503);

        receiver = OtlpReceiver.open(new OtlpSettings("127.0.0.1", 0), 100_000);
        receiver.recall(notes);
        receiver.start(Map.of("otlp", (long) records.size()));
        CompletableFuture<HttpResponse<String>> again = send(json(1, bodies));
        assertThat(texts(5000 - judged))
                .containsExactlyElementsOf(Arrays.asList(bodies).subList(judged, 5000));
        assertThat(receiver.isAwaited()).isTrue();
        assertThat(answered(again).statusCode()).isEqualTo(200);
    }

    @Test
    void hasAClientComeAgainForAnAnswerThatTakesTooLong() {
        receiver.close();
        receiver = open(Duration.ofSeconds(1));
        HttpResponse<String> late = send(json(1, "a")).join();
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(texts(1)).containsExactly("a");
        receiver.settled(Map.of());
        assertThat(answered(send(json(1, "a"))).statusCode()).isEqualTo(200);
        assertThat(receiver.stats().records()).isEqualTo(1);
    }

    @Test
    void answersWhatIsJudgedAtTheEndAndHasTheRestComeAgain() {
        CompletableFuture<HttpResponse<String>> judged = send(json(1, "a"));
        assertThat(texts(1)).containsExactly("a");
        CompletableFuture<HttpResponse<String>> waiting = send(json(2, "b"));
        await().atMost(LONG).until(() -> receiver.stats().requests().received() == 2);
        receiver.settled(Map.of());
        receiver.close();

        assertThat(judged.join().statusCode()).isEqualTo(200);
        assertThat(waiting.join().statusCode()).isEqualTo(503);
    }

    @Test
    void saysWhichSettingCannotBeUsed() {
        assertThatThrownBy(() -> OtlpReceiver.open(new OtlpSettings("127.0.0.1", receiver.port()), 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("otlp_port " + receiver.port() + " cannot be used on 127.0.0.1");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] exported(byte[]... records) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] record : records) {
            all.write(message(2, record));
        }
        return message(1, message(2, all.toByteArray()));
    }

    private static byte[] record(String body) throws IOException {
        return message(5, message(1, body.getBytes(UTF_8)));
    }

    /** A record whose body is a list in a list, so many times. */
    private static byte[] deep(int levels) throws IOException {
        int length = 0;
        List<byte[]> heads = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            byte[] values = head(1, length);
            length += values.length;
            byte[] array = head(5, length);
            length += array.length;
            heads.add(values);
            heads.add(array);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(head(5, length));
        for (int i = heads.size() - 1; i >= 0; i--) {
            body.write(heads.get(i));
        }
        return body.toByteArray();
    }

    private static byte[] head(int number, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeTag(number, 2);
        out.writeUInt32NoTag(length);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] message(int number, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(head(number, content.length));
        bytes.write(content);
        return bytes.toByteArray();
    }
}
