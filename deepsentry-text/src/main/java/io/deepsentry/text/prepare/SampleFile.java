package io.deepsentry.text.prepare;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link LogSample}: four characters, a byte with the version, and compressed Protocol Buffers. Readers
 * skip fields that they do not know; the version rises only where older ones would read wrongly.
 */
final class SampleFile {
    static final int MAGIC_BYTES = 4;

    private static final byte[] MAGIC = {'D', 'S', 'L', 'S'};
    /** Of sessions. */
    private static final int VERSION = 1;
    /** Of streams, which programs that know only sessions would take for lines without a key. */
    private static final int VERSION_OF_STREAMS = 2;

    private static final int READING = 1;
    private static final int SIZE = 2;
    private static final int LIMIT = 3;
    private static final int LINES = 4;
    private static final int WITHOUT_KEY = 5;
    /** Names that come with many lines, by number from 1 in the order in which the sessions have them. */
    private static final int NAME = 6;
    /** Anything after the fields above. */
    private static final int SESSION = 7;

    private static final int FIRST_LIMIT = 8;
    private static final int HOUR_LIMIT = 9;
    /** The hashes of the messages of hours, by number from 1 in the order in which the hours have them. */
    private static final int SUMMED_MESSAGE = 10;

    private static final int FIRST = 11;
    private static final int HOUR = 12;

    private static final int KEY = 1;
    private static final int LINE = 2;

    private static final int SECONDS = 1;
    private static final int NANOS = 2;
    private static final int SOURCE = 3;
    private static final int NUMBER = 4;
    private static final int PLACE = 5;
    private static final int MESSAGE = 6;
    private static final int LEVEL = 7;
    private static final int COMPONENT = 8;
    private static final int THREAD = 9;
    private static final int LABEL = 10;
    private static final int FIELD_NAME = 11;
    private static final int FIELD_VALUE = 12;

    private static final int HASH = 1;
    /** Its line has the number of that of a session. */
    private static final int HOUR_SOURCE = 1;

    private static final int HOUR_NUMBER = 2;
    /** Minutes that have lines, each followed by how many. */
    private static final int MINUTE = 3;

    private static final int MINUTE_LINES = 4;
    /** Messages that the hour has, each followed by its lines. */
    private static final int MESSAGE_NUMBER = 5;

    private static final int MESSAGE_LINES = 6;

    private static final String FORMAT = "format";
    private static final String TIME_FORMAT = "time_format";
    private static final String PARSER = "custom_parser";
    private static final String ZONE = "time_zone";
    private static final String ON_MALFORMED = "on_malformed";
    private static final String SESSION_KEY = "session_key";
    private static final String STRETCH = "stretch";

    private SampleFile() {}

    static boolean begins(byte[] head) {
        return Arrays.equals(head, MAGIC);
    }

    /** Whether a file that begins as samples do is one of sessions. */
    static boolean isOfSessions(InputStream file) throws IOException {
        return begins(file.readNBytes(MAGIC_BYTES)) && file.read() != VERSION_OF_STREAMS;
    }

    static void write(LogSample sample, OutputStream file) throws IOException {
        file.write(MAGIC);
        file.write(sample.isOfStreams() ? VERSION_OF_STREAMS : VERSION);
        Deflater deflater = new Deflater();
        try {
            DeflaterOutputStream packed = new DeflaterOutputStream(file, deflater, 1 << 16);
            CodedOutputStream out = CodedOutputStream.newInstance(packed, 1 << 16);
            for (Map.Entry<String, String> each : settings(sample.reading()).entrySet()) {
                out.writeString(READING, each.getKey() + "=" + each.getValue());
            }
            out.writeUInt64(SIZE, sample.size());
            writeLimit(out, LIMIT, sample.kept());
            out.writeUInt64(LINES, sample.lines());
            out.writeUInt64(WITHOUT_KEY, sample.linesWithoutKey());
            Map<String, Integer> names = names(sample);
            for (String name : names.keySet()) {
                out.writeString(NAME, name);
            }
            writeLimit(out, FIRST_LIMIT, sample.firsts());
            writeLimit(out, HOUR_LIMIT, sample.hours());
            Map<Long, Integer> messages = summedMessages(sample);
            for (long message : messages.keySet()) {
                out.writeFixed64(SUMMED_MESSAGE, message);
            }
            for (LogSample.Ranked ranked : sample.kept().kept().values()) {
                out.writeBytes(SESSION, session(ranked, names));
            }
            for (Map.Entry<Long, LogSample.First> first : sample.firsts().kept().entrySet()) {
                out.writeBytes(FIRST, first(first.getKey(), first.getValue(), names));
            }
            for (HourSum sum : sample.hours().kept().values()) {
                out.writeBytes(HOUR, hour(sum, names, messages));
            }
            out.flush();
            packed.finish();
        } finally {
            deflater.end();
        }
    }

