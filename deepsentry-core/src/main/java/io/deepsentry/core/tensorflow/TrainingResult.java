package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Model;
import java.util.List;

/**
 * A trained model and how it came about.
 *
 * @param best the model of the best epoch, or of the last if the settings said so
 * @param epochs what each epoch came to, in order
 * @param bestEpoch from 1: the epoch with the lowest deciding loss
 * @param seconds how long all of it took
 */
public record TrainingResult(Model best, List<EpochLog> epochs, int bestEpoch, double seconds) {
    public TrainingResult {
        epochs = List.copyOf(epochs);
    }
}
