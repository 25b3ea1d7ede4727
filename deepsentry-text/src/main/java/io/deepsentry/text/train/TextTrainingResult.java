package io.deepsentry.text.train;

import io.deepsentry.core.nn.EpochLog;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TextTraining} did.
 *
 * @param directory the folder written
 * @param epochs what each epoch came to
 * @param bestEpoch the epoch with the lowest validation loss, from 1
 * @param seconds how long the training took
 * @param tokenReconstructionAccuracy the share of tokens of validation messages that the decoder gives back
 * @param distinctTokenReconstructionAccuracy the same with each distinct message counted once
 * @param trainingMessages distinct messages that were trained on
 * @param messageTokens tokens of a message that the model reads
 * @param smallestDistance the smallest Euclidean distance between vectors of two distinct training messages
 * @param transfer what was taken over from another encoder, or null
 */
public record TextTrainingResult(
        Path directory,
        List<EpochLog> epochs,
        int bestEpoch,
        double seconds,
        double tokenReconstructionAccuracy,
        double distinctTokenReconstructionAccuracy,
        int trainingMessages,
        int messageTokens,
        double smallestDistance,
        @Nullable TextTransfer transfer) {
    public TextTrainingResult {
        epochs = List.copyOf(epochs);
    }
}
