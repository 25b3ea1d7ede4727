package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.parse.LogParseException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    private final Path folder;

    LabelsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void linesOfSessionAndNumberAreRead() throws IOException {
        Labels labels = load("\uFEFF# blocks\n\nblk_123: 1\r\nblk_-7:0\n  blk_8 : 0  \nhost:80: 1\n");
        assertThat(labels.asMap())
                .containsExactly(
                        Map.entry("blk_123", Label.ANOMALY),
                        Map.entry("blk_-7", Label.NORMAL),
                        Map.entry("blk_8", Label.NORMAL),
                        Map.entry("host:80", Label.ANOMALY));
        assertThat(labels.size()).isEqualTo(4);
        assertThat(labels.anomalies()).isEqualTo(2);
        assertThat(labels.of("blk_123")).contains(Label.ANOMALY);
        assertThat(labels.of("blk_9")).isEmpty();
    }

    @Test
    void aHeaderLineAndCommentsAfterLabelsAreRead() throws IOException {
        Labels labels = load("block: anomaly_label\nblk_1: 1 # bad, at 10:00\nblk_2: 0 # good\n");
        assertThat(labels.asMap()).containsExactly(Map.entry("blk_1", Label.ANOMALY), Map.entry("blk_2", Label.NORMAL));
    }

    @Test
    void theCsvIsReadWithAndWithoutItsHeader() throws IOException {
        String rows = "blk_1,Normal\n\"blk_2\",Anomaly\n";
        assertThat(load("BlockId,Label\n" + rows).asMap())
                .isEqualTo(load(rows).asMap())
                .hasSize(2);
    }

    @Test
    void aSessionNamedTwiceMustSayTheSame() throws IOException {
        assertThat(load("a: 1\na: 1\n").size()).isEqualTo(1);
        assertThatThrownBy(() -> load("a: 1\nb: 0\na: 0\n"))
                .hasMessageContaining("labels.txt:3: the session was ANOMALY before and is NORMAL here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
        blk_1 1~labels.txt:2: must be 'session: 0', 'session: 1' or 'session,Normal', but found "blk_1 1"
        blk_1: 2~labels.txt:2: the label must be 0, 1, Normal or Anomaly, but found "2"
        blk_1:~labels.txt:2: the label must be 0, 1, Normal or Anomaly, but found ""
        a,b,Normal~labels.txt:2: the label must be 0, 1, Normal or Anomaly, but found "b,Normal"
        : 1~labels.txt:2: the session must not be empty
        BlockId,Label~labels.txt:2: the label must be 0, 1, Normal or Anomaly, but found "Label"
        """)
    void aBadLineIsNamed(String line, String message) {
        assertThatThrownBy(() -> load("good: 1\n" + line + "\n"))
                .isInstanceOfSatisfying(LogParseException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.BAD_FORMAT);
                    assertThat(e.exitCode()).isEqualTo(2);
                })
                .hasMessageContaining(message);
    }

    @Test
    void severalBadLinesAreNamedInOneGoUpToALimit() {
        assertThatThrownBy(() -> load("x\n".repeat(9)))
                .hasMessageContaining("labels.txt:5:")
                .hasMessageNotContaining("labels.txt:6:");
    }

    @Test
    void aFileWithoutLabelsOrNoFileIsRefused() throws IOException {
        assertThatThrownBy(() -> load("# nothing\n"))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EMPTY))
                .hasMessageContaining("has no label");
        assertThatThrownBy(() -> load("")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> Labels.load(folder.resolve("none.txt")))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
                .hasMessageStartingWith("label file: input ")
                .hasMessageContaining("none.txt does not exist");
    }

    @Test
    void theUtahParserLoadsThemToo() throws IOException {
        Path file = Files.writeString(folder.resolve("u.txt"), "a: 1\n");
        assertThat(new UtahLogParser().loadLabels(file).anomalies()).isEqualTo(1);
    }

    private Labels load(String text) throws IOException {
        return Labels.load(Files.writeString(folder.resolve("labels.txt"), text));
    }
}
