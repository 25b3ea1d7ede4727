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
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The two ways out of the program: results to standard output, everything else to standard error, both as UTF-8. On a
 * terminal one line of standard error may be transient (a progress bar), and messages go above it.
 *
 * <p>Safe for use by several threads.
 */
public final class Console {
    private static final long FILTER_MILLIS = 2000;

    private final OutputStream results;
    private final PrintStream diagnostics;
    private final boolean terminal;
    private final Screen screen;
    private final @Nullable LogFile log;
    private boolean transientLine;
    private boolean resultsFailed;

    private Console(
            OutputStream results, PrintStream diagnostics, boolean terminal, Screen screen, @Nullable LogFile log) {
        this.log = log;
        this.results = new BufferedOutputStream(results, 1 << 16);
        this.diagnostics = diagnostics;
        this.terminal = terminal;
        this.screen = screen;
    }

    /** Returns a console that writes results and diagnostics to streams. */
    public static Console of(OutputStream results, PrintStream diagnostics, Screen screen) {
        return new Console(results, diagnostics, false, screen, null);
    }

    /** The console of this process. The launcher knows what is a terminal and how wide, which Java can hardly tell. */
    public static Console ofProcess(boolean background) {
        OutputStream diagnostics = diagnostics(background);
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(diagnostics, true, StandardCharsets.UTF_8),
                Screen.isTerminal("deepsentry.terminal"),
                Screen.ofProcess(System.getenv()),
                diagnostics instanceof LogFile file ? file : null);
    }

    /**
     * Standard error, or the terminal itself where the launcher names it. TensorFlow writes to the file descriptor of
     * standard error past any log level, which on a terminal would tear the progress bars; the launcher filters it
     * there.
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

    /** Returns the screen that results and progress are laid out for. */
    public Screen screen() {
        return screen;
    }

    /**
     * Waits until a filter behind standard error, named by the launcher, has passed everything on. Nothing can be said
     * afterwards.
     */
    public void finish() {
        Long filter = Long.getLong("deepsentry.filter");
        if (filter == null) {
            return;
        }
        diagnostics.close();
        try {
            ProcessHandle.of(filter).ifPresent(process -> process.onExit()
                    .completeOnTimeout(process, FILTER_MILLIS, TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException e) {
            // The filter is only waited for so that no line comes late.
            return;
        }
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

    /** Writes text of the result after a head; what does not fit the screen continues below the text's beginning. */
    public synchronized void wrapped(String head, String text) {
        wrapped(head, text, Integer.MAX_VALUE);
    }

    /** Writes text of the result after a head, on at most so many lines. */
    public synchronized void wrapped(String head, String text, int most) {
        int indent = Lines.width(head);
        List<String> lines = Lines.wrap(text, screen.width() - indent, most);
        for (int i = 0; i < lines.size(); i++) {
            result((i == 0 ? head : " ".repeat(indent)) + lines.get(i));
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

    /** Writes a line of diagnostics; a terminal shows a long one on several. */
    public synchronized void say(String line) {
        clearTransient();
        if (log != null) {
            // In a file, unlike on a terminal, nobody knows when it was said.
            diagnostics.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
        } else if (terminal) {
            line.lines()
                    .flatMap(each -> Lines.wrap(each, screen.columns()).stream())
                    .forEach(diagnostics::println);
        } else {
            diagnostics.println(line);
        }
    }

    /** Reopens the file of diagnostics, if they go to one. */
    public synchronized void reopen() {
        if (log != null) {
            try {
                log.reopen();
            } catch (IOException e) {
                say("warning: the log file cannot be reopened: " + e.getMessage());
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
