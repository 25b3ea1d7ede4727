package io.deepsentry.core.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MatrixTest {
    private static final Matrix MATRIX = Matrix.of(2, 3, new float[] {1, 2, 3, 4, 5, 6});

    @Test
    void hasItsValuesRowByRow() {
        assertThat(MATRIX.get(0, 2)).isEqualTo(3);
        assertThat(MATRIX.get(1, 0)).isEqualTo(4);
        assertThat(MATRIX.row(1)).containsExactly(4, 5, 6);
        float[] target = new float[5];
        MATRIX.copyRow(0, target, 2);
        assertThat(target).containsExactly(0, 0, 1, 2, 3);
    }

    @Test
    void refusesPlacesThatAreNotThere() {
        assertThatThrownBy(() -> MATRIX.get(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> MATRIX.get(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> MATRIX.get(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> MATRIX.row(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> MATRIX.copyRow(0, new float[5], 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesAnotherNumberOfValues() {
        assertThatThrownBy(() -> Matrix.of(2, 3, new float[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs 6 values, but there were 5");
        assertThatThrownBy(() -> Matrix.of(-1, 0, new float[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Matrix.of(1 << 16, 1 << 16, new float[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FloatArray.of(new int[] {2, 2}, new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Matrix.of(0, 3, new float[0]).rows()).isZero();
    }

    @Test
    void doesNotChangeWithTheArraysItGaveOrTook() {
        float[] values = {1, 2};
        Matrix matrix = Matrix.of(1, 2, values);
        values[0] = 9;
        matrix.toArray()[0] = 9;
        matrix.row(0)[0] = 9;
        assertThat(matrix.get(0, 0)).isEqualTo(1);
    }

    @Test
    void equalsByContent() {
        assertThat(Matrix.of(2, 3, MATRIX.toArray())).isEqualTo(MATRIX).hasSameHashCodeAs(MATRIX);
        assertThat(Matrix.of(3, 2, MATRIX.toArray())).isNotEqualTo(MATRIX);
        assertThat(FloatArray.of(MATRIX).toMatrix()).isEqualTo(MATRIX);
        assertThatThrownBy(() -> FloatArray.ofVector(new float[2]).toMatrix())
                .isInstanceOf(IllegalStateException.class);
    }
}
