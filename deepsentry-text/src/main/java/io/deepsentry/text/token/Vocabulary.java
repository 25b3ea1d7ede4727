package io.deepsentry.text.token;

import io.deepsentry.core.DataException;
import io.deepsentry.core.array.Pickle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of the training messages with their ids: 0 is {@code <pad>}, 1 is {@code <unk>}, then the most frequent
 * first. A word that is not in it has the id of {@code <unk>}. Immutable; safe for use by many threads.
 *
 * <p>Its file is a pickle of a dict from word to id.
 */
public final class Vocabulary {
    /** The id that fills a message up to the length of the model's input. */
    public static final int PAD = 0;
    /** The id of every word that is not in the vocabulary. */
    public static final int UNKNOWN = 1;

    /** The word of the padding. */
    public static final String PAD_WORD = "<pad>";
    /** The word for all words that are not in the vocabulary. */
    public static final String UNKNOWN_WORD = "<unk>";

    private final List<String> words;
    private final Map<String, Integer> ids;

    private Vocabulary(List<String> words) {
        this.words = List.copyOf(words);
        ids = new HashMap<>(words.size() * 2);
        for (int id = 0; id < words.size(); id++) {
            ids.put(words.get(id), id);
        }
    }

    /**
     * {@return the vocabulary of these words after {@code <pad>} and {@code <unk>}, in this order}
     *
     * @param words the words in the order of their ids
     */
    public static Vocabulary ofWords(List<String> words) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        ids.put(PAD_WORD, PAD);
        ids.put(UNKNOWN_WORD, UNKNOWN);
        for (String word : words) {
            if (ids.put(word, ids.size()) != null) {
                throw new IllegalArgumentException(
                        "a vocabulary must name each word once, but names '" + word + "' twice");
            }
        }
        return new Vocabulary(List.copyOf(ids.keySet()));
    }

    /**
     * {@return the vocabulary of a dict from word to id, such as Python wrote}
     *
     * @param ids the ids by word
     * @param where what to name in an error
     * @throws DataException when the ids are not 0 to n-1, each once, with {@code <pad>} and {@code <unk>} at 0 and 1
     */
    public static Vocabulary ofIds(Map<String, Integer> ids, String where) {
        List<String> words = new ArrayList<>(Collections.nCopies(ids.size(), ""));
        boolean[] seen = new boolean[ids.size()];
        ids.forEach((word, id) -> {
            if (id < 0 || id >= ids.size() || seen[id]) {
                throw new DataException(where + ": the ids of a vocabulary must be 0 to " + (ids.size() - 1)
                        + ", each once, but '" + word + "' has " + id);
            }
            seen[id] = true;
            words.set(id, word);
        });
        if (ids.size() < 2
                || !words.get(PAD).equals(PAD_WORD)
                || !words.get(UNKNOWN).equals(UNKNOWN_WORD)) {
            throw new DataException(where + ": a vocabulary must give <pad> the id 0 and <unk> the id 1, but these are "
                    + words.subList(0, Math.min(2, words.size())));
        }
        return new Vocabulary(words);
    }

    /**
     * {@return this vocabulary followed by the words of another that it lacks, in their order}
     *
     * @param other the other vocabulary
     */
    public Vocabulary extendedWith(Vocabulary other) {
        List<String> all = new ArrayList<>(words);
        for (String word : other.words) {
            if (!ids.containsKey(word)) {
                all.add(word);
            }
        }
        return new Vocabulary(all);
    }

    /**
     * {@return whether it has every word of another}
     *
     * @param other the other vocabulary
     */
    public boolean covers(Vocabulary other) {
        return ids.keySet().containsAll(other.words);
    }

    /**
     * Reads a pickled dict from word to id.
     *
     * @param file the file
     * @return the vocabulary
     */
    public static Vocabulary load(Path file) {
        return ofIds(Pickle.readWordIds(file), file.toString());
    }

    /**
     * Writes the pickled dict, in the order of the ids, atomically.
     *
     * @param file the file
     */
    public void save(Path file) {
        Map<String, Integer> ordered = new LinkedHashMap<>();
        for (int id = 0; id < words.size(); id++) {
            ordered.put(words.get(id), id);
        }
        Pickle.writeWordIds(file, ordered);
    }

    /** {@return the number of ids, {@code <pad>} and {@code <unk>} included} */
    public int size() {
        return words.size();
    }

    /** {@return all words, in the order of their ids} */
    public List<String> words() {
        return words;
    }

    /**
     * {@return the word of an id}
     *
     * @param id the id
     */
    public String word(int id) {
        return words.get(id);
    }

    /**
     * {@return the id of a word: {@link #UNKNOWN} for one that is not in the vocabulary}
     *
     * @param word the word
     */
    public int id(String word) {
        int id = ids.getOrDefault(word, UNKNOWN);
        return id == PAD ? UNKNOWN : id;
    }

    /**
     * {@return the ids of a masked message (tokens joined by single spaces), without padding and at most {@code
     * maxTokens} of them}
     *
     * @param masked a masked message
     * @param maxTokens the most ids to give
     */
    public int[] ids(String masked, int maxTokens) {
        if (masked.isEmpty()) {
            return new int[0];
        }
        int[] found = new int[Math.min(maxTokens, 16)];
        int count = 0;
        int from = 0;
        while (from <= masked.length() && count < maxTokens) {
            int space = masked.indexOf(' ', from);
            int to = space < 0 ? masked.length() : space;
            if (count == found.length) {
                found = Arrays.copyOf(found, Math.min(maxTokens, count * 2));
            }
            found[count++] = id(masked.substring(from, to));
            from = to + 1;
        }
        return Arrays.copyOf(found, count);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary vocabulary && words.equals(vocabulary.words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    @Override
    public String toString() {
        return "Vocabulary of " + words.size() + " words";
    }
}
