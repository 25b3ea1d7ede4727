package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Sends what our libraries log to standard error, one line each: warnings always, the rest with {@code --verbose}. */
final class Logging extends Handler {
    private static final SingleLine LINE = new SingleLine();

    /** Held here because the runtime keeps only weak references to loggers, and with the logger its level would go. */
    private static final Logger OWN = Logger.getLogger("io.deepsentry");

    private final Console console;

    private Logging(Console console) {
        this.console = console;
    }

    static void install(Console console, boolean verbose) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Logging(console));
        // Other libraries warn about their own affairs, such as every HDF5 attribute with padding.
        root.setLevel(verbose ? Level.INFO : Level.SEVERE);
        OWN.setLevel(verbose ? Level.FINE : Level.WARNING);
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            console.say(LINE.format(entry));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    private static final class SingleLine extends Formatter {
        @Override
        public String format(LogRecord entry) {
            Throwable thrown = entry.getThrown();
            return entry.getLevel().getName().toLowerCase(Locale.ROOT)
                    + ": "
                    + formatMessage(entry)
                    + (thrown == null ? "" : " (" + thrown + ")");
        }
    }
}
