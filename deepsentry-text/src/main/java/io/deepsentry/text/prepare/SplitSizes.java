package io.deepsentry.text.prepare;

/**
 * How many units (sessions, or lines of a stream) go to each part.
 *
 * @param train the first ones
 * @param val those after them
 * @param test the last ones
 */
public record SplitSizes(long train, long val, long test) {
    /**
     * {@return the split of {@code n} units by time: the first {@code fraction} is for training, the last {@code
     * validation} of that for validation} With at least three units no part is empty, unless {@code fraction} is 1.
     *
     * @param n how many there are in all
     * @param fraction the share for training and validation
     * @param validation the share of these for validation
     */
    public static SplitSizes of(long n, double fraction, double validation) {
        long learn = Math.round(n * fraction);
        if (fraction < 1 && learn == n && n >= 3) {
            learn = n - 1;
        }
        if (learn < 2 && n >= 2) {
            learn = Math.min(2, n);
        }
        long val = Math.round(learn * validation);
        if (val == 0 && learn >= 2) {
            val = 1;
        }
        if (val == learn && learn >= 2) {
            val = learn - 1;
        }
        return new SplitSizes(learn - val, val, n - learn);
    }

    Split of(long position) {
        return position < train ? Split.TRAIN : position < train + val ? Split.VAL : Split.TEST;
    }

    long total() {
        return train + val + test;
    }
}
