package io.deepsentry.core.nn;

import java.util.Arrays;
import java.util.Random;

/** Draws weights as Keras' default initialisers do, from a seed of their own for each weight. */
final class Initialisation {
    private Initialisation() {}

    static NdArray draw(String layer, LayerWeight weight, long seed) {
        int[] shape = weight.dimensions();
        int size = Network.length(weight.shape());
        float[] data = new float[size];
        Random random = new Random(mix(seed, layer + "/" + weight.name()));
        switch (weight.initialiser()) {
            case GLOROT_UNIFORM -> fillUniform(data, random, Math.sqrt(6.0 / (shape[0] + shape[1])));
            case EMBEDDING_UNIFORM -> fillUniform(data, random, 0.05);
            case ORTHOGONAL -> fillOrthogonal(data, shape[0], shape[1], random);
            case ZEROS -> {}
            case ONES -> Arrays.fill(data, 1);
            case UNIT_FORGET_BIAS -> {
                for (int i = size / 4; i < size / 2; i++) {
                    data[i] = 1;
                }
            }
        }
        return NdArray.wrap(shape, data);
    }

    private static long mix(long seed, String name) {
        long mixed = seed * 0x9E3779B97F4A7C15L + name.hashCode();
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private static void fillUniform(float[] data, Random random, double limit) {
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) ((2 * random.nextDouble() - 1) * limit);
        }
    }

    /**
     * Orthonormal rows (there are never more rows than columns in an LSTM): Gram and Schmidt, twice over for precision.
     */
    private static void fillOrthogonal(float[] data, int rows, int columns, Random random) {
        double[][] basis = new double[rows][columns];
        for (int r = 0; r < rows; r++) {
            double[] row = basis[r];
            for (int c = 0; c < columns; c++) {
                row[c] = random.nextGaussian();
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int earlier = 0; earlier < r; earlier++) {
                    double dot = dot(row, basis[earlier]);
                    for (int c = 0; c < columns; c++) {
                        row[c] -= dot * basis[earlier][c];
                    }
                }
            }
            double norm = Math.sqrt(dot(row, row));
            for (int c = 0; c < columns; c++) {
                row[c] /= norm;
                data[r * columns + c] = (float) row[c];
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
