package io.deepsentry.live.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.io.BaseEncoding;
import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.parse.internal.Counted;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Delivers alerts to several places. One that fails does not stop the others: the alerts it did not take are held for
 * it, in order, and tried again with the next alert. At most 10,000 are held for it; beyond that, and at the end, its
 * failure is the failure of all.
 *
 * <p>Used by one thread at a time, except {@link #stats}, which any thread may call.
 */
public final class SeveralAlertSinks implements AlertSink {
    /** How many alerts are held for a place that fails. */
    static final int MOST_HELD = 10_000;

    private static final System.Logger LOG = System.getLogger(SeveralAlertSinks.class.getName());

    private final List<Branch> branches = new ArrayList<>();

    /**
     * Creates a sink of several. Closing it closes them.
     *
     * @param sinks the sinks by their names in messages and metrics
     */
    public SeveralAlertSinks(Map<String, ? extends AlertSink> sinks) {
        sinks.forEach((name, sink) -> branches.add(new Branch(name, sink)));
    }

    @Override
    public void write(Alert alert) {
        if (branches.size() == 1 && !branches.get(0).comesBack()) {
            branches.get(0).writeOrFail(alert);
            return;
        }
        branches.forEach(branch -> branch.write(alert));
    }

    @Override
    public void commit() {
        branches.forEach(branch -> branch.sink.commit());
    }

    @Override
    public void flush() {
        each("made safe", Branch::flush);
    }

    @Override
    public String mark() {
        return branches.stream()
                .map(branch -> branch.name
                        + '='
                        + BaseEncoding.base64Url().encode(branch.sink.mark().getBytes(UTF_8)))
                .collect(Collectors.joining(" "));
    }

    /** Each resumes from its own mark; a new one has none. */
    @Override
    public void resume(String mark) {
        Map<String, String> marks = new HashMap<>();
        for (String one : Splitter.on(' ').omitEmptyStrings().split(mark)) {
            int end = one.indexOf('=');
            if (end > 0 && BaseEncoding.base64Url().canDecode(one.substring(end + 1))) {
                marks.put(
                        one.substring(0, end),
                        new String(BaseEncoding.base64Url().decode(one.substring(end + 1)), UTF_8));
            }
        }
        each("resumed", branch -> branch.sink.resume(marks.getOrDefault(branch.name, "")));
    }

    @Override
    public void reopen() {
        each("opened again", branch -> branch.sink.reopen());
    }

    @Override
    public void close() {
        each("closed", Branch::close);
    }

    @Override
    public @Nullable String problem() {
        List<String> problems = new ArrayList<>();
        for (SinkStats each : stats()) {
            if (each.problem() != null) {
                problems.add(each.name() + ": " + each.problem());
            }
        }
        return problems.isEmpty() ? null : String.join("; ", problems);
    }

    /** Does something with every sink, also where it fails with an earlier one. */
    private void each(String what, Consumer<Branch> action) {
        RuntimeException first = null;
        for (Branch branch : branches) {
            try {
                action.accept(branch);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    LOG.log(Level.WARNING, "the sink " + branch.name + " could not be " + what, e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /**
     * Returns the counts of each sink. May be called by any thread.
     *
     * @return one for each sink, in the order in which they were given
     */
    public List<SinkStats> stats() {
        return branches.stream().map(Branch::stats).toList();
    }

    private static final class Branch {
        private final String name;
        private final AlertSink sink;
        private final Deque<Alert> held = new ArrayDeque<>();
        private volatile long delivered;
        private volatile long retries;
        private volatile int waiting;
        private volatile @Nullable String failure;
        private boolean closed;

        Branch(String name, AlertSink sink) {
            this.name = name;
            this.sink = sink;
        }

        /** Whether it may take alerts later that it does not take now, as a file does when its disk has room again. */
        boolean comesBack() {
            return sink instanceof FileAlertSink;
        }

        void writeOrFail(Alert alert) {
            sink.write(alert);
            count();
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        private void count() {
            delivered++;
        }

        void write(Alert alert) {
            held.add(alert);
            RuntimeException failure = deliverHeld();
            if (failure != null && held.size() > MOST_HELD) {
                throw new DataException(
                        "the sink " + name + " has failed for the last " + held.size() + " alerts: "
                                + IoErrors.describe(failure) + "; repair it and start again",
                        failure);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
        private @Nullable RuntimeException deliverHeld() {
            while (!held.isEmpty()) {
                try {
                    sink.write(held.element());
                } catch (RuntimeException e) {
                    if (waiting == 0) {
                        LOG.log(
                                Level.WARNING,
                                "the sink {0} fails: {1}; its alerts are held and retried",
                                name,
                                IoErrors.describe(e));
                    }
                    retries++;
                    waiting = held.size();
                    failure = IoErrors.describe(e);
                    return e;
                }
                held.remove();
                count();
            }
            waiting = 0;
            return null;
        }

        void flush() {
            RuntimeException failure = deliverHeld();
            if (failure != null) {
                throw failure;
            }
            sink.flush();
        }

        void close() {
            if (closed) {
                return;
            }
            closed = true;
            RuntimeException failure = deliverHeld();
            try {
                sink.close();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
            if (failure != null) {
                throw held.isEmpty()
                        ? failure
                        : new DataException(
                                Counted.of(held.size(), "alert") + " could not be delivered to the sink " + name + ": "
                                        + IoErrors.describe(failure),
                                failure);
            }
        }

        SinkStats stats() {
            if (sink instanceof ServerSink server) {
                return server.stats().withName(name);
            }
            int now = waiting;
            String own = sink.problem();
            return new SinkStats(name, delivered, now, 0, retries, 0, 0, now > 0, 0, now > 0 ? failure : own);
        }
    }
}
