package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The JSON encoding of OpenTelemetry's log exports as their protobuf encoding, so that one reader reads both. Follows
 * proto3's JSON mapping with OTLP's exceptions: ids are hexadecimal, enum values may be numbers. What the data model
 * does not name is left out.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">the JSON encoding</a>
 */
final class OtlpJson {
    private static final int DEEPEST = 1000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .build();

    private enum Kind {
        MESSAGE,
        MESSAGES,
        TEXT,
        BOOLEAN,
        INT64,
        FIXED64,
        DOUBLE,
        BASE64,
        HEX,
        SEVERITY
    }

    /** A member of a message: its number, how it is written, and the message that it holds. */
    private record Member(int number, Kind kind, Message message) {}

    /** The members of a message by their names. */
    private static final class Message {
        private static final Message NONE = new Message();
        private final Map<String, Member> members = new HashMap<>();

        Message with(String name, int number, Kind kind) {
            return with(name, number, kind, NONE);
        }

        Message with(String name, int number, Kind kind, Message message) {
            members.put(name, new Member(number, kind, message));
            return this;
        }
    }

    private static final Message EXPORT = export();

    private OtlpJson() {}

    private static Message export() {
        Message value = new Message();
        Message pair = new Message().with("key", 1, Kind.TEXT).with("value", 2, Kind.MESSAGE, value);
        value.with("stringValue", 1, Kind.TEXT)
                .with("boolValue", 2, Kind.BOOLEAN)
                .with("intValue", 3, Kind.INT64)
                .with("doubleValue", 4, Kind.DOUBLE)
                .with("arrayValue", 5, Kind.MESSAGE, new Message().with("values", 1, Kind.MESSAGES, value))
                .with("kvlistValue", 6, Kind.MESSAGE, new Message().with("values", 1, Kind.MESSAGES, pair))
                .with("bytesValue", 7, Kind.BASE64);
        Message log = new Message()
                .with("timeUnixNano", 1, Kind.FIXED64)
                .with("severityNumber", 2, Kind.SEVERITY)
                .with("severityText", 3, Kind.TEXT)
                .with("body", 5, Kind.MESSAGE, value)
                .with("attributes", 6, Kind.MESSAGES, pair)
                .with("traceId", 9, Kind.HEX)
                .with("spanId", 10, Kind.HEX)
                .with("observedTimeUnixNano", 11, Kind.FIXED64)
                .with("eventName", 12, Kind.TEXT);
        Message scope = new Message().with("name", 1, Kind.TEXT).with("attributes", 3, Kind.MESSAGES, pair);
        Message ofScope = new Message().with("scope", 1, Kind.MESSAGE, scope).with("logRecords", 2, Kind.MESSAGES, log);
        Message resource = new Message().with("attributes", 1, Kind.MESSAGES, pair);
        Message ofResource = new Message()
                .with("resource", 1, Kind.MESSAGE, resource)
                .with("scopeLogs", 2, Kind.MESSAGES, ofScope)
                .with("instrumentationLibraryLogs", OtlpLogs.OLD_SCOPES, Kind.MESSAGES, ofScope);
        return new Message().with("resourceLogs", 1, Kind.MESSAGES, ofResource);
    }

    /**
     * Returns an export in its protobuf encoding.
     *
     * @throws IOException if it is no JSON, or not built as an export is
     */
    static byte[] toProtobuf(byte[] json) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length);
        try (JsonParser parser = FACTORY.createParser(json)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, "an export is an object");
            write(parser, EXPORT, bytes, 0);
            require(parser.nextToken() == null, "something follows the export");
        }
        return bytes.toByteArray();
    }

    private static void write(JsonParser json, Message message, ByteArrayOutputStream bytes, int depth)
            throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            Member member = message.members.get(camelCase(json.currentName()));
            JsonToken token = json.nextToken();
            if (member == null || token == JsonToken.VALUE_NULL || depth > OtlpLogs.DEEPEST) {
                json.skipChildren();
            } else if (member.kind == Kind.MESSAGE) {
                require(token == JsonToken.START_OBJECT, "an object is expected");
                nested(json, member, out, depth);
            } else if (member.kind == Kind.MESSAGES) {
                require(token == JsonToken.START_ARRAY, "a list is expected");
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    require(json.currentToken() == JsonToken.START_OBJECT, "a list of objects is expected");
                    nested(json, member, out, depth);
                }
            } else {
                require(token.isScalarValue(), "a text or a number is expected");
                scalar(json.getText(), member, out);
            }
        }
        require(json.currentToken() == JsonToken.END_OBJECT, "an object breaks off");
        out.flush();
    }

    /** Names may also be written as in the protobuf files. */
    private static String camelCase(String name) {
        if (name.indexOf('_') < 0) {
            return name;
        }
        StringBuilder camel = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean upper = i > 0 && name.charAt(i - 1) == '_';
            if (name.charAt(i) != '_') {
                camel.append(upper ? Character.toUpperCase(name.charAt(i)) : name.charAt(i));
            }
        }
        return camel.toString();
    }

    private static void nested(JsonParser json, Member member, CodedOutputStream out, int depth) throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        write(json, member.message, inner, depth + 1);
        out.writeByteArray(member.number, inner.toByteArray());
    }

    private static void scalar(String text, Member member, CodedOutputStream out) throws IOException {
        int number = member.number;
        try {
            switch (member.kind) {
                case TEXT -> out.writeString(number, text);
                case BOOLEAN -> out.writeBool(number, Boolean.parseBoolean(text));
                case INT64 -> out.writeInt64(number, Long.parseLong(text));
                case FIXED64 -> out.writeFixed64(number, Long.parseUnsignedLong(text));
                case DOUBLE -> out.writeDouble(number, Double.parseDouble(text));
                case BASE64 -> out.writeByteArray(number, Base64.getDecoder().decode(text));
                case HEX -> out.writeByteArray(number, HexFormat.of().parseHex(text));
                case SEVERITY -> out.writeEnum(number, severity(text));
                default -> throw new IllegalStateException(member.kind + " is no scalar");
            }
        } catch (IllegalArgumentException e) {
            // A number or an id that is none says nothing.
            return;
        }
    }

    /** By its number, or by its name as {@code SEVERITY_NUMBER_INFO2}. */
    private static int severity(String text) {
        String name = text.toUpperCase(Locale.ROOT).replace("SEVERITY_NUMBER_", "");
        List<String> ranges = OtlpLogs.RANGES;
        for (int i = 0; i < ranges.size(); i++) {
            if (name.startsWith(ranges.get(i))) {
                return 4 * i + 1;
            }
        }
        return Integer.parseInt(text);
    }

    private static void require(boolean met, String rule) throws IOException {
        if (!met) {
            throw new IOException(rule);
        }
    }
}
