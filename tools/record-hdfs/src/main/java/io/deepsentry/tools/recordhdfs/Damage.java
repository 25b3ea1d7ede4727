package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;

/**
 * Stored replicas of one block, changed or removed on disk behind the back of their DataNodes.
 *
 * @param nodes the DataNodes that hold them
 */
record Damage(Fault fault, long block, List<String> nodes) {

    /** Length of what precedes the checksums: version, type and chunk size. */
    private static final int CHECKSUM_HEADER = 7;

    /** Damages one or two replicas of one of the blocks; none if they are all gone meanwhile. */
    static Optional<Damage> inflict(Fault fault, Cluster cluster, List<LocatedBlock> blocks, Random pick)
            throws IOException {
        LocatedBlock block = blocks.get(pick.nextInt(blocks.size()));
        List<String> nodes = new ArrayList<>(Cluster.addresses(block.getLocations()));
        Collections.shuffle(nodes, pick);
        int wanted = nodes.size() > 2 ? 1 + pick.nextInt(2) : 1;
        List<String> hit = new ArrayList<>();
        for (String node : nodes.subList(0, Math.min(wanted, nodes.size()))) {
            Optional<Cluster.ReplicaFiles> replica = cluster.replica(node, block);
            if (replica.isPresent()) {
                inflict(fault, replica.get(), pick);
                hit.add(node);
            }
        }
        return hit.isEmpty()
                ? Optional.empty()
                : Optional.of(new Damage(fault, block.getBlock().getBlockId(), List.copyOf(hit)));
    }

    private static void inflict(Fault fault, Cluster.ReplicaFiles replica, Random pick) throws IOException {
        switch (fault) {
            case DATA_CORRUPT -> overwrite(replica.data(), 0, pick);
            case META_CORRUPT -> overwrite(replica.checksums(), CHECKSUM_HEADER, pick);
            default -> {
                Files.delete(replica.data());
                Files.delete(replica.checksums());
            }
        }
    }

    /** Overwrites from a quarter up to all of a file after its first {@code header} bytes. */
    private static void overwrite(Path file, int header, Random pick) throws IOException {
        long size = Files.size(file) - header;
        int length = (int) Math.max(1, size / 4 + (long) (pick.nextDouble() * (size * 3 / 4)));
        byte[] noise = new byte[length];
        pick.nextBytes(noise);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(noise), header + (long) (pick.nextDouble() * (size - length)));
        }
    }

    /** Noticed when the NameNode no longer offers a damaged replica to readers, or calls the whole block corrupt. */
    boolean noticed(List<LocatedBlock> now) {
        return now.stream()
                .filter(located -> located.getBlock().getBlockId() == block)
                .anyMatch(located -> located.isCorrupt()
                        || !Cluster.addresses(located.getLocations()).containsAll(nodes));
    }
}
