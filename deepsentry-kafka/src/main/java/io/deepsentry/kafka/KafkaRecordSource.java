package io.deepsentry.kafka;

import io.deepsentry.core.DataException;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.internal.record.RecordLines;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.RequestStats;
import io.deepsentry.live.record.SourceRecord;
import io.deepsentry.live.tail.TailMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics. A thread of its own polls the broker, which fetches all partitions at once, and takes the lines out of
 * records; the judging thread takes them from bounded queues. Each partition is in order; between partitions, the
 * record that was written first goes first as far as it is there, so that what is read late is judged much as it would
 * have been at its time.
 *
 * <p>Where reading begins in a partition is decided whenever this member is given it. The checkpoint is what it goes
 * by. The group counts only where it was another member that read last: each leaves its name with the offsets it
 * commits.
 */
final class KafkaRecordSource implements RecordSource {
    private static final System.Logger LOG = System.getLogger(KafkaRecordSource.class.getName());
    /** Records of one partition that wait to be judged, before it is not asked for more. */
    private static final int MOST_QUEUED = 2_048;
    /** Bytes that wait in all, before those are not that have any. */
    private static final long MOST_QUEUED_BYTES = 64L << 20;

    private static final int AT_ONCE = 1_024;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration REQUEST = Duration.ofSeconds(3);
    private static final long PROBE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long COMMIT_NANOS = Duration.ofSeconds(1).toNanos();
    /** How long a partition that is asked for by another member waits to be judged up to where it was given. */
    private static final Duration LEAVING = Duration.ofSeconds(60);

    private static final int MOST_NAMES = 20;

    /** How long records wait for older ones of another partition that is known to have more. */
    private static final long ORDER_NANOS = Duration.ofSeconds(1).toNanos();

    /** How far a partition is on its way to another member. */
    private enum Leaving {
        ASKED,
        TOLD,
        SETTLED
    }

    private final BrokerSettings settings;
    private final TailMode mode;
    private final RecordLines lines;
    private final ClientSettings clients;
    private final String member;
    private final Thread thread = new Thread(this::run, "deepsentry-kafka");

    private final Object lock = new Object();
    // Guarded by the lock.
    private final Map<String, Deque<SourceRecord>> queues = new HashMap<>();
    /** The partitions of which there is more at the broker than was fetched. */
    private Set<String> behind = Set.of();

    private long waitsSince = System.nanoTime();
    private boolean waits;
    private final Map<String, Long> begun = new HashMap<>();
    private final Map<String, Leaving> leaving = new HashMap<>();
    private final Map<String, Long> settled = new HashMap<>();
    private Map<String, Long> lag = Map.of();
    private long queuedBytes;
    private long records;
    private long damaged;
    private long lost;
    private long failures;
    private boolean unreachable;
    private boolean placed;
    private boolean ended;
    private boolean closed;
    private @Nullable DeepSentryException failure;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    // Of the reading thread.
    private final Map<String, Long> known = new HashMap<>();
    private final Map<String, Long> committed = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private boolean resumed;
    private long lastHeard = System.nanoTime();
    private long lastCommit = System.nanoTime();

    KafkaRecordSource(BrokerSettings settings, TailMode mode, int maxLineLength) {
        this.settings = settings;
        this.mode = mode;
        this.lines = new RecordLines(settings.format(), maxLineLength);
        this.clients = new ClientSettings(settings);
        this.member = clients.member();
    }

    @Override
    public String name() {
        return String.join(", ", settings.topics()) + " at " + settings.bootstrap();
    }

