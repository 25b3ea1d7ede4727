package io.deepsentry.benchmark;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.text.prepare.SplitSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** How the cases of a log are divided into those to learn from and those to judge. */
final class Protocols {
    static final String CHRONOLOGICAL = "chronological";
    static final String CHRONOLOGICAL_HALVES = "chronological_halves";
    static final String RANDOM_HALVES = "random_halves";
    static final String ORDER_SWAP = "order_swap";
    static final String CONTAMINATION = "contamination";

    static final String NORMAL = "normal";
    static final String ALL = "all";

    static final double HALF = 0.5;
    /** The shares of anomalies among training sessions. */
    private static final double[] CONTAMINATIONS = {0, 0.01, 0.05, 0.10};

    private final BenchmarkSettings settings;
    private final Corpus corpus;

    Protocols(BenchmarkSettings settings, Corpus corpus) {
        this.settings = settings;
        this.corpus = corpus;
    }

    /**
     * All divisions that the settings ask for. {@link #ORDER_SWAP} has none of its own: it is judged by what learnt
     * from the normal sessions of the random halves.
     *
     * @throws DataException if a part of one has too few cases to learn from or to judge
     */
    List<Division> divisions() {
        requireSessions();
        List<Division> divisions = new ArrayList<>();
        for (String training : settings.trainings()) {
            chronological(divisions, CHRONOLOGICAL, settings.trainFraction(), training);
            chronological(divisions, CHRONOLOGICAL_HALVES, HALF, training);
        }
        if (corpus.keyed()) {
            for (String training : settings.trainings()) {
                boolean swaps = wants(ORDER_SWAP)
                        && training.equals(settings.trainings().get(0));
                for (int run = 0; run < settings.seeds() && (wants(RANDOM_HALVES) || swaps); run++) {
                    divisions.add(randomHalves(settings.seed() + run, training));
                }
            }
            for (int run = 0; run < settings.seeds() && wants(CONTAMINATION); run++) {
                contaminated(divisions, settings.seed() + run);
            }
        }
        divisions.forEach(this::requireEnough);
        return divisions;
    }

    private void requireSessions() {
        if (!corpus.keyed()) {
            if (!wants(CHRONOLOGICAL) && !wants(CHRONOLOGICAL_HALVES)) {
                throw new ConfigException("protocols must be " + CHRONOLOGICAL + " or " + CHRONOLOGICAL_HALVES
                        + " for a log without sessions, but were " + String.join(", ", settings.protocols())
                        + "; add one of those, or give a session_key");
            }
        } else if (corpus.count() < settings.seeds()) {
            throw new DataException("there must be at least as many sessions as seeds, but there are " + corpus.count()
                    + " sessions and " + settings.seeds() + " seeds; give a longer log, or fewer seeds");
        }
    }

    private boolean wants(String protocol) {
        return settings.protocols().contains(protocol);
    }

