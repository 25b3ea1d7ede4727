package io.deepsentry.benchmark;

import io.deepsentry.anomaly.evaluation.LabelledScores;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.benchmark.internal.WorkFolder;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.Label;
import io.deepsentry.text.encode.TextEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Measures the detector beside rules and classical methods on a labelled log: each method learns from the same cases
 * and judges the same others. Labels decide what is trained on where that is asked for, and what a verdict is worth;
 * they choose no threshold but the one of the column that is named an oracle.
 */
public final class Benchmark {
    private final BenchmarkSettings settings;
    private final RunContext context;
    private final Map<List<String>, List<Figures>> results = new LinkedHashMap<>();

    private Benchmark(BenchmarkSettings settings, RunContext context) {
        this.settings = settings;
        this.context = context;
    }

    /**
     * Runs the benchmark and writes its results.
     *
     * @throws io.deepsentry.core.ConfigException if the session key fits no line or the labels no session
     * @throws MissingDataException if there are no labels, or too few cases
     * @throws DataException if there are labels of one class only, too few cases for a protocol, or the results cannot
     *     be written
     * @throws io.deepsentry.parse.LogParseException if an input is missing, empty or does not fit the format
     */
    public static BenchmarkResult run(BenchmarkSettings settings, RunContext context) {
        return new Benchmark(settings, context).run();
    }

    private BenchmarkResult run() {
        long start = System.nanoTime();
        WorkFolder.delete(settings.workDir());
        try {
            PrepareResult unused = Prepare.run(settings.prepare(), context);
            PreparedData prepared = PreparedData.open(settings.prepare().preparedDataDir());
            requireLabels(prepared);
            if (!settings.methods().contains(DetectorMethod.NAME)) {
                return measure(prepared, null, 0, start);
            }
            TextTrainingResult text = TextTraining.run(settings.textTraining(), context);
            try (TextEncoderHandle encoder = TextEncoderHandle.open(settings.textEncoder())) {
                return measure(prepared, encoder, text.seconds(), start);
            }
        } finally {
            WorkFolder.delete(settings.workDir());
        }
    }

    /**
     * Measures all that is asked for.
     *
     * @param encoder needed by the detector only
     */
    private BenchmarkResult measure(
            PreparedData prepared, @Nullable TextEncoder encoder, double textSeconds, long start) {
        int window = settings.detectorTraining(settings.workDir(), 0).sequenceLength();
        try (Corpus corpus = CorpusReader.read(prepared, encoder, window, context)) {
            requireBothClasses(corpus);
            List<Division> divisions = new Protocols(settings, corpus).divisions();
            List<Method> methods =
                    Methods.of(settings, prepared, settings.workDir().resolve("division"));
            divisions.forEach(division -> measure(corpus, division, methods));
            BenchmarkResult result = new BenchmarkResult(
                    settings.outputDir(),
                    corpus.unit(),
                    corpus.count(Label.NORMAL),
                    corpus.count(Label.ANOMALY),
                    corpus.count(null),
                    corpus.sequenceCount(),
                    corpus.messages(),
                    rows(),
                    textSeconds,
                    (System.nanoTime() - start) / 1e9);
            write(result);
            return result;
        }
    }

    private void write(BenchmarkResult result) {
        JsonFile.write(result.json(), result.toMap(settings.toMap()));
        AtomicFile.writeText(result.markdown(), BenchmarkTable.markdown(result));
        byte[] picture = BenchmarkPicture.of(result);
        AtomicFile.write(result.picture(), out -> out.write(picture));
    }

    private void requireLabels(PreparedData prepared) {
        if (!prepared.meta().labelled()) {
            throw new MissingDataException("a benchmark needs labels to compare verdicts with, but "
                    + settings.prepare().inputs() + " (read as "
                    + prepared.meta().format() + ") has none; give --labels, or a format with a label column");
        }
    }

    private void requireBothClasses(Corpus corpus) {
        int normal = corpus.count(Label.NORMAL);
        int anomalous = corpus.count(Label.ANOMALY);
        if (normal == 0 || anomalous == 0) {
            throw new DataException("a benchmark needs normal and anomalous " + corpus.unit() + "s, but of "
                    + corpus.count() + " " + corpus.unit() + "s " + normal + " are labelled normal, " + anomalous
                    + " an anomaly and " + corpus.count(null) + " not at all"
                    + (settings.prepare().labels() == null
                            ? ""
                            : " (" + settings.prepare().labels() + ")")
                    + "; take another part of the log, or complete the labels");
        }
    }

    private void measure(Corpus corpus, Division division, List<Method> methods) {
        try (Progress.Stage stage = context.progress().begin(division.name(), methods.size(), "methods")) {
            int[] test = division.test().toArray();
            boolean[] truth = new boolean[test.length];
            for (int i = 0; i < test.length; i++) {
                truth[i] = corpus.isAnomaly(test[i]);
            }
            OrderSwaps swaps = swaps(corpus, division);
            for (Method method : methods) {
                context.cancellation().check();
                stage.note(method.name());
                long start = System.nanoTime();
                try (Method.Judge judge = method.learn(corpus, division, context)) {
                    double trained = (System.nanoTime() - start) / 1e9;
                    long scoring = System.nanoTime();
                    double[] scores = judge.scores(test);
                    double scored = (System.nanoTime() - scoring) / 1e9;
                    Verdicts verdicts = new Verdicts(corpus, judge, trained, scored);
                    if (settings.protocols().contains(division.protocol())) {
                        add(division.protocol(), division, "all", method, verdicts.of(test, truth, scores));
                        if (corpus.keyed()) {
                            distinct(verdicts, corpus, division, method, test, truth, scores);
                        }
                    }
                    if (!swaps.originals().isEmpty()) {
                        add(Protocols.ORDER_SWAP, division, "swapped", method, verdicts.ofSwaps(swaps));
                    }
                }
                stage.advance(1);
            }
            stage.note("");
        }
    }

