package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.parse.SessionKey;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recorded HDFS log, read as live reads it. */
@Tag("long")
@Timeout(600)
class RealLogTest {
    private static final int TRAINING_LINES = 20_000;
    private static final SessionKey BLOCK = SessionKey.of("(blk_-?\\d+)");

    @Test
    void scoresALogInRandomChunksAsTheBatchDoesToTheBit(@TempDir Path folder) throws Exception {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA does not name the folder of recorded logs");
        Path train = folder.resolve("train.log");
        Path test = folder.resolve("test.log");
        unpack(Path.of(Objects.requireNonNull(data), "hdfs", "HDFS.log.gz"), train, test);
        TrainedModels models = TrainedModels.train(
                folder, train, test, Map.of("session_key", BLOCK.regex(), "log_format", "hdfs", "seed", "3"));

        Map<String, Double> found = new HashMap<>();
        try (DataStream stream = DataStream.builder()
                        .input("chunks", new Chunks(Files.newInputStream(test), new Random(4)))
                        .format("hdfs")
                        .sessionKey(BLOCK)
                        .batchInterval(Duration.ZERO)
                        .open();
                AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(models.encoder())
                        .anomalyModel(models.detector())
                        .idleTimeout(null)
                        .onSessionEnd(
                                end -> found.put(end.session(), end.verdict().score()))
                        .open()) {
            while (!stream.ended()) {
                identifier.checkAll(stream.nextBatch());
            }
            identifier.endSessions();
        }

        assertThat(found).isEqualTo(models.sessionScores(BLOCK)).hasSizeGreaterThan(5_000);
    }

    /** The whole log is what is scored; its first lines are what is learnt from. */
    private static void unpack(Path gzipped, Path train, Path test) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(gzipped)), StandardCharsets.UTF_8));
                BufferedWriter first = Files.newBufferedWriter(train);
                BufferedWriter all = Files.newBufferedWriter(test)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.write(line + "\n");
                if (number++ < TRAINING_LINES) {
                    first.write(line + "\n");
                }
            }
        }
    }
}
