package io.deepsentry.anomaly;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.core.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An open session or stream as a value: what another process needs to resume it, with the same verdicts to the bit.
 *
 * <pre>{@code
 * byte[] bytes = session.state().toBytes();
 * SentrySession same = sentry.resume(SavedState.fromBytes(bytes));
 * }</pre>
 *
 * <p>It holds text and numbers, no vectors and no native handles. It names the model by {@link Sentry#modelDigest()},
 * and only that model resumes it. The serialized form is compressed Protocol Buffers behind a byte with the version.
 * A reader skips the fields that it does not know, and a field that is not there has its default. The version rises
 * only where older readers would judge wrongly.
 *
 * <p>Immutable.
 */
public final class SavedState {
    /** The version that {@link #toBytes()} writes, and the latest that {@link #fromBytes} reads. */
    public static final int VERSION = 1;

    /** Far above any session: what claims to be larger is broken. */
    private static final int MOST_BYTES = 1 << 30;

    private static final int MODEL = 1;
    private static final int STREAM = 2;
    private static final int LENGTH = 3;
    private static final int MESSAGE = 4;
    private static final int STEP = 5;
    private static final int EVIDENCE = 6;
    private static final int LINE = 7;

    private final String model;
    private final boolean stream;
    private final long length;
    private final List<String> messages;
    private final ByteString evidence;
    private final List<String> lines;

    /**
     * @param length how many messages came so far
     * @param messages the masked messages that are needed, the last ones of a stream and all of a session
     * @param evidence what the kinds of evidence said or remember
     * @param lines the last messages as they were given, for explanations
     */
    SavedState(
            String model, boolean stream, long length, List<String> messages, ByteString evidence, List<String> lines) {
        this.model = model;
        this.stream = stream;
        this.length = length;
        this.messages = List.copyOf(messages);
        this.evidence = evidence;
        this.lines = List.copyOf(lines);
    }

    /** {@return the {@link Sentry#modelDigest()} of the model that the session or stream began with} */
    public String model() {
        return model;
    }

    /** {@return whether this is a stream; else it is a session} */
    public boolean isStream() {
        return stream;
    }

    /** {@return how many messages came so far} */
    public long length() {
        return length;
    }

    List<String> messages() {
        return messages;
    }

    /** Writes or reads what the kinds of evidence hold. */
    @FunctionalInterface
    interface Part<T> {
        void with(T data) throws IOException;
    }

    static ByteString evidence(Part<DataOutput> write) {
        ByteString.Output bytes = ByteString.newOutput();
        try {
            write.with(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new DataException("a state cannot be written: " + e.getMessage(), e);
        }
        return bytes.toByteString();
    }

    static void readEvidence(SavedState state, Part<DataInput> read) {
        if (state.evidence.isEmpty()) {
            return;
        }
        try {
            read.with(new DataInputStream(state.evidence.newInput()));
        } catch (IOException e) {
            throw new DataException("the evidence of a state is broken: " + e.getMessage(), e);
        }
    }

    List<String> lines() {
        return lines;
    }

    /** {@return the serialized form} Equal states have equal bytes. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(VERSION);
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes, deflater)) {
            CodedOutputStream out = CodedOutputStream.newInstance(deflated);
            write(out);
            out.flush();
        } catch (IOException e) {
            throw new DataException("a state cannot be written: " + e.getMessage(), e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private void write(CodedOutputStream out) throws IOException {
        out.writeString(MODEL, model);
        out.writeBool(STREAM, stream);
        out.writeUInt64(LENGTH, length);
        // A message that came before is named by how many distinct ones came before it, and a new one is written first.
        Map<String, Integer> distinct = new HashMap<>();
        for (String message : messages) {
            Integer known = distinct.get(message);
            if (known == null) {
                known = distinct.size();
                distinct.put(message, known);
                out.writeString(MESSAGE, message);
            }
            out.writeUInt32(STEP, known);
        }
        out.writeBytes(EVIDENCE, evidence);
        for (String line : lines) {
            out.writeString(LINE, line);
        }
    }

    /**
     * Reads what {@link #toBytes()} returned.
     *
     * @param bytes what {@code toBytes()} gave
     * @return the state
     * @throws DataException if it is anything else, or of a later version
     */
    public static SavedState fromBytes(byte[] bytes) {
        Sentry.required("bytes", bytes);
        if (bytes.length == 0) {
            throw new DataException("a state must have bytes, but is empty");
        }
        if (bytes[0] < 1 || bytes[0] > VERSION) {
            throw new DataException("the state has version " + bytes[0] + ", but this program reads versions up to "
                    + VERSION + "; use the program that wrote it, or a later one");
        }
        Inflater inflater = new Inflater(true);
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1), inflater)) {
            return read(CodedInputStream.newInstance(in));
        } catch (IOException e) {
            throw new DataException("the state is broken: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    private static SavedState read(CodedInputStream in) throws IOException {
        in.setSizeLimit(MOST_BYTES);
        String model = "";
        boolean stream = false;
        long length = 0;
        List<String> distinct = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        ByteString evidence = ByteString.EMPTY;
        List<String> lines = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case MODEL -> model = in.readStringRequireUtf8();
                case STREAM -> stream = in.readBool();
                case LENGTH -> length = in.readUInt64();
                case MESSAGE -> distinct.add(in.readStringRequireUtf8());
                case STEP -> {
                    int step = in.readUInt32();
                    if (step < 0 || step >= distinct.size()) {
                        throw new IOException("message " + step + " of " + distinct.size());
                    }
                    messages.add(distinct.get(step));
                }
                case EVIDENCE -> evidence = in.readBytes();
                case LINE -> lines.add(in.readStringRequireUtf8());
                default -> in.skipField(tag);
            }
        }
        if (model.isEmpty() || length < messages.size() || length < lines.size()) {
            throw new IOException("it has no model, or more messages than its length of " + length);
        }
        return new SavedState(model, stream, length, messages, evidence, lines);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SavedState that
                && model.equals(that.model)
                && stream == that.stream
                && length == that.length
                && messages.equals(that.messages)
                && evidence.equals(that.evidence)
                && lines.equals(that.lines);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * messages.hashCode() + lines.hashCode()) + Long.hashCode(length);
    }

    @Override
    public String toString() {
        return (stream ? "stream" : "session") + " of " + length + " messages, model " + model;
    }
}
