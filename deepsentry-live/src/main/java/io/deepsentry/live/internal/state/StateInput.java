package io.deepsentry.live.internal.state;

import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateOutput} wrote. Nothing is allocated for a length before what it announces is there. */
public final class StateInput {
    private static final int CHUNK = 1 << 16;

    /** The first version whose events have their fields. */
    private static final int FIELDS_VERSION = 2;
    /** The first version whose streams have evidence, and whose messages their values. */
    private static final int EVIDENCE_VERSION = 3;
    /** The first version whose sessions have evidence. */
    private static final int SESSION_EVIDENCE_VERSION = 5;
    /** The first version whose places hold what is in no event yet. */
    private static final int HOLDING_VERSION = 2;

    /** The first version that has findings. */
    private static final int FINDINGS_VERSION = 4;

    /** The first version whose events have their thread. */
    private static final int THREADS_VERSION = 6;

    /** The first version that says where in their log sessions lie. */
    private static final int EDGES_VERSION = 3;

    private final DataInputStream in;
    private final int version;

    /** Reads what this version of the program wrote. */
    public StateInput(InputStream in) {
        this(in, StateOutput.VERSION);
    }

    /**
     * Reads what an earlier version wrote.
     *
     * @param version from {@link StateOutput#OLDEST_VERSION} to {@link StateOutput#VERSION}
     */
    public StateInput(InputStream in, int version) {
        this.in = new DataInputStream(in);
        this.version = version;
    }

    /** Whether it says where in their log sessions lie. */
    public boolean hasEdges() {
        return version >= EDGES_VERSION;
    }

    /** Whether it was written by a version that counts findings. */
    public boolean hasFindings() {
        return version >= FINDINGS_VERSION;
    }

    public boolean flag() throws IOException {
        return in.readBoolean();
    }

    public long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new IOException("a number has no end");
    }

    public int count() throws IOException {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IOException("a count of " + value);
        }
        return (int) value;
    }

    public double real() throws IOException {
        return Double.longBitsToDouble(in.readLong());
    }

    public String text() throws IOException {
        long coded = number();
        long length = coded >>> 1;
        boolean wide = (coded & 1) != 0;
        if (length > Integer.MAX_VALUE / 2) {
            throw new IOException("a text of " + length + " chars");
        }
        StringBuilder text = new StringBuilder((int) Math.min(length, CHUNK));
        for (long left = length; left > 0; ) {
            int chars = (int) Math.min(left, CHUNK);
            byte[] bytes = in.readNBytes(wide ? 2 * chars : chars);
            if (bytes.length < (wide ? 2 * chars : chars)) {
                throw new EOFException("a text breaks off");
            }
            if (wide) {
                for (int i = 0; i < chars; i++) {
                    text.append((char) (((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF)));
                }
            } else {
                text.append(new String(bytes, StandardCharsets.ISO_8859_1));
            }
            left -= chars;
        }
        return text.toString();
    }

    public @Nullable String maybe() throws IOException {
        return flag() ? text() : null;
    }

    public List<String> texts() throws IOException {
        int count = count();
        List<String> texts = new ArrayList<>(Math.min(count, CHUNK));
        for (int i = 0; i < count; i++) {
            texts.add(text());
        }
        return texts;
    }

    public float[] vector() throws IOException {
        int length = count();
        if (length > CHUNK) {
            throw new IOException("a vector of " + length + " values");
        }
        float[] vector = new float[length];
        for (int i = 0; i < length; i++) {
            vector[i] = Float.intBitsToFloat(in.readInt());
        }
        return vector;
    }

    @Nullable
    public Instant time() throws IOException {
        return flag() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
    }

    public byte[] bytes() throws IOException {
        int length = count();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("bytes break off");
        }
        return bytes;
    }

    /** Whether it was written by a version whose streams have evidence, and whose messages their values. */
    public boolean hasEvidence() {
        return version >= EVIDENCE_VERSION;
    }

    /** Whether it was written by a version whose sessions have evidence. */
    public boolean hasSessionEvidence() {
        return version >= SESSION_EVIDENCE_VERSION;
    }

    public IdentifiedMessage message() throws IOException {
        String text = text();
        int count = count();
        List<MessageValue> values = new ArrayList<>(Math.min(count, CHUNK));
        for (int i = 0; i < count; i++) {
            String place = text();
            String type = text();
            try {
                values.add(new MessageValue(place, MaskType.valueOf(type), text(), real()));
            } catch (IllegalArgumentException e) {
                throw new IOException("a value of the unknown type " + type, e);
            }
        }
        return new IdentifiedMessage(text, values);
    }

    public LogEvent event() throws IOException {
        Instant time = time();
        String message = text();
        String level = maybe();
        String component = maybe();
        String thread = version < THREADS_VERSION ? null : maybe();
        Origin origin = new Origin(text(), number(), number());
        Map<String, String> fields = new LinkedHashMap<>();
        int count = version < FIELDS_VERSION ? 0 : count();
        for (int i = 0; i < count; i++) {
            fields.put(text(), text());
        }
        return new LogEvent(time, message, level, component, thread, origin, List.of(), null, fields);
    }

    public List<LogEvent> events() throws IOException {
        int count = count();
        List<LogEvent> events = new ArrayList<>(Math.min(count, CHUNK));
        for (int i = 0; i < count; i++) {
            events.add(version < FIELDS_VERSION ? message(text()) : event());
        }
        return events;
    }

    /** Earlier versions kept no more than the message. */
    private static LogEvent message(String text) {
        return new LogEvent(null, text, null, null, new Origin("", 1, 0), List.of(), null);
    }

    public List<Double> reals() throws IOException {
        int count = count();
        List<Double> values = new ArrayList<>(Math.min(count, CHUNK));
        for (int i = 0; i < count; i++) {
            values.add(real());
        }
        return values;
    }

    public DriftDetector.State drift() throws IOException {
        return new DriftDetector.State(reals(), number(), real(), real(), number(), number());
    }

    public Map<String, ReadPosition> places() throws IOException {
        int count = count();
        Map<String, ReadPosition> places = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            places.put(text(), place());
        }
        return places;
    }

    private ReadPosition place() throws IOException {
        String file = text();
        String key = text();
        long readTo = number();
        String trace = text();
        long offset = number();
        long line = number();
        boolean released = flag();
        long size = number();
        long watermark = number();
        boolean whole = version >= HOLDING_VERSION;
        LinePosition next = new LinePosition(offset, whole ? number() : offset, line, released, whole ? text() : "");
        return new ReadPosition(file, key, readTo, trace, next, size, watermark, whole ? text() : "");
    }
}
