package io.deepsentry.cli.service;

import io.deepsentry.cli.output.Console;
import org.jline.utils.Signals;

/**
 * The signal that tells a program in the background to read again what may have changed. On a terminal it says that the
 * terminal is gone, and is left alone.
 */
public final class Hangup {
    private Hangup() {}

    public static void install(Console console, Runnable action) {
        if (console.terminal()) {
            return;
        }
        Object unused = Signals.register("HUP", action);
    }
}
