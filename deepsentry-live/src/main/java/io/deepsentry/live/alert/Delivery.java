package io.deepsentry.live.alert;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How alerts reach one server. Used by one thread at a time. */
interface Delivery extends AutoCloseable {
    /** Most entries that are sent together. */
    int batchSize();

    /** The server, for messages, without any secret. */
    String target();

    /** What is sent of an alert. */
    String body(Alert alert);

    /**
     * Looks whether the server is there and takes what we would send.
     *
     * @return null if so, or if that cannot be told; otherwise why it cannot be reached
     * @throws io.deepsentry.core.DeepSentryException if it is there, but the settings are wrong
     */
    @Nullable
    String check() throws InterruptedException;

    /** Sends entries, each of which may have arrived already. */
    Outcome deliver(List<DiskQueue.Entry> entries) throws InterruptedException;

    /**
     * Does what is due because time has passed. Called between deliveries, at least every few seconds while the server
     * is well.
     *
     * @return null if that worked or nothing was due, otherwise what kept it
     */
    default @Nullable String refresh() throws InterruptedException {
        return null;
    }

    /**
     * The run resumes from a checkpoint: what an earlier one sent to the server still holds. Called by another thread
     * than the rest.
     */
    default void resumed() {}

    @Override
    void close();

    /**
     * What became of some entries. Those that are not named have arrived.
     *
     * @param again those to be sent again
     * @param refused those that would be refused however often they were sent, with the reason
     * @param why what kept those that are to be sent again, or null if there are none
     * @param notBefore how long the server asks to be left alone, or null
     * @param denied whether the server is well and will take nothing as things are: a wrong password, address or
     *     setting
     */
    record Outcome(
            List<DiskQueue.Entry> again,
            Map<DiskQueue.Entry, String> refused,
            @Nullable String why,
            @Nullable Duration notBefore,
            boolean denied) {
        public Outcome {
            again = List.copyOf(again);
            refused = Map.copyOf(refused);
        }

        static Outcome delivered() {
            return new Outcome(List.of(), Map.of(), null, null, false);
        }

        static Outcome later(List<DiskQueue.Entry> again, String why, @Nullable Duration notBefore) {
            return new Outcome(again, Map.of(), why, notBefore, false);
        }

        static Outcome denied(List<DiskQueue.Entry> again, String why) {
            return new Outcome(again, Map.of(), why, null, true);
        }

        static Outcome refused(DiskQueue.Entry entry, String why) {
            return new Outcome(List.of(), Map.of(entry, why), null, null, false);
        }
    }
}
