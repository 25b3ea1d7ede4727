package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.AddBlockFlag;
import org.apache.hadoop.hdfs.DFSClient;
import org.apache.hadoop.hdfs.DFSOutputStream;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.hdfs.protocol.LocatedBlocks;

/** One file, from its creation to its end. Confined to its thread. */
final class FileLife {
    /** Longer than any pipeline waits for an acknowledgement with the cluster's socket timeout. */
    private static final int HANG_MILLIS = 20_000;

    /** What somebody took for the cluster's block size. */
    private static final long WRONG_BLOCK_SIZE = 128L * Cluster.BLOCK_SIZE;

    private final Cluster cluster;
    private final Ledger ledger;
    private final DiskFaults diskFaults;
    private final LostMessages lost;
    private final Stops stops;
    private final Job job;
    private final Random pick;
    private final DistributedFileSystem client;
    private final Set<Long> blocks = new LinkedHashSet<>();
    private Optional<Damage> damage = Optional.empty();
    private Path path;
    private boolean struck;

    FileLife(Job job, Cluster cluster, Ledger ledger, DiskFaults diskFaults, LostMessages lost, Stops stops) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.diskFaults = diskFaults;
        this.lost = lost;
        this.stops = stops;
        this.job = job;
        this.pick = new Random(job.strike().map(Job.Strike::pick).orElse(0L));
        this.client = cluster.client(job.id());
        this.path = new Path(job.path());
    }

    void live() {
        try {
            if (planned(Fault.WRITER_VANISHED)) {
                vanish();
                return;
            }
            for (int number = 0; number < job.steps().size(); number++) {
                Step step = job.steps().get(number);
                Workload.rest(step.restMillis());
                if (strikesDiskAt(number)) {
                    damage = Damage.inflict(
                            job.strike().orElseThrow().fault(),
                            cluster,
                            located().getLocatedBlocks(),
                            pick);
                    struck = true;
                }
                if (step instanceof Step.Delete) {
                    confirmDamage(3_000);
                }
                if (step instanceof Step.Delete && planned(Fault.DELETE_LOST)) {
                    deleteUnheard();
                    return;
                }
                take(number, step);
                confirmDamage(0);
            }
        } catch (IOException e) {
            if (!struck) {
                System.err.println(job.id() + " " + job.path() + ": " + e);
                blocks.forEach(block -> ledger.doubted(block, Ledger.Doubt.CLIENT_ERROR));
            }
        } finally {
            confirmDamage(3_000);
            giveUpDamage();
        }
    }

    private boolean strikesDiskAt(int number) {
        return job.strike()
                .filter(strike -> strike.fault().moment() == Fault.Moment.STORED && strike.step() == number)
                .isPresent();
    }

    private boolean planned(Fault fault) {
        return job.strike().filter(strike -> strike.fault() == fault).isPresent();
    }

    /** The client has a block allocated and is never heard of again; nobody asks for its lease. */
    private void vanish() throws IOException {
        struck = true;
        DFSOutputStream out = (DFSOutputStream) client.create(path).getWrappedStream();
        DFSClient dfs = client.getClient();
        LocatedBlock block = dfs.getNamenode()
                .addBlock(
                        path.toUri().getPath(),
                        dfs.getClientName(),
                        null,
                        null,
                        out.getFileId(),
                        null,
                        EnumSet.noneOf(AddBlockFlag.class));
        DFSTestUtil.abortStream(out);
        Workload.rest(5_000);
        LocatedBlocks now = located();
        boolean empty = now.isUnderConstruction() && now.getFileLength() == 0;
        for (String node : Cluster.addresses(block.getLocations())) {
            empty &= cluster.replica(node, block).isEmpty();
        }
        judge(block.getBlock().getBlockId(), Fault.WRITER_VANISHED, empty);
    }

    private void judge(long block, Fault fault, boolean confirmed) {
        if (confirmed) {
            ledger.confirmed(block, fault);
        } else {
            ledger.doubted(block, Ledger.Doubt.UNNOTICED);
        }
    }

    /** Deletes the file; one DataNode does not hear of it. */
    private void deleteUnheard() throws IOException {
        long from = System.currentTimeMillis();
        use(from, false);
        List<LocatedBlock> all = located().getLocatedBlocks();
        LocatedBlock block = all.get(pick.nextInt(all.size()));
        List<String> nodes = Cluster.addresses(block.getLocations());
        String deaf = nodes.get(pick.nextInt(nodes.size()));
        long id = block.getBlock().getBlockId();
        struck = true;
        lost.loseDelete(deaf, id);
        client.delete(path, false);
        Workload.rest(6_000);
        boolean confirmed = lost.deleteLost(deaf, id);
        for (String node : nodes) {
            confirmed &= cluster.replica(node, block).isPresent() == node.equals(deaf);
        }
        judge(id, Fault.DELETE_LOST, confirmed);
    }

    private void take(int number, Step step) throws IOException {
        long from = System.currentTimeMillis();
        if (step instanceof Step.Write write) {
            if (write.replaces()) {
                use(from, true);
                giveUpDamage();
            }
            write(number, write);
        } else if (step instanceof Step.Read read) {
            use(from, false);
            read(read);
        } else if (step instanceof Step.Rename rename) {
            Path to = new Path(rename.to());
            client.rename(path, to);
            path = to;
        } else {
            use(from, false);
            client.delete(path, false);
            return;
        }
        use(from, false);
    }

    /** From now on the NameNode may drop a damaged replica without having noticed anything. */
    private void giveUpDamage() {
        damage.ifPresent(done -> ledger.doubted(done.block(), Ledger.Doubt.UNNOTICED));
        damage = Optional.empty();
    }

    private void confirmDamage(long waitMillis) {
        long until = System.currentTimeMillis() + waitMillis;
        while (damage.isPresent()) {
            Damage done = damage.get();
            try {
                if (done.noticed(located().getLocatedBlocks())) {
                    ledger.confirmed(done.block(), done.fault());
                    damage = Optional.empty();
                    return;
                }
            } catch (IOException e) {
                // The file is deleted: nobody can notice any more.
                return;
            }
            if (System.currentTimeMillis() >= until) {
                return;
            }
            Workload.rest(250);
        }
    }

    /** Notes that the file's blocks were used until now, on the DataNodes that hold them. */
    private void use(long from, boolean anyNode) throws IOException {
        long to = System.currentTimeMillis();
        for (LocatedBlock block : located().getLocatedBlocks()) {
            long id = block.getBlock().getBlockId();
            blocks.add(id);
            ledger.used(id, from, to, Cluster.addresses(block.getLocations()), anyNode);
        }
    }

    private LocatedBlocks located() throws IOException {
        return client.getClient().getLocatedBlocks(path.toUri().getPath(), 0, Long.MAX_VALUE);
    }

    private void write(int number, Step.Write write) throws IOException {
        long from = System.currentTimeMillis();
        boolean oversized = number == 0 && planned(Fault.WRONG_BLOCK_SIZE);
        byte[] data = new byte[oversized ? 2_000_000 + pick.nextInt(4_000_000) : write.bytes()];
        new Random(job.dataSeed() + number).nextBytes(data);
        Map<Long, Stops.OpenBlock> flushed = new LinkedHashMap<>();
        long blockSize = oversized ? WRONG_BLOCK_SIZE : Cluster.BLOCK_SIZE;
        FSDataOutputStream out = client.create(path, write.replaces(), 4096, Cluster.REPLICATION, blockSize);
        Optional<LostReport> unheard = Optional.empty();
        DiskFaults.Armed armed = null;
        Stops.OpenBlock target = null;
        IOException failed = null;
        try {
            int size = (data.length + write.chunks() - 1) / write.chunks();
            for (int chunk = 0; chunk < write.chunks(); chunk++) {
                int at = Math.min(data.length, chunk * size);
                out.write(data, at, Math.min(size, data.length - at));
                if (chunk == write.chunks() - 1) {
                    break;
                }
                out.hflush();
                Stops.OpenBlock current = watch(out, flushed);
                Workload.rest(write.pauseMillis());
                if (write.readBack() && chunk == 0) {
                    try (FSDataInputStream in = client.open(path)) {
                        in.readNBytes(Integer.MAX_VALUE);
                    }
                }
                if (current != null && target == null && strikesWriteAt(number, chunk)) {
                    Fault fault = job.strike().orElseThrow().fault();
                    if (fault == Fault.CLIENT_GONE) {
                        struck = true;
                        DFSTestUtil.abortStream((DFSOutputStream) out.getWrappedStream());
                        recover();
                        confirmRecovered(current);
                        return;
                    }
                    if (fault == Fault.DELETED_TOO_EARLY) {
                        deleteTooEarly(out, current, Arrays.copyOfRange(data, at + size, data.length));
                        return;
                    }
                    if (fault == Fault.REPORT_LOST) {
                        unheard = unheard.or(() -> Optional.of(loseReport(current)));
                        continue;
                    }
                    target = current;
                    armed = strike(fault, current);
                }
            }
            out.close();
        } catch (IOException e) {
            failed = e;
        } finally {
            flushed.values().forEach(stops::left);
        }
        if (failed != null) {
            boolean meant = target != null
                    || flushed.values().stream()
                            .anyMatch(block -> !block.stopped().isEmpty());
            if (!meant) {
                throw failed;
            }
            struck = true;
            recover();
        }
        Fault fault = job.strike().map(Job.Strike::fault).orElse(Fault.NODE_STOPPED);
        judgeWritten(flushed, target, fault, armed, failed != null, from);
        if (unheard.isPresent()) {
            judgeUnheard(unheard.get());
        }
        if (oversized) {
            struck = true;
            for (LocatedBlock block : located().getLocatedBlocks()) {
                judge(block.getBlock().getBlockId(), Fault.WRONG_BLOCK_SIZE, block.getBlockSize() > Cluster.BLOCK_SIZE);
            }
        }
    }

    private record LostReport(long block, String node) {}

    private LostReport loseReport(Stops.OpenBlock block) {
        String node = block.pipeline().get(pick.nextInt(block.pipeline().size()));
        lost.loseReport(node, block.id());
        return new LostReport(block.id(), node);
    }

    /** A report is lost if the NameNode does not know of a replica that its DataNode has. */
    private void judgeUnheard(LostReport report) throws IOException {
        Workload.rest(2_000);
        boolean confirmed = false;
        for (LocatedBlock block : located().getLocatedBlocks()) {
            if (block.getBlock().getBlockId() == report.block()) {
                confirmed = lost.reportLost(report.node(), report.block())
                        && !Cluster.addresses(block.getLocations()).contains(report.node())
                        && cluster.replica(report.node(), block).isPresent();
            }
        }
        judge(report.block(), Fault.REPORT_LOST, confirmed);
    }

    /** Another client deletes the file; its writer goes on and learns of it at the end of the block. */
    private void deleteTooEarly(FSDataOutputStream out, Stops.OpenBlock block, byte[] rest) throws IOException {
        struck = true;
        LocatedBlocks all = located();
        cluster.client(job.id() + 1).delete(path, false);
        boolean told = false;
        try (out) {
            out.write(rest);
        } catch (IOException e) {
            told = true;
        }
        for (LocatedBlock one : all.getLocatedBlocks()) {
            long id = one.getBlock().getBlockId();
            judge(id, Fault.DELETED_TOO_EARLY, told && id == block.id() && !client.exists(path));
        }
    }

    /** Remembers the block that is being written, its generation and its DataNodes; null between two blocks. */
    private Stops.OpenBlock watch(FSDataOutputStream out, Map<Long, Stops.OpenBlock> flushed) throws IOException {
        LocatedBlocks all = located();
        LocatedBlock last = all.getLastLocatedBlock();
        if (last == null || all.isLastBlockComplete()) {
            return null;
        }
        long id = last.getBlock().getBlockId();
        blocks.add(id);
        List<String> pipeline = Cluster.addresses(((DFSOutputStream) out.getWrappedStream()).getPipeline());
        if (!flushed.containsKey(id)) {
            flushed.values().forEach(stops::left);
            flushed.put(id, new Stops.OpenBlock(id, last.getBlock().getGenerationStamp(), pipeline));
        }
        Stops.OpenBlock block = flushed.get(id);
        stops.opened(block);
        return block;
    }

    private boolean strikesWriteAt(int number, int chunk) {
        return job.strike()
                .filter(strike -> strike.fault().moment() == Fault.Moment.WRITING
                        && strike.step() == number
                        && strike.chunk() <= chunk)
                .isPresent();
    }

    private DiskFaults.Armed strike(Fault fault, Stops.OpenBlock block) {
        int replica = pick.nextInt(block.pipeline().size());
        if (fault == Fault.NODE_STOPPED) {
            String node = block.pipeline().get(replica);
            stops.stop(node, 300 + pick.nextInt(2_000));
            Workload.rest(300);
            return null;
        }
        return diskFaults.arm(block.id(), fault, replica, HANG_MILLIS + pick.nextInt(5_000));
    }

    /** A block was hit if its pipeline was rebuilt, which gives it a new generation, or if its client failed. */
    private void judgeWritten(
            Map<Long, Stops.OpenBlock> flushed,
            Stops.OpenBlock target,
            Fault fault,
            DiskFaults.Armed armed,
            boolean failed,
            long from)
            throws IOException {
        Map<Long, Long> stamps = new HashMap<>();
        for (LocatedBlock block : located().getLocatedBlocks()) {
            long id = block.getBlock().getBlockId();
            stamps.put(id, block.getBlock().getGenerationStamp());
            if (!flushed.containsKey(id)) {
                judgeUnwatched(id, failed, from);
            }
        }
        Stops.OpenBlock last = null;
        for (Stops.OpenBlock block : flushed.values()) {
            last = block;
        }
        for (Stops.OpenBlock block : flushed.values()) {
            boolean rebuilt = failed && block == last || stamps.getOrDefault(block.id(), -1L) != block.stamp();
            if (armed != null && block == target) {
                if (armed.struck() && rebuilt) {
                    ledger.confirmed(block.id(), fault);
                } else {
                    ledger.doubted(block.id(), Ledger.Doubt.UNNOTICED);
                }
            } else if (!block.stopped().isEmpty()) {
                if (rebuilt) {
                    ledger.confirmed(block.id(), Fault.NODE_STOPPED);
                } else {
                    ledger.doubted(block.id(), Ledger.Doubt.UNNOTICED);
                }
            } else if (rebuilt) {
                ledger.doubted(block.id(), Ledger.Doubt.CLIENT_ERROR);
            }
        }
    }

    /** Of a block that was written in one go it is not known whether its pipeline ever changed. */
    private void judgeUnwatched(long block, boolean failed, long from) {
        if (failed) {
            ledger.doubted(block, Ledger.Doubt.CLIENT_ERROR);
        }
        ledger.used(block, from, System.currentTimeMillis(), List.of(), true);
    }

    /** Another client finds the file open and asks for it to be closed. */
    private void recover() throws IOException {
        Workload.rest(1_000 + pick.nextInt(3_000));
        DistributedFileSystem other = cluster.client(job.id() + 1);
        boolean closed = other.recoverLease(path);
        for (int wait = 0; !closed && wait < 60; wait++) {
            Workload.rest(500);
            closed = other.isFileClosed(path);
        }
    }

    private void confirmRecovered(Stops.OpenBlock block) throws IOException {
        LocatedBlocks all = located();
        boolean recovered = !all.isUnderConstruction()
                && all.getLocatedBlocks().stream()
                        .map(LocatedBlock::getBlock)
                        .anyMatch(now -> now.getBlockId() == block.id() && now.getGenerationStamp() != block.stamp());
        if (recovered) {
            ledger.confirmed(block.id(), Fault.CLIENT_GONE);
        } else {
            ledger.doubted(block.id(), Ledger.Doubt.UNNOTICED);
        }
    }

    private void read(Step.Read read) throws IOException {
        try (FSDataInputStream in = client.open(path)) {
            long length = client.getFileStatus(path).getLen();
            switch (read.extent()) {
                case WHOLE -> in.readNBytes(Integer.MAX_VALUE);
                case RANGE -> {
                    int wanted = (int) Math.min(length, 3_000);
                    in.readFully((long) ((length - wanted) * read.from()), new byte[wanted]);
                }
                case BEGINNING -> in.readNBytes(700);
            }
        } catch (IOException e) {
            if (!struck) {
                throw e;
            }
        }
    }
}
