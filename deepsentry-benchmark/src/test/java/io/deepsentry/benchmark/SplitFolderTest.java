package io.deepsentry.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.encode.TextEncoder;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts that the detector of a benchmark learns from are like those that a user's learns from. */
class SplitFolderTest {
    private final Path folder;

    SplitFolderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** A vector that says how long a message is. */
    private record Lengths(MessageIdentity identity) implements TextEncoder {
        @Override
        public Matrix encodeIdentities(List<String> identities) {
            float[] lengths = new float[identities.size()];
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = identities.get(i).length();
            }
            return Matrix.of(lengths.length, 1, lengths);
        }

        @Override
        public int[] tokenIds(String text) {
            return new int[] {text.length()};
        }

        @Override
        public int dimension() {
            return 1;
        }
    }

    private static Corpus corpus(PreparedData source) {
        return CorpusReader.read(source, new Lengths(source.identity()), 10, RunContext.quiet());
    }

    private Path log(String name, int from) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lines.add("2026-05-04T10:%02d:00Z %s app: job %d done"
                    .formatted(i, i % 10 == 9 ? "ERROR" : "INFO", from + i));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private PreparedData prepared(PrepareSettings settings) {
        PrepareResult result = Prepare.run(settings, RunContext.quiet());
        return PreparedData.open(result.directory());
    }

    private static List<List<MessageValue>> values(PreparedData data, Split split) {
        List<List<MessageValue>> all = new ArrayList<>();
        try (PreparedData.Rows<List<MessageValue>> rows = data.values(split)) {
            for (List<MessageValue> row = rows.next(); row != null; row = rows.next()) {
                all.add(row);
            }
        }
        return all;
    }

    private static List<IndexRow> origins(PreparedData data, Split split) {
        List<IndexRow> all = new ArrayList<>();
        try (PreparedData.Rows<IndexRow> rows = data.origins(split)) {
            for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                all.add(row);
            }
        }
        return all;
    }

    @Test
    void lines_of_streams_keep_their_values_times_levels_and_files() throws IOException {
        PreparedData source = prepared(PrepareSettings.builder()
                .dataDir(folder)
                .inputs(log("one.log", 1000), log("two.log", 2000))
                .build());
        try (Corpus corpus = corpus(source)) {
            SplitFolder split = new SplitFolder(folder.resolve("split"), source, corpus);
            // The last lines of the first stream and the first of the second.
            split.write(Split.TRAIN, SmallCorpus.cases(45, 55));
            split.complete(false);

            PreparedData data = PreparedData.open(split.prepared());
            assertThat(values(data, Split.TRAIN))
                    .extracting(row -> row.get(0).text())
                    .containsExactly("1045", "1046", "1047", "1048", "1049", "2000", "2001", "2002", "2003", "2004");
            List<IndexRow> origins = origins(data, Split.TRAIN);
            assertThat(origins.get(4).file()).endsWith("one.log");
            assertThat(origins.get(4).level()).isEqualTo("ERROR");
            assertThat(origins.get(5).file()).endsWith("two.log");
            assertThat(origins.get(5).time()).hasToString("2026-05-04T10:00:00Z");
            assertThat(values(data, Split.TEST)).isEmpty();
        }
    }

    @Test
    void sessions_have_rows_without_values() throws IOException {
        PreparedData source = prepared(PrepareSettings.builder()
                .dataDir(folder)
                .inputs(JobLog.write(folder, 40, 0).log())
                .sessionKey(JobLog.SESSION_KEY)
                .build());
        try (Corpus corpus = corpus(source)) {
            SplitFolder split = new SplitFolder(folder.resolve("split"), source, corpus);
            split.write(Split.TRAIN, SmallCorpus.cases(0, 5));
            split.complete(false);

            PreparedData data = PreparedData.open(split.prepared());
            assertThat(values(data, Split.TRAIN))
                    .hasSize((int) data.rows(Split.TRAIN))
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row).isEmpty());
            assertThat(origins(data, Split.TRAIN)).extracting(IndexRow::session).contains("0", "4");
        }
    }
}
