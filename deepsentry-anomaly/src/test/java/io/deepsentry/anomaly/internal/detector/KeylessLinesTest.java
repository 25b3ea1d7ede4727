package io.deepsentry.anomaly.internal.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeylessLinesTest {
    private final Path folder;

    KeylessLinesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** 300 orders of two lines; after each a line without a key. */
    private PreparedData prepared(List<String> keyless) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String time = String.format("2026-01-02T10:%02d:%02dZ", i / 60, i % 60);
            lines.add(time + " INFO order " + i + " opened");
            lines.add(time + " INFO order " + i + " closed");
            lines.add(time + " " + keyless.get(i % keyless.size()));
        }
        Path log = Files.write(folder.resolve("app.log"), lines);
        Prepare.run(
                PrepareSettings.builder()
                        .dataDir(folder)
                        .inputs(log)
                        .sessionKey("order (\\d+)")
                        .build(),
                RunContext.quiet());
        return PreparedData.open(folder.resolve("prepared_data")).keyless().orElseThrow();
    }

    @Test
    void whatTrainingHadIsNormalAndWhatItNeverHadIsNot() throws IOException {
        KeylessLines lines = KeylessLines.learn(
                prepared(List.of("INFO timer ran", "INFO cache cleaned", "INFO timer ran", "WARN queue is long")));

        assertThat(lines.score("timer ran", Severity.LOW)).isCloseTo(Math.log(2), within(0.1));
        assertThat(lines.score("queue is long", Severity.PLAIN)).isLessThan(lines.threshold());
        assertThat(lines.score("disk is full", Severity.HIGH)).isGreaterThan(lines.threshold() + 2);
        assertThat(lines.score("disk is full", Severity.PLAIN)).isGreaterThan(lines.threshold());
        assertThat(lines.score("disk is full", Severity.LOW)).isLessThan(lines.score("disk is full", Severity.PLAIN));
    }

    @Test
    void aLogThatKeepsSayingNewThingsIsNotFlaggedForThat() throws IOException {
        List<String> ever = new ArrayList<>();
        List<String> words =
                List.of("disk", "user", "cache", "queue", "mail", "timer", "left", "came", "grew", "fell", "again");
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            StringBuilder message = new StringBuilder("INFO");
            for (int word = 0; word < 3 + i % 4; word++) {
                message.append(' ').append(words.get(random.nextInt(words.size())));
            }
            ever.add(message.toString());
        }
        KeylessLines lines = KeylessLines.learn(prepared(ever));

        assertThat(lines.score("mail mail mail mail mail mail mail", Severity.LOW))
                .isLessThan(lines.threshold());
    }

    @Test
    void whatIsReadBackScoresTheSame() throws IOException {
        PreparedData keyless = prepared(List.of("INFO timer ran", "INFO cache cleaned"));
        KeylessLines lines = KeylessLines.learn(keyless);
        Path file = folder.resolve(KeylessLines.FILE);
        lines.writer().write(file);
        KeylessLines read = KeylessLines.read(file);

        assertThat(read.threshold()).isEqualTo(lines.threshold());
        KeylessLines.forEach(
                keyless, Split.TEST, (message, row) -> assertThat(read.score(message, Severity.of(row.level())))
                        .isEqualTo(lines.score(message, Severity.of(row.level()))));
        assertThat(read.score("disk is full", Severity.HIGH)).isEqualTo(lines.score("disk is full", Severity.HIGH));
    }
}
