package io.deepsentry.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What one method came to under one protocol, in all its runs.
 *
 * @param protocol how training and test cases were told apart
 * @param training what was trained on: {@code normal}, {@code all}, or a share of anomalies such as {@code 5%}
 * @param cases what was judged: {@code all} test cases, {@code distinct} ones, or {@code swapped} ones
 * @param method the method's name
 * @param runs one a draw of the halves and a training; a single one where nothing is drawn and trained once
 * @param trainings how many runs in sequence are of one draw
 */
public record BenchmarkRow(
        String protocol, String training, String cases, String method, List<Figures> runs, int trainings) {
    public BenchmarkRow {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a row needs at least one run, but has none");
        }
        if (trainings < 1 || runs.size() % trainings != 0) {
            throw new IllegalArgumentException(
                    runs.size() + " runs cannot be of " + trainings + " trainings for each draw");
        }
    }

    /** The mean over the runs in which the figure applies. */
    public OptionalDouble mean(Figure figure) {
        return values(figure).average();
    }

    /** The worst of all runs: the least of what should be high, the greatest of what should be low. */
    public OptionalDouble worst(Figure figure) {
        return figure.higherIsBetter() ? values(figure).min() : values(figure).max();
    }

    /**
     * How far apart the trainings on one draw come to lie, in the draw where it is most; absent where the figure does
     * not apply, or with one training.
     */
    public OptionalDouble spread(Figure figure) {
        if (trainings == 1) {
            return OptionalDouble.empty();
        }
        return IntStream.range(0, draws())
                .mapToObj(draw -> values(runs.subList(draw * trainings, (draw + 1) * trainings), figure)
                        .summaryStatistics())
                .filter(each -> each.getCount() > 0)
                .mapToDouble(each -> each.getMax() - each.getMin())
                .max();
    }

    /** How many times the halves were drawn. */
    public int draws() {
        return runs.size() / trainings;
    }

    private DoubleStream values(Figure figure) {
        return values(runs, figure);
    }

    private static DoubleStream values(List<Figures> runs, Figure figure) {
        return runs.stream().map(run -> run.get(figure)).flatMapToDouble(OptionalDouble::stream);
    }

    /** Whether both belong into one table. */
    boolean isBeside(BenchmarkRow other) {
        return protocol.equals(other.protocol) && training.equals(other.training) && cases.equals(other.cases);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("protocol", protocol);
        map.put("training", training);
        map.put("cases", cases);
        map.put("method", method);
        map.put("mean", each(this::mean));
        map.put("worst", each(this::worst));
        if (trainings > 1) {
            map.put("trainings", trainings);
            map.put("spread", each(this::spread));
        }
        List<Map<String, Object>> each = new ArrayList<>();
        runs.forEach(run -> each.add(run.toMap()));
        map.put("runs", each);
        return map;
    }

    private static Map<String, Object> each(java.util.function.Function<Figure, OptionalDouble> of) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            of.apply(figure).ifPresent(value -> map.put(figure.key(), value));
        }
        return map;
    }
}
