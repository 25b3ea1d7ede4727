package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.datanode.DataNodeTestUtils;
import org.apache.hadoop.hdfs.server.datanode.LossyLink;
import org.apache.hadoop.hdfs.server.datanode.ReplicaInfo;

/** An HDFS of one NameNode and several DataNodes in this process, reachable on loopback only. */
final class Cluster implements AutoCloseable {

    static final int BLOCK_SIZE = 65_536;
    static final short REPLICATION = 3;
    private static final int DATA_NODES = 6;
    private static final int CLIENTS = 5;

    private final MiniDFSCluster hdfs;
    private final LossyLink.Losses losses;
    private final List<DistributedFileSystem> clients = new ArrayList<>();

    Cluster(Path directory, LossyLink.Losses losses) throws IOException {
        this.losses = losses;
        Configuration conf = new Configuration();
        conf.set("hdfs.minidfs.basedir", directory.toString());
        conf.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        conf.set("hadoop.user.group.static.mapping.overrides", System.getProperty("user.name") + "=supergroup");
        conf.setInt("dfs.namenode.fs-limits.min-block-size", 4096);
        conf.setInt("dfs.blocksize", BLOCK_SIZE);
        conf.setInt("dfs.replication", REPLICATION);
        conf.setInt("dfs.heartbeat.interval", 1);
        conf.setInt("dfs.namenode.redundancy.interval.seconds", 1);
        // Short enough for a hanging disk to be given up on within the recording, long enough for a busy machine.
        conf.setInt("dfs.client.socket-timeout", 3000);
        // A busy machine must not look like a slow disk.
        conf.setInt("dfs.datanode.slow.io.warning.threshold.ms", 2000);
        conf.setInt("dfs.datanode.directoryscan.interval", 25);
        conf.setBoolean("dfs.namenode.redundancy.considerLoad", false);
        conf.setBoolean("fs.hdfs.impl.disable.cache", true);
        hdfs = new MiniDFSCluster.Builder(conf)
                .numDataNodes(DATA_NODES)
                .storagesPerDatanode(2)
                .build();
        hdfs.waitActive();
        for (DataNode node : hdfs.getDataNodes()) {
            makeLossy(node);
        }
        for (int i = 0; i < CLIENTS; i++) {
            clients.add((DistributedFileSystem) hdfs.getNewFileSystemInstance(0));
        }
    }

    DistributedFileSystem client(int number) {
        return clients.get(Math.floorMod(number, CLIENTS));
    }

    /** Address of a DataNode as it appears in the log, which stays the same over its restarts. */
    static String address(DatanodeInfo node) {
        return node.getXferAddr();
    }

    static List<String> addresses(DatanodeInfo[] nodes) {
        List<String> addresses = new ArrayList<>();
        for (DatanodeInfo node : nodes) {
            addresses.add(address(node));
        }
        return addresses;
    }

    MiniDFSCluster.DataNodeProperties stop(String address) {
        return hdfs.stopDataNode(address);
    }

    void start(MiniDFSCluster.DataNodeProperties node) throws IOException {
        hdfs.restartDataNode(node, true);
        makeLossy(node.getDatanode());
    }

    private void makeLossy(DataNode node) throws IOException {
        LossyLink.install(node, hdfs.getNameNode().getNameNodeAddress(), hdfs.getConfiguration(0), losses);
    }

    /** The files of a replica on the disk of a DataNode: data and checksums. */
    record ReplicaFiles(Path data, Path checksums) {}

    Optional<ReplicaFiles> replica(String address, LocatedBlock block) throws IOException {
        for (DataNode node : hdfs.getDataNodes()) {
            if (node.getDatanodeId().getXferAddr().equals(address)) {
                ReplicaInfo replica = DataNodeTestUtils.fetchReplicaInfo(
                        node,
                        block.getBlock().getBlockPoolId(),
                        block.getBlock().getBlockId());
                if (replica == null) {
                    return Optional.empty();
                }
                ReplicaFiles files =
                        new ReplicaFiles(Path.of(replica.getBlockURI()), Path.of(replica.getMetadataURI()));
                return Files.exists(files.data()) ? Optional.of(files) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        hdfs.shutdown(true);
    }
}
