package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/**
 * Stops DataNodes for a while, one at a time, and tells the blocks that were being written through them. Thread-safe.
 */
final class Stops {

    private final Cluster cluster;
    private final Ledger ledger;
    private final ReentrantLock stopping = new ReentrantLock();
    private final Map<Long, OpenBlock> open = new ConcurrentHashMap<>();
    private final AtomicReference<Optional<IOException>> failure = new AtomicReference<>(Optional.empty());

    /** A block that a client has flushed to and not yet left, and the DataNodes that were stopped under it. */
    record OpenBlock(long id, long stamp, List<String> pipeline, Set<String> stopped) {
        OpenBlock(long id, long stamp, List<String> pipeline) {
            this(id, stamp, List.copyOf(pipeline), ConcurrentHashMap.newKeySet());
        }
    }

    Stops(Cluster cluster, Ledger ledger) {
        this.cluster = cluster;
        this.ledger = ledger;
    }

    void opened(OpenBlock block) {
        open.put(block.id(), block);
    }

    void left(OpenBlock block) {
        open.remove(block.id());
    }

    /** Stops a DataNode and starts it again, in the background. Does nothing if another one is down. */
    void stop(String node, long downMillis) {
        new Thread(() -> stopHere(node, downMillis)).start();
    }

    private void stopHere(String node, long downMillis) {
        if (!stopping.tryLock()) {
            return;
        }
        try {
            long from = System.currentTimeMillis();
            for (OpenBlock block : open.values()) {
                if (block.pipeline().contains(node)) {
                    block.stopped().add(node);
                }
            }
            MiniDFSCluster.DataNodeProperties down = cluster.stop(node);
            Workload.rest(downMillis);
            cluster.start(down);
            ledger.stopped(node, from, System.currentTimeMillis());
        } catch (IOException e) {
            failure.set(Optional.of(e));
        } finally {
            stopping.unlock();
        }
    }

    /** A DataNode that stays down makes the labels wrong. */
    void check() {
        failure.get().ifPresent(error -> {
            throw new IllegalStateException("A stopped DataNode did not start again", error);
        });
    }
}
