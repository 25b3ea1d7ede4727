package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.DataException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program once more, in the background: in a session of its own, without a terminal, with its diagnostics in a
 * file.
 */
final class Daemon {
    /** Set in the process in the background: the file it makes once everything is opened and loaded. */
    private static final String READY = "deepsentry.daemon";

    private static final Pattern STAMP = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT\\S+Z ");
    private static final int LONGEST_EXCERPT = 16_384;

    private Daemon() {}

    /** The file to make when this process is ready, if it is the one in the background. */
    static Optional<Path> readyFile() {
        return Optional.ofNullable(System.getProperty(READY)).map(Path::of);
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param arguments those of this process
     * @return the exit code: 0 once it is ready, otherwise its own
     */
    static int launch(List<String> arguments, Path log, Cancellation cancellation, Console console) {
        Path ready = null;
        try {
            Path folder = log.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            ready = Files.createTempFile("deepsentry", ".ready");
            Files.delete(ready);
            long before = Files.exists(log) ? Files.size(log) : 0;
            Process process = new ProcessBuilder(command(arguments, log, ready))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
                if (Files.exists(ready)) {
                    console.say("live continues as process " + process.pid() + "; it writes to " + log);
                    return ExitCode.OK;
                }
                if (cancellation.isCancelled()) {
                    process.destroy();
                }
            }
            said(log, before).forEach(console::say);
            return process.exitValue();
        } catch (IOException e) {
            throw new DataException("live cannot be started in the background: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted while live started in the background", e);
        } finally {
            delete(ready);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // An empty file in the folder for temporary ones is worth no failure.
            return;
        }
    }

    private static List<String> command(List<String> arguments, Path log, Path ready) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(setsid());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // What tells of the terminal of this process does not hold for the other one.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-Ddeepsentry."))
                .forEach(command::add);
        command.add("-Ddeepsentry.diagnostics=" + log.toAbsolutePath());
        command.add("-D" + READY + "=" + ready);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /** A process leaves its terminal's session only by a system call that Java does not have. */
    private static String setsid() throws IOException {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "setsid"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "setsid (of util-linux) is not on the PATH; install it, or start live with a service manager"
                                + " such as systemd"));
    }

    /** What it wrote since, the end of it if that is much. */
    private static List<String> said(Path log, long before) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(Math.min(before, file.length()), file.length() - LONGEST_EXCERPT);
            byte[] text = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(text);
            return new String(text, StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> STAMP.matcher(line).replaceFirst(""))
                    .toList();
        }
    }
}
