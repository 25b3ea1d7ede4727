package io.deepsentry.tools.recordhdfs;

/**
 * What is done to a block on purpose. The label file says only Normal or Anomaly; the kinds are counted in the report.
 */
enum Fault {
    /** A DataNode is stopped while it holds the block open in a write pipeline, and started again seconds later. */
    NODE_STOPPED,
    /**
     * The block is allocated on a DataNode that is stopped; the client gives it up. Never planned: it follows from
     * stopping.
     */
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
    REPLICA_MISSING,
    /** The writing client vanishes right after the block was allocated, before it sends anything. */
    WRITER_VANISHED,
    /** A cleanup deletes the file while its writer is in the middle of the block. */
    DELETED_TOO_EARLY,
    /** A DataNode's report that it has received the block never reaches the NameNode. */
    REPORT_LOST,
    /** The NameNode's command to delete a replica of the block never reaches the DataNode. */
    DELETE_LOST,
    /**
     * The client writes with a block size that is not the cluster's. It begins late, as a new release of a program
     * does.
     */
    WRONG_BLOCK_SIZE;

    /** When in the life of a file it strikes. */
    enum Moment {
        /** Before the first byte is written. */
        OPENING,
        /** While the file is written slowly. */
        WRITING,
        /** When it lies on disk. */
        STORED,
        /** With its deletion. */
        DELETING,
        /** Never by plan. */
        NONE
    }

    Moment moment() {
        return switch (this) {
            case WRITER_VANISHED, WRONG_BLOCK_SIZE -> Moment.OPENING;
            case NODE_STOPPED, DISK_FULL, DISK_ERROR, DISK_SLOW, CLIENT_GONE, DELETED_TOO_EARLY, REPORT_LOST ->
                Moment.WRITING;
            case DATA_CORRUPT, META_CORRUPT, REPLICA_MISSING -> Moment.STORED;
            case DELETE_LOST -> Moment.DELETING;
            case PLACED_ON_STOPPED -> Moment.NONE;
        };
    }

    /** Whether it comes in the last part of the recording only. */
    boolean beginsLate() {
        return this == WRONG_BLOCK_SIZE;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
