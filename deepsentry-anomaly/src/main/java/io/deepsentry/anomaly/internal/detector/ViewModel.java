package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.internal.vector.MessageTable;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import io.deepsentry.anomaly.internal.vector.WindowMemo;
import io.deepsentry.anomaly.internal.vector.WindowRows;
import io.deepsentry.anomaly.internal.vector.Windows;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A view's detector, of one network or several, and the surprises it finds. A window's surprise is that of its last
 * row: what came before it is all the detector then sees, in both directions.
 *
 * <p>Safe for use by several threads.
 */
public final class ViewModel implements AutoCloseable {
    private static final int CHUNK = 1024;

    private final View view;
    private final List<Predictor> members;
    private final TrainingMessages known;
    private final int length;

    /**
     * Opens the networks.
     *
     * @param models at least one, which learnt the same from different beginnings
     */
    public ViewModel(View view, List<Model> models, TrainingMessages known, int length, Device device) {
        this(
                view,
                models.stream()
                        .map(model -> TensorFlow.predictor(model, device))
                        .toList(),
                known,
                length);
    }

    /** Takes over networks that are open already. */
    public ViewModel(View view, List<Predictor> members, TrainingMessages known, int length) {
        this.view = view;
        this.members = List.copyOf(members);
        this.known = known;
        this.length = length;
    }

    View view() {
        return view;
    }

    /**
     * The surprise of the last row of each window, in nats. Those the memo knows are taken from it, which changes no
     * bit: a window's result does not depend on which windows it is computed with.
     */
    public double[] surprises(List<int[]> windows, MessageTable messages) {
        WindowMemo<Double> memo = messages.memo(view);
        double[] nats = new double[windows.size()];
        Map<MessageSequence, List<Integer>> missing = new LinkedHashMap<>();
        for (int i = 0; i < nats.length; i++) {
            MessageSequence key = new MessageSequence(windows.get(i));
            Double found = memo.get(key);
            if (found != null) {
                nats[i] = found;
            } else {
                missing.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(i);
            }
        }
        List<MessageSequence> distinct = List.copyOf(missing.keySet());
        messages.addComputed(distinct.size());
        for (int from = 0; from < distinct.size(); from += CHUNK) {
            List<MessageSequence> chunk = distinct.subList(from, Math.min(from + CHUNK, distinct.size()));
            double[] computed = compute(chunk, messages);
            for (int i = 0; i < computed.length; i++) {
                memo.put(chunk.get(i), computed[i]);
                for (int place : missing.getOrDefault(chunk.get(i), List.of())) {
                    nats[place] = computed[i];
                }
            }
        }
        return nats;
    }

    /** The same of one window. */
    public double surprise(int[] window, MessageTable messages) {
        Double found = messages.memo(view).get(new MessageSequence(window));
        return found == null ? surprises(List.of(window), messages)[0] : found;
    }

    private double[] compute(List<MessageSequence> windows, MessageTable messages) {
        int[] met = new int[windows.size()];
        List<float[]> vectors = new ArrayList<>(met.length);
        for (int i = 0; i < met.length; i++) {
            int code = Windows.last(windows.get(i).messages());
            met[i] = code == Windows.END ? known.endRow() : messages.row(code);
            vectors.add(met[i] >= 0 ? new float[0] : messages.table().vector(code));
        }
        List<float[]> expected = expected(windows, messages);
        double[][] nats = new double[expected.size()][];
        for (int member = 0; member < nats.length; member++) {
            nats[member] = known.surprises(expected.get(member), met, vectors);
        }
        return nats.length == 1 ? nats[0] : combine(nats);
    }

    /** What each member expects as the last row of windows, {@code [windows, d]}. */
    private List<float[]> expected(List<MessageSequence> windows, MessageTable messages) {
        int dimension = known.dimension();
        List<float[]> expected = new ArrayList<>();
        members.forEach(member -> expected.add(new float[windows.size() * dimension]));
        WindowRows rows = new WindowRows(messages.table(), known);
        Map<Integer, List<Integer>> byLast = new TreeMap<>();
        for (int i = 0; i < windows.size(); i++) {
            int last = Windows.rows(windows.get(i).messages()) - 1;
            byLast.computeIfAbsent(last, unused -> new ArrayList<>()).add(i);
        }
        byLast.forEach((last, places) -> {
            float[] input = new float[places.size() * length * dimension];
            for (int i = 0; i < places.size(); i++) {
                rows.fill(windows.get(places.get(i)).messages(), input, i * length * dimension);
            }
            for (int member = 0; member < members.size(); member++) {
                float[] output = members.get(member).predictStep(input, places.size(), last);
                for (int i = 0; i < places.size(); i++) {
                    System.arraycopy(output, i * dimension, expected.get(member), places.get(i) * dimension, dimension);
                }
            }
        });
        return expected;
    }

    /**
     * The surprise at the mean of the members' probabilities: a network that is sure of what the others are not is
     * outvoted.
     */
    public static double[] combine(double[][] nats) {
        double[] combined = new double[nats[0].length];
        for (int i = 0; i < combined.length; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (double[] member : nats) {
                least = Math.min(least, member[i]);
            }
            double sum = 0;
            for (double[] member : nats) {
                sum += Math.exp(least - member[i]);
            }
            combined[i] = least - Math.log(sum / nats.length);
        }
        return combined;
    }

    /**
     * How likely each known message, and in the last place the end, was as the last row of a window: the mean of the
     * members. Not to be changed.
     */
    public double[] probabilities(int[] window, MessageTable messages) {
        WindowMemo<double[]> memo = messages.probabilities(view);
        MessageSequence key = new MessageSequence(window);
        double[] found = memo.get(key);
        if (found == null) {
            found = computeProbabilities(window, messages);
            memo.put(key, found);
        }
        return found;
    }

    private double[] computeProbabilities(int[] window, MessageTable messages) {
        double[] mean = new double[known.count() + 1];
        for (float[] expected : expected(List.of(new MessageSequence(window)), messages)) {
            double[] shares = known.probabilities(expected);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += shares[i] / members.size();
            }
        }
        return mean;
    }

    @Override
    public void close() {
        members.forEach(Predictor::close);
    }
}
