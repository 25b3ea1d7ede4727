package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.live.record.RecordedLine;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The log records of an export of OpenTelemetry, one after the other. An export has them sorted by resource and scope,
 * that is by logger: here the oldest comes first, while those of one logger stay in their order. A body is the message
 * of an event, unless a file is named that it was read from: then it is a line of that file. The attributes of
 * resource, scope and record are its fields, the narrower before the wider.
 *
 * <p>The export stays encoded until it is asked for a record, so that it takes no more memory than its bytes whatever
 * is in it. Nothing it holds is read recursively but values within values, and these only so deep. For one thread.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">the data model of logs</a>
 * @see <a href="https://github.com/open-telemetry/opentelemetry-proto">opentelemetry/proto/logs/v1/logs.proto, for the
 *     numbers</a>
 */
public final class OtlpLogs {
    /** Values within values beyond this are left out. */
    static final int DEEPEST = 32;
    /** Attributes of one list beyond this are left out. */
    static final int MOST_ATTRIBUTES = 256;
    /** Scopes beyond this are read after those before. */
    private static final int MOST_GROUPS = 1000;
    /** What scopes were called before version 1.0. */
    static final int OLD_SCOPES = 1000;

    static final List<String> RANGES = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");

    private static final String HOST = "host.name";
    private static final String SERVICE = "service.name";
    private static final List<String> FILES = List.of("log.file.path", "log.file.name");

    private final byte[] bytes;
    private final Slices resources;
    private Slices scopes = Slices.NONE;
    private Map<String, String> resource = Map.of();
    /** By the times of their next records, of equal ones in the order of the export. */
    private final PriorityQueue<Group> groups = new PriorityQueue<>(
            Comparator.comparingLong((Group group) -> group.time).thenComparingInt(group -> group.ordinal));

    private int ordinal;
    private long seen;
    private long empty;
    private boolean timed = true;

    private OtlpLogs(byte[] bytes) {
        this.bytes = bytes;
        this.resources = new Slices(bytes, 0, bytes.length);
    }

    /** The records of a scope of a resource, in order. */
    private static final class Group {
        private final int ordinal;
        private final Slices records;
        private final String scope;
        private final Map<String, String> around;
        private Log next = new Log();
        private long time = Long.MIN_VALUE;

        Group(int ordinal, Slices records, String scope, Map<String, String> around) {
            this.ordinal = ordinal;
            this.records = records;
            this.scope = scope;
            this.around = around;
        }
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
        while (all.first() != null) {
            all.pass();
        }
        return new Contents(all.seen, all.empty, all.timed);
    }

    /**
     * Returns the next record that is not empty; null behind the last.
     *
     * @throws IOException if the export is damaged
     */
    public @Nullable RecordedLine next() throws IOException {
        Group group = first();
        if (group == null) {
            return null;
        }
        RecordedLine line = line(group.next, group);
        pass();
        return line;
    }

    /** Returns how many bytes it takes. */
    public int size() {
        return bytes.length;
    }

    /** The group whose next record is the oldest. */
    private @Nullable Group first() throws IOException {
        boolean more = true;
        while (groups.isEmpty() && more) {
            while (more && groups.size() < MOST_GROUPS) {
                more = open();
            }
        }
        return groups.peek();
    }

    /** Goes to the next record of the first group. */
    private void pass() throws IOException {
        Group group = groups.remove();
        if (advance(group)) {
            groups.add(group);
        }
    }

    /** Opens the next group; says whether there was one. */
    private boolean open() throws IOException {
        while (!scopes.next(2, OLD_SCOPES)) {
            if (!resources.next(1)) {
                return false;
            }
            scopes = new Slices(bytes, resources.begin, resources.end);
            resource = resource(new Slices(bytes, resources.begin, resources.end));
        }
        Group group = group(new Slices(bytes, scopes.begin, scopes.end));
        if (advance(group)) {
            groups.add(group);
        }
        return true;
    }

    /** Goes to the next record that is not empty; says whether there is one. */
    private boolean advance(Group group) throws IOException {
        while (group.records.next(2)) {
            Log log = log(group.records);
            seen++;
            timed &= log.nanos() != 0;
            if (log.isEmpty()) {
                empty++;
            } else {
                group.next = log;
                // One without a time stays where it is.
                group.time = log.nanos() == 0 ? group.time : log.nanos();
                return true;
            }
        }
        return false;
    }

    private Map<String, String> resource(Slices ofResource) throws IOException {
        Map<String, String> attributes = new LinkedHashMap<>();
        while (ofResource.next(1)) {
            Slices within = new Slices(bytes, ofResource.begin, ofResource.end);
            while (within.next(1)) {
                attribute(within, attributes);
            }
        }
        return attributes;
    }

    private Group group(Slices ofScope) throws IOException {
        String scope = "";
        Map<String, String> own = new LinkedHashMap<>();
        Slices all = new Slices(bytes, ofScope.begin, ofScope.end);
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
        Map<String, String> around = own;
        if (own.isEmpty()) {
            around = resource;
        } else {
            resource.forEach(own::putIfAbsent);
        }
        return new Group(ordinal++, ofScope, scope, around);
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

        /** When it was, or was seen, in nanoseconds since 1970; 0 if it does not say. */
        long nanos() {
            return Math.max(0, time > 0 ? time : observed);
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

    private static RecordedLine line(Log log, Group group) {
        Map<String, String> fields = new LinkedHashMap<>(log.own);
        group.around.forEach(fields::putIfAbsent);
        String file = null;
        for (String name : FILES) {
            file = file == null ? fields.get(name) : file;
        }
        String level = log.severityText.isEmpty() && log.severity >= 1 && log.severity <= 24
                ? RANGES.get((log.severity - 1) / 4)
                : log.severityText;
        String service = fields.get(SERVICE);
        long nanos = log.nanos();
        return new RecordedLine(
                log.body.isEmpty() ? log.event : log.body,
                file == null,
                false,
                fields.get(HOST),
                file,
                nanos > 0 ? Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000) : null,
                level.isEmpty() ? null : level,
                group.scope.isEmpty() ? service : group.scope,
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
