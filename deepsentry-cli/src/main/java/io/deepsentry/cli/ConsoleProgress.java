package io.deepsentry.cli;

import io.deepsentry.core.Progress;

/** Shows how far the stages are: bars on a terminal, otherwise one plain line at the end of each and a sign of life in between. */
final class ConsoleProgress implements Progress {
    private final Console console;

    ConsoleProgress(Console console) {
        this.console = console;
    }

    @Override
    public Stage begin(String what, long total, String unit) {
        return console.terminal()
                ? new BarStage(console, what, total, unit)
                : new LineStage(console, what, total, unit);
    }
}
