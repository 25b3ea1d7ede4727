package io.deepsentry.live.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.record.RecordedLine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Envelopes as shippers write them. */
class RecordLinesTest {
    private static final String FILEBEAT = """
            {"@timestamp":"2026-03-02T08:00:00.123Z","@metadata":{"beat":"filebeat","version":"8.12.0"},
             "log":{"offset":123,"file":{"path":"/var/log/app.log"}},"message":"08:00:00 INFO saved\\n\\tat a.B",
             "fields":{"team":"shop"},"host":{"name":"web-1"},"agent":{"type":"filebeat","name":"agent-1"}}""";
    private static final String FLUENT_BIT = """
            {"@timestamp":1772438400.25,"log":"saved\\n","stream":"stderr",
             "kubernetes":{"namespace_name":"shop","pod_name":"cart-7","container_name":"web","host":"node-3"}}""";
    private static final String OTLP = """
            {"resourceLogs":[{"resource":{"attributes":[
               {"key":"host.name","value":{"stringValue":"web-1"}},{"key":"service.name","value":{"stringValue":"cart"}},
               {"key":"cores","value":{"intValue":"4"}}]},
              "scopeLogs":[{"scope":{"name":"shop.Cart","attributes":[{"key":"cores","value":{"intValue":"2"}}]},"logRecords":[
               {"timeUnixNano":"1772438400000000001","severityNumber":17,"body":{"stringValue":"lost\\na line"},"traceId":"ab12"},
               {"observedTimeUnixNano":"1772438401000000000","severityText":"Warning","body":{"kvlistValue":{"values":[
                 {"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"x\\"y"}]}}}]}},
                "attributes":[{"key":"log.file.path","value":{"stringValue":"/a.log"}}]}]}]}]}""";

    private static List<RecordedLine> of(RecordFormat format, String value) {
        return new RecordLines(format, 1000).of(value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "FILEBEAT"})
    void takesLinesHostFileAndTimeOutOfWhatFilebeatSends(RecordFormat format) {
        List<RecordedLine> lines = of(format, FILEBEAT);

        assertThat(lines).extracting(RecordedLine::text).containsExactly("08:00:00 INFO saved", "\tat a.B");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.host()).isEqualTo("web-1");
            assertThat(line.file()).isEqualTo("/var/log/app.log");
            assertThat(line.time()).isEqualTo("2026-03-02T08:00:00.123Z");
            assertThat(line.fields()).containsExactly(Map.entry("team", "shop"));
            assertThat(line.whole()).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "FLUENT_BIT"})
    void takesLinesOutOfWhatFluentBitSendsOneByOneOrTogether(RecordFormat format) {
        RecordedLine line = of(format, FLUENT_BIT).get(0);

        assertThat(line.text()).isEqualTo("saved");
        assertThat(line.host()).isEqualTo("node-3");
        assertThat(line.file()).isEqualTo("shop/cart-7/web");
        assertThat(line.time()).isEqualTo(Instant.ofEpochSecond(1772438400, 250_000_000));
        assertThat(of(format, "[" + FLUENT_BIT + "," + FLUENT_BIT + "]")).containsExactly(line, line);
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "OTLP_JSON"})
    void takesMessagesWithTheirAttributesOutOfAnExportOfOpenTelemetry(RecordFormat format) {
        List<RecordedLine> lines = of(format, OTLP);

        assertThat(lines).hasSize(2);
        RecordedLine first = lines.get(0);
        assertThat(first.whole()).isTrue();
        assertThat(first.text()).isEqualTo("lost\na line");
        assertThat(first.host()).isEqualTo("web-1");
        assertThat(first.level()).isEqualTo("ERROR");
        assertThat(first.component()).isEqualTo("shop.Cart");
        assertThat(first.time()).isEqualTo(Instant.ofEpochSecond(1772438400, 1));
        assertThat(first.fields())
                .containsEntry("service.name", "cart")
                .containsEntry("trace_id", "ab12")
                .containsEntry("cores", "2");
        RecordedLine second = lines.get(1);
        assertThat(second.whole()).isFalse();
        assertThat(second.file()).isEqualTo("/a.log");
        assertThat(second.level()).isEqualTo("Warning");
        assertThat(second.text()).isEqualTo("{\"a\":[1,\"x\\\"y\"]}");
        assertThat(second.time()).isEqualTo(Instant.ofEpochSecond(1772438401));
    }

    @Test
    void putsTheRecordsOfSeveralLoggersInTheirOrderOfTime() {
        String json = """
                {"resourceLogs":[{"scopeLogs":[
                  {"scope":{"name":"a"},"logRecords":[
                    {"timeUnixNano":"10","body":{"stringValue":"1"}},{"body":{"stringValue":"2"}},
                    {"timeUnixNano":"40","body":{"stringValue":"5"}},{"timeUnixNano":"30","body":{"stringValue":"6"}}]},
                  {"scope":{"name":"b"},"logRecords":[
                    {"timeUnixNano":"20","body":{"stringValue":"3"}},{"observedTimeUnixNano":"35","body":{"stringValue":"4"}},
                    {"timeUnixNano":"50","body":{"stringValue":"7"}}]}]}]}""";

        assertThat(of(RecordFormat.OTLP_JSON, json))
                .extracting(RecordedLine::text)
                .containsExactly("1", "2", "3", "4", "5", "6", "7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\":\"broken",
                "{\"time\":\"2026-03-02T08:00:00Z\",\"level\":\"INFO\",\"message\":\"a line of JSON\"}",
                "{\"log\":\"a line of Docker\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-02T08:00:00Z\"}",
                "[main] INFO no list at all",
                "{\"resourceLogs\":[{\"scopeLogs\":7}]}",
                "{} {}",
                "plain"
            })
    void readsWhatIsNoEnvelopeAsALine(String value) {
        assertThat(of(RecordFormat.AUTO, value)).containsExactly(RecordedLine.of(value, false));
    }

    @Test
    void readsAnyBytesAsAFileWithThemWouldBe() {
        RecordLines lines = new RecordLines(RecordFormat.AUTO, 10);

        assertThat(lines.of(null)).containsExactly(RecordedLine.of("", false));
        assertThat(lines.of(new byte[0])).containsExactly(RecordedLine.of("", false));
        assertThat(lines.of(new byte[] {'a', (byte) 0xff, 'b', '\r', '\n', 'c'}))
                .extracting(RecordedLine::text)
                .containsExactly("a\u00ffb", "c");
        assertThat(lines.of("0123456789ab".getBytes(UTF_8))).containsExactly(RecordedLine.of("0123456789", true));
        assertThat(RecordLines.isDamaged(null)).isTrue();
        assertThat(RecordLines.isDamaged(new byte[] {(byte) 0xff})).isTrue();
        assertThat(RecordLines.isDamaged("ä".getBytes(UTF_8))).isFalse();
    }
}
