package io.deepsentry.text.train;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.tensorflow.TensorFlow;
import io.deepsentry.text.internal.token.TokenIds;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.token.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How well an autoencoder gives back messages.
 *
 * @param accuracy the share of tokens given back at their place, each message as often as it occurs
 * @param distinctAccuracy the same, each distinct message once
 * @param unknownShare the share of tokens that are {@code <unk>}, each message as often as it occurs
 * @param knownAccuracy the share of tokens given back as the words they are: one that the vocabulary lacks counts as a
 *     miss; each message as often as it occurs
 * @param distinctKnownAccuracy the same, each distinct message once
 */
public record Reconstruction(
        double accuracy,
        double distinctAccuracy,
        double unknownShare,
        double knownAccuracy,
        double distinctKnownAccuracy) {
    private static final int CHUNK = 256;

    /**
     * Measures an encoder and the decoder beside it on masked messages, one a line, such as the {@code test.txt} that
     * prepare writes.
     *
     * @param model an encoder.h5, its folder, or the name of a pretrained encoder
     * @param data the prepared data
     * @param split the part
     * @param context takes reports of progress, and may cancel
     * @return how well it reconstructs
     * @throws io.deepsentry.core.MissingDataException when the model, its decoder or the messages are not there
     * @throws io.deepsentry.core.ModelException when the model is damaged, or not a text encoder of ours
     */
    public static Reconstruction measure(String model, PreparedData data, Split split, RunContext context) {
        BaseModel base = BaseModel.read(model);
        Map<String, DistinctMessages.Count> counts =
                DistinctMessages.of(data, split, context).counts();
        int time = base.messageTokens();
        Map<TokenIds, Long> messages = DistinctMessages.asIds(counts, base.vocabulary(), time);
        try (Predictor predictor = TensorFlow.predictor(base.autoencoder(), Device.AUTO)) {
            return of(predictor, messages, time, base.vocabulary().size(), context);
        }
    }

    static Reconstruction of(
            Predictor autoencoder, Map<TokenIds, Long> messages, int time, int words, RunContext context) {
        double right = 0;
        double tokens = 0;
        double unknown = 0;
        double distinctRight = 0;
        double distinctTokens = 0;
        double unknownRight = 0;
        double distinctUnknownRight = 0;
        List<Map.Entry<TokenIds, Long>> all = new ArrayList<>(messages.entrySet());
        for (int from = 0; from < all.size(); from += CHUNK) {
            context.cancellation().check();
            List<Map.Entry<TokenIds, Long>> chunk = all.subList(from, Math.min(all.size(), from + CHUNK));
            int[] rows = new int[chunk.size() * time];
            for (int i = 0; i < chunk.size(); i++) {
                chunk.get(i).getKey().copyTo(rows, i * time);
            }
            float[] probabilities = autoencoder.predict(rows, chunk.size());
            for (int i = 0; i < chunk.size(); i++) {
                TokenIds message = chunk.get(i).getKey();
                int hits = 0;
                int unknowns = 0;
                int unknownHits = 0;
                for (int step = 0; step < message.length(); step++) {
                    int id = message.get(step);
                    int hit = argmax(probabilities, (i * time + step) * words, words) == id ? 1 : 0;
                    hits += hit;
                    if (id == Vocabulary.UNKNOWN) {
                        unknowns++;
                        unknownHits += hit;
                    }
                }
                double count = chunk.get(i).getValue();
                right += hits * count;
                tokens += message.length() * count;
                unknown += unknowns * count;
                unknownRight += unknownHits * count;
                distinctRight += hits;
                distinctUnknownRight += unknownHits;
                distinctTokens += message.length();
            }
        }
        return new Reconstruction(
                share(right, tokens),
                share(distinctRight, distinctTokens),
                share(unknown, tokens),
                share(right - unknownRight, tokens),
                share(distinctRight - distinctUnknownRight, distinctTokens));
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }

    private static int argmax(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
