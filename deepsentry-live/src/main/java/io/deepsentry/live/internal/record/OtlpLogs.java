package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.live.record.RecordedLine;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log records of an export of OpenTelemetry, one after the other. A body is the message of an event, unless a file is named that it was read from: then it is a line
 * of that file. The attributes of resource, scope and record are its fields, the narrower before the wider.
 *
 * <p>The export stays encoded until it is asked for a record, so that it takes no more memory than its bytes whatever is in it. Nothing it holds is read recursively but
 * values within values, and these only so deep. For one thread.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">the data model of logs</a>
 * @see <a href="https://github.com/open-telemetry/opentelemetry-proto">opentelemetry/proto/logs/v1/logs.proto, for the numbers</a>
 */
public final class OtlpLogs {
    /** Values within values beyond this are left out. */
    static final int DEEPEST = 32;
    /** Attributes of one list beyond this are left out. */
    static final int MOST_ATTRIBUTES = 256;
    /** What scopes were called before version 1.0. */
    static final int OLD_SCOPES = 1000;

    static final List<String> RANGES = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");

    private static final String HOST = "host.name";
    private static final String SERVICE = "service.name";
    private static final List<String> FILES = List.of("log.file.path", "log.file.name");

    private final byte[] bytes;
    private Slices resources;
    private Slices scopes = Slices.NONE;
    private Slices records = Slices.NONE;
    private Map<String, String> resource = Map.of();
    private Map<String, String> around = Map.of();
    private String scope = "";

    private OtlpLogs(byte[] bytes) {
        this.bytes = bytes;
        this.resources = new Slices(bytes, 0, bytes.length);
    }

    /**
     * What an export holds.
     *
     * @param records its records
     * @param empty those of them that hold neither a body nor the name of an event, and are left out
     * @param timed whether each of them has a time
     */
    public record Contents(long records, long empty, boolean timed) {}

    /**
     * Begins with an export in its protobuf encoding.
     *
     * @param bytes are not copied, and must not change
     */
    public static OtlpLogs ofProtobuf(byte[] bytes) {
        return new OtlpLogs(bytes);
    }

    /**
     * Begins with an export in its JSON encoding.
     *
     * @throws IOException if it is none
     */
    public static OtlpLogs ofJson(byte[] json) throws IOException {
        return new OtlpLogs(OtlpJson.toProtobuf(json));
    }

    /**
     * Looks through the whole of it.
     *
     * @throws IOException if it is damaged
     */
    public Contents contents() throws IOException {
        OtlpLogs all = new OtlpLogs(bytes);
        long records = 0;
        long empty = 0;
        boolean timed = true;
        for (Log log = all.nextLog(); log != null; log = all.nextLog()) {
            records++;
            empty += log.isEmpty() ? 1 : 0;
            timed &= log.time != 0 || log.observed != 0;
        }
        return new Contents(records, empty, timed);
    }

    /**
     * Returns the next record that is not empty; null behind the last.
     *
     * @throws IOException if the export is damaged
     */
    public @Nullable RecordedLine next() throws IOException {
        Log log = nextLog();
        while (log != null && log.isEmpty()) {
            log = nextLog();
        }
        return log == null ? null : line(log);
    }

    /** Returns how many bytes it takes. */
    public int size() {
        return bytes.length;
    }

    private @Nullable Log nextLog() throws IOException {
        while (true) {
            if (records.next(2)) {
                return log(records);
            }
            if (scopes.next(2, OLD_SCOPES)) {
                records = new Slices(bytes, scopes.begin, scopes.end);
                enterScope();
            } else if (resources.next(1)) {
                scopes = new Slices(bytes, resources.begin, resources.end);
                enterResource();
            } else {
                return null;
            }
        }
    }

    private void enterResource() throws IOException {
        resource = new LinkedHashMap<>();
        Slices all = new Slices(bytes, resources.begin, resources.end);
        while (all.next(1)) {
            Slices attributes = new Slices(bytes, all.begin, all.end);
            while (attributes.next(1)) {
                attribute(attributes, resource);
            }
        }
    }

