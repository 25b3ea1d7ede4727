package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.live.RecordReader;
import io.deepsentry.parse.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AlertFormatTest {
    private static final Instant TIME = Instant.parse("2008-11-09T20:35:18Z");

    @Test
    void writesTheRecordOfASessionOnOneLine() {
        Alert alert = new Alert(
                TIME,
                3.25,
                1.5,
                "Exception in \"receiveBlock\" for block blk_1",
                List.of("Receiving block", "Got -> exception", "Exception in \"receiveBlock\" for block blk_1"),
                "blk_1",
                "0123456789abcdef",
                new Origin("/var/log/hdfs.log", 42, 1000));
        assertThat(AlertFormat.RECORD.write(alert))
                .isEqualTo("TIMESTAMP=2008-11-09T20:35:18Z SCORE=3.25 THRESHOLD=1.5"
                        + " MESSAGE=\"Exception in \\\"receiveBlock\\\" for block blk_1\""
                        + " CONTEXT_WINDOW=\"Receiving block -> Got -\\u003e exception"
                        + " -> Exception in \\\"receiveBlock\\\" for block blk_1\""
                        + " SESSION=blk_1 ID=0123456789abcdef SOURCE=/var/log/hdfs.log:42");
        assertThat(AlertFormat.JSON.write(alert))
                .isEqualTo("{\"timestamp\":\"2008-11-09T20:35:18Z\",\"score\":3.25,\"threshold\":1.5,"
                        + "\"message\":\"Exception in \\\"receiveBlock\\\" for block blk_1\","
                        + "\"context_window\":[\"Receiving block\",\"Got -> exception\","
                        + "\"Exception in \\\"receiveBlock\\\" for block blk_1\"],"
                        + "\"session\":\"blk_1\",\"id\":\"0123456789abcdef\","
                        + "\"source\":\"/var/log/hdfs.log:42\",\"byte_offset\":1000}");
    }

    static List<String> hostileTexts() {
        return List.of(
                "",
                " ",
                "-",
                "->",
                " -> ",
                "->->",
                "a ->",
                "-> b",
                "- > -",
                "\"",
                "\\",
                "\\\"",
                "\\u003e",
                "-\\u003e",
                "\" SESSION=forged ID=0 \"",
                "line\nline\r\nline",
                "\u0000\u0007\u001b[2J\u001b]0;title\u0007\u007f\u009b31m",
                "\u202e\u200b\u2028\u2029\ufeff",
                "\ud800",
                "\udc00\ud800",
                "\ud83d\ude00 \u4e2d\u6587 \u00e9",
                "\udb40\udc41",
                "\ufffd",
                "TIMESTAMP=2000-01-01T00:00:00Z",
                "x".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void keepsHostileTextWholeAndOnOneHarmlessLine(String text) throws Exception {
        Alert alert = new Alert(
                TIME, 1e-300, -0.0, text, List.of("first", text, text), text, "id", new Origin("f" + text, 1, 0));
        String line = AlertFormat.RECORD.write(alert);
        assertThat(line.codePoints().filter(AlertFormatTest::isUnsafe)).isEmpty();
        assertThat(new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(line);
        assertThat(RecordReader.read(line)).isEqualTo(alert);

        String json = AlertFormat.JSON.write(alert);
        assertThat(json.codePoints().filter(AlertFormatTest::isUnsafe)).isEmpty();
        JsonNode node = new JsonMapper().readTree(json);
        assertThat(node.get("message").asText()).isEqualTo(text);
        assertThat(node.get("context_window").get(2).asText()).isEqualTo(text);
        assertThat(node.get("session").asText()).isEqualTo(text);
        assertThat(node.get("source").asText()).isEqualTo("f" + text + ":1");
    }

    @Test
    void keepsRandomTextWhole() {
        Random random = new Random(11);
        String alphabet = "ab->\\\" \n\t\u001b\u00e9\ud83d\ude00u0=";
        for (int round = 0; round < 2000; round++) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(12); n > 0; n--) {
                    text.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                texts.add(text.toString());
            }
            Alert alert = new Alert(
                    TIME, random.nextGaussian(), 0, texts.get(0), texts, texts.get(1), "id", new Origin("f", 1, 0));
            assertThat(RecordReader.read(AlertFormat.RECORD.write(alert))).isEqualTo(alert);
        }
    }

    @ParameterizedTest
    @EnumSource(AlertFormat.class)
    void tellsAStreamFromASessionThatIsNamedLikeIt(AlertFormat format) {
        Alert stream = new Alert(TIME, 1, 0, "m", List.of("m"), null, "id", new Origin("f", 1, 0));
        Alert session = new Alert(TIME, 1, 0, "m", List.of("m"), "-", "id", new Origin("f", 1, 0));
        assertThat(format.write(stream)).isNotEqualTo(format.write(session));
        assertThat(RecordReader.read(AlertFormat.RECORD.write(stream)).session())
                .isNull();
        assertThat(RecordReader.read(AlertFormat.RECORD.write(session)).session())
                .isEqualTo("-");
    }

    @Test
    void refusesAnAlertThatCouldNotBeRead() {
        Origin origin = new Origin("f", 1, 0);
        assertThatThrownBy(() -> new Alert(TIME, Double.NaN, 0, "m", List.of("m"), null, "id", origin))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Alert(TIME, 1, Double.POSITIVE_INFINITY, "m", List.of("m"), null, "id", origin))
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> new Alert(TIME, 1, 0, "m", List.of(), null, "id", origin))
                .hasMessageContaining("contextWindow");
        assertThatThrownBy(() -> new Alert(TIME, 1, 0, "m", List.of("m"), null, " ", origin))
                .hasMessageContaining("id");
    }

    private static boolean isUnsafe(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
