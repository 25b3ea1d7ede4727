package io.deepsentry.tools.recordhdfs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.hdfs.server.datanode.DataNodeFaultInjector;
import org.apache.hadoop.util.VersionInfo;
import org.apache.log4j.AppenderSkeleton;
import org.apache.log4j.FileAppender;
import org.apache.log4j.Level;
import org.apache.log4j.Logger;
import org.apache.log4j.spi.LoggingEvent;
import org.apache.log4j.varia.NullAppender;

/** Records the log of a small HDFS under a varied load, some of it struck by faults, with a label for each block. */
public final class RecordHdfs {

    private static final Pattern GIVEN_UP = Pattern.compile("Abandoning .*blk_(\\d+)");

    private RecordHdfs() {}

    /**
     * Arguments: seed, seconds, number of files, how often each kind of fault is tried in a ninth of the time, folder
     * to run in, folder for the result.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 6) {
            System.err.println("usage: RecordHdfs SEED SECONDS FILES STRIKES WORK_DIR OUTPUT_DIR");
            System.exit(2);
        }
        long seed = Long.parseLong(args[0]);
        int seconds = Integer.parseInt(args[1]);
        Plan plan = Plan.draw(seed, seconds * 1000L, Integer.parseInt(args[2]), Double.parseDouble(args[3]));
        Path work = Path.of(args[4]);
        Path output = Path.of(args[5]);
        deleteAll(work);
        Files.createDirectories(work);
        Files.createDirectories(output);

        Ledger ledger = new Ledger();
        DiskFaults diskFaults = new DiskFaults();
        LostMessages lost = new LostMessages();
        Path raw = work.resolve("recorded.log");
        silence(ledger);
        DataNodeFaultInjector.set(diskFaults);
        try (Cluster cluster = new Cluster(work.resolve("hdfs"), lost)) {
            FileAppender appender = new FileAppender(new ClassicLayout(), raw.toString(), false, true, 65_536);
            Logger.getRootLogger().addAppender(appender);
            Workload.run(plan, cluster, ledger, diskFaults, lost);
            Logger.getRootLogger().removeAppender(appender);
            appender.close();
        }
        Ledger.Judgement judgement = ledger.judge();
        new Sample(raw, judgement)
                .write(
                        output,
                        new Sample.Origin(
                                VersionInfo.getVersion(),
                                seed,
                                seconds,
                                plan.jobs().size()));
        System.exit(0);
    }

    /** Only the servers speak: clients log elsewhere in a real cluster, and test code would log what it breaks. */
    private static void silence(Ledger ledger) {
        Logger.getRootLogger().addAppender(new NullAppender());
        level("", Level.OFF);
        level("BlockStateChange", Level.INFO);
        level("org.apache.hadoop.hdfs.StateChange", Level.INFO);
        level("org.apache.hadoop.hdfs.server", Level.INFO);
        level("org.apache.hadoop.ipc.Server", Level.INFO);
        // Reads are logged at this level only.
        level("org.apache.hadoop.hdfs.server.datanode.DataNode.clienttrace", Level.DEBUG);
        // One line an operation, with no block in it.
        level("org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit", Level.OFF);
        level("org.apache.hadoop.hdfs.server.blockmanagement.BlockPlacementPolicy", Level.WARN);
        // Names the host.
        level("org.apache.hadoop.hdfs.server.common.Storage", Level.WARN);

        Logger client = Logger.getLogger("org.apache.hadoop.hdfs.DataStreamer");
        client.setLevel(Level.INFO);
        client.setAdditivity(false);
        client.addAppender(new AppenderSkeleton() {
            @Override
            protected void append(LoggingEvent event) {
                Matcher givenUp = GIVEN_UP.matcher(event.getRenderedMessage());
                if (givenUp.find()) {
                    ledger.givenUp(Long.parseLong(givenUp.group(1)), event.getTimeStamp());
                }
            }

            @Override
            public void close() {}

            @Override
            public boolean requiresLayout() {
                return false;
            }
        });
    }

    private static void level(String logger, Level level) {
        (logger.isEmpty() ? Logger.getRootLogger() : Logger.getLogger(logger)).setLevel(level);
    }

    private static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException error) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
