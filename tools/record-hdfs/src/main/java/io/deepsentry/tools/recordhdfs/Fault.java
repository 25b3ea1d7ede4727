package io.deepsentry.tools.recordhdfs;

/** What is done to a block on purpose. The label file says only Normal or Anomaly; the kinds are counted in the report. */
enum Fault {
    /** A DataNode is stopped while it holds the block open in a write pipeline, and started again seconds later. */
    NODE_STOPPED,
    /** The block is allocated on a DataNode that is stopped; the client gives it up. Never planned: it follows from stopping. */
    PLACED_ON_STOPPED,
    /** A DataNode's disk has no room left in the middle of the block. */
    DISK_FULL,
    /** A DataNode's disk answers a write in the middle of the block with an input/output error. */
    DISK_ERROR,
    /** A DataNode's disk hangs in the middle of the block until the pipeline gives up on it. */
    DISK_SLOW,
    /** The writing client vanishes in the middle of the block; another one asks for the lease to be recovered. */
    CLIENT_GONE,
    /** Bytes of a stored replica change on disk. */
    DATA_CORRUPT,
    /** Checksums of a stored replica change on disk. */
    META_CORRUPT,
    /** A stored replica's files disappear from disk. */
    REPLICA_MISSING;

    /** Strikes while the block is being written, as opposed to when it lies on disk. */
    boolean strikesWriting() {
        return switch (this) {
            case NODE_STOPPED, DISK_FULL, DISK_ERROR, DISK_SLOW, CLIENT_GONE -> true;
            case PLACED_ON_STOPPED, DATA_CORRUPT, META_CORRUPT, REPLICA_MISSING -> false;
        };
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
