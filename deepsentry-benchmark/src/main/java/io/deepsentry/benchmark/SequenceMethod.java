package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.threshold.ThresholdRule;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.RunContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A method that looks at the sequence of a case alone. Rules that say yes or no know the training and the validation
 * part, and their threshold lies between no and yes; methods with graded scores learn from the training part and take
 * the threshold from the validation part: the conformal quantile at the rate of the detector, see
 * {@link ThresholdRule#rate}, but none that is above all validation scores, which may be more than a bounded score can
 * reach.
 */
final class SequenceMethod implements Method {
    /** Makes a model. */
    interface Learner {
        /**
         * Learns.
         *
         * @param examples normal sequences, or all where anomalies are not left out
         * @param lines whether a sequence is the last lines of a stream, of which only the last one is judged
         * @param seed for methods that draw
         */
        SequenceModel learn(Examples examples, boolean lines, long seed);
    }

    private static final double BETWEEN_NO_AND_YES = 0.5;

    private final String name;
    private final boolean rule;
    private final Learner learner;

    private SequenceMethod(String name, boolean rule, Learner learner) {
        this.name = name;
        this.rule = rule;
        this.learner = learner;
    }

    static SequenceMethod rule(String name, Learner learner) {
        return new SequenceMethod(name, true, learner);
    }

    static SequenceMethod graded(String name, Learner learner) {
        return new SequenceMethod(name, false, learner);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Judge learn(Corpus corpus, Division division, RunContext context) {
        boolean lines = !corpus.keyed();
        boolean cleanOnly = division.normalOnly();
        if (rule) {
            Examples all = Examples.of(corpus, cleanOnly, division.train(), division.validation());
            return new MemoJudge(corpus, learner.learn(all, lines, division.seed()), BETWEEN_NO_AND_YES, context);
        }
        Examples train = Examples.of(corpus, cleanOnly, division.train());
        Examples validation = Examples.of(corpus, cleanOnly, division.validation());
        SequenceModel model = learner.learn(train, lines, division.seed());
        double[] scores = new double[validation.total()];
        int next = 0;
        for (int i = 0; i < validation.size(); i++) {
            context.cancellation().check();
            double score = model.score(validation.messages(i));
            for (int j = 0; j < validation.count(i); j++) {
                scores[next++] = score;
            }
        }
        return new MemoJudge(corpus, model, threshold(scores, ThresholdRule.rate(cleanOnly, corpus.keyed())), context);
    }

    private static double threshold(double[] validation, double rate) {
        return Math.min(
                Threshold.recommend(validation, rate).value(),
                Arrays.stream(validation).max().orElseThrow());
    }

    /** Scores a sequence once, however often it comes. */
    private static final class MemoJudge implements Judge {
        private final Corpus corpus;
        private final SequenceModel model;
        private final double threshold;
        private final RunContext context;

        MemoJudge(Corpus corpus, SequenceModel model, double threshold, RunContext context) {
            this.corpus = corpus;
            this.model = model;
            this.threshold = threshold;
            this.context = context;
        }

        @Override
        public double threshold() {
            return threshold;
        }

        @Override
        public double[] scores(int[] cases) {
            Map<Integer, Double> memo = new HashMap<>();
            double[] scores = new double[cases.length];
            for (int i = 0; i < cases.length; i++) {
                scores[i] = memo.computeIfAbsent(corpus.sequenceOf(cases[i]), number -> score(corpus.sequence(number)));
            }
            return scores;
        }

        @Override
        public double[] scores(List<MessageSequence> sessions) {
            return sessions.stream().mapToDouble(this::score).toArray();
        }

        private double score(MessageSequence sequence) {
            context.cancellation().check();
            return model.score(sequence.messages());
        }

        @Override
        public int linesAtAlarm(MessageSequence session) {
            return model.linesAtAlarm(session.messages());
        }

        @Override
        public void close() {}
    }
}
