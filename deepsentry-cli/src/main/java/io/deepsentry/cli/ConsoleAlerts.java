package io.deepsentry.cli;

import io.deepsentry.live.Alert;
import io.deepsentry.live.AlertFormat;
import io.deepsentry.live.AlertSink;

/** Alerts as results: each leaves the program at once. */
final class ConsoleAlerts implements AlertSink {
    private final Console console;
    private final AlertFormat format;

    ConsoleAlerts(Console console, AlertFormat format) {
        this.console = console;
        this.format = format;
    }

    @Override
    public void write(Alert alert) {
        console.result(format.write(alert));
        console.flush();
    }

    @Override
    public void close() {
        console.flush();
    }
}
