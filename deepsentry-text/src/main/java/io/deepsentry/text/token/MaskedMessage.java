package io.deepsentry.text.token;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message taken apart into words and typed tokens, each with its place in the message.
 *
 * <p>{@link #text()} is the closed form, the one that {@link MessageNormalizer#normalize} returns. There a run of one
 * typed token is written once; here each of its values is a token of its own, up to {@value #MAX_RUN} of one run.
 *
 * <p>Some values may name a state: codes such as {@code PAY-3}, and quoted texts of several words. Those are
 * <em>candidates</em>. The closed form masks them, and {@link #kept} returns the words to write instead where a log
 * shows that the place has few values.
 *
 * <pre>{@code
 * MaskedMessage masked = MessageNormalizer.defaults().mask("PAY-3: charged 12 in 5 ms");
 * masked.text();      // <id> charged <num> in <duration>
 * masked.kept(0);     // [PAY-3]
 * masked.raw(4);      // 5 ms
 * masked.number(4);   // 0.005
 * }</pre>
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class MaskedMessage {
    /** The most tokens listed of one run of a typed token; of a longer run these are the first ones and the last. */
    public static final int MAX_RUN = 16;

    private static final int START = 0;
    private static final int END = 1;
    private static final int FROM = 2;
    private static final int TO = 3;
    /** The places of a token: where it starts and ends in the message, from where to where it is in the text. */
    private static final int PLACES = 4;

    private final String message;
    private final String text;
    private final Recorder recorded;
    private final MessageNormalizer normalizer;

    MaskedMessage(String message, String text, Recorder recorded, MessageNormalizer normalizer) {
        this.message = message;
        this.text = text;
        this.recorded = recorded;
        this.normalizer = normalizer;
    }

    /** {@return the message as it was given} */
    public String message() {
        return message;
    }

    /** {@return the closed form: tokens joined by one space, a run of one typed token once, candidates masked} */
    public String text() {
        return text;
    }

    /** {@return the number of tokens, each value of a run counted} */
    public int size() {
        return recorded.size;
    }

    /**
     * {@return a token: a word, or a typed token such as {@code <num>}} It contains no white space.
     *
     * @param i the token, from 0
     */
    public String token(int i) {
        String token = recorded.tokens[check(i)];
        return token == null ? text.substring(recorded.place(i, FROM), recorded.place(i, TO)) : token;
    }

    /**
     * {@return whether a token is a typed one, from masking or from a user's rule}
     *
     * @param i the token, from 0
     */
    public boolean isTyped(int i) {
        return recorded.tokens[check(i)] != null;
    }

    /**
     * {@return the type of a typed token; null for a word, and for the token of a user's rule}
     *
     * @param i the token, from 0
     */
    public @Nullable MaskType type(int i) {
        String token = recorded.tokens[check(i)];
        return token == null ? null : MaskType.of(token);
    }

    /**
     * {@return where in the message the token begins, or -1 if that is unknown: where types are switched off or a
     * user's rule finds something in what was masked, a message may be masked in several passes}
     *
     * @param i the token, from 0
     */
    public int start(int i) {
        return recorded.place(check(i), START);
    }

    /**
     * {@return where in the message the token ends, exclusive, or -1 if that is unknown}
     *
     * @param i the token, from 0
     */
    public int end(int i) {
        return recorded.place(check(i), END);
    }

    /**
     * {@return what the message has at the place of a token, or the token itself if the place is unknown}
     *
     * @param i the token, from 0
     */
    public String raw(int i) {
        int start = recorded.place(check(i), START);
        return start < 0 ? token(i) : message.substring(start, recorded.place(i, END));
    }

    /** {@return whether any token is a candidate} */
    public boolean hasCandidates() {
        if (recorded.marked) {
            for (int i = 0; i < recorded.size; i++) {
                if (recorded.candidates[i]) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * {@return whether a typed token is a candidate: its value may be a code}
     *
     * @param i the token, from 0
     */
    public boolean isCandidate(int i) {
        return recorded.candidates[check(i)];
    }

    /**
     * {@return the words to write instead of a candidate if its value is one of few: a code as it stands, a quoted text
     * masked by itself, without its quotes} Joined by single spaces they are part of an identity. Empty if the token is
     * no candidate. None of the words contains white space.
     *
     * @param i the token, from 0
     */
    public List<String> kept(int i) {
        if (!recorded.candidates[check(i)]) {
            return List.of();
        }
        return normalizer.open(raw(i));
    }

    /**
     * {@return the value of a typed token as a number in its base unit: seconds, bytes, or a plain number (91% is 91)}
     * Returns NaN if the value is no number or too long for one.
     *
     * @param i the token, from 0
     */
    public double number(int i) {
        MaskType type = type(i);
        int start = start(i);
        if (type == null || start < 0) {
            return Double.NaN;
        }
        return Numbers.value(message, start, end(i), type);
    }

    @Override
    public String toString() {
        return text;
    }

    private int check(int i) {
        return java.util.Objects.checkIndex(i, recorded.size);
    }

    /** What the scanner finds, token by token. */
    static final class Recorder {
        /** The typed tokens; null for words. */
        private @Nullable String[] tokens = new String[16];

        private boolean[] candidates = new boolean[16];
        /** Whether a token is a candidate, or was one that was taken back. */
        private boolean marked;
        /** {@link #PLACES} for each token; those in the text for words only. */
        private int[] places = new int[16 * PLACES];

        private int size;
        private int run;

        Recorder() {}

        private Recorder(Recorder other) {
            tokens = other.tokens;
            candidates = other.candidates;
            marked = other.marked;
            size = other.size;
            places = Arrays.copyOf(other.places, size * PLACES);
        }

        private int place(int i, int which) {
            return places[i * PLACES + which];
        }

        /** Adds the word at {@code [from, to)} of the text, which is at {@code [start, end)} of the message. */
        void word(int from, int to, int start, int end) {
            run = 0;
            add(null, start, end);
            places[size * PLACES - PLACES + FROM] = from;
            places[size * PLACES - PLACES + TO] = to;
        }

        void typed(String token, int start, int end) {
            run = size > 0 && token.equals(tokens[size - 1]) ? run + 1 : 1;
            if (run > MAX_RUN) {
                size--;
            }
            add(token, start, end);
        }

        private void add(@Nullable String token, int start, int end) {
            if (size == tokens.length) {
                tokens = Arrays.copyOf(tokens, size * 2);
                candidates = Arrays.copyOf(candidates, size * 2);
                places = Arrays.copyOf(places, size * 2 * PLACES);
            }
            tokens[size] = token;
            candidates[size] = false;
            places[size * PLACES + START] = start;
            places[size * PLACES + END] = end;
            size++;
        }

        /** Marks the last token as one whose value may be a code. */
        void candidate() {
            candidates[size - 1] = true;
            marked = true;
        }

        /** Takes the last token back and returns where it began. */
        int undo() {
            size--;
            return place(size, START);
        }

        /**
         * The same tokens at other places of a message, which are in order. Of {@code count} numbers in {@code shifts},
         * each first one is a place from which on everything lies farther on by the one after it.
         */
        Recorder shifted(int[] shifts, int count) {
            Recorder moved = new Recorder(this);
            int next = 0;
            int by = 0;
            for (int i = 0; i < size; i++) {
                for (int which = START; which <= END; which++) {
                    int place = moved.places[i * PLACES + which];
                    while (next < count && shifts[next] <= place) {
                        by = shifts[next + 1];
                        next += 2;
                    }
                    moved.places[i * PLACES + which] = place + by;
                }
            }
            return moved;
        }

        /** Moves every place to where {@code source} says. */
        void relocate(int[] source) {
            for (int i = 0; i < size; i++) {
                int end = source[place(i, END)];
                places[i * PLACES + END] = end;
                places[i * PLACES + START] = Math.min(source[place(i, START)], end);
            }
        }
    }
}
