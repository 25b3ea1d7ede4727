package io.deepsentry.text.train;

import io.deepsentry.core.nn.Predictor;
import io.deepsentry.text.internal.token.TokenIds;
import java.util.Arrays;
import java.util.List;

/**
 * How far apart the vectors of distinct messages are, by Euclidean distance.
 *
 * @param smallest the smallest distance between any two
 * @param median the median over the messages of the distance to the nearest other
 * @param measured how many messages were compared: the first {@value #MOST}
 */
record VectorSeparation(double smallest, double median, int measured) {
    static final int MOST = 1500;

    static VectorSeparation of(Predictor encoder, List<TokenIds> messages, int time, int dimension) {
        int n = Math.min(MOST, messages.size());
        if (n < 2) {
            return new VectorSeparation(0, 0, n);
        }
        int[] rows = new int[n * time];
        for (int i = 0; i < n; i++) {
            messages.get(i).copyTo(rows, i * time);
        }
        float[] vectors = encoder.predict(rows, n);
        double[] nearest = new double[n];
        Arrays.fill(nearest, Double.MAX_VALUE);
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                double squared = 0;
                for (int k = 0; k < dimension; k++) {
                    double difference = vectors[i * dimension + k] - vectors[j * dimension + k];
                    squared += difference * difference;
                }
                nearest[i] = Math.min(nearest[i], squared);
                nearest[j] = Math.min(nearest[j], squared);
            }
        }
        Arrays.sort(nearest);
        return new VectorSeparation(Math.sqrt(nearest[0]), Math.sqrt(nearest[n / 2]), n);
    }
}
