package io.deepsentry.tools.recordhdfs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.hdfs.server.datanode.LossyLink;

/** The messages between DataNodes and NameNode that are to be lost, each once. Thread-safe. */
final class LostMessages implements LossyLink.Losses {

    private record About(String node, long block) {}

    /** What waits for its message, and whether that was lost. */
    private final Map<About, Boolean> reports = new ConcurrentHashMap<>();

    private final Map<About, Boolean> deletes = new ConcurrentHashMap<>();

    void loseReport(String node, long block) {
        reports.put(new About(node, block), false);
    }

    void loseDelete(String node, long block) {
        deletes.put(new About(node, block), false);
    }

    boolean reportLost(String node, long block) {
        return reports.getOrDefault(new About(node, block), false);
    }

    boolean deleteLost(String node, long block) {
        return deletes.getOrDefault(new About(node, block), false);
    }

    @Override
    public boolean losesReport(String node, long block) {
        return reports.replace(new About(node, block), false, true);
    }

    @Override
    public boolean losesDelete(String node, long block) {
        return deletes.replace(new About(node, block), false, true);
    }
}
