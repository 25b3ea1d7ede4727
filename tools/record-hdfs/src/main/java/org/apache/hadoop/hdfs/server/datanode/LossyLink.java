package org.apache.hadoop.hdfs.server.datanode;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.protocol.Block;
import org.apache.hadoop.hdfs.protocolPB.DatanodeProtocolClientSideTranslatorPB;
import org.apache.hadoop.hdfs.server.protocol.BlockCommand;
import org.apache.hadoop.hdfs.server.protocol.DatanodeCommand;
import org.apache.hadoop.hdfs.server.protocol.DatanodeProtocol;
import org.apache.hadoop.hdfs.server.protocol.DatanodeRegistration;
import org.apache.hadoop.hdfs.server.protocol.HeartbeatResponse;
import org.apache.hadoop.hdfs.server.protocol.ReceivedDeletedBlockInfo;
import org.apache.hadoop.hdfs.server.protocol.SlowDiskReports;
import org.apache.hadoop.hdfs.server.protocol.SlowPeerReports;
import org.apache.hadoop.hdfs.server.protocol.StorageReceivedDeletedBlocks;
import org.apache.hadoop.hdfs.server.protocol.StorageReport;
import org.apache.hadoop.hdfs.server.protocol.VolumeFailureSummary;

/**
 * A DataNode's connection to its NameNode that can lose what it carries about one block: the report that a replica was
 * received, or the command to delete one. It is in Hadoop's package because the place where a DataNode takes another
 * connection, made for Hadoop's own tests, is visible only there.
 */
public final class LossyLink extends DatanodeProtocolClientSideTranslatorPB {

    /** Says what gets lost; asked once for each block that a message names. */
    public interface Losses {
        /** Whether the report of this DataNode that it has received a replica of the block is lost. */
        boolean losesReport(String node, long block);

        /** Whether the command to this DataNode to delete its replica of the block is lost. */
        boolean losesDelete(String node, long block);
    }

    private final String node;
    private final Losses losses;

    private LossyLink(String node, InetSocketAddress nameNode, Configuration conf, Losses losses) throws IOException {
        super(nameNode, conf);
        this.node = node;
        this.losses = losses;
    }

    /** Puts a link into the place of the DataNode's present connection. */
    public static void install(DataNode node, InetSocketAddress nameNode, Configuration conf, Losses losses)
            throws IOException {
        String address = node.getDatanodeId().getXferAddr();
        for (BPOfferService service : node.getAllBpOs()) {
            for (BPServiceActor actor : service.getBPServiceActors()) {
                actor.setNameNode(new LossyLink(address, nameNode, conf, losses));
            }
        }
    }

    @Override
    public void blockReceivedAndDeleted(
            DatanodeRegistration registration, String poolId, StorageReceivedDeletedBlocks[] reports)
            throws IOException {
        List<StorageReceivedDeletedBlocks> kept = new ArrayList<>();
        for (StorageReceivedDeletedBlocks report : reports) {
            ReceivedDeletedBlockInfo[] blocks = Arrays.stream(report.getBlocks())
                    .filter(block -> block.getStatus() != ReceivedDeletedBlockInfo.BlockStatus.RECEIVED_BLOCK
                            || !losses.losesReport(node, block.getBlock().getBlockId()))
                    .toArray(ReceivedDeletedBlockInfo[]::new);
            if (blocks.length > 0) {
                kept.add(new StorageReceivedDeletedBlocks(report.getStorage(), blocks));
            }
        }
        if (!kept.isEmpty()) {
            super.blockReceivedAndDeleted(registration, poolId, kept.toArray(StorageReceivedDeletedBlocks[]::new));
        }
    }

    @Override
    public HeartbeatResponse sendHeartbeat(
            DatanodeRegistration registration,
            StorageReport[] reports,
            long cacheCapacity,
            long cacheUsed,
            int xmitsInProgress,
            int xceiverCount,
            int failedVolumes,
            VolumeFailureSummary volumeFailureSummary,
            boolean requestFullBlockReportLease,
            SlowPeerReports slowPeers,
            SlowDiskReports slowDisks)
            throws IOException {
        HeartbeatResponse response = super.sendHeartbeat(
                registration,
                reports,
                cacheCapacity,
                cacheUsed,
                xmitsInProgress,
                xceiverCount,
                failedVolumes,
                volumeFailureSummary,
                requestFullBlockReportLease,
                slowPeers,
                slowDisks);
        DatanodeCommand[] commands = response.getCommands();
        if (commands == null || commands.length == 0) {
            return response;
        }
        return new HeartbeatResponse(
                Arrays.stream(commands).map(this::carry).toArray(DatanodeCommand[]::new),
                response.getNameNodeHaState(),
                response.getRollingUpdateStatus(),
                response.getFullBlockReportLeaseId(),
                response.getIsSlownode());
    }

    private DatanodeCommand carry(DatanodeCommand command) {
        if (!(command instanceof BlockCommand delete) || command.getAction() != DatanodeProtocol.DNA_INVALIDATE) {
            return command;
        }
        Block[] blocks = Arrays.stream(delete.getBlocks())
                .filter(block -> !losses.losesDelete(node, block.getBlockId()))
                .toArray(Block[]::new);
        return new BlockCommand(DatanodeProtocol.DNA_INVALIDATE, delete.getBlockPoolId(), blocks);
    }
}
