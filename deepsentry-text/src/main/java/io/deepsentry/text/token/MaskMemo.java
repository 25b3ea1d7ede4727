package io.deepsentry.text.token;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What masking made of some of the last skeletons. Each skeleton has one place, which the last one of that place holds.
 * A log whose messages rarely have a skeleton that came before is looked at now and then only. Changes no result.
 *
 * <p>Safe for use by many threads, which may overwrite each other's entries and counts: each entry is whole.
 */
final class MaskMemo {
    private static final int PLACES = 1 << 11;
    /** Longer messages hardly ever repeat, and would take too much memory. */
    private static final int LONGEST = 500;
    /** How many messages tell whether it is worth while. */
    private static final int TRIED = 512;
    /** How many are left out where it is not. */
    private static final int LEFT_OUT = 16 * TRIED;

    private final @Nullable Entry[] places = new Entry[PLACES];
    private int tried;
    private int found;
    private int toLeaveOut;

    /** What masking made of a text, and its tokens where they were asked for. */
    record Masked(String text, MaskedMessage.@Nullable Recorder tokens) {}

    private static final class Entry {
        private final byte[] skeleton;
        private final Masked masked;

        Entry(byte[] skeleton, Masked masked) {
            this.skeleton = skeleton;
            this.masked = masked;
        }
    }

    /**
     * Returns the skeleton of a message, or null if it has none or is to be masked without.
     *
     * @param message the message
     */
    @Nullable
    Skeleton skeleton(String message) {
        if (message.length() > LONGEST) {
            return null;
        }
        if (toLeaveOut > 0) {
            toLeaveOut--;
            return null;
        }
        if (tried >= TRIED) {
            toLeaveOut = 2 * found < tried ? LEFT_OUT : 0;
            tried = 0;
            found = 0;
        }
        tried++;
        return Skeleton.of(message);
    }

    /**
     * Returns what is known of a skeleton, and lets it be masked if that is not enough.
     *
     * @param skeleton the skeleton
     * @param withTokens whether the tokens are needed
     * @param masking masks a text
     */
    Masked masked(Skeleton skeleton, boolean withTokens, Function<String, Masked> masking) {
        int hash = skeleton.hash();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        Entry known = places[place];
        if (known != null && (known.masked.tokens() != null || !withTokens) && skeleton.is(known.skeleton)) {
            found++;
            return known.masked;
        }
        Masked masked = masking.apply(skeleton.toString());
        places[place] = new Entry(skeleton.characters(), masked);
        return masked;
    }
}