    @Override
    public void start(Map<String, Long> next) {
        known.putAll(next);
        resumed = !next.isEmpty();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> reading = new KafkaConsumer<>(clients.source(member))) {
            synchronized (lock) {
                consumer = reading;
            }
            try {
                requireTopics(reading);
                if (settings.group() == null) {
                    assign(reading);
                } else {
                    reading.subscribe(settings.topics(), new Rebalancing(reading));
                }
                while (!isClosed()) {
                    look(reading);
                }
            } catch (WakeupException e) {
                // Closed.
                LOG.log(System.Logger.Level.DEBUG, "closed", e);
            }
            if (settings.group() != null) {
                commitLast(reading);
            }
        } catch (DeepSentryException e) {
            fail(e);
        } catch (InterruptException e) {
            fail(new DataException("reading " + name() + " was interrupted", e));
        } catch (FencedInstanceIdException e) {
            fail(new DataException(
                    "another run with the same checkpoint_dir or group.instance.id has joined group " + settings.group()
                            + ": stop one of them",
                    e));
        } catch (KafkaException e) {
            fail(new DataException(name() + " cannot be read: " + describe(e), e));
        } catch (RuntimeException | Error e) {
            fail(new DataException("reading " + name() + " has failed: " + e, e));
        } finally {
            synchronized (lock) {
                consumer = null;
                ended = true;
                lock.notifyAll();
            }
        }
    }

    private void fail(DeepSentryException why) {
        synchronized (lock) {
            failure = why;
        }
    }

    private static String describe(Throwable failure) {
        Throwable cause = failure.getCause();
        String message = String.valueOf(failure.getMessage());
        return cause == null || cause.getMessage() == null || message.contains(cause.getMessage())
                ? message
                : message + " (" + cause.getMessage() + ")";
    }

    /**
     * A topic that is not there is likely a wrong name, which is said at once; a broker that is not there is waited
     * for.
     */
    private void requireTopics(KafkaConsumer<byte[], byte[]> reading) {
        Set<String> there = retried(() -> reading.listTopics(REQUEST).keySet());
        for (String topic : settings.topics()) {
            if (!there.contains(topic)) {
                List<String> others = new TreeSet<>(there)
                        .stream()
                                .filter(each -> !each.startsWith("__"))
                                .limit(MOST_NAMES)
                                .toList();
                throw new MissingDataException("topic " + topic + " does not exist at " + settings.bootstrap()
                        + ", or may not be read"
                        + (others.isEmpty()
                                ? "; no topics can be seen there"
                                : "; there are " + String.join(", ", others)));
            }
        }
    }

    /** Asks until there is an answer. What cannot be mended by waiting, such as a wrong password, is thrown. */
    private <T> T retried(Supplier<T> question) {
        while (true) {
            try {
                T answer = question.get();
                reached();
                return answer;
            } catch (RetriableException e) {
                unreached(e);
                if (isClosed()) {
                    throw new WakeupException();
                }
            }
        }
    }

    private void reached() {
        lastHeard = System.nanoTime();
        synchronized (lock) {
            if (!unreachable) {
                return;
            }
            unreachable = false;
        }
        LOG.log(System.Logger.Level.WARNING, "Kafka at {0} can be reached again", settings.bootstrap());
    }

    private void unreached(KafkaException why) {
        synchronized (lock) {
            failures++;
            if (unreachable) {
                return;
            }
            unreachable = true;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "Kafka at {0} cannot be reached ({1}); retrying. If this persists, check the address given to"
                        + " --kafka, that a broker listens there, and --kafka-properties if it needs TLS or a password",
                settings.bootstrap(),
                describe(why));
    }

    /** Reads all partitions that are not read yet. */
    private void assign(KafkaConsumer<byte[], byte[]> reading) {
        Set<TopicPartition> all = new HashSet<>(reading.assignment());
        Set<TopicPartition> added = new HashSet<>();
        for (String topic : settings.topics()) {
            retried(() -> reading.partitionsFor(topic, REQUEST)).forEach(each -> {
                TopicPartition partition = new TopicPartition(topic, each.partition());
                if (all.add(partition)) {
                    added.add(partition);
                }
            });
        }
        if (!added.isEmpty()) {
            reading.assign(all);
            begin(reading, added);
        }
    }

    private void begin(KafkaConsumer<byte[], byte[]> reading, Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> ofGroup =
                settings.group() == null ? Map.of() : retried(() -> reading.committed(partitions, REQUEST));
        Map<TopicPartition, Long> first = retried(() -> reading.beginningOffsets(partitions, REQUEST));
        Map<TopicPartition, Long> last = retried(() -> reading.endOffsets(partitions, REQUEST));
        Map<String, Long> places = new HashMap<>();
        for (TopicPartition partition : partitions) {
            String name = nameOf(partition);
            long from = first.getOrDefault(partition, 0L);
            long to = last.getOrDefault(partition, from);
            long at = place(known.get(name), ofGroup.get(partition), from, to);
            at = within(name, at, from, to);
            reading.seek(partition, at);
            places.put(name, at);
            known.put(name, at);
            ends.put(name, to);
        }
        synchronized (lock) {
            begun.putAll(places);
            settled.putAll(places);
            placed = true;
        }
    }

    /**
     * Where reading begins.
     *
     * @param mine where this run or the one that it resumes was; null if it did not read the partition
     * @param ofGroup what the group has; null if nothing
     */
    private long place(@Nullable Long mine, @Nullable OffsetAndMetadata ofGroup, long first, long end) {
        if (mine == null) {
            return ofGroup != null ? ofGroup.offset() : mode == TailMode.FROM_END && !resumed ? end : first;
        }
        return ofGroup == null || member.equals(ofGroup.metadata()) ? mine : Math.max(mine, ofGroup.offset());
    }

    /**
     * Records that were removed before they were read are counted; a topic that was deleted and created again is read
     * from its beginning.
     */
    private long within(String name, long at, long first, long end) {
        if (at < first) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} records were removed before they were read; reading resumes behind them",
                    name,
                    Long.toString(first - at));
            synchronized (lock) {
                lost += first - at;
            }
            return first;
        }
        if (at > end) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} ends at {1}, before where it was read to ({2}): it was created again, and is read from its"
                            + " beginning",
                    name,
                    Long.toString(end),
                    Long.toString(at));
            return first;
        }
        return at;
    }

    private void look(KafkaConsumer<byte[], byte[]> reading) {
        Set<TopicPartition> full = new HashSet<>();
        synchronized (lock) {
            for (TopicPartition partition : reading.assignment()) {
                int waiting = queued(nameOf(partition));
                if (waiting >= MOST_QUEUED || (waiting > 0 && queuedBytes >= MOST_QUEUED_BYTES)) {
                    full.add(partition);
                }
            }
        }
        Set<TopicPartition> again = new HashSet<>(reading.paused());
        again.removeAll(full);
        reading.resume(again);
        reading.pause(full);
        try {
            ConsumerRecords<byte[], byte[]> some = reading.poll(POLL);
            if (!some.isEmpty()) {
                reached();
                take(some);
            }
            if (settings.group() != null && System.nanoTime() - lastCommit >= COMMIT_NANOS) {
                lastCommit = System.nanoTime();
                commit(reading);
            }
            measure(reading);
        } catch (OffsetOutOfRangeException e) {
            Set<TopicPartition> removed = e.offsetOutOfRangePartitions().keySet();
            e.offsetOutOfRangePartitions().forEach((partition, at) -> known.put(nameOf(partition), at));
            begin(reading, removed);
        } catch (AuthenticationException | AuthorizationException e) {
            if (!isPlaced()) {
                throw e;
            }
            // Rights that were given are taken away, or a password is being changed.
            unreached(e);
            pause();
        } catch (RetriableException e) {
            unreached(e);
        }
        long now = System.nanoTime();
        if (now - lastHeard >= PROBE_NANOS) {
            probe(reading);
            if (settings.group() == null) {
                assign(reading);
            }
        }
    }

    private void pause() {
        long until = System.nanoTime() + PROBE_NANOS;
        synchronized (lock) {
            try {
                for (long left = PROBE_NANOS; !closed && left > 0; left = until - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> some) {
        List<SourceRecord> taken = new ArrayList<>(some.count());
        long bad = 0;
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> each : some) {
            byte[] value = each.value();
            bad += RecordLines.isDamaged(value) ? 1 : 0;
            List<RecordedLine> held = lines.of(value);
            SourceRecord record = new SourceRecord(
                    each.topic() + '/' + each.partition(),
                    each.offset(),
                    each.timestamp() < 0 ? null : Instant.ofEpochMilli(each.timestamp()),
                    value == null ? 0 : value.length,
                    held);
            taken.add(record);
            bytes += record.bytes();
        }
        synchronized (lock) {
            taken.forEach(record -> queues.computeIfAbsent(record.partition(), name -> new ArrayDeque<>())
                    .add(record));
            queuedBytes += bytes;
            damaged += bad;
        }
    }

    /** Looks whether the broker is there while nothing comes, and how far there is to read. */
    private void probe(KafkaConsumer<byte[], byte[]> reading) {
        Set<TopicPartition> mine = reading.assignment();
        try {
            if (mine.isEmpty()) {
                reading.listTopics(REQUEST);
            } else {
                reading.endOffsets(mine, REQUEST);
            }
            reached();
        } catch (AuthenticationException | AuthorizationException | RetriableException e) {
            lastHeard = System.nanoTime();
            unreached(e);
        }
    }

    /** What is there and was not given yet, and whether that is the end. */
    private void measure(KafkaConsumer<byte[], byte[]> reading) {
        Map<String, Long> unfetched = new HashMap<>();
        boolean all = mode == TailMode.UNTIL_END && isPlaced();
        for (TopicPartition partition : reading.assignment()) {
            String name = nameOf(partition);
            long at = reading.position(partition, REQUEST);
            long end = ends.getOrDefault(name, 0L);
            // Nothing is known of it before its first answer.
            long left = reading.currentLag(partition).orElse(end - at);
            unfetched.put(name, Math.max(0, left));
            all &= at >= end;
        }
        synchronized (lock) {
            Map<String, Long> known = new HashMap<>();
            unfetched.forEach((name, left) -> known.put(name, left + queued(name)));
            lag = known;
            behind = unfetched.entrySet().stream()
                    .filter(each -> each.getValue() > 0)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            ended |= all && queues.isEmpty();
        }
    }

    private int queued(String partition) {
        Deque<SourceRecord> queue = queues.get(partition);
        return queue == null ? 0 : queue.size();
    }

    private void commit(KafkaConsumer<byte[], byte[]> reading) {
        Map<TopicPartition, OffsetAndMetadata> offsets = changed(reading.assignment());
        if (!offsets.isEmpty()) {
            reading.commitAsync(offsets, (done, why) -> {
                if (why != null) {
                    // The next one will tell more, and a restart goes by the checkpoint.
                    LOG.log(System.Logger.Level.DEBUG, "committing offsets", why);
                } else {
                    done.forEach((partition, at) -> committed.put(nameOf(partition), at.offset()));
                }
            });
        }
    }

    private void commitLast(KafkaConsumer<byte[], byte[]> reading) {
        Map<TopicPartition, OffsetAndMetadata> offsets = changed(reading.assignment());
        // The call that woke the thread may be still to be heard of.
        for (int attempt = 0; attempt < 2 && !offsets.isEmpty(); attempt++) {
            try {
                reading.commitSync(offsets, REQUEST);
                return;
            } catch (KafkaException e) {
                LOG.log(System.Logger.Level.DEBUG, "committing offsets at the end", e);
            }
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> changed(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        synchronized (lock) {
            for (TopicPartition partition : partitions) {
                Long at = settled.get(nameOf(partition));
                if (at != null && !at.equals(committed.get(nameOf(partition)))) {
                    offsets.put(partition, new OffsetAndMetadata(at, member));
                }
            }
        }
        return offsets;
    }

    /** Partitions come and go. Called by the reading thread while it polls. */
    private final class Rebalancing implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> reading;

        Rebalancing(KafkaConsumer<byte[], byte[]> reading) {
            this.reading = reading;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            reached();
            if (!partitions.isEmpty()) {
                begin(reading, new HashSet<>(partitions));
            }
            synchronized (lock) {
                placed = true;
            }
        }

        /** What was given of them is judged and committed before another member begins there. */
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Set<String> names = names(partitions);
            synchronized (lock) {
                drop(names);
                names.forEach(name -> leaving.put(name, Leaving.ASKED));
                long until = System.nanoTime() + LEAVING.toNanos();
                while (!closed && !leaving.values().stream().allMatch(each -> each == Leaving.SETTLED)) {
                    long left = (until - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "{0} go to another member before their last records were judged here: those may be"
                                        + " judged twice",
                                names);
                        break;
                    }
                    try {
                        lock.wait(left);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        break;
                    }
                }
                leaving.keySet().removeAll(names);
            }
            Map<TopicPartition, OffsetAndMetadata> offsets = changed(partitions);
            if (!offsets.isEmpty()) {
                try {
                    reading.commitSync(offsets, REQUEST);
                } catch (KafkaException e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the offsets of {0} could not be committed ({1}): another member may judge records again",
                            names,
                            describe(e));
                }
            }
            forget(names);
        }

        /** The group went on without this member, which was silent for too long. */
        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            Set<String> names = names(partitions);
            if (!names.isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "group {0} has given {1} to another member, as this one was not heard of for too long",
                        settings.group(),
                        names);
            }
            synchronized (lock) {
                drop(names);
                names.forEach(name -> leaving.put(name, Leaving.ASKED));
            }
            forget(names);
        }

        private void drop(Set<String> names) {
            for (String name : names) {
                Deque<SourceRecord> gone = queues.remove(name);
                if (gone != null) {
                    queuedBytes -= gone.stream().mapToLong(SourceRecord::bytes).sum();
                }
            }
            behind = Set.of();
            begun.keySet().removeAll(names);
        }

        private void forget(Set<String> names) {
            synchronized (lock) {
                for (String name : names) {
                    Long at = settled.remove(name);
                    if (at != null) {
                        known.put(name, at);
                    }
                    committed.remove(name);
                }
            }
        }

        private static Set<String> names(Collection<TopicPartition> partitions) {
            return partitions.stream().map(KafkaRecordSource::nameOf).collect(Collectors.toSet());
        }
    }

    private static String nameOf(TopicPartition partition) {
        return partition.topic() + '/' + partition.partition();
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    @Override
    public Map<String, Long> takeBegun() {
        synchronized (lock) {
            Map<String, Long> taken = Map.copyOf(begun);
            begun.clear();
            return taken;
        }
    }

    @Override
    public List<SourceRecord> poll() {
        synchronized (lock) {
            List<SourceRecord> given = new ArrayList<>();
            boolean patient = failure == null && mayWait();
            while (!queues.isEmpty() && given.size() < AT_ONCE && !(patient && lacksOlder())) {
                Deque<SourceRecord> first = first();
                SourceRecord next = first.remove();
                queuedBytes -= next.bytes();
                given.add(next);
                if (first.isEmpty()) {
                    queues.remove(next.partition());
                }
            }
            if (given.isEmpty() && failure != null) {
                throw failure;
            }
            records += given.size();
            return given;
        }
    }

    /** Whether a partition may have records that are older than all that are here. */
    private boolean lacksOlder() {
        return behind.stream().anyMatch(name -> !queues.containsKey(name));
    }

    /** Whether records are to wait for older ones, which they do not for ever. */
    private boolean mayWait() {
        boolean lacks = !queues.isEmpty() && lacksOlder();
        long now = System.nanoTime();
        waitsSince = lacks && waits ? waitsSince : now;
        waits = lacks;
        return now - waitsSince < ORDER_NANOS;
    }

    /** The queue of the partition whose next record was written first. */
    private Deque<SourceRecord> first() {
        Deque<SourceRecord> first = null;
        Instant time = Instant.MAX;
        for (Deque<SourceRecord> queue : queues.values()) {
            Instant next = queue.element().time();
            if (first == null || (next != null && next.isBefore(time))) {
                first = queue;
                time = next == null ? Instant.MIN : next;
            }
        }
        return Objects.requireNonNull(first, "first");
    }

    @Override
    public Set<String> takeLeft() {
        synchronized (lock) {
            Set<String> left = new HashSet<>();
            leaving.replaceAll((name, how) -> {
                if (how == Leaving.ASKED) {
                    left.add(name);
                    return Leaving.TOLD;
                }
                return how;
            });
            return left;
        }
    }

    @Override
    public void settled(Map<String, Long> next) {
        synchronized (lock) {
            next.forEach((name, at) -> {
                Leaving how = leaving.get(name);
                if (how != Leaving.ASKED && settled.containsKey(name) && !begun.containsKey(name)) {
                    settled.put(name, at);
                }
            });
            leaving.replaceAll((name, how) -> how == Leaving.TOLD ? Leaving.SETTLED : how);
            lock.notifyAll();
        }
    }

    @Override
    public boolean isPlaced() {
        synchronized (lock) {
            return placed || ended;
        }
    }

    @Override
    public boolean isEnded() {
        synchronized (lock) {
            return ended && failure == null && queues.isEmpty();
        }
    }

    @Override
    public RecordStats stats() {
        synchronized (lock) {
            return new RecordStats(records, damaged, lost, lag, failures, unreachable, RequestStats.NONE);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            if (consumer != null) {
                consumer.wakeup();
            }
            lock.notifyAll();
        }
        try {
            thread.join(Duration.ofSeconds(15).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
