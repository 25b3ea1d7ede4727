package io.deepsentry.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The two ways out of the program: results to standard output, everything else to standard error, both as UTF-8. On a terminal one line of standard error may
 * be transient (a progress bar), and messages go above it.
 *
 * <p>Safe for use by several threads.
 */
public final class Console {
    private static final int DEFAULT_COLUMNS = 100;

    private final OutputStream results;
    private final PrintStream diagnostics;
    private final boolean terminal;
    private final int columns;
    private final @Nullable LogFile log;
    private boolean transientLine;
    private boolean resultsFailed;

    Console(OutputStream results, PrintStream diagnostics, boolean terminal, int columns) {
        this(results, diagnostics, terminal, columns, null);
    }

    private Console(
            OutputStream results, PrintStream diagnostics, boolean terminal, int columns, @Nullable LogFile log) {
        this.log = log;
        this.results = new BufferedOutputStream(results, 1 << 16);
        this.diagnostics = diagnostics;
        this.terminal = terminal;
        this.columns = columns;
    }

    /** The console of this process. The launcher knows whether standard error is a terminal, which Java cannot tell. */
    public static Console ofProcess(boolean background) {
        OutputStream diagnostics = diagnostics(background);
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(diagnostics, true, StandardCharsets.UTF_8),
                Boolean.getBoolean("deepsentry.terminal"),
                Integer.getInteger("deepsentry.columns", DEFAULT_COLUMNS),
                diagnostics instanceof LogFile file ? file : null);
    }

    /**
     * Standard error, or the terminal itself where the launcher names it. TensorFlow writes to the file descriptor of standard error past any log level, which
     * on a terminal would tear the progress bars; the launcher filters it there.
     */
    private static OutputStream diagnostics(boolean background) {
        String named = System.getProperty("deepsentry.diagnostics", "");
        if (!named.isEmpty()) {
            try {
                return background ? new LogFile(named) : new FileOutputStream(named, true);
            } catch (FileNotFoundException e) {
                // Where the system has no such device, the filtered way is good enough.
                return new FileOutputStream(FileDescriptor.err);
            }
        }
        return new FileOutputStream(FileDescriptor.err);
    }

    /** Whether standard error is a terminal, where a line can be rewritten. */
    public boolean terminal() {
        return terminal;
    }

    /** The width of the terminal in characters. */
    int columns() {
        return columns;
    }

    /**
     * Writes one line of the result.
     *
     * @throws ResultsException if standard output takes no more
     */
    public synchronized void result(String line) {
        clearTransient();
        try {
            results.write(line.getBytes(StandardCharsets.UTF_8));
            results.write('\n');
        } catch (IOException e) {
            resultsFailed = true;
            throw new ResultsException(e);
        }
    }

    /**
     * Hands what was written so far to standard output; once that has failed, it is not tried again.
     *
     * @throws ResultsException if standard output takes no more
     */
    public synchronized void flush() {
        if (resultsFailed) {
            return;
        }
        try {
            results.flush();
        } catch (IOException e) {
            resultsFailed = true;
            throw new ResultsException(e);
        }
    }

    /** Writes a line of diagnostics. */
    public synchronized void say(String line) {
        clearTransient();
        // In a file, unlike on a terminal, nobody knows when it was said.
        diagnostics.println(log == null ? line : Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
    }

    /** Opens the file of diagnostics anew, where they go to one. */
    public synchronized void reopen() {
        if (log != null) {
            try {
                log.reopen();
            } catch (IOException e) {
                say("warning: the log file cannot be opened anew: " + e.getMessage());
            }
        }
    }

    /** Writes the stack trace of a failure. */
    public synchronized void trace(Throwable failure) {
        clearTransient();
        failure.printStackTrace(diagnostics);
    }

    /** Shows a line that the next one replaces; only on a terminal. */
    synchronized void show(String line) {
        diagnostics.print("\r" + line + "\033[K");
        diagnostics.flush();
        transientLine = true;
    }

    /** Removes the transient line, if there is one. */
    synchronized void clearTransient() {
        if (transientLine) {
            diagnostics.print("\r\033[K");
            diagnostics.flush();
            transientLine = false;
        }
    }
}
