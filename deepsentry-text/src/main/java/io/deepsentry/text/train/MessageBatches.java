package io.deepsentry.text.train;

import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.text.internal.token.TokenIds;
import io.deepsentry.text.token.Vocabulary;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Batches of distinct messages for an autoencoder: input and target are the same ids, and every token counts, as does
 * the first padding, which ends the message.
 *
 * <p>An epoch has each message once and, to reach its least number of steps, frequent ones again in proportion to the
 * logarithm of their count: what is said a million times counts more than what is said once, but not a million times
 * more.
 */
final class MessageBatches implements TrainingData {
    private static final int LEAST_STEPS = 150;
    private static final int MOST_STEPS = 600;
    private static final int STEPS_SCALE = 40;
    private static final long EPOCH_SALT = 0x9E37_79B9_7F4A_7C15L;

    private final List<TokenIds> messages;
    private final int[] order;
    private final int time;
    private final int batchSize;
    private final double unknownRate;
    private final long seed;
    private final boolean shuffled;
    private int[] epochOrder;
    private int orderedEpoch = -1;

    private MessageBatches(
            List<TokenIds> messages,
            int[] order,
            int time,
            int batchSize,
            double unknownRate,
            long seed,
            boolean shuffled) {
        this.messages = messages;
        this.order = order;
        this.time = time;
        this.batchSize = batchSize;
        this.unknownRate = unknownRate;
        this.seed = seed;
        this.shuffled = shuffled;
        epochOrder = order;
    }

    /** What the network learns from. */
    static MessageBatches forTraining(
            List<TokenIds> messages, List<Long> counts, int time, TextTrainSettings settings) {
        long least = (long) leastSteps(messages.size(), settings.minStepsPerEpoch()) * settings.batchSize();
        return new MessageBatches(
                messages,
                repeated(counts, (int) Math.min(Integer.MAX_VALUE / 2, Math.max(least, messages.size()))),
                time,
                settings.batchSize(),
                settings.unknownWordRate(),
                settings.seed(),
                true);
    }

    /** Telling many messages apart takes more steps than telling few, though not in proportion. */
    static int leastSteps(int messages, int wanted) {
        return wanted > 0
                ? wanted
                : (int) Math.max(LEAST_STEPS, Math.min(MOST_STEPS, STEPS_SCALE * Math.sqrt(messages)));
    }

    /** What tells which epoch is the best: each message once. */
    static MessageBatches forValidation(List<TokenIds> messages, int time, int batchSize) {
        int[] order = new int[messages.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        return new MessageBatches(messages, order, time, batchSize, 0, 0, false);
    }

    /** Each position once, and more often by the logarithm of its count until there are {@code total}. */
    private static int[] repeated(List<Long> counts, int total) {
        int n = counts.size();
        double sum = 0;
        for (long count : counts) {
            sum += weight(count);
        }
        int[] order = new int[total];
        int filled = 0;
        double due = 0;
        for (int i = 0; i < n; i++) {
            due += (total - n) * weight(counts.get(i)) / sum;
            int until = i == n - 1 ? total : (int) Math.min(total - (n - 1 - i), i + 1 + Math.round(due));
            while (filled < until) {
                order[filled++] = i;
            }
        }
        return order;
    }

    private static double weight(long count) {
        return 1 + Math.log((double) count);
    }

    @Override
    public int batchesPerEpoch() {
        return (order.length + batchSize - 1) / batchSize;
    }

    @Override
    public Batch batch(int epoch, int index) {
        if (shuffled && epoch != orderedEpoch) {
            epochOrder = shuffle(epoch);
            orderedEpoch = epoch;
        }
        int from = index * batchSize;
        int size = Math.min(batchSize, order.length - from);
        int[] ids = new int[size * time];
        float[] weights = new float[size * time];
        SplittableRandom random = new SplittableRandom(seed ^ (((long) epoch << 32) + index + 1));
        for (int row = 0; row < size; row++) {
            TokenIds message = messages.get(epochOrder[from + row]);
            int offset = row * time;
            message.copyTo(ids, offset);
            int length = message.length();
            if (unknownRate > 0 && length > 0 && random.nextDouble() < unknownRate) {
                ids[offset + random.nextInt(length)] = Vocabulary.UNKNOWN;
            }
            for (int step = 0; step < Math.min(time, length + 1); step++) {
                weights[offset + step] = 1;
            }
        }
        return Batch.of(size)
                .input(ids)
                .target(ids.clone())
                .sampleWeights(weights)
                .build();
    }

    private int[] shuffle(int epoch) {
        int[] shuffledOrder = order.clone();
        SplittableRandom random = new SplittableRandom(seed + EPOCH_SALT * (epoch + 1));
        for (int i = shuffledOrder.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = shuffledOrder[i];
            shuffledOrder[i] = shuffledOrder[j];
            shuffledOrder[j] = swapped;
        }
        return shuffledOrder;
    }
}
