package io.deepsentry.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real program, run as a process of its own in a folder.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record ProgramRun(int code, String out, String err) {
    private static final long LIMIT_MINUTES = 3;

    /** Runs the program to its end. */
    static ProgramRun in(Path folder, String... arguments) {
        return in(folder, Map.of(), arguments);
    }

    /** Runs the program to its end with additional environment variables. */
    static ProgramRun in(Path folder, Map<String, String> environment, String... arguments) {
        return start(folder, environment, arguments).await();
    }

    /** Starts the program and returns while it runs. */
    static Running start(Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(arguments));
        return startCommand(folder, environment, command);
    }

    /** The command line that starts the program, without its arguments. */
    static List<String> java() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(ProgramClasses.OPTIONS);
        command.addAll(List.of("-Ddeepsentry.terminal=false", "io.deepsentry.cli.Main"));
        return command;
    }

    /** Starts any command and returns while it runs. */
    static Running startCommand(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path out = Files.createTempFile("deepsentry", ".out");
            Path err = Files.createTempFile("deepsentry", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("DEEPSENTRY_") || name.equals("COLUMNS"));
            builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
            builder.environment().putAll(environment);
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program under way. */
    record Running(Process process, Path outFile, Path errFile) {
        /** Sends a signal such as {@code INT}. */
        void signal(String name) {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        /** Waits until the program has written {@code text} to standard error. */
        void awaitErr(String text) {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
            try {
                while (!read(errFile).contains(text)) {
                    if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                        process.destroyForcibly();
                        throw new AssertionError("the program never wrote '" + text + "':\n" + read(errFile));
                    }
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        ProgramRun await() {
            try {
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(
                            "the program did not end within " + LIMIT_MINUTES + " min:\n" + read(errFile));
                }
                ProgramRun result = new ProgramRun(process.exitValue(), read(outFile), read(errFile));
                Files.delete(outFile);
                Files.delete(errFile);
                return result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
