package io.deepsentry.benchmark;

import com.amazon.randomcutforest.RandomCutForest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * An isolation forest on count vectors: how few random cuts set a session apart (Liu, Ting and Zhou, 2008). The trees
 * are those of a random cut forest (Guha et al., 2016), which cuts a count the more often the wider it ranges; the
 * score is the isolation forest's, 2 to the power of minus the mean depth over that of an average case.
 */
final class IsolationForest implements SequenceModel {
    private static final int TREES = 100;
    private static final int SAMPLE = 256;
    private static final double EULER_GAMMA = 0.577_215_664_901_532_9;

    private final Counts counts;
    private final RandomCutForest forest;
    private final double averageDepth;

    private IsolationForest(Counts counts, RandomCutForest forest, int sample) {
        this.counts = counts;
        this.forest = forest;
        this.averageDepth = averageDepth(sample);
    }

    static IsolationForest learn(Examples examples, long seed) {
        Counts counts = Counts.of(examples);
        int sample = Math.max(2, Math.min(SAMPLE, examples.total()));
        RandomCutForest forest = RandomCutForest.builder()
                .dimensions(counts.dimension())
                .shingleSize(1)
                .numberOfTrees(TREES)
                .sampleSize(sample)
                .outputAfter(1)
                .timeDecay(0)
                .parallelExecutionEnabled(false)
                .randomSeed(seed)
                .build();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            order.addAll(Collections.nCopies(examples.count(i), i));
        }
        Collections.shuffle(order, new Random(seed));
        for (int index : order.subList(0, Math.min(order.size(), TREES * SAMPLE))) {
            forest.update(floats(counts.of(examples.messages(index))));
        }
        return new IsolationForest(counts, forest, sample);
    }

    private static float[] floats(int[] counts) {
        float[] floats = new float[counts.length];
        for (int i = 0; i < counts.length; i++) {
            floats[i] = counts[i];
        }
        return floats;
    }

    /** The mean depth at which a case of so many is alone: that of a search in a random binary tree that fails. */
    private static double averageDepth(double cases) {
        return cases <= 1 ? 0 : cases <= 2 ? 1 : 2 * (Math.log(cases - 1) + EULER_GAMMA) - 2 * (cases - 1) / cases;
    }

    @Override
    public double score(int[] messages) {
        double depth = forest.getDynamicScore(
                floats(counts.of(messages)),
                0,
                (at, mass) -> at + averageDepth(mass),
                (at, mass) -> at,
                (mass, all) -> 1.0);
        return Math.pow(2, -depth / averageDepth);
    }
}
