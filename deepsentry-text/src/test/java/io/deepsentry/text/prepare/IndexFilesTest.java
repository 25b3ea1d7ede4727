package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that say where messages came from: packed, and still read where they are not. */
class IndexFilesTest {
    private final Path folder;
    private final Path prepared;

    IndexFilesTest(@TempDir Path folder) {
        this.folder = folder;
        prepared = folder.resolve("prepared_data");
    }

    /** Two thousand lines of a hundred sessions, and some without a key. */
    private PreparedData prepare() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String key = i % 20 == 19 ? "" : " for blk_" + i / 20;
            lines.add(String.format("081109 20%02d%02d step %d done%s", i / 60, i % 60, i % 20, key));
        }
        Path log = Files.write(folder.resolve("blocks.log"), lines);
        Prepare.run(
                PrepareSettings.builder()
                        .inputs(log)
                        .format("utah")
                        .sessionKey("(blk_\\d+)")
                        .preparedDataDir(prepared)
                        .build(),
                RunContext.quiet());
        return PreparedData.open(prepared);
    }

    private static List<IndexRow> origins(PreparedData data, Split split) {
        List<IndexRow> rows = new ArrayList<>();
        try (PreparedData.Rows<IndexRow> origins = data.origins(split)) {
            for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static String unpacked(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What {@code gunzip} does: writes the file without {@code .gz} and deletes the one with it. */
    private static void unpackInPlace(PreparedData data) throws IOException {
        for (Split split : Split.values()) {
            Path packed = data.directory().resolve(split.indexFile());
            Files.writeString(data.directory().resolve(split.unpackedIndexFile()), unpacked(packed));
            Files.delete(packed);
        }
    }

    @Test
    void anIndexIsLinesOfWholeObjectsAndPackedTakesATenthOfThem() throws IOException {
        PreparedData data = prepare();

        String text = unpacked(prepared.resolve("train_index.jsonl.gz"));
        List<IndexRow> rows = origins(data, Split.TRAIN);
        assertThat(text).endsWith("}\n");
        assertThat(text.lines()).hasSameSizeAs(rows).hasSize((int) data.rows(Split.TRAIN));
        JsonNode last = new ObjectMapper().readTree(text.lines().toList().get(rows.size() - 1));
        IndexRow row = rows.get(rows.size() - 1);
        assertThat(last.path("session").asText()).isEqualTo(row.session());
        assertThat(last.path("line").asLong()).isEqualTo(row.line());
        assertThat(last.path("offset").asLong()).isEqualTo(row.offset());
        assertThat(last.path("file").asText()).isEqualTo(row.file());
        assertThat(last.path("time").asText()).isEqualTo(String.valueOf(row.time()));
        assertThat(Files.size(data.index(Split.TRAIN))).isLessThan(text.length() / 10);
    }

    @Test
    void anUnpackedIndexIsReadTheSameAndGoesWithTheNextPrepare() throws IOException {
        PreparedData data = prepare();
        PreparedData keyless = data.keyless().orElseThrow();
        List<IndexRow> rows = origins(data, Split.TEST);
        List<IndexRow> rowsWithoutKey = origins(keyless, Split.TEST);

        unpackInPlace(data);
        unpackInPlace(keyless);

        PreparedData again = PreparedData.open(prepared);
        assertThat(again.index(Split.TEST)).hasFileName("test_index.jsonl");
        assertThat(origins(again, Split.TEST)).isEqualTo(rows);
        assertThat(origins(again.keyless().orElseThrow(), Split.TEST)).isEqualTo(rowsWithoutKey);

        PreparedData fresh = prepare();
        assertThat(fresh.index(Split.TEST)).hasFileName("test_index.jsonl.gz");
        assertThat(prepared.resolve("test_index.jsonl")).doesNotExist();
        assertThat(prepared.resolve("keyless/test_index.jsonl")).doesNotExist();
        assertThat(origins(fresh, Split.TEST)).isEqualTo(rows);
    }

    @Test
    void anIndexThatBreaksOffIsRefusedWithWhatToDo() throws IOException {
        PreparedData data = prepare();
        Path file = data.index(Split.VAL);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 5, 30, whole.length / 2, whole.length - 4}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> origins(data, Split.VAL))
                    .isExactlyInstanceOf(DataException.class)
                    .hasMessageContaining("val_index.jsonl.gz")
                    .hasMessageContaining("run prepare again");
        }
        Files.writeString(file, "{\"file\":\"a.log\",\"line\":1,\"offset\":0}\n");
        assertThatThrownBy(() -> origins(data, Split.VAL))
                .isExactlyInstanceOf(DataException.class)
                .hasMessageContaining("run prepare again");
        Files.delete(file);
        assertThatThrownBy(() -> PreparedData.open(prepared))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("val_index.jsonl.gz");
    }

    @Test
    void aPartWrittenRowByRowIsReadAndReplacesAnUnpackedIndex() throws IOException {
        PreparedData data = prepare();
        unpackInPlace(data);
        // Half a surrogate pair, which JSON can say, ends up as a question mark.
        IndexRow row = new IndexRow(
                Instant.parse("2026-03-02T08:00:00.25Z"),
                "s \"1\"",
                "ä.log",
                7,
                1L << 40,
                Label.ANOMALY,
                "WARN",
                "c\ud800",
                "t");
        try (PartWriter writer = PartWriter.create(prepared, Split.TEST)) {
            writer.write("step <num> done", row, List.of());
            writer.write("step <num> done", new IndexRow(null, null, "b.log", 1, 0, null, null, null, null), List.of());
        }

        assertThat(origins(data, Split.TEST))
                .containsExactly(
                        new IndexRow(
                                row.time(),
                                row.session(),
                                row.file(),
                                row.line(),
                                row.offset(),
                                row.label(),
                                row.level(),
                                "c?",
                                "t"),
                        new IndexRow(null, null, "b.log", 1, 0, null, null, null, null));
    }
}
