package io.deepsentry.tools.speed;

import com.amazon.randomcutforest.RandomCutForest;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** Measures Amazon's random cut forest: points of 128 numbers that are scored and learned a second, in one thread. */
public final class ForestSpeed {
    private static final int DIMENSIONS = 128;
    private static final int BATCH = 200;

    private ForestSpeed() {}

    /** Seconds to warm up, and to measure. */
    public static void main(String[] args) {
        double seconds = Double.parseDouble(args[0]);
        RandomCutForest forest = RandomCutForest.builder()
                .dimensions(DIMENSIONS)
                .randomSeed(1)
                .parallelExecutionEnabled(false)
                .build();
        Random random = new Random(1);
        double unused = 0;
        double begun = cpuSeconds();
        double start = begun;
        long points = 0;
        while (cpuSeconds() - begun < 2 * seconds) {
            if (start == begun && cpuSeconds() - begun > seconds) {
                start = cpuSeconds();
                points = 0;
            }
            for (int i = 0; i < BATCH; i++) {
                double[] point = random.doubles(DIMENSIONS).toArray();
                unused += forest.getAnomalyScore(point);
                forest.update(point);
            }
            points += BATCH;
        }
        System.out.println(unused < 0 ? 0 : points / (cpuSeconds() - start));
    }

    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }
}
