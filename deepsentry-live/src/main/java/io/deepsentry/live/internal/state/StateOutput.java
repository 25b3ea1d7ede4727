package io.deepsentry.live.internal.state;

import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageValue;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes state so that {@link StateInput} reads the same, to the bit and the char. */
public final class StateOutput {
    /** The version of what is written. */
    public static final int VERSION = 4;
    /** The oldest version that can be read. */
    public static final int OLDEST_VERSION = 1;

    private final DataOutputStream out;

    public StateOutput(OutputStream out) {
        this.out = new DataOutputStream(out);
    }

    public void flag(boolean value) throws IOException {
        out.writeBoolean(value);
    }

    public void number(long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    public void real(double value) throws IOException {
        out.writeLong(Double.doubleToRawLongBits(value));
    }

    public void text(String text) throws IOException {
        boolean narrow = true;
        for (int i = 0; i < text.length() && narrow; i++) {
            narrow = text.charAt(i) < 0x80;
        }
        number(((long) text.length() << 1) | (narrow ? 0 : 1));
        if (narrow) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            // Half surrogate pairs, which no UTF-8 can hold, come through as they are.
            out.writeChars(text);
        }
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
        for (float value : vector) {
            out.writeInt(Float.floatToRawIntBits(value));
        }
    }

    public void time(@Nullable Instant time) throws IOException {
        flag(time != null);
        if (time != null) {
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
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
        for (MessageValue value : message.values()) {
            text(value.place());
            text(value.type().name());
            text(value.text());
            real(value.number());
        }
    }

    /** Without its session keys and its label, which alerts do not need. */
    public void event(LogEvent event) throws IOException {
        time(event.time());
        text(event.message());
        maybe(event.level());
        maybe(event.component());
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
        for (double value : values) {
            real(value);
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
