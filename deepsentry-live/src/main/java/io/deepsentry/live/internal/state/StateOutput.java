package io.deepsentry.live.internal.state;

import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes state so that {@link StateInput} reads the same, to the bit and the char. */
public final class StateOutput {
    /** The version of what is written. */
    public static final int VERSION = 6;
    /** The oldest version that can be read. */
    public static final int OLDEST_VERSION = 1;

    private static final int BUFFER = 4096;

    private final OutputStream out;
    /** Each value goes out in one piece: a stream that locks or sums does so once a value, not once a byte. */
    private final byte[] value = new byte[BUFFER];

    public StateOutput(OutputStream out) {
        this.out = out;
    }

    public void flag(boolean set) throws IOException {
        out.write(set ? 1 : 0);
    }

    public void number(long number) throws IOException {
        out.write(value, 0, put(0, number));
    }

    /** Puts a number into the value from a place on; returns where it ends. */
    private int put(int from, long number) {
        int at = from;
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            value[at++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        value[at++] = (byte) rest;
        return at;
    }

    private int putBytes(int from, long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            value[from + i] = (byte) (bits >>> (8 * (bytes - 1 - i)));
        }
        return from + bytes;
    }

    public void real(double real) throws IOException {
        out.write(value, 0, putBytes(0, Double.doubleToRawLongBits(real), Long.BYTES));
    }

    public void text(String text) throws IOException {
        boolean narrow = true;
        for (int i = 0; i < text.length() && narrow; i++) {
            narrow = text.charAt(i) < 0x80;
        }
        int at = put(0, ((long) text.length() << 1) | (narrow ? 0 : 1));
        for (int i = 0; i < text.length(); i++) {
            if (at > value.length - Character.BYTES) {
                out.write(value, 0, at);
                at = 0;
            }
            // Half surrogate pairs, which no UTF-8 can hold, come through as they are.
            char c = text.charAt(i);
            if (!narrow) {
                value[at++] = (byte) (c >>> 8);
            }
            value[at++] = (byte) c;
        }
        out.write(value, 0, at);
    }

    public void maybe(@Nullable String text) throws IOException {
        flag(text != null);
        if (text != null) {
            text(text);
        }
    }

    public void texts(List<String> texts) throws IOException {
        number(texts.size());
        for (String text : texts) {
            text(text);
        }
    }

    public void vector(float[] vector) throws IOException {
        number(vector.length);
        byte[] bytes = new byte[vector.length * Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().put(vector);
        out.write(bytes);
    }

    public void time(@Nullable Instant time) throws IOException {
        flag(time != null);
        if (time != null) {
            int at = putBytes(0, time.getEpochSecond(), Long.BYTES);
            out.write(value, 0, putBytes(at, time.getNano(), Integer.BYTES));
        }
    }

    public void bytes(byte[] bytes) throws IOException {
        number(bytes.length);
        out.write(bytes);
    }

    /** A message and its values. */
    public void message(IdentifiedMessage message) throws IOException {
        text(message.text());
        number(message.values().size());
        for (MessageValue said : message.values()) {
            text(said.place());
            text(said.type().name());
            text(said.text());
            real(said.number());
        }
    }

    /** Without its session keys and its label, which alerts do not need. */
    public void event(LogEvent event) throws IOException {
        time(event.time());
        text(event.message());
        maybe(event.level());
        maybe(event.component());
        maybe(event.thread());
        text(event.origin().file());
        number(event.origin().lineNumber());
        number(event.origin().byteOffset());
        number(event.fields().size());
        for (Map.Entry<String, String> field : event.fields().entrySet()) {
            text(field.getKey());
            text(field.getValue());
        }
    }

    /** See {@link #event}. */
    public void events(Collection<LogEvent> events) throws IOException {
        number(events.size());
        for (LogEvent event : events) {
            event(event);
        }
    }

    public void reals(List<Double> values) throws IOException {
        number(values.size());
        for (double each : values) {
            real(each);
        }
    }

    public void drift(DriftDetector.State state) throws IOException {
        reals(state.recent());
        number(state.seen());
        real(state.up());
        real(state.down());
        number(state.upFrom());
        number(state.downFrom());
    }

    public void places(Map<String, ReadPosition> places) throws IOException {
        number(places.size());
        for (Map.Entry<String, ReadPosition> entry : places.entrySet()) {
            text(entry.getKey());
            ReadPosition place = entry.getValue();
            text(place.file());
            text(place.key());
            number(place.readTo());
            text(place.trace());
            LinePosition next = place.next();
            number(next.offset());
            number(next.line());
            flag(next.released());
            number(place.size());
            number(place.watermark());
            number(next.textOffset());
            text(next.encoding());
            text(place.held());
        }
    }

    public void flush() throws IOException {
        out.flush();
    }
}
