package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealLogMaskingTest {
    /** Between the templates that people found by hand and a little more. */
    @ParameterizedTest
    @CsvSource({
        "hdfs/HDFS.log.gz, hdfs, 15, 30",
        "loghub_2k/BGL/BGL_2k.log, bgl, 120, 140",
        "loghub_2k/Apache/Apache_2k.log, apache, 6, 8",
        "loghub_2k/OpenStack/OpenStack_2k.log, openstack, 43, 50"
    })
    void findsAboutAsManyMessagesAsThereAreTemplates(String file, String format, int least, int most) {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA is not set: real logs are not checked");
        Path log = Path.of(data).resolve(file);
        assumeTrue(Files.exists(log), log + " is not there");
        MessageNormalizer normalizer = MessageNormalizer.defaults();
        Set<String> messages = new HashSet<>();
        try (LogReader reader = LogReader.builder().input(log).format(format).open()) {
            for (LogEvent event : reader) {
                messages.add(normalizer.normalize(event.message()));
            }
        }
        assertThat(messages).hasSizeBetween(least, most);
    }
}
