package io.deepsentry.text;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.nn.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How well an autoencoder gives back messages.
 *
 * @param accuracy the share of tokens given back at their place, each message as often as it occurs
 * @param distinctAccuracy the same, each distinct message once
 * @param unknownShare the share of tokens that are {@code <unk>}, each message as often as it occurs
 */
record Reconstruction(double accuracy, double distinctAccuracy, double unknownShare) {
    private static final int CHUNK = 256;

    static Reconstruction of(
            Predictor autoencoder, Map<TokenIds, Long> messages, int time, int words, RunContext context) {
        double right = 0;
        double tokens = 0;
        double unknown = 0;
        double distinctRight = 0;
        double distinctTokens = 0;
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
                for (int step = 0; step < message.length(); step++) {
                    int id = message.get(step);
                    hits += argmax(probabilities, (i * time + step) * words, words) == id ? 1 : 0;
                    unknowns += id == Vocabulary.UNKNOWN ? 1 : 0;
                }
                double count = chunk.get(i).getValue();
                right += hits * count;
                tokens += message.length() * count;
                unknown += unknowns * count;
                distinctRight += hits;
                distinctTokens += message.length();
            }
        }
        return new Reconstruction(share(right, tokens), share(distinctRight, distinctTokens), share(unknown, tokens));
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
