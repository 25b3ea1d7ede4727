package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.EpochLog;
import io.deepsentry.core.nn.Model;
import java.util.List;

/**
 * A trained model and the log of its training.
 *
 * @param best the model of the best epoch, or of the last one if the settings say so
 * @param epochs the log of each epoch, in order
 * @param bestEpoch the epoch with the lowest deciding loss, counted from 1
 * @param seconds the duration of the training
 */
public record TrainingResult(Model best, List<EpochLog> epochs, int bestEpoch, double seconds) {
    public TrainingResult {
        epochs = List.copyOf(epochs);
    }
}