    private static void writeLimit(CodedOutputStream out, int field, LeastHashes<?> of) throws IOException {
        Long limit = of.limit();
        if (limit != null) {
            out.writeFixed64(field, limit);
        }
    }

    private static Map<String, String> settings(LogSample.Reading reading) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(FORMAT, reading.format());
        if (reading.timeFormat() != null) {
            settings.put(TIME_FORMAT, reading.timeFormat());
        }
        if (reading.customParser() != null) {
            settings.put(PARSER, reading.customParser());
        }
        settings.put(ZONE, reading.zone().getId());
        settings.put(ON_MALFORMED, reading.onMalformed().name());
        if (reading.sessionKey() == null) {
            settings.put(STRETCH, String.valueOf(reading.stretch()));
        } else {
            settings.put(SESSION_KEY, reading.sessionKey());
        }
        return settings;
    }

    private static Map<String, Integer> names(LogSample sample) {
        Map<String, Integer> names = new LinkedHashMap<>();
        for (LogSample.Ranked ranked : sample.kept().kept().values()) {
            ranked.inOrder().forEach(line -> addAll(names, line.event()));
        }
        sample.firsts()
                .kept()
                .values()
                .forEach(first -> addAll(names, first.line().event()));
        sample.hours().kept().values().forEach(sum -> add(names, sum.source()));
        return names;
    }

    private static void addAll(Map<String, Integer> names, LogEvent event) {
        add(names, event.origin().file());
        add(names, event.level());
        add(names, event.component());
        add(names, event.thread());
        event.fields().keySet().forEach(name -> add(names, name));
    }

    private static Map<Long, Integer> summedMessages(LogSample sample) {
        Map<Long, Integer> numbers = new LinkedHashMap<>();
        for (HourSum sum : sample.hours().kept().values()) {
            sum.messages().keySet().forEach(message -> numbers.putIfAbsent(message, numbers.size() + 1));
        }
        return numbers;
    }

    private static ByteString first(long message, LogSample.First first, Map<String, Integer> names)
            throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeFixed64(HASH, message);
        out.writeBytes(LINE, line(first.line(), names));
        out.flush();
        return bytes.toByteString();
    }

    private static ByteString hour(HourSum sum, Map<String, Integer> names, Map<Long, Integer> messages)
            throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        name(out, HOUR_SOURCE, sum.source(), names);
        out.writeSInt64(HOUR_NUMBER, sum.hour());
        long[] minutes = sum.minutes();
        for (int minute = 0; minute < minutes.length; minute++) {
            if (minutes[minute] > 0) {
                out.writeUInt32(MINUTE, minute);
                out.writeUInt64(MINUTE_LINES, minutes[minute]);
            }
        }
        for (Map.Entry<Long, Long> each : sum.messages().entrySet()) {
            out.writeUInt32(MESSAGE_NUMBER, Objects.requireNonNull(messages.get(each.getKey())));
            out.writeUInt64(MESSAGE_LINES, each.getValue());
        }
        out.flush();
        return bytes.toByteString();
    }

    private static void add(Map<String, Integer> names, @Nullable String name) {
        if (name != null) {
            names.putIfAbsent(name, names.size() + 1);
        }
    }

    private static ByteString session(LogSample.Ranked ranked, Map<String, Integer> names) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        if (ranked.key != null) {
            out.writeString(KEY, ranked.key);
        }
        for (LogSample.Line line : ranked.inOrder()) {
            out.writeBytes(LINE, line(line, names));
        }
        out.flush();
        return bytes.toByteString();
    }

    private static ByteString line(LogSample.Line line, Map<String, Integer> names) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        LogEvent event = line.event();
        Instant time = event.time();
        if (time != null) {
            out.writeSInt64(SECONDS, time.getEpochSecond());
            int nanos = time.get(ChronoField.NANO_OF_SECOND);
            if (nanos != 0) {
                out.writeUInt32(NANOS, nanos);
            }
        }
        name(out, SOURCE, event.origin().file(), names);
        out.writeUInt64(NUMBER, event.origin().lineNumber());
        if (line.place() > 0) {
            out.writeUInt32(PLACE, line.place());
        }
        out.writeString(MESSAGE, event.message());
        name(out, LEVEL, event.level(), names);
        name(out, COMPONENT, event.component(), names);
        name(out, THREAD, event.thread(), names);
        Label label = event.label();
        if (label != null) {
            out.writeString(LABEL, label.name());
        }
        for (Map.Entry<String, String> field : event.fields().entrySet()) {
            name(out, FIELD_NAME, field.getKey(), names);
            out.writeString(FIELD_VALUE, field.getValue());
        }
        out.flush();
        return bytes.toByteString();
    }

    private static void name(CodedOutputStream out, int field, @Nullable String name, Map<String, Integer> names)
            throws IOException {
        Integer number = name == null ? null : names.get(name);
        if (number != null) {
            out.writeUInt32(field, number);
        }
    }

    /**
     * Reads a sample, without keeping more than its size, whatever the bytes say.
     *
     * @param what names it in errors
     */
    static LogSample read(InputStream file, String what) {
        Inflater inflater = new Inflater();
        try {
            if (!begins(file.readNBytes(MAGIC_BYTES))) {
                throw new DataException(what + " is not a sample of a log");
            }
            int version = file.read();
            if (version != VERSION && version != VERSION_OF_STREAMS) {
                throw new DataException(what + " has version " + version + ", but this program reads " + VERSION
                        + " and " + VERSION_OF_STREAMS + "; sample the log again, or use a later program");
            }
            CodedInputStream in = CodedInputStream.newInstance(new InflaterInputStream(file, inflater, 1 << 16));
            in.setSizeLimit(Integer.MAX_VALUE);
            return new Reader(in, version == VERSION_OF_STREAMS).read();
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new DataException(what + " is damaged: " + e.getMessage() + "; copy it or sample the log again", e);
        } finally {
            inflater.end();
        }
    }

    /** Reads one file. */
    private static final class Reader {
        private final CodedInputStream in;
        private final boolean ofStreams;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> names = new ArrayList<>();
        private long size;
        private @Nullable Long limit;
        private @Nullable Long firstLimit;
        private @Nullable Long hourLimit;
        private final List<Long> summedMessages = new ArrayList<>();
        private long lines;
        private long withoutKey;

        Reader(CodedInputStream in, boolean ofStreams) {
            this.in = in;
            this.ofStreams = ofStreams;
        }

        LogSample read() throws IOException {
            LogSample sample = null;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case READING -> {
                        String text = in.readString();
                        int equals = text.indexOf('=');
                        settings.put(text.substring(0, Math.max(0, equals)), text.substring(equals + 1));
                    }
                    case SIZE -> size = in.readUInt64();
                    case LIMIT -> limit = in.readFixed64();
                    case LINES -> lines = in.readUInt64();
                    case WITHOUT_KEY -> withoutKey = in.readUInt64();
                    case NAME -> names.add(in.readString());
                    case SESSION -> {
                        sample = sample == null ? empty() : sample;
                        session(in.readBytes().newCodedInput(), sample);
                    }
                    case FIRST_LIMIT -> firstLimit = in.readFixed64();
                    case HOUR_LIMIT -> hourLimit = in.readFixed64();
                    case SUMMED_MESSAGE -> summedMessages.add(in.readFixed64());
                    case FIRST -> {
                        sample = sample == null ? empty() : sample;
                        first(in.readBytes().newCodedInput(), sample);
                    }
                    case HOUR -> {
                        sample = sample == null ? empty() : sample;
                        hour(in.readBytes().newCodedInput(), sample);
                    }
                    default -> in.skipField(tag);
                }
            }
            return sample == null ? empty() : sample;
        }

        private LogSample empty() throws IOException {
            LogSample.Reading reading = new LogSample.Reading(
                    setting(FORMAT),
                    settings.get(TIME_FORMAT),
                    settings.get(PARSER),
                    ZoneId.of(setting(ZONE)),
                    OnMalformed.valueOf(setting(ON_MALFORMED)),
                    ofStreams ? null : setting(SESSION_KEY),
                    ofStreams ? Integer.parseInt(setting(STRETCH)) : 0);
            // What is kept was redacted before.
            LogSample sample = new LogSample(reading, Redaction.of(List.of()), size);
            sample.resume(lines, withoutKey);
            sample.kept().lower(limit);
            sample.firsts().lower(firstLimit);
            sample.hours().lower(hourLimit);
            return sample;
        }

        private String setting(String name) throws IOException {
            String value = settings.get(name);
            if (value == null) {
                throw new IOException("it does not say the " + name.replace('_', ' '));
            }
            return value;
        }

        private void session(CodedInputStream of, LogSample sample) throws IOException {
            String key = null;
            for (int tag = of.readTag(); tag != 0; tag = of.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case KEY -> key = of.readString();
                    case LINE -> sample.add(key, line(of.readBytes().newCodedInput()));
                    default -> of.skipField(tag);
                }
            }
        }

        private void first(CodedInputStream of, LogSample sample) throws IOException {
            long message = 0;
            for (int tag = of.readTag(); tag != 0; tag = of.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case HASH -> message = of.readFixed64();
                    case LINE -> sample.addFirst(message, line(of.readBytes().newCodedInput()));
                    default -> of.skipField(tag);
                }
            }
        }

        private void hour(CodedInputStream of, LogSample sample) throws IOException {
            String source = "";
            long hour = 0;
            int minute = 0;
            long message = 0;
            HourSum sum = new HourSum(source, hour);
            for (int tag = of.readTag(); tag != 0; tag = of.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case HOUR_SOURCE -> source = name(of.readUInt32());
                    case HOUR_NUMBER -> hour = of.readSInt64();
                    case MINUTE -> minute = Math.floorMod(of.readUInt32(), HourSum.MINUTES);
                    case MINUTE_LINES -> sum.addLines(minute, of.readUInt64());
                    case MESSAGE_NUMBER -> message = summedMessage(of.readUInt32());
                    case MESSAGE_LINES -> {
                        long unused = sum.addMessage(message, of.readUInt64());
                    }
                    default -> of.skipField(tag);
                }
            }
            sample.addHour(source, hour, own -> own.add(sum));
        }

        private long summedMessage(int number) throws IOException {
            if (number < 1 || number > summedMessages.size()) {
                throw new IOException("it counts " + summedMessages.size() + " messages, and none of number " + number);
            }
            return summedMessages.get(number - 1);
        }

        private LogSample.Line line(CodedInputStream of) throws IOException {
            Long seconds = null;
            int nanos = 0;
            String source = "";
            long number = 1;
            int place = 0;
            String message = "";
            String level = null;
            String component = null;
            String thread = null;
            Label label = null;
            String field = "";
            Map<String, String> fields = new LinkedHashMap<>();
            for (int tag = of.readTag(); tag != 0; tag = of.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case SECONDS -> seconds = of.readSInt64();
                    case NANOS -> nanos = of.readUInt32();
                    case SOURCE -> source = name(of.readUInt32());
                    case NUMBER -> number = of.readUInt64();
                    case PLACE -> place = of.readUInt32();
                    case MESSAGE -> message = of.readString();
                    case LEVEL -> level = name(of.readUInt32());
                    case COMPONENT -> component = name(of.readUInt32());
                    case THREAD -> thread = name(of.readUInt32());
                    case LABEL -> label = Label.valueOf(of.readString().toUpperCase(Locale.ROOT));
                    case FIELD_NAME -> field = name(of.readUInt32());
                    case FIELD_VALUE -> fields.put(field, of.readString());
                    default -> of.skipField(tag);
                }
            }
            return new LogSample.Line(
                    new LogEvent(
                            seconds == null ? null : Instant.ofEpochSecond(seconds, nanos),
                            message,
                            level,
                            component,
                            thread,
                            new Origin(source, number, LogSample.NO_OFFSET),
                            List.of(),
                            label,
                            fields),
                    place);
        }

        private String name(int number) throws IOException {
            if (number < 1 || number > names.size()) {
                throw new IOException("it has " + names.size() + " names, and none of number " + number);
            }
            return names.get(number - 1);
        }
    }
}
