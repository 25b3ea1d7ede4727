package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.core.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into a cancellation and holds the end of the process back until the command has stopped
 * cleanly. The exit code, 130 or 143, is the Java runtime's own.
 */
final class Interruption {
    /** A stage looks at the cancellation many times a second; one that has not stopped by then is stuck in a read that
     * nothing ends. */
    private static final long PATIENCE_SECONDS = 30;

    private final Cancellation cancellation = Cancellation.none();
    private final CountDownLatch finished = new CountDownLatch(1);

    private Interruption() {}

    static Interruption install(Console console) {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.stop(console), "deepsentry-stop"));
        return interruption;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** Says that the command has returned: whatever ends the process now need not wait. */
    void finished() {
        finished.countDown();
    }

    private void stop(Console console) {
        if (finished.getCount() == 0) {
            return;
        }
        cancellation.cancel();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                console.say("deepsentry: the command did not stop within " + PATIENCE_SECONDS + " s and was ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
