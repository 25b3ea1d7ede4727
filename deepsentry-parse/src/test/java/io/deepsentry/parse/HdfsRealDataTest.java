package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HdfsRealDataTest {
    private final Path hdfs = RealData.folder("hdfs");

    @Test
    void everyLineOfTheRealLogIsAnEventOfALabelledSession() {
        Set<String> sessions = new HashSet<>();
        Instant before = Instant.MIN;
        try (LogReader reader = LogReader.builder()
                .input(hdfs.resolve("HDFS.log.gz"))
                .format("hdfs")
                .sessionKey("(blk_-?\\d+)")
                .open()) {
            for (LogEvent event : reader) {
                assertThat(event.time()).isAfterOrEqualTo(before);
                before = event.time() == null ? before : event.time();
                sessions.addAll(event.sessionKeys());
            }
            ReadStats stats = reader.stats();
            assertThat(stats.lines()).isEqualTo(125_942);
            assertThat(stats.events()).isEqualTo(125_942);
            assertThat(stats.malformed()).isZero();
            assertThat(stats.withoutKey()).isZero();
            assertThat(reader.bytesRead()).isEqualTo(reader.totalBytes().orElseThrow());
        }
        Labels labels = Labels.load(hdfs.resolve("anomaly_label.csv"));
        assertThat(sessions).isEqualTo(labels.asMap().keySet());
        assertThat(labels.size()).isEqualTo(5750);
        assertThat(labels.anomalies()).isEqualTo(212);
    }

    @Test
    void autoTakesTheHdfsPreset() {
        try (LogReader reader =
                LogReader.builder().input(hdfs.resolve("HDFS.log.gz")).open()) {
            assertThat(reader.formatName()).isEqualTo("hdfs");
        }
    }
}
