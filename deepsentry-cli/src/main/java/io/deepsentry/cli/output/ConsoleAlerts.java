package io.deepsentry.cli.output;

import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;

/** Alerts as results: each leaves the program at once. On a terminal the display has shown them in a form for people. */
public final class ConsoleAlerts implements AlertSink {
    private final Console console;
    private final AlertFormat format;
    private final boolean shown;

    /** @param shown whether a person sees them already */
    public ConsoleAlerts(Console console, AlertFormat format, boolean shown) {
        this.console = console;
        this.format = format;
        this.shown = shown;
    }

    @Override
    public void write(Alert alert) {
        if (!shown) {
            console.result(format.write(alert));
            console.flush();
        }
    }

    @Override
    public void close() {
        console.flush();
    }
}