    /** Sessions for what learnt from the first kind of training on random halves; otherwise none. */
    private OrderSwaps swaps(Corpus corpus, Division division) {
        boolean wanted = settings.protocols().contains(Protocols.ORDER_SWAP)
                && division.protocol().equals(Protocols.RANDOM_HALVES)
                && division.training().equals(settings.trainings().get(0));
        return wanted ? OrderSwaps.of(corpus, division) : new OrderSwaps(List.of(), List.of());
    }

    /** Each sequence once, labelled as most of its sessions are. */
    private void distinct(
            Verdicts verdicts,
            Corpus corpus,
            Division division,
            Method method,
            int[] test,
            boolean[] truth,
            double[] scores) {
        Map<Integer, int[]> balance = new LinkedHashMap<>();
        Map<Integer, Integer> place = new HashMap<>();
        for (int i = 0; i < test.length; i++) {
            balance.computeIfAbsent(corpus.sequenceOf(test[i]), unused -> new int[1])[0] += truth[i] ? 1 : -1;
            place.putIfAbsent(corpus.sequenceOf(test[i]), i);
        }
        int[] cases = new int[balance.size()];
        boolean[] anomalous = new boolean[cases.length];
        double[] each = new double[cases.length];
        int next = 0;
        for (Map.Entry<Integer, int[]> entry : balance.entrySet()) {
            int at = place.getOrDefault(entry.getKey(), 0);
            cases[next] = test[at];
            anomalous[next] = entry.getValue()[0] >= 0;
            each[next++] = scores[at];
        }
        add(division.protocol(), division, "distinct", method, verdicts.of(cases, anomalous, each));
    }

    private void add(String protocol, Division division, String cases, Method method, Figures figures) {
        results.computeIfAbsent(
                        List.of(protocol, division.training(), cases, method.name()), unused -> new ArrayList<>())
                .add(figures);
    }

    private List<BenchmarkRow> rows() {
        List<BenchmarkRow> rows = new ArrayList<>();
        results.forEach((names, runs) -> rows.add(new BenchmarkRow(
                names.get(0),
                names.get(1),
                names.get(2),
                names.get(3),
                runs,
                names.get(3).equals(DetectorMethod.NAME) ? settings.trainingSeeds() : 1)));
        return rows;
    }

    /** What the verdicts of a judge are worth. */
    private record Verdicts(Corpus corpus, Method.Judge judge, double trainSeconds, double scoreSeconds) {
        Figures of(int[] cases, boolean[] anomalous, double[] scores) {
            return Figures.of(
                    LabelledScores.of(scores, anomalous),
                    judge.threshold(),
                    corpus.keyed() ? linesAtAlarm(cases, anomalous, scores) : OptionalDouble.empty(),
                    trainSeconds,
                    scoreSeconds);
        }

        Figures ofSwaps(OrderSwaps swaps) {
            List<MessageSequence> all = new ArrayList<>(swaps.originals());
            all.addAll(swaps.swapped());
            // The same sequence gets the same score, so each is scored once.
            List<MessageSequence> distinct = all.stream().distinct().toList();
            double[] each = judge.scores(distinct);
            Map<MessageSequence, Double> scoreOf = new HashMap<>();
            for (int i = 0; i < each.length; i++) {
                scoreOf.put(distinct.get(i), each[i]);
            }
            double[] scores = all.stream()
                    .mapToDouble(session -> scoreOf.getOrDefault(session, 0.0))
                    .toArray();
            boolean[] anomalous = new boolean[scores.length];
            Arrays.fill(anomalous, swaps.originals().size(), scores.length, true);
            return Figures.of(
                    LabelledScores.of(scores, anomalous),
                    judge.threshold(),
                    OptionalDouble.empty(),
                    trainSeconds,
                    scoreSeconds);
        }

        private OptionalDouble linesAtAlarm(int[] cases, boolean[] anomalous, double[] scores) {
            Map<Integer, Integer> memo = new HashMap<>();
            double[] lines = new double[cases.length];
            int found = 0;
            for (int i = 0; i < cases.length; i++) {
                if (anomalous[i] && scores[i] > judge.threshold()) {
                    lines[found++] = memo.computeIfAbsent(
                            corpus.sequenceOf(cases[i]), number -> judge.linesAtAlarm(corpus.sequence(number)));
                }
            }
            return median(Arrays.copyOf(lines, found));
        }

        private static OptionalDouble median(double[] values) {
            if (values.length == 0) {
                return OptionalDouble.empty();
            }
            Arrays.sort(values);
            int middle = values.length / 2;
            return OptionalDouble.of(
                    values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
        }
    }
}
