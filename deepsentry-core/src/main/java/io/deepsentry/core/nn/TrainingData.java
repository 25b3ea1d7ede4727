package io.deepsentry.core.nn;

/**
 * Examples by epoch and place. The same epoch and index always give the same batch, whatever was asked before: that is
 * what makes a training repeatable. Called from one thread at a time.
 */
public interface TrainingData {
    /** {@return how many batches an epoch has: at least 1, and the same in every epoch} */
    int batchesPerEpoch();

    /**
     * Gives one batch. The last of an epoch may be smaller than the others.
     *
     * @param epoch from 0; an implementation shuffles by it. Validation data is always asked for epoch 0
     * @param index from 0 to below {@link #batchesPerEpoch()}
     * @return the batch
     */
    Batch batch(int epoch, int index);
}
