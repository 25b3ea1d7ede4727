package io.deepsentry.text.token;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message whose identifiers, addresses, long numbers and paths are replaced, each by one value of its shape. Masking
 * the skeleton gives the masked message: what is replaced stands between spaces, and has the type that its shape alone
 * decides. What words before and after it are taken for depends on the part of it that stays.
 *
 * <p>Lines of one message have few skeletons, so that masking can remember them. Only messages of ASCII have one, and
 * none with quotes, where a text of several words is one value.
 */
final class Skeleton {
    /** The longest word that is not masked as too long. */
    private static final int MAX_WORD = 128;

    private static final int LEAST_DIGITS = 7;
    private static final int MOST_DIGITS = 64;
    /** As many digits in a row are in no name. */
    private static final int LEAST_RUN = 3;

    private static final byte[] ADDRESS = {'1', '0', '.', '0', '.', '0', '.', '1'};
    private static final byte[] NUMBER = {'1', '0', '0', '0', '0', '0', '0'};
    private static final byte[] IDENTIFIER = {'1', '0', '0', '0'};
    private static final byte[] FILE = {'x'};

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /** Characters of words, and those that no message with a skeleton has. */
    private static final int WORD = 1;

    private static final int SMALL = 2;
    private static final int DIGIT = 4;
    private static final int PATH = 8;
    private static final int REFUSED = 16;
    private static final byte[] KINDS = new byte[128];

    static {
        for (char c = 0; c < 128; c++) {
            boolean small = c >= 'a' && c <= 'z';
            boolean digit = Characters.isAsciiDigit(c);
            boolean word = Characters.isAlphanumeric(c) || c == '_';
            KINDS[c] = (byte) ((word ? WORD : 0)
                    | (small ? SMALL : 0)
                    | (digit ? DIGIT : 0)
                    | (Characters.isPath(c) ? PATH : 0)
                    | (c < ' ' || c == 127 || c == '"' ? REFUSED : 0));
        }
    }

    /** The characters of the message, and a NUL. */
    private final char[] s;

    private final int n;
    private final byte[] out;
    private int length;
    /**
     * For each value that was replaced, where it ends in the skeleton, and how much farther on that is in the message.
     */
    private int[] shifts = new int[16];

    private int replaced;

    private Skeleton(String message) {
        n = message.length();
        s = new char[n + 1];
        message.getChars(0, n, s, 0);
        // A value that is shorter than what replaces it has at least half its length.
        out = new byte[2 * n + Long.BYTES];
    }

    /** Returns the skeleton of a message, or null if it has none. */
    static @Nullable Skeleton of(String message) {
        Skeleton skeleton = new Skeleton(message);
        return skeleton.build() ? skeleton : null;
    }

    private boolean build() {
        int pos = 0;
        int before = 0;
        while (pos < n) {
            char c = s[pos];
            if (c == ' ') {
                out[length++] = ' ';
                pos++;
                continue;
            }
            int end = c >= 128 ? -1 : part(pos, c, before);
            if (end < 0) {
                return false;
            }
            before = end;
            pos = end;
        }
        return true;
    }

    /**
     * Takes what is up to the next space, replaced or as it is; returns its end, or -1 for a message without skeleton.
     */
    private int part(int from, char c, int before) {
        int kind = KINDS[c];
        if ((kind & SMALL) != 0) {
            return word(from);
        }
        int end = -1;
        if ((kind & DIGIT) != 0) {
            end = number(from, c, before);
        } else if (c == '/') {
            end = path(from);
        }
        return end < 0 ? copied(from) : end;
    }

    /** Small letters, and what follows them: most words end here. */
    private int word(int from) {
        int at = from;
        int to = length;
        char c = s[at];
        do {
            out[to++] = (byte) c;
            c = s[++at];
        } while (c >= 'a' && c <= 'z');
        length = to;
        if (c == ' ') {
            return at;
        }
        int end = c == '_' ? identifier(from, at) : -1;
        return end < 0 ? copied(at) : end;
    }

    /** Copies what is up to the next space; returns its end, or -1 for a message without skeleton. */
    private int copied(int from) {
        int at = from;
        int to = length;
        while (true) {
            char c = s[at];
            if (c == ' ' || (c == 0 && at == n)) {
                length = to;
                return at;
            }
            if (c >= 128 || (KINDS[c] & REFUSED) != 0 || (c == '\'' && !isApostrophe(at))) {
                return -1;
            }
            out[to++] = (byte) c;
            at++;
        }
    }

    /** Between letters it opens no quotation. */
    private boolean isApostrophe(int at) {
        return at > 0 && Characters.isLetter(s[at - 1]) && Characters.isLetter(s[at + 1]);
    }

    private boolean ends(int at) {
        return s[at] == ' ' || at == n;
    }

    /** Whether what follows a value has no say in what it is: a space, or punctuation that joins nothing to it. */
    private boolean bounds(int at) {
        return switch (s[at]) {
            case ' ', ',', ';', ')', ']' -> true;
            case '.' -> ends(at + 1);
            default -> at == n;
        };
    }

