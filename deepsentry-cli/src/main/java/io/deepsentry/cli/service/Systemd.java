package io.deepsentry.cli.service;

import io.deepsentry.cli.output.Console;
import io.deepsentry.live.LiveRun;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd that a run is ready, reloads, stops and is alive, by the program {@code systemd-notify}: Java has no
 * datagram sockets of Unix. Where no service manager waits for such messages it does nothing.
 *
 * <p>Safe for use by several threads.
 */
public final class Systemd implements LiveRun.Listener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LiveRun run;
    private final Console console;
    private final boolean listens;
    /** How long systemd waits for a sign of life, or null if it does not. */
    private final @Nullable Duration watchdog;

    private final Thread stopping = new Thread(() -> say("STOPPING=1"), "deepsentry-stopping");
    private final Thread heartbeat = new Thread(this::beat, "deepsentry-watchdog");
    private boolean failed;

    private Systemd(LiveRun run, Console console, boolean listens, @Nullable Duration watchdog) {
        this.run = run;
        this.console = console;
        this.listens = listens;
        this.watchdog = watchdog;
    }

    /** Follows a run from now on, if the environment says that systemd listens. */
    public static Systemd follow(LiveRun run, Map<String, String> environment, Console console) {
        boolean listens = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
        Systemd systemd = new Systemd(run, console, listens, watchdog(environment));
        if (listens) {
            run.addListener(systemd);
            Runtime.getRuntime().addShutdownHook(systemd.stopping);
        }
        return systemd;
    }

    private static @Nullable Duration watchdog(Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String meant = environment.getOrDefault("WATCHDOG_PID", "");
        boolean forUs = meant.isEmpty()
                || meant.equals(String.valueOf(ProcessHandle.current().pid()));
        return forUs && micros.matches("[1-9][0-9]{0,15}")
                ? Duration.of(Long.parseLong(micros), ChronoUnit.MICROS)
                : null;
    }

    @Override
    public void watching() {
        say("READY=1", "STATUS=watching");
        if (watchdog != null) {
            heartbeat.setDaemon(true);
            heartbeat.start();
        }
    }

    /** Says that a reload was asked for. */
    public void reloading() {
        if (listens) {
            say("RELOADING=1", "STATUS=reloading");
        }
    }

    @Override
    public void reloaded() {
        say("READY=1", "STATUS=watching");
    }

    /** Gives signs of life only as long as the run gives them, so that one that is stuck is started again. */
    private void beat() {
        try {
            while (watchdog != null) {
                Duration half = watchdog.dividedBy(2);
                if (run.sinceLastSign().compareTo(half) < 0 || run.problem() != null) {
                    say("WATCHDOG=1");
                }
                Thread.sleep(half.dividedBy(2).toMillis());
            }
        } catch (InterruptedException e) {
            // The run has ended.
            return;
        }
    }

    private void say(String... states) {
        String[] command = new String[states.length + 1];
        command[0] = "systemd-notify";
        System.arraycopy(states, 0, command, 1, states.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            complain(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void complain(IOException e) {
        if (!failed) {
            failed = true;
            console.say("warning: systemd cannot be notified: " + e.getMessage()
                    + "; install systemd-notify, or set Type=exec and no WatchdogSec in the unit");
        }
    }

    @Override
    public void close() {
        heartbeat.interrupt();
    }
}
