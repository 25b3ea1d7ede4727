package io.deepsentry.text.internal.token;

import java.util.Arrays;

/** The token ids of a message as a key: equal by content. Immutable as long as nobody changes the array. */
public final class TokenIds {
    private final int[] ids;
    private final int hash;

    /** Takes the array over. */
    public TokenIds(int[] ids) {
        this.ids = ids;
        hash = Arrays.hashCode(ids);
    }

    /** Returns the number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Returns the id at a position. */
    public int get(int position) {
        return ids[position];
    }

    /** Copies the ids to a row of a batch, whose rest stays padding. */
    public void copyTo(int[] rows, int offset) {
        System.arraycopy(ids, 0, rows, offset, ids.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
