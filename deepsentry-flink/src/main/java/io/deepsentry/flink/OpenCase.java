package io.deepsentry.flink;

import io.deepsentry.anomaly.ModelBundle;
import io.deepsentry.anomaly.SavedState;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.SentryStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * An open session or stream in keyed state. While it is used it holds the live object, so a further line costs no
 * serialization where state is on the heap; it is written, and copied, as its serialized form. For one thread at a
 * time.
 */
final class OpenCase {
    private static final int VERSION = 1;

    /** The digest of the models that it began with. */
    final String model;

    final long firstTime;
    long lastTime;
    long lines;
    /** Whether it was found anomalous, which is said once before the end. */
    boolean reported;

    private byte @Nullable [] saved;
    private @Nullable SentrySession session;
    private @Nullable SentryStream stream;
    /** What the live object is of. */
    private @Nullable ModelBundle bundle;

    OpenCase(String model, long firstTime) {
        this.model = model;
        this.firstTime = firstTime;
        this.lastTime = firstTime;
    }

    SentrySession session(ModelBundle with) {
        use(with);
        if (session == null) {
            session = saved == null ? with.sentry().begin() : with.sentry().resume(SavedState.fromBytes(saved));
            saved = null;
        }
        return session;
    }

    SentryStream stream(ModelBundle with) {
        use(with);
        if (stream == null) {
            stream = saved == null
                    ? with.sentry().beginStream()
                    : with.sentry().resumeStream(SavedState.fromBytes(saved));
            saved = null;
        }
        return stream;
    }

    /** A share in the models that was given back since closes what was live with it. */
    private void use(ModelBundle with) {
        if (bundle != with) {
            saved = bytes();
            session = null;
            stream = null;
            bundle = with;
        }
    }

    /** Its serialized form; null if it has no line yet. */
    private byte @Nullable [] bytes() {
        if (session != null) {
            return session.state().toBytes();
        }
        return stream != null ? stream.state().toBytes() : saved;
    }

    /** Another one, which nothing that happens to this changes. */
    OpenCase copy() {
        OpenCase copy = new OpenCase(model, firstTime);
        copy.lastTime = lastTime;
        copy.lines = lines;
        copy.reported = reported;
        copy.saved = bytes();
        return copy;
    }

    void write(DataOutputView out) throws IOException {
        byte[] state = Objects.requireNonNullElse(bytes(), new byte[0]);
        out.writeByte(VERSION);
        out.writeUTF(model);
        out.writeLong(firstTime);
        out.writeLong(lastTime);
        out.writeLong(lines);
        out.writeBoolean(reported);
        out.writeInt(state.length);
        out.write(state);
    }

    static OpenCase read(DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("the state of a session has version " + version + ", but this job reads " + VERSION);
        }
        OpenCase read = new OpenCase(in.readUTF(), in.readLong());
        read.lastTime = in.readLong();
        read.lines = in.readLong();
        read.reported = in.readBoolean();
        byte[] state = new byte[in.readInt()];
        in.readFully(state);
        read.saved = state.length == 0 ? null : state;
        return read;
    }
}
