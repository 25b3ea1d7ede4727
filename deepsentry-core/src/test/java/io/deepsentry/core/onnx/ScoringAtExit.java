package io.deepsentry.core.onnx;

/**
 * A program that opens models and scores by them while it is ending, as one does that finishes its work in a shutdown
 * hook. It prints whether all of them scored.
 */
public final class ScoringAtExit {
    private static final long NANOS = 300_000_000;

    private ScoringAtExit() {}

    public static void main(String[] args) throws Exception {
        ClassLoaders.Scoring scoring = new ClassLoaders.Scoring();
        scoring.call();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(allScore(scoring))));
    }

    private static String allScore(ClassLoaders.Scoring scoring) {
        long start = System.nanoTime();
        try {
            while (System.nanoTime() - start < NANOS) {
                if (scoring.call() != 1) {
                    return "one did not score";
                }
            }
        } catch (Exception e) {
            return e.toString();
        }
        return "all scored";
    }
}
