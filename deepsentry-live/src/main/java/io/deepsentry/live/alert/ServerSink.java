package io.deepsentry.live.alert;

import io.deepsentry.live.tail.Overload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sink that keeps each alert on disk until a server has it. Alerts are written by one thread at a time; figures may
 * be asked for by any.
 */
abstract class ServerSink implements AlertSink {
    /** Bytes that may wait on disk, unless set otherwise. */
    public static final long DEFAULT_SPOOL_LIMIT = 256L << 20;
    /** How long closing waits for the server, unless set otherwise. */
    public static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofSeconds(20);

    private final QueuedAlertSink queue;

    ServerSink(QueuedAlertSink queue) {
        this.queue = queue;
    }

    @Override
    public void write(Alert alert) {
        queue.write(alert);
    }

    @Override
    public void flush() {
        queue.flush();
    }

    /** Sends again what the server has refused, as it may have been repaired. */
    @Override
    public void reopen() {
        queue.reopen();
    }

    @Override
    public @Nullable String problem() {
        return queue.stats().problem();
    }

    @Override
    public void resume(String mark) {
        queue.resume(mark);
    }

    /**
     * Returns how many alerts have arrived, wait, or were refused. May be called by any thread.
     *
     * @return the counts, as of now
     */
    public SinkStats stats() {
        return queue.stats();
    }

    @Override
    public void close() {
        queue.close();
    }

    /** The settings that all servers share. */
    abstract static class Builder<B extends Builder<B>> {
        private final String name;
        private @Nullable Path spool;
        private long spoolLimit = DEFAULT_SPOOL_LIMIT;
        private Overload whenFull = Overload.WAIT;
        private Duration stopTimeout = DEFAULT_STOP_TIMEOUT;
        private Proxies proxies = new Proxies(System.getenv());

        Builder(String name) {
            this.name = name;
        }

        abstract B self();

        /**
         * Sets the folder in which alerts wait for the server. It must be set, and belong to this sink alone.
         *
         * @param folder the folder, created if it does not exist
         * @return this builder
         */
        public B spool(Path folder) {
            spool = Objects.requireNonNull(folder, "folder");
            return self();
        }

        /**
         * Sets how many bytes may wait there; {@link #DEFAULT_SPOOL_LIMIT}, 256 MB, unless set.
         *
         * @param bytes the most bytes that may wait
         * @return this builder
         */
        public B spoolLimit(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("spoolLimit must be at least 1, but was " + bytes);
            }
            spoolLimit = bytes;
            return self();
        }

        /**
         * Sets what happens to an alert when there is no room for it.
         *
         * @param choice {@link Overload#WAIT}, the default, makes {@code write} wait; {@link Overload#DROP} drops it
         *     and counts it
         * @return this builder
         */
        public B whenFull(Overload choice) {
            whenFull = Objects.requireNonNull(choice, "choice");
            return self();
        }

        /**
         * Sets how long {@code close} waits for the server; 20 seconds unless set. What it has not taken by then is
         * sent after the next start.
         *
         * @param timeout how long to wait
         * @return this builder
         */
        public B stopTimeout(Duration timeout) {
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("stopTimeout must not be negative, but was " + timeout);
            }
            stopTimeout = timeout;
            return self();
        }

        /** Sets the environment in which proxies are looked for; that of this process unless set. */
        B environment(Map<String, String> variables) {
            proxies = new Proxies(variables);
            return self();
        }

        Proxies proxies() {
            return proxies;
        }

        Path spoolFolder() {
            if (spool == null) {
                throw new IllegalArgumentException("spool must be set: the folder in which alerts wait for " + name);
            }
            return spool;
        }

        /** Begins to deliver. The delivery is closed with the queue, or at once if its spool cannot be opened. */
        QueuedAlertSink queue(Delivery delivery) {
            return QueuedAlertSink.open(
                    name, delivery, spoolFolder(), spoolLimit, whenFull == Overload.DROP, stopTimeout);
        }
    }
}