    private void enterScope() throws IOException {
        scope = "";
        around = new LinkedHashMap<>(resource);
        Map<String, String> own = new LinkedHashMap<>();
        Slices all = new Slices(bytes, scopes.begin, scopes.end);
        while (all.next(1)) {
            CodedInputStream in = all.inside();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    scope = in.readString();
                } else if (tag == (3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    attribute(all.within(in), own);
                } else {
                    skip(in, tag);
                }
            }
        }
        around.putAll(own);
    }

    /** A record as it is written. */
    private static final class Log {
        private long time;
        private long observed;
        private int severity;
        private String severityText = "";
        private String body = "";
        private String event = "";
        private final Map<String, String> own = new LinkedHashMap<>();

        boolean isEmpty() {
            return body.isEmpty() && event.isEmpty();
        }
    }

    private Log log(Slices slice) throws IOException {
        Log log = new Log();
        Map<String, String> ids = new LinkedHashMap<>();
        CodedInputStream in = slice.inside();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_FIXED64 -> log.time = in.readFixed64();
                case 11 << 3 | WireFormat.WIRETYPE_FIXED64 -> log.observed = in.readFixed64();
                case 2 << 3 | WireFormat.WIRETYPE_VARINT -> log.severity = in.readEnum();
                case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> log.severityText = in.readString();
                case 5 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> log.body = value(slice.within(in), 0, false);
                case 6 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> attribute(slice.within(in), log.own);
                case 9 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> put(ids, "trace_id", id(in.readByteArray()));
                case 10 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> put(ids, "span_id", id(in.readByteArray()));
                case 12 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> log.event = in.readString();
                default -> skip(in, tag);
            }
        }
        log.own.putAll(ids);
        put(log.own, "event.name", log.event);
        return log;
    }

    /** The id in hexadecimal; empty if it is not set. */
    private static String id(byte[] id) {
        for (byte each : id) {
            if (each != 0) {
                return HexFormat.of().formatHex(id);
            }
        }
        return "";
    }

    private RecordedLine line(Log log) {
        Map<String, String> fields = new LinkedHashMap<>(log.own);
        around.forEach(fields::putIfAbsent);
        String file = null;
        for (String name : FILES) {
            file = file == null ? fields.get(name) : file;
        }
        String level = log.severityText.isEmpty() && log.severity >= 1 && log.severity <= 24
                ? RANGES.get((log.severity - 1) / 4)
                : log.severityText;
        String service = fields.get(SERVICE);
        long nanos = log.time > 0 ? log.time : log.observed;
        return new RecordedLine(
                log.body.isEmpty() ? log.event : log.body,
                file == null,
                false,
                fields.get(HOST),
                file,
                nanos > 0 ? Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000) : null,
                level.isEmpty() ? null : level,
                scope.isEmpty() ? service : scope,
                fields);
    }

    private static void put(Map<String, String> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    private void attribute(Slices pair, Map<String, String> attributes) throws IOException {
        if (attributes.size() >= MOST_ATTRIBUTES) {
            return;
        }
        String key = "";
        String value = "";
        CodedInputStream in = pair.inside();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                key = in.readString();
            } else if (tag == (2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                value = value(pair.within(in), 0, false);
            } else {
                skip(in, tag);
            }
        }
        put(attributes, key, value);
    }

    /**
     * The text of a value; of a list or a map, its JSON.
     *
     * @param quoted whether a text is written as JSON writes it
     */
    private String value(Slices any, int depth, boolean quoted) throws IOException {
        String text = quoted ? "\"\"" : "";
        CodedInputStream in = any.inside();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> text = quoted(in.readString(), quoted);
                case 2 << 3 | WireFormat.WIRETYPE_VARINT -> text = String.valueOf(in.readBool());
                case 3 << 3 | WireFormat.WIRETYPE_VARINT -> text = String.valueOf(in.readInt64());
                case 4 << 3 | WireFormat.WIRETYPE_FIXED64 -> text = String.valueOf(in.readDouble());
                case 7 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
                    text = quoted(Base64.getEncoder().encodeToString(in.readByteArray()), quoted);
                case 5 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> text = list(any.within(in), depth + 1);
                case 6 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> text = map(any.within(in), depth + 1);
                default -> skip(in, tag);
            }
        }
        return text;
    }

    private String list(Slices list, int depth) throws IOException {
        StringBuilder json = new StringBuilder("[");
        while (depth <= DEEPEST && list.next(1)) {
            json.append(json.length() == 1 ? "" : ",")
                    .append(value(new Slices(bytes, list.begin, list.end), depth, true));
        }
        return json.append(']').toString();
    }

    private String map(Slices map, int depth) throws IOException {
        StringBuilder json = new StringBuilder("{");
        while (depth <= DEEPEST && map.next(1)) {
            String key = "";
            String value = "\"\"";
            CodedInputStream in = map.inside();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    key = in.readString();
                } else if (tag == (2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    value = value(map.within(in), depth, true);
                } else {
                    skip(in, tag);
                }
            }
            json.append(json.length() == 1 ? "" : ",")
                    .append(quoted(key, true))
                    .append(':')
                    .append(value);
        }
        return json.append('}').toString();
    }

    private static String quoted(String text, boolean quoted) {
        return quoted ? TextNode.valueOf(text).toString() : text;
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new IOException("a group ends that did not begin");
        }
    }

    /** The messages within a message, as places in its bytes. */
    private static final class Slices {
        private static final Slices NONE = new Slices(new byte[0], 0, 0);

        private final byte[] bytes;
        private final int from;
        private final CodedInputStream in;
        /** Where the message is that was found last. */
        private int begin;

        private int end;

        Slices(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.from = from;
            this.begin = from;
            this.end = to;
            this.in = CodedInputStream.newInstance(bytes, from, to - from);
        }

        /** Goes to the next message of a number, or another; says whether there is one. */
        boolean next(int... numbers) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                for (int number : numbers) {
                    if (tag == (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                        int length = in.readRawVarint32();
                        begin = from + in.getTotalBytesRead();
                        in.skipRawBytes(length);
                        end = begin + length;
                        return true;
                    }
                }
                skip(in, tag);
            }
            return false;
        }

        /** What is in the message found last, or in the whole before one was. */
        CodedInputStream inside() {
            return CodedInputStream.newInstance(bytes, begin, end - begin);
        }

        /** The message that a stream of {@link #inside} is before. */
        Slices within(CodedInputStream stream) throws IOException {
            int length = stream.readRawVarint32();
            int start = begin + stream.getTotalBytesRead();
            stream.skipRawBytes(length);
            return new Slices(bytes, start, start + length);
        }
    }
}
