package io.deepsentry.benchmark;

/**
 * Which cases are for what, in one run of one protocol.
 *
 * @param protocol its name in the results
 * @param training its name for what is trained on
 * @param name what to call it in progress and errors
 * @param seed what the draw came from
 * @param normalOnly whether labels kept anomalies out of training and validation
 * @param train the cases to learn from, in the order of time
 * @param validation the cases that the threshold comes from
 * @param test the cases that are judged; all have labels
 */
record Division(
        String protocol,
        String training,
        String name,
        long seed,
        boolean normalOnly,
        Cases train,
        Cases validation,
        Cases test) {

    /** Numbers of cases. */
    static final class Cases {
        private final int[] numbers;

        Cases(int[] numbers) {
            this.numbers = numbers;
        }

        int size() {
            return numbers.length;
        }

        int get(int index) {
            return numbers[index];
        }

        int[] toArray() {
            return numbers.clone();
        }
    }
}
