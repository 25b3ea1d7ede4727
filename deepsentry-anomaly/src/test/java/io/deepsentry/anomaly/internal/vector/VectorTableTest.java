package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorTableTest {
    @ParameterizedTest
    @CsvSource({"1, 16", "3, 16", "128, 16", "128, 0", "200, 1"})
    void eachDistinctVectorHasOneNumberOnTheHeapAndBeyond(int dimension, int heapSegments) {
        Random random = new Random(7);
        int count = 3 * Segments.SEGMENT_BYTES / (Integer.highestOneBit(Math.max(1, dimension * 2 - 1)) * 4) / 2;
        count = Math.min(count, 20_000);
        float[][] vectors = new float[count][dimension];
        try (VectorTable table = new VectorTable(dimension, heapSegments)) {
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < dimension; j++) {
                    vectors[i][j] = j == 0 ? i : random.nextFloat();
                }
                assertThat(table.intern(vectors[i])).isEqualTo(i);
            }
            for (int i = 0; i < count; i++) {
                assertThat(table.intern(vectors[i].clone())).isEqualTo(i);
                assertThat(table.find(vectors[i])).isEqualTo(i);
            }
            assertThat(table.vector(count - 1)).containsExactly(vectors[count - 1]);
            assertThat(table.size()).isEqualTo(count);
            float[] other = new float[dimension];
            other[0] = -1;
            assertThat(table.find(other)).isEqualTo(-1);
            assertThatThrownBy(() -> table.intern(new float[dimension + 1]))
                    .hasMessageContaining("must have " + dimension);
            assertThatThrownBy(() -> table.vector(table.size())).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