    private static int kind(char c) {
        return c < 128 ? KINDS[c] : REFUSED;
    }

    /** {@code blk_-1608999687919862906}, {@code task_0001_m_000003}: small letters, and an underscore before digits. */
    private int identifier(int from, int letters) {
        int at = letters;
        int run = 0;
        int longest = 0;
        while (true) {
            char c = s[at];
            int kind = kind(c);
            if ((kind & DIGIT) != 0) {
                run++;
                longest = Math.max(longest, run);
            } else if ((kind & SMALL) != 0 || (c == '_' && isPart(at + 1))) {
                run = 0;
                // A hyphen joins parts only behind an underscore, and before a digit or letter.
                at += c == '_' && s[at + 1] == '-' ? 1 : 0;
            } else {
                break;
            }
            at++;
        }
        if (!bounds(at) || longest < LEAST_RUN || at - from > MAX_WORD) {
            return -1;
        }
        out[length++] = '_';
        replace(IDENTIFIER, at);
        return copied(at);
    }

    private boolean isPart(int at) {
        int first = s[at] == '-' ? at + 1 : at;
        return (kind(s[first]) & (SMALL | DIGIT)) != 0;
    }

    private int number(int from, char first, int before) {
        int at = from + 1;
        while ((kind(s[at]) & DIGIT) != 0) {
            at++;
        }
        if (bounds(at)) {
            int digits = at - from;
            if (first == '0' || digits < LEAST_DIGITS || digits > MOST_DIGITS) {
                return -1;
            }
            replace(NUMBER, at);
            return copied(at);
        }
        return s[at] == '.' && at - from <= 3 ? address(from, before) : -1;
    }

    /** An address, with or without its port. Behind the name of a month its first number is a day. */
    private int address(int from, int before) {
        int end = ValueShapes.ip4(s, from);
        if (end < 0 || !boundsAddress(end) || isMonth(before)) {
            return -1;
        }
        replace(ADDRESS, end);
        return copied(end);
    }

    /** Behind a colon there may be a port. */
    private boolean boundsAddress(int at) {
        return bounds(at) || (s[at] == ':' && Characters.isLetter(s[at + 1]));
    }

    private boolean isMonth(int end) {
        return end >= 3 && WrittenDates.isMonth(s, end - 3, end);
    }

    /** An absolute path of three parts or more, of which the first two stay; or an address behind a slash. */
    private int path(int from) {
        if ((kind(s[from + 1]) & DIGIT) != 0) {
            int end = ValueShapes.ip4(s, from + 1);
            if (end > 0) {
                if (!boundsAddress(end)) {
                    return -1;
                }
                out[length++] = '/';
                replace(ADDRESS, end);
                return copied(end);
            }
        }
        int second = partEnd(from);
        int rest = second < 0 ? -1 : partEnd(second);
        if (rest < 0) {
            return -1;
        }
        int at = rest + 1;
        while ((kind(s[at]) & PATH) != 0) {
            at++;
        }
        int end = at;
        while (s[end - 1] == '.' || s[end - 1] == '!') {
            end--;
        }
        if (!ends(at) || end <= rest + 1) {
            return -1;
        }
        copy(from, rest + 1);
        replace(FILE, end);
        copy(end, at);
        return at;
    }

    /** Where a slash and letters, digits and underscores behind it end, if at another slash; otherwise -1. */
    private int partEnd(int slash) {
        int at = slash + 1;
        while ((kind(s[at]) & WORD) != 0) {
            at++;
        }
        return at > slash + 1 && s[at] == '/' ? at : -1;
    }

    private void copy(int from, int to) {
        for (int k = from; k < to; k++) {
            out[length++] = (byte) s[k];
        }
    }

    /** Writes what stands for a value that ends in the message at {@code end}. */
    private void replace(byte[] by, int end) {
        System.arraycopy(by, 0, out, length, by.length);
        length += by.length;
        if (replaced + 2 > shifts.length) {
            shifts = Arrays.copyOf(shifts, 2 * shifts.length);
        }
        shifts[replaced++] = length;
        shifts[replaced++] = end - length;
    }

    /** A hash of the characters. */
    int hash() {
        long hash = length;
        // Behind the characters are zeros.
        for (int k = 0; k < length; k += Long.BYTES) {
            hash = (hash ^ (long) EIGHT.get(out, k)) * MIX;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    boolean is(byte[] other) {
        return Arrays.equals(out, 0, length, other, 0, other.length);
    }

    byte[] characters() {
        return Arrays.copyOf(out, length);
    }

    @Override
    @SuppressWarnings("deprecation") // Each byte is a character.
    public String toString() {
        return new String(out, 0, 0, length);
    }

    /** The tokens of the skeleton at their places in the message. */
    MaskedMessage.Recorder relocated(MaskedMessage.Recorder tokens) {
        return tokens.shifted(shifts, replaced);
    }
}
