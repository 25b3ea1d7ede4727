package io.deepsentry.live.alert;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts to a server from a thread of its own. Each is on disk before {@link #write} returns and stays there
 * until the server has it, so an outage, a crash or a stop loses none. Where the server recognises alerts by their id,
 * each arrives exactly once, otherwise at least once.
 */
final class QueuedAlertSink implements AlertSink {
    private static final System.Logger LOG = System.getLogger(QueuedAlertSink.class.getName());
    private static final long LARGEST_BATCH = 4 << 20;
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
    /** An outage that begins so soon after another one is told only if it lasts. */
    private static final long SOON_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_MILLIS = 200;

    private final String name;
    private final Delivery delivery;
    private final DiskQueue spool;
    private final DiskQueue refusedSpool;
    private final boolean dropWhenFull;
    private final Duration drainLimit;
    private final Thread thread;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong denied = new AtomicLong();
    private volatile boolean failing;
    private volatile @Nullable String problem;
    private volatile @Nullable Throwable broken;
    private volatile long stopAt = Long.MAX_VALUE;
    private boolean refreshFailed;
    private boolean outageTold;
    private long outageBegan;
    private @Nullable Long outageEnded;
    private @Nullable String toldRefusal;
    private long refusedSilently;

    private QueuedAlertSink(
            String name,
            Delivery delivery,
            DiskQueue spool,
            DiskQueue refusedSpool,
            boolean dropWhenFull,
            Duration drainLimit) {
        this.name = name;
        this.delivery = delivery;
        this.spool = spool;
        this.refusedSpool = refusedSpool;
        this.dropWhenFull = dropWhenFull;
        this.drainLimit = drainLimit;
        this.thread = new Thread(this::run, "deepsentry-" + name);
        this.thread.setDaemon(true);
    }

    /**
     * Opens the spool, looks whether the server is there, and begins to send what an earlier run left.
     *
     * @param folder of the spool
     * @param limit bytes that may wait there
     * @param dropWhenFull whether an alert for which there is no room is dropped and counted; otherwise whoever writes
     *     it waits
     * @param drainLimit how long {@link #close} waits for what has not been sent
     * @throws io.deepsentry.core.DeepSentryException if the server refuses the settings, or cannot be reached and never
     *     was before
     */
    static QueuedAlertSink open(
            String name, Delivery delivery, Path folder, long limit, boolean dropWhenFull, Duration drainLimit) {
        DiskQueue spool = DiskQueue.open(folder, limit);
        DiskQueue refusedSpool = null;
        boolean opened = false;
        try {
            refusedSpool = DiskQueue.open(folder.resolve("refused"), limit);
            QueuedAlertSink sink = new QueuedAlertSink(name, delivery, spool, refusedSpool, dropWhenFull, drainLimit);
            sink.begin(unreached(name, delivery, folder.resolve("reached")));
            sink.retryRefused();
            sink.thread.start();
            opened = true;
            return sink;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted while looking for " + delivery.target(), e);
        } finally {
            if (!opened) {
                spool.close();
                if (refusedSpool != null) {
                    refusedSpool.close();
                }
                delivery.close();
            }
        }
    }

    /**
     * A server that was never reached is likely a wrong setting, which is to be told at once. One that was is having an
     * outage, and a program that is started again during it must watch the log all the same.
     */
    private static @Nullable String unreached(String name, Delivery delivery, Path marker) throws InterruptedException {
        String why = delivery.check();
        try {
            if (why == null) {
                Files.writeString(marker, delivery.target());
                return null;
            }
            if (Files.exists(marker) && Files.readString(marker).equals(delivery.target())) {
                LOG.log(
                        Level.WARNING,
                        "{0} cannot be reached: {1}; alerts wait in {2} until it can",
                        delivery.target(),
                        why,
                        marker.getParent());
                return why;
            }
        } catch (IOException e) {
            throw new DataException("the spool " + marker.getParent() + " cannot be used: " + IoErrors.describe(e), e);
        }
        throw new DataException(name + " cannot be reached at " + delivery.target() + ": " + why
                + "; start the server or correct the address");
    }

    /** What was told already is not told again by the first attempt. */
    private void begin(@Nullable String why) {
        if (why != null) {
            failing = true;
            problem = why;
            outageTold = true;
            outageBegan = System.nanoTime();
        }
    }

    @Override
    public void write(Alert alert) {
        Throwable failure = broken;
        if (failure != null) {
            throw new DataException(name + " has stopped sending: " + failure.getMessage(), failure);
        }
        String body = delivery.body(alert);
        if (spool.offer(alert.id(), body)) {
            return;
        }
        if (dropWhenFull) {
            if (dropped.getAndIncrement() == 0) {
                LOG.log(
                        Level.WARNING,
                        "the spool {0} is full: alerts for {1} are dropped from now on, and counted",
                        spool.folder(),
                        delivery.target());
            }
            return;
        }
        LOG.log(
                Level.WARNING,
                "the spool {0} is full: reading waits until {1} accepts alerts again",
                spool.folder(),
                delivery.target());
        try {
            spool.put(alert.id(), body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(
                    "interrupted while alert " + alert.id() + " waited for room in " + spool.folder(), e);
        }
    }

    @Override
    public void flush() {
        spool.force();
    }

    /** Sends again what the server has refused, as it may have been repaired. */
    @Override
    public void reopen() {
        retryRefused();
    }

    @Override
    public void resume(String mark) {
        delivery.resumed();
    }

    private void retryRefused() {
        try {
            for (List<DiskQueue.Entry> some = refusedSpool.peek(delivery.batchSize(), LARGEST_BATCH, 1);
                    !some.isEmpty();
                    some = refusedSpool.peek(delivery.batchSize(), LARGEST_BATCH, 1)) {
                for (DiskQueue.Entry entry : some) {
                    if (!spool.offer(entry.id(), entry.body())) {
                        return;
                    }
                    refusedSpool.remove(entry, 1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!done()) {
                List<DiskQueue.Entry> batch = spool.peek(delivery.batchSize(), LARGEST_BATCH, LOOK_MILLIS);
                if (!batch.isEmpty() && !sent(batch)) {
                    return;
                }
                refresh();
            }
        } catch (InterruptedException e) {
            // The only one who interrupts this thread is close(), whose patience has ended.
            return;
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "sending to " + delivery.target() + " has failed", e);
            broken = e;
        }
    }

    private void refresh() throws InterruptedException {
        String why = delivery.refresh();
        if (why != null) {
            complain(why);
        } else if (refreshFailed) {
            recovered();
        }
        refreshFailed = why != null;
    }

    private boolean done() {
        return stopping.get() && (failing || spool.entries() == 0 || System.nanoTime() - stopAt >= 0);
    }

    /** Sends a batch until every entry has arrived or was refused; false if it was stopped before. */
    private boolean sent(List<DiskQueue.Entry> batch) throws InterruptedException {
        List<DiskQueue.Entry> left = batch;
        int attempts = 0;
        while (true) {
            Delivery.Outcome outcome = delivery.deliver(left);
            outcome.refused().forEach(this::refuse);
            long arrived = (long) left.size()
                    - outcome.again().size()
                    - outcome.refused().size();
            delivered.addAndGet(arrived);
            if (arrived > 0) {
                accepted();
            }
            if (outcome.again().isEmpty()) {
                recovered();
                spool.remove(batch.get(batch.size() - 1), batch.size());
                return true;
            }
            attempts = outcome.again().size() < left.size() ? 0 : attempts + 1;
            left = outcome.again();
            retries.incrementAndGet();
            if (outcome.denied()) {
                denied.incrementAndGet();
            }
            complain(String.valueOf(outcome.why()));
            if (!pause(waitBefore(attempts, outcome.notBefore()))) {
                return false;
            }
        }
    }

    /** Doubles with every failure, and is spread so that many programs do not come back at once. */
    private static Duration waitBefore(int attempts, @Nullable Duration asked) {
        long most = Math.min(LONGEST_WAIT.toMillis(), FIRST_WAIT.toMillis() << Math.min(attempts, 20));
        long millis = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
        if (asked != null) {
            millis = Math.max(millis, Math.min(asked.toMillis(), LONGEST_ASKED.toMillis()));
        }
        return Duration.ofMillis(millis);
    }

    private boolean pause(Duration howLong) throws InterruptedException {
        long until = System.nanoTime() + howLong.toNanos();
        while (!stopping.get()) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            Thread.sleep(Math.min(LOOK_MILLIS, 1 + left / 1_000_000));
        }
        return false;
    }

    /**
     * One warning an outage; those that come and go, as with a server that asks for patience, are told only if they
     * last.
     */
    private void complain(String why) {
        long now = System.nanoTime();
        if (!failing) {
            outageBegan = now;
        }
        failing = true;
        problem = why;
        boolean soonAgain = outageEnded != null && outageBegan - outageEnded < SOON_NANOS;
        if (!outageTold && (!soonAgain || now - outageBegan >= LASTING_NANOS)) {
            outageTold = true;
            LOG.log(
                    Level.WARNING,
                    "{0} does not accept alerts: {1}; {2} wait in {3} and are sent again",
                    delivery.target(),
                    why,
                    spool.entries(),
                    spool.folder());
        }
    }

    private void recovered() {
        if (!failing) {
            return;
        }
        failing = false;
        outageEnded = System.nanoTime();
        if (toldRefusal == null) {
            problem = null;
        }
        if (outageTold) {
            outageTold = false;
            LOG.log(Level.WARNING, "{0} accepts alerts again", delivery.target());
        }
    }

    /** An alert has arrived: what was refused before was refused for its own sake. */
    private void accepted() {
        if (refusedSilently > 0) {
            LOG.log(
                    Level.WARNING,
                    "{0} accepts alerts again; {1} more were refused and are kept in {2}",
                    delivery.target(),
                    refusedSilently,
                    refusedSpool.folder());
        }
        refusedSilently = 0;
        toldRefusal = null;
        problem = failing ? problem : null;
    }

    private void refuse(DiskQueue.Entry entry, String why) {
        denied.incrementAndGet();
        problem = "alerts are refused: " + why;
        if (why.equals(toldRefusal)) {
            refusedSilently++;
        } else {
            toldRefusal = why;
            LOG.log(
                    Level.WARNING,
                    "{0} refuses alert {1}: {2}; it is kept in {3} and sent again at the next start or SIGHUP",
                    delivery.target(),
                    entry.id(),
                    why,
                    refusedSpool.folder());
        }
        if (!refusedSpool.offer(entry.id(), entry.body())) {
            throw new DataException("alert " + entry.id() + " was refused and there is no room to keep it in "
                    + refusedSpool.folder() + ": repair the server and start again, or raise spool_limit_mb");
        }
        refusedSpool.force();
    }

    /** How it is doing. */
    SinkStats stats() {
        return new SinkStats(
                name,
                delivered.get(),
                spool.entries(),
                spool.bytes(),
                retries.get(),
                refusedSpool.entries(),
                dropped.get(),
                failing || broken != null,
                denied.get(),
                broken == null ? problem : "sending has stopped: " + broken.getMessage());
    }

    @Override
    public void close() {
        if (stopping.getAndSet(true)) {
            return;
        }
        stopAt = System.nanoTime() + drainLimit.toNanos();
        boolean interrupted = false;
        try {
            thread.join(drainLimit.toMillis() + LOOK_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(drainLimit.toMillis() + LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            interrupted = true;
        }
        long left = spool.entries();
        if (left > 0) {
            LOG.log(
                    Level.WARNING,
                    "{0} alerts for {1} wait in {2} and are sent after the next start",
                    left,
                    delivery.target(),
                    spool.folder());
        }
        if (delivered.get() == 0 && denied.get() > 0) {
            LOG.log(
                    Level.ERROR,
                    "{0} has accepted none of the alerts of this run: {1}",
                    delivery.target(),
                    String.valueOf(problem));
        }
        spool.close();
        refusedSpool.close();
        delivery.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
