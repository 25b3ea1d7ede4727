package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.TrainedOnSmallData;
import io.deepsentry.core.DataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedSessionsTest {
    /** With no segment on the heap everything goes through the temporary file. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16})
    void linesThatAlternateAreGatheredBySessionInTheOrderOfFirstLines(int heapSegments, @TempDir Path root)
            throws IOException {
        PreparedData prepared =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(20, TrainedOnSmallData.NORMAL), true);
        try (VectorTable table = new VectorTable(TrainedOnSmallData.DIMENSION, heapSegments);
                EncodedSessions sessions = EncodedSessions.read(
                        root.resolve("encoded_dataset/train_encoded.pkl"),
                        prepared,
                        Split.TRAIN,
                        table,
                        RunContext.quiet(),
                        heapSegments)) {
            assertThat(sessions.count()).isEqualTo(13);
            assertThat(sessions.rows()).isEqualTo(65);
            assertThat(sessions.keyed()).isTrue();
            assertThat(table.size()).isEqualTo(4);
            List<Long> firstLines = new ArrayList<>();
            sessions.forEach(session -> {
                firstLines.add(session.line());
                List<float[]> vectors = new ArrayList<>();
                for (int i = 0; i < session.length(); i++) {
                    vectors.add(table.vector(session.id(i)));
                }
                assertThat(vectors)
                        .usingRecursiveComparison()
                        .isEqualTo(TrainedOnSmallData.session(TrainedOnSmallData.NORMAL));
            });
            assertThat(firstLines).isSorted().startsWith(1L, 2L, 11L, 12L);
        }
    }

    @Test
    void vectorsOfOtherRowsAreRefused(@TempDir Path root) throws IOException {
        PreparedData prepared =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(20, TrainedOnSmallData.NORMAL), true);
        for (long rows : new long[] {prepared.rows(Split.TRAIN) - 1, prepared.rows(Split.TRAIN) + 1}) {
            Path other = root.resolve("other.pkl");
            try (VectorFileWriter writer = VectorFileWriter.create(other, rows, TrainedOnSmallData.DIMENSION)) {
                for (long i = 0; i < rows; i++) {
                    writer.write(TrainedOnSmallData.vector("x"));
                }
            }
            try (VectorTable table = new VectorTable(TrainedOnSmallData.DIMENSION)) {
                assertThatThrownBy(() -> EncodedSessions.read(other, prepared, Split.TRAIN, table, RunContext.quiet()))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("do not belong together");
            }
        }
    }

    @Test
    void vectorsOfAnotherDimensionAreRefusedWithBoth(@TempDir Path root) throws IOException {
        PreparedData prepared =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(20, TrainedOnSmallData.NORMAL), true);
        try (VectorTable table = new VectorTable(128)) {
            assertThatThrownBy(() -> EncodedSessions.read(
                            root.resolve("encoded_dataset/train_encoded.pkl"),
                            prepared,
                            Split.TRAIN,
                            table,
                            RunContext.quiet()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("128")
                    .hasMessageContaining("16");
        }
    }
}
