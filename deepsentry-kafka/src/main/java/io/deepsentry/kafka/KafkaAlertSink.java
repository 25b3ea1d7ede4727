package io.deepsentry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.deepsentry.core.DataException;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.parse.internal.Counted;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Writes alerts to a topic, those of a batch of lines in one transaction. The topic itself tells which of them arrived:
 * a run that resumes reads back the ids that were written since its checkpoint, and so does a run whose transaction
 * ended it does not know how. What the broker does not take is held, in order.
 *
 * <p>Used by one thread at a time; {@link #problem} by any.
 */
final class KafkaAlertSink implements AlertSink {
    /** How many alerts are held for a broker that is away. */
    static final int MOST_HELD = 10_000;

    /** The header of a record that has its alert's id. */
    static final String ID = "id";

    private static final System.Logger LOG = System.getLogger(KafkaAlertSink.class.getName());
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

    private final BrokerSettings settings;
    private final ClientSettings clients;
    private final String topic;
    private final Deque<Alert> held = new ArrayDeque<>();
    /** Behind the last alert that is known to have arrived, in each partition. */
    private final Map<Integer, Long> ends = new TreeMap<>();
    /** The ids of alerts that are in the topic and may be given once more, each as often as it is there. */
    private final Multiset<String> again = HashMultiset.create();

    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable String member;
    /** Whether there may be alerts in the topic behind {@link #ends}. */
    private boolean unknown;

    private long notBefore = System.nanoTime();
    private boolean closed;
    /** Why nothing is written any more: another run has this one's place. */
    private @Nullable DataException shutOut;

    private volatile @Nullable String problem;

    KafkaAlertSink(BrokerSettings settings) {
        this.settings = settings;
        this.clients = new ClientSettings(settings);
        this.topic = String.valueOf(settings.alertTopic());
    }

    @Override
    public void write(Alert alert) {
        if (closed) {
            throw new IllegalStateException("the alert topic " + topic + " is closed");
        }
        held.add(alert);
        if (held.size() > MOST_HELD) {
            throw new DataException("the alert topic " + topic + " at " + settings.bootstrap()
                    + " has not taken the last " + held.size() + " alerts: " + problem + "; repair it and start again");
        }
    }

    @Override
    public void commit() {
        if ((!held.isEmpty() || producer == null) && System.nanoTime() - notBefore >= 0) {
            deliver();
        }
    }

    /** Says whether nothing is held any more. */
    private boolean deliver() {
        if (shutOut != null) {
            throw shutOut;
        }
        try {
            KafkaProducer<byte[], byte[]> connected = producer == null ? connect() : producer;
            producer = connected;
            held.removeIf(alert -> again.remove(alert.id()));
            if (!held.isEmpty()) {
                send(connected);
                held.clear();
            }
            String before = problem;
            problem = null;
            if (before != null) {
                LOG.log(System.Logger.Level.WARNING, "the alert topic {0} accepts alerts again", topic);
            }
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            discard();
            DataException twin = new DataException(
                    "another run with the same checkpoint_dir writes to the alert topic " + topic
                            + " and has shut this one out: stop one of them",
                    e);
            shutOut = twin;
            throw twin;
        } catch (InterruptException e) {
            discard();
            throw new DataException("interrupted while alerts were written to the topic " + topic, e);
        } catch (KafkaException e) {
            discard();
            notBefore = System.nanoTime() + PAUSE_NANOS;
            if (problem == null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the alert topic {0} at {1} does not accept alerts: {2}; they are held and retried",
                        topic,
                        settings.bootstrap(),
                        e.getMessage());
            }
            problem = "the topic " + topic + " does not accept alerts: " + e.getMessage();
            return false;
        }
    }

    private KafkaProducer<byte[], byte[]> connect() {
        String name = member == null ? clients.member() : member;
        member = name;
        KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(clients.producer(name));
        boolean ready = false;
        try {
            Set<Integer> partitions = made.partitionsFor(topic).stream()
                    .map(each -> each.partition())
                    .collect(Collectors.toSet());
            // From here on, an earlier run of this name can write no more, and its last transaction is in or out.
            made.initTransactions();
            readBack(partitions);
            ready = true;
            return made;
        } finally {
            if (!ready) {
                made.close(Duration.ZERO);
            }
        }
    }

    private void readBack(Set<Integer> partitions) {
        try (KafkaConsumer<byte[], byte[]> reading = new KafkaConsumer<>(clients.consumer())) {
            Set<TopicPartition> all = partitions.stream()
                    .map(each -> new TopicPartition(topic, each))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> to = reading.endOffsets(all, REQUEST);
            if (unknown) {
                again.clear();
                reading.assign(all);
                reading.beginningOffsets(all, REQUEST)
                        .forEach((partition, first) ->
                                reading.seek(partition, Math.max(first, ends.getOrDefault(partition.partition(), 0L))));
                while (to.entrySet().stream()
                        .anyMatch(end -> reading.position(end.getKey(), REQUEST) < end.getValue())) {
                    reading.poll(POLL).forEach(this::remember);
                }
            }
            to.forEach((partition, end) -> ends.merge(partition.partition(), end, Math::max));
            unknown = false;
        } catch (WakeupException e) {
            throw new KafkaException(e);
        }
    }

    private void remember(ConsumerRecord<byte[], byte[]> written) {
        Header id = written.headers().lastHeader(ID);
        if (id != null) {
            again.add(new String(id.value(), UTF_8));
        }
    }

    private void send(KafkaProducer<byte[], byte[]> to) {
        unknown = true;
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        to.beginTransaction();
        for (Alert alert : held) {
            ProducerRecord<byte[], byte[]> made = new ProducerRecord<>(
                    topic,
                    key(alert).getBytes(UTF_8),
                    AlertFormat.JSON.write(alert).getBytes(UTF_8));
            made.headers().add(ID, alert.id().getBytes(UTF_8));
            sent.add(to.send(made));
        }
        to.commitTransaction();
        unknown = false;
        for (Future<RecordMetadata> each : sent) {
            try {
                RecordMetadata at = each.get();
                ends.merge(at.partition(), at.offset() + 1, Math::max);
            } catch (ExecutionException e) {
                throw new KafkaException("an alert of a committed transaction was not sent", e);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    /** What happens to one finding is in order: its alerts are in one partition. */
    private static String key(Alert alert) {
        return alert.notification() == null
                ? alert.id()
                : alert.notification().finding().id();
    }

    private void discard() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    @Override
    public void flush() {
        commit();
        if (!held.isEmpty()) {
            throw new DataException(Counted.of(held.size(), "alert is", "alerts are") + " not in the topic " + topic
                    + " yet: " + problem);
        }
    }

    /** What each partition held, such as {@code 0:17 1:4}. */
    @Override
    public String mark() {
        return ends.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    @Override
    public void resume(String mark) {
        for (String each : Splitter.on(' ').omitEmptyStrings().split(mark)) {
            List<String> parts = Splitter.on(':').splitToList(each);
            ends.put(Integer.valueOf(parts.get(0)), Long.valueOf(parts.get(1)));
        }
        unknown = true;
    }

    /** Tries at once what is held: somebody may have repaired the broker. */
    @Override
    public void reopen() {
        notBefore = System.nanoTime();
    }

    @Override
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (shutOut != null) {
            // Said already; what is held is for the other to give.
            return;
        }
        boolean delivered = held.isEmpty() || deliver();
        if (producer != null) {
            producer.close(REQUEST);
            producer = null;
        }
        if (!delivered) {
            throw new DataException(Counted.of(held.size(), "alert") + " could not be written to the topic " + topic
                    + ": " + problem + (settings.member() == null ? "" : "; they are written after the next start"));
        }
    }
}
