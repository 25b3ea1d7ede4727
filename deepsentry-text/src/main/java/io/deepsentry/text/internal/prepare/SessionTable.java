package io.deepsentry.text.internal.prepare;

import java.util.Arrays;

/**
 * Sessions in the order of their first line, known by a 64-bit hash of their key: about 40 bytes each, so that tens of
 * millions fit into memory. Two keys of one hash would be taken for one session; among ten million the chance of one
 * such pair is 3 in a million.
 */
public final class SessionTable {
    /** The ordinal of a session that is not there. */
    public static final int ABSENT = -1;

    private long[] keys = new long[1 << 12];
    private int[] ordinals = new int[1 << 12];
    private long[] firstTimes = new long[1 << 11];
    private boolean[] anomalies = new boolean[1 << 11];
    private int size;

    /** Returns the hash of a key; never 0. */
    public static long hash(CharSequence key) {
        long h = 0x51_7C_C1_B7_27_22_0A_95L;
        for (int i = 0; i < key.length(); i++) {
            h = (h ^ key.charAt(i)) * 0x9E37_79B9_7F4A_7C15L;
            h ^= h >>> 32;
        }
        h *= 0xD6E8_FEB8_6659_FD93L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    /** Returns the number of sessions. */
    public int size() {
        return size;
    }

    /** Returns the ordinal of a session, or {@link #ABSENT}. */
    public int find(long hash) {
        int slot = slot(hash);
        return keys[slot] == 0 ? ABSENT : ordinals[slot];
    }

    /** Returns the ordinal of a session, added with the time of its first line if it is new. */
    public int add(long hash, long firstTime) {
        int slot = slot(hash);
        if (keys[slot] != 0) {
            return ordinals[slot];
        }
        int ordinal = size++;
        if (ordinal == firstTimes.length) {
            firstTimes = Arrays.copyOf(firstTimes, ordinal * 2);
            anomalies = Arrays.copyOf(anomalies, ordinal * 2);
        }
        firstTimes[ordinal] = firstTime;
        keys[slot] = hash;
        ordinals[slot] = ordinal;
        if (size * 2 > keys.length) {
            grow();
        }
        return ordinal;
    }

    /** Returns the time of a session's first line. */
    public long firstTime(int ordinal) {
        return firstTimes[ordinal];
    }

    /** Marks a session as anomalous. */
    public void markAnomaly(int ordinal) {
        anomalies[ordinal] = true;
    }

    /** Returns whether a session is marked. */
    public boolean isAnomaly(int ordinal) {
        return anomalies[ordinal];
    }

    private int slot(long hash) {
        int mask = keys.length - 1;
        int slot = (int) hash & mask;
        while (keys[slot] != 0 && keys[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldOrdinals = ordinals;
        keys = new long[oldKeys.length * 2];
        ordinals = new int[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                ordinals[slot] = oldOrdinals[i];
            }
        }
    }
}
