package io.deepsentry.cli.output;

import io.deepsentry.core.Progress;

/**
 * Shows how far the stages are: bars on a terminal, otherwise one plain line at the end of each and a sign of life in
 * between.
 */
public final class ConsoleProgress implements Progress {
    private final Console console;
    private final boolean verbose;

    /**
     * Progress on a console.
     *
     * @param verbose whether to say also when a stage begins
     */
    public ConsoleProgress(Console console, boolean verbose) {
        this.console = console;
        this.verbose = verbose;
    }

    @Override
    public Stage begin(String what, long total, String unit) {
        if (verbose) {
            console.say(what + " ...");
        }
        return console.terminal()
                ? new BarStage(console, what, total, unit)
                : new LineStage(console, what, total, unit);
    }
}
