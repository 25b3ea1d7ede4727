package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.hdfs.server.datanode.DataNodeFaultInjector;

/**
 * Makes the disk of one DataNode misbehave for one block, at the point where Hadoop has just written a packet to it. A
 * DataNode's thread that receives a block carries the block's id in its name, which is how the block is recognised.
 */
final class DiskFaults extends DataNodeFaultInjector {

    private static final Pattern RECEIVING = Pattern.compile("Receiving block .*blk_(\\d+)");
    private static final String OWN_PACKAGE = DiskFaults.class.getPackageName();

    private final Map<Long, Armed> armed = new ConcurrentHashMap<>();

    /** A fault that waits for its block; {@code replica} counts the threads that receive the block, one a DataNode. */
    static final class Armed {
        private final Fault fault;
        private final int replica;
        private final long hangMillis;
        private final Set<Thread> seen = new LinkedHashSet<>();
        private boolean struck;

        private Armed(Fault fault, int replica, long hangMillis) {
            this.fault = fault;
            this.replica = replica;
            this.hangMillis = hangMillis;
        }

        private synchronized boolean strikesHere() {
            seen.add(Thread.currentThread());
            if (struck || seen.size() <= replica) {
                return false;
            }
            struck = true;
            return true;
        }

        synchronized boolean struck() {
            return struck;
        }
    }

    Armed arm(long blockId, Fault fault, int replica, long hangMillis) {
        Armed waiting = new Armed(fault, replica, hangMillis);
        armed.put(blockId, waiting);
        return waiting;
    }

    @Override
    public void delayWriteToDisk() {
        if (armed.isEmpty()) {
            return;
        }
        Matcher receiving = RECEIVING.matcher(Thread.currentThread().getName());
        if (!receiving.find()) {
            return;
        }
        Armed waiting = armed.get(Long.parseLong(receiving.group(1)));
        if (waiting == null || !waiting.strikesHere()) {
            return;
        }
        switch (waiting.fault) {
            case DISK_FULL -> fail("No space left on device");
            case DISK_ERROR -> fail("Input/output error");
            default -> hang(waiting.hangMillis);
        }
    }

    private static void hang(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Throws what the operating system would have made the write throw; nothing of this tool may show in the stack
     * trace.
     */
    private static void fail(String message) {
        IOException error = new IOException(message);
        error.setStackTrace(Arrays.stream(error.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith(OWN_PACKAGE))
                .toArray(StackTraceElement[]::new));
        DiskFaults.<RuntimeException>raise(error);
    }

    /** The hook declares no exception, but it is called where Hadoop expects an IOException. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable error) throws E {
        throw (E) error;
    }
}
