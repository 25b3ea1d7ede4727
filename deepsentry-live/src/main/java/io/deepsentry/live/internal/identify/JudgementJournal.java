package io.deepsentry.live.internal.identify;

import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/**
 * What was judged, and by which clock, in the order of judging: whoever judges it again comes to the same state and the
 * same alerts. For one thread.
 */
final class JudgementJournal {
    private static final int JUDGED = 1;
    private static final int QUIET = 2;
    private static final int ENDED = 3;
    private static final int NO_MORE = 0;

    /** What judges it again. */
    interface Judge {
        void judged(ReadMessage read, long wall);

        /** The message of an event of which nothing else was kept. */
        IdentifiedMessage identify(LogEvent event);

        void quiet();

        void ended(Instant now);

        /** Sets the clock, and says how it stands now. */
        long clock(StateInput at, Instant now) throws IOException;
    }

    private final VectorPool vectors;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StateOutput out = new StateOutput(bytes);

    JudgementJournal(VectorPool vectors) {
        this.vectors = vectors;
    }

    void judged(
            LogClock clock,
            IdentifierListener listener,
            long wall,
            Instant now,
            List<ReadMessage> read,
            boolean values) {
        try {
            out.number(JUDGED);
            out.time(now);
            clock.write(out, wall);
            listener.writeClock(out, wall);
            out.number(read.size());
            for (ReadMessage each : read) {
                out.event(AlertFactory.withoutPayload(each.event()));
                out.texts(each.keys());
                int id = vectors.use(each.vector());
                vectors.write(id, out);
                vectors.release(id);
                // Else the message is known by its vector alone.
                out.flag(values);
                if (values) {
                    out.message(each.message());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void quiet(LogClock clock, IdentifierListener listener, long wall, Instant now) {
        try {
            out.number(QUIET);
            out.time(now);
            clock.write(out, wall);
            listener.writeClock(out, wall);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void ended(Instant now) {
        try {
            out.number(ENDED);
            out.time(now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came since the last call; empty for nothing. */
    byte[] take() {
        if (bytes.size() == 0) {
            return new byte[0];
        }
        bytes.write(NO_MORE);
        byte[] taken = bytes.toByteArray();
        bytes.reset();
        return taken;
    }

    static void replay(StateInput in, VectorPool.Reader known, Judge judge) throws IOException {
        for (long kind = in.number(); kind != NO_MORE; kind = in.number()) {
            Instant now = in.time();
            if (now == null) {
                throw new IOException("a step without its time");
            }
            if (kind == JUDGED) {
                long wall = judge.clock(in, now);
                int count = in.count();
                for (int i = 0; i < count; i++) {
                    LogEvent event = in.event();
                    List<String> keys = in.texts();
                    float[] vector = known.read(in);
                    IdentifiedMessage message = in.hasEvidence() && in.flag() ? in.message() : judge.identify(event);
                    judge.judged(new ReadMessage(event, keys, message, vector), wall);
                }
            } else if (kind == QUIET) {
                judge.clock(in, now);
                judge.quiet();
            } else if (kind == ENDED) {
                judge.ended(now);
            } else {
                throw new IOException("a step of the unknown kind " + kind);
            }
        }
    }
}