    private void chronological(List<Division> divisions, String protocol, double fraction, String training) {
        if (!wants(protocol)) {
            return;
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        int from = 0;
        while (from < corpus.count()) {
            int to = from;
            while (to < corpus.count() && corpus.stream(to) == corpus.stream(from)) {
                to++;
            }
            SplitSizes sizes =
                    SplitSizes.of(to - from, fraction, settings.prepare().validationSplit());
            for (int i = from; i < to; i++) {
                int position = i - from;
                (position < sizes.train() ? train : position < sizes.train() + sizes.val() ? validation : test).add(i);
            }
            from = to;
        }
        boolean normalOnly = training.equals(NORMAL);
        divisions.add(new Division(
                protocol,
                training,
                named(protocol) + ", trained on " + training,
                settings.seed(),
                normalOnly,
                learnt(train, normalOnly),
                learnt(validation, normalOnly),
                judged(test)));
    }

    /** A protocol's name in a sentence. */
    static String named(String protocol) {
        return protocol.replace('_', ' ');
    }

    private Division randomHalves(long seed, String training) {
        List<Integer> drawn = shuffled(seed);
        int half = drawn.size() / 2;
        boolean normalOnly = training.equals(NORMAL);
        Division.Cases learn = learnt(drawn.subList(0, half), normalOnly);
        return new Division(
                RANDOM_HALVES,
                training,
                named(RANDOM_HALVES) + " with seed " + seed + ", trained on " + training,
                seed,
                normalOnly,
                before(learn, settings.prepare().validationSplit()),
                after(learn, settings.prepare().validationSplit()),
                judged(drawn.subList(half, drawn.size())));
    }

    /**
     * Trainings on equally many sessions that differ in the share of anomalies only: as many sessions as the anomalies
     * of one half are the greatest share of, in each lower share some of the anomalies are replaced by normal sessions.
     * Nobody says which they are.
     */
    private void contaminated(List<Division> divisions, long seed) {
        List<Integer> drawn = shuffled(seed);
        int half = drawn.size() / 2;
        List<Integer> normal = new ArrayList<>();
        List<Integer> anomalous = new ArrayList<>();
        for (int number : drawn.subList(0, half)) {
            (corpus.isAnomaly(number) ? anomalous : normal).add(number);
        }
        double greatest = CONTAMINATIONS[CONTAMINATIONS.length - 1];
        int total = (int) Math.min(normal.size(), anomalous.size() / greatest);
        Division.Cases test = judged(drawn.subList(half, drawn.size()));
        for (double share : CONTAMINATIONS) {
            int bad = (int) Math.round(share * total);
            List<Integer> learn = new ArrayList<>(normal.subList(0, total - bad));
            learn.addAll(anomalous.subList(0, bad));
            Collections.shuffle(learn, new Random(seed));
            Division.Cases cases = new Division.Cases(
                    learn.stream().mapToInt(Integer::intValue).toArray());
            String training = String.format(Locale.ROOT, "%.0f%%", share * 100);
            divisions.add(new Division(
                    CONTAMINATION,
                    training,
                    CONTAMINATION + " of " + training + " with seed " + seed,
                    seed,
                    false,
                    before(cases, settings.prepare().validationSplit()),
                    after(cases, settings.prepare().validationSplit()),
                    test));
        }
    }

    private List<Integer> shuffled(long seed) {
        List<Integer> drawn =
                new ArrayList<>(IntStream.range(0, corpus.count()).boxed().toList());
        Collections.shuffle(drawn, new Random(seed));
        return drawn;
    }

    private Division.Cases learnt(List<Integer> cases, boolean normalOnly) {
        return new Division.Cases(cases.stream()
                .mapToInt(Integer::intValue)
                .filter(number -> !normalOnly || !corpus.isAnomaly(number))
                .toArray());
    }

    private Division.Cases judged(List<Integer> cases) {
        return new Division.Cases(cases.stream()
                .mapToInt(Integer::intValue)
                .filter(corpus::isLabelled)
                .sorted()
                .toArray());
    }

    private static int validationOf(Division.Cases cases, double share) {
        return (int) Math.round(cases.size() * share);
    }

    private static Division.Cases before(Division.Cases cases, double share) {
        return sorted(Arrays.copyOf(cases.toArray(), cases.size() - validationOf(cases, share)));
    }

    private static Division.Cases after(Division.Cases cases, double share) {
        int[] all = cases.toArray();
        return sorted(Arrays.copyOfRange(all, all.length - validationOf(cases, share), all.length));
    }

    /** In the order of time, in which a log gives them. */
    private static Division.Cases sorted(int[] numbers) {
        Arrays.sort(numbers);
        return new Division.Cases(numbers);
    }

    private void requireEnough(Division division) {
        int anomalies = 0;
        for (int i = 0; i < division.test().size(); i++) {
            anomalies += corpus.isAnomaly(division.test().get(i)) ? 1 : 0;
        }
        int normal = division.test().size() - anomalies;
        String unit = corpus.unit();
        if (division.train().size() == 0 || division.validation().size() == 0 || anomalies == 0 || normal == 0) {
            throw new DataException(division.name() + " needs " + unit
                    + "s to learn from and to find the threshold with, and labelled normal and anomalous ones to judge, but of "
                    + corpus.count() + " " + unit + "s " + division.train().size() + " and "
                    + division.validation().size() + " are left to learn from, and " + normal + " normal and "
                    + anomalies + " anomalous ones to judge; give a longer log, or other protocols");
        }
    }
}
