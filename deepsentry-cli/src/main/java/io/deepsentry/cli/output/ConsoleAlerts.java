package io.deepsentry.cli.output;

import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;

/** Alerts as results, each of which leaves the program at once: for people on a terminal, for programs elsewhere. */
public final class ConsoleAlerts implements AlertSink {
    private final Console console;
    private final AlertFormat format;
    private final AlertText text;
    private boolean begun;

    public ConsoleAlerts(Console console, AlertFormat format, AlertText text) {
        this.console = console;
        this.format = format;
        this.text = text;
    }

    @Override
    public void write(Alert alert) {
        if (console.screen().terminal()) {
            if (begun) {
                console.result("");
            }
            begun = true;
            text.lines(alert).forEach(console::result);
        } else {
            console.result(format.write(alert));
        }
        console.flush();
    }

    @Override
    public void close() {
        console.flush();
    }
}
