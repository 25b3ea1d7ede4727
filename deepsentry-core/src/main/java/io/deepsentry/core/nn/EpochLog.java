package io.deepsentry.core.nn;

import org.jspecify.annotations.Nullable;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param trainLoss the mean over the epoch's steps as they were taken, dropout included
 * @param validationLoss at the end of the epoch; null without validation data
 * @param seconds how long it took
 */
public record EpochLog(
        int epoch, double trainLoss, @Nullable Double validationLoss, double seconds) {
    /** {@return the loss that epochs are compared by: that of validation, or of training where there is none} */
    public double decidingLoss() {
        return validationLoss == null ? trainLoss : validationLoss;
    }
}
