package io.deepsentry.benchmark;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Principal components of count vectors: a session is as anomalous as the squared length of what the components that
 * explain 95% of the variance leave of it, its squared prediction error, or Q statistic (Xu et al., Detecting
 * large-scale system problems by mining console logs, 2009).
 */
final class CountPca implements SequenceModel {
    private static final double EXPLAINED = 0.95;

    private final Counts counts;
    private final double[] mean;
    /** The components that are kept, each of the length of a count vector. */
    private final double[][] components;

    private CountPca(Counts counts, double[] mean, double[][] components) {
        this.counts = counts;
        this.mean = mean;
        this.components = components;
    }

    static CountPca learn(Examples examples) {
        Counts counts = Counts.of(examples);
        int dimension = counts.dimension();
        double total = Math.max(1, examples.total());
        double[] mean = new double[dimension];
        for (int i = 0; i < examples.size(); i++) {
            int[] vector = counts.of(examples.messages(i));
            for (int k = 0; k < dimension; k++) {
                mean[k] += examples.count(i) * vector[k] / total;
            }
        }
        DMatrixRMaj covariance = new DMatrixRMaj(dimension, dimension);
        for (int i = 0; i < examples.size(); i++) {
            double[] centred = centred(counts.of(examples.messages(i)), mean);
            double weight = examples.count(i) / total;
            for (int row = 0; row < dimension; row++) {
                double factor = weight * centred[row];
                for (int column = 0; factor != 0 && column < dimension; column++) {
                    covariance.add(row, column, factor * centred[column]);
                }
            }
        }
        return new CountPca(counts, mean, components(covariance));
    }

    private static double[] centred(int[] vector, double[] mean) {
        double[] centred = new double[mean.length];
        for (int k = 0; k < mean.length; k++) {
            centred[k] = vector[k] - mean[k];
        }
        return centred;
    }

    private static double[][] components(DMatrixRMaj covariance) {
        int dimension = covariance.getNumRows();
        EigenDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.eig(dimension, true, true);
        if (!decomposition.decompose(covariance)) {
            throw new IllegalStateException("a symmetric matrix has eigenvalues");
        }
        Integer[] byVariance = new Integer[dimension];
        double variance = 0;
        for (int k = 0; k < dimension; k++) {
            byVariance[k] = k;
            variance += Math.max(0, decomposition.getEigenvalue(k).getReal());
        }
        Arrays.sort(
                byVariance,
                (a, b) -> Double.compare(
                        decomposition.getEigenvalue(b).getReal(),
                        decomposition.getEigenvalue(a).getReal()));
        int kept = 0;
        double explained = 0;
        while (kept < dimension && explained < EXPLAINED * variance) {
            explained += decomposition.getEigenvalue(byVariance[kept++]).getReal();
        }
        double[][] components = new double[kept][];
        for (int k = 0; k < kept; k++) {
            components[k] =
                    decomposition.getEigenVector(byVariance[k]).getData().clone();
        }
        return components;
    }

    @Override
    public double score(int[] messages) {
        double[] rest = centred(counts.of(messages), mean);
        double error = 0;
        for (double value : rest) {
            error += value * value;
        }
        for (double[] component : components) {
            double projection = 0;
            for (int k = 0; k < rest.length; k++) {
                projection += component[k] * rest[k];
            }
            error -= projection * projection;
        }
        return Math.max(0, error);
    }
}
