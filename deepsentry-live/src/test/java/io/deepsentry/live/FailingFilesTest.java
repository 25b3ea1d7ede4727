package io.deepsentry.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of several logs fails as on a bad disk ({@code EIO}) or a file server that went away ({@code ESTALE}), and works
 * again later: that is said with its reason, counted and tried again, the other log is read meanwhile, and afterwards
 * every line has been read once, in order.
 *
 * <p>The errors come from the C library: {@code failing_files.c}, compiled by {@code cc}, is loaded into a process of
 * its own, in which all cases run.
 */
@Timeout(300)
class FailingFilesTest {
    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int PERMISSION_DENIED = 13;

    @Test
    @EnabledOnOs(OS.LINUX)
    void everyLineIsReadOnceWhenAFileWorksAgain(@TempDir Path folder) throws Exception {
        Path library = folder.resolve("failing_files.so");
        Path source = folder.resolve("failing_files.c");
        try (InputStream code = FailingFilesTest.class.getResourceAsStream("failing_files.c")) {
            Files.write(source, Objects.requireNonNull(code).readAllBytes());
        }
        assumeTrue(
                isDone("cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl"),
                "a C compiler");
        Path result = folder.resolve("result");
        ProcessBuilder child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FailingFilesTest.class.getName(),
                Files.createDirectory(folder.resolve("work")).toString());
        child.environment().put("LD_PRELOAD", library.toString());
        child.environment()
                .put("FAULTS", Files.createDirectory(folder.resolve("faults")).toString());
        Process process =
                child.redirectOutput(result.toFile()).redirectErrorStream(true).start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> rows = Files.readAllLines(result);
        assertThat(rows).hasSize(2 * cases().size()).allMatch(row -> row.startsWith("as expected: "));
        assertThat(process.exitValue()).isZero();
    }

    private static boolean isDone(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs all cases with both errors, one row each. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        List<String> warnings = new ArrayList<>();
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Handler() {
            @Override
            public void publish(LogRecord entry) {
                warnings.add(new SimpleFormatter().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        for (Fault error : Fault.values()) {
            for (Case each : cases()) {
                warnings.clear();
                Path folder = Files.createTempDirectory(Path.of(arguments[0]), "case");
                String found = new Scene(folder, error, warnings).play(each);
                out.println((found.isEmpty() ? "as expected: " : found + ": ") + error + ", " + each.what());
            }
        }
    }

    private enum Fault {
        EIO(5, "Input/output error"),
        ESTALE(116, "Stale file handle");

        private final int number;
        private final String reason;

        Fault(int number, String reason) {
            this.number = number;
            this.reason = reason;
        }
    }

    @FunctionalInterface
    private interface Script {
        void on(Scene scene) throws Exception;
    }

    /** What happens to a log of which {@code a1} and {@code a2} were read, and which lines come of it. */
    private record Case(String what, Script script, List<String> lines) {}

    private static Case of(String what, Script script, String... lines) {
        return new Case(what, script, List.of(lines));
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String calls : List.of("read", "all", "old")) {
            cases.addAll(casesOfOpenFiles(calls));
        }
        for (String calls : List.of("read", "all")) {
            cases.addAll(casesOfOtherFiles(calls));
        }
        for (String calls : List.of("read", "all", "old")) {
            cases.addAll(casesOfCompressedFiles(calls));
        }
        cases.addAll(casesOfFilesThatAreGoneForGood());
        cases.addAll(casesOfFilesThatMayNotBeRead());
        return cases;
    }

    private static List<Case> casesOfOpenFiles(String calls) {
        List<Case> cases = new ArrayList<>();
        cases.add(of(
                calls + " fails for a moment",
                s -> {
                    s.fail("app.log", calls);
                    s.add("a3");
                    s.goesOnWithout();
                    s.works("app.log", SHORT);
                },
                "a3"));
        cases.add(of(
                calls + " fails for long",
                s -> {
                    s.fail("app.log", calls);
                    s.add("a3");
                    s.goesOnWithout();
                    s.passes(LONG);
                    s.add("a4");
                    s.works("app.log", SHORT);
                },
                "a3",
                "a4"));
        cases.add(of(
                calls + " fails while it is rotated",
                s -> {
                    s.add("a3");
                    s.fail("app.log", calls);
                    s.goesOnWithout();
                    s.move("app.log.1");
                    s.add("b1");
                    s.passes(SHORT);
                    s.works("app.log.1", SHORT);
                    s.add("b2");
                },
                "a3",
                "b1",
                "b2"));
        cases.add(of(
                calls + " fails before it is rotated twice",
                s -> {
                    s.add("a3");
                    s.fail("app.log", calls);
                    s.goesOnWithout();
                    s.move("app.log.2");
                    s.add("b1");
                    s.passes(SHORT);
                    s.move("app.log.1");
                    s.add("c1");
                    s.works("app.log.2", SHORT);
                },
                "a3",
                "b1",
                "c1"));
        cases.add(of(
                calls + " of one of a folder's files fails for long",
                s -> {
                    s.open(List.of(s.folder));
                    s.lines.clear();
                    s.fail("app.log", calls);
                    s.add("a3");
                    s.goesOnWithout();
                    s.passes(LONG);
                    s.add("a4");
                    s.works("app.log", LONG);
                    s.add("a5");
                },
                "a3",
                "a4",
                "a5"));
        return cases;
    }

    private static List<Case> casesOfOtherFiles(String calls) {
        List<Case> cases = new ArrayList<>();
        cases.add(of(
                calls + " of one of two rotated files fails for a moment",
                s -> {
                    s.stop();
                    s.move("app.log.2");
                    s.age("app.log.2", 3);
                    s.add("b1", "b2");
                    s.move("app.log.1");
                    s.age("app.log.1", 2);
                    s.add("c1");
                    s.fail("app.log.1", calls);
                    s.resume();
                    s.goesOnWithout();
                    s.works("app.log.1", SHORT);
                },
                "b1",
                "b2",
                "c1"));
        cases.add(of(
                calls + " of what was read before a restart fails for a moment",
                s -> {
                    s.stop();
                    s.add("a3");
                    s.move("app.log.1");
                    s.add("b1");
                    s.fail("app.log.1", calls);
                    s.resume();
                    s.goesOnWithout();
                    s.works("app.log.1", SHORT);
                },
                "a3",
                "b1"));
        cases.add(of(
                calls + " of the log fails after a restart",
                s -> {
                    s.stop();
                    s.add("a3");
                    s.fail("app.log", calls);
                    s.resume();
                    s.goesOnWithout();
                    s.works("app.log", SHORT);
                },
                "a3"));
        cases.add(of(
                calls + " fails before the first look",
                s -> {
                    s.stop();
                    s.fail("app.log", calls);
                    s.open(List.of(s.log, s.other));
                    s.goesOnWithout();
                    s.works("app.log", SHORT);
                },
                "a1",
                "a2"));
        cases.add(of(
                calls + " of the copy fails while it is copied and emptied",
                s -> {
                    s.add("a3");
                    Files.copy(s.log, s.beside("app.log.1"));
                    s.fail("app.log.1", calls);
                    Files.write(s.log, new byte[0]);
                    s.goesOnWithout();
                    s.works("app.log.1", SHORT);
                    s.add("b1");
                },
                "a3",
                "b1"));
        return cases;
    }

    private static List<Case> casesOfCompressedFiles(String calls) {
        List<Case> cases = new ArrayList<>();
        List<String> many = many();
        cases.add(of(
                calls + " of a compressed file fails in its middle",
                s -> {
                    s.stop();
                    s.add(many.toArray(String[]::new));
                    s.compress("app.log.1.gz");
                    Files.delete(s.log);
                    s.add("b1");
                    s.resume();
                    s.readSome(2_000);
                    s.fail("app.log.1.gz", calls);
                    s.goesOnWithout();
                    s.works("app.log.1.gz", SHORT);
                },
                IntStream.rangeClosed(0, many.size())
                        .mapToObj(i -> i < many.size() ? many.get(i) : "b1")
                        .toArray(String[]::new)));
        return cases;
    }

    private static List<Case> casesOfFilesThatAreGoneForGood() {
        return List.of(
                of(
                        "what was open is gone for good",
                        s -> {
                            s.add("a3");
                            s.fail("app.log", "old");
                            s.passes(LONG);
                            s.add("a4");
                            s.goesOnWithout();
                        },
                        "a3",
                        "a4"),
                of(
                        "what was open is gone for good, and was renamed",
                        s -> {
                            s.add("a3");
                            s.fail("app.log", "old");
                            s.move("app.log.1");
                            s.add("b1");
                            s.goesOnWithout();
                            s.passes(SHORT);
                        },
                        "a3",
                        "b1"),
                of(
                        "what was open is gone for good, and was compressed",
                        s -> {
                            s.add("a3");
                            s.fail("app.log", "old");
                            s.compress("app.log.1.gz");
                            Files.delete(s.log);
                            s.add("b1");
                            s.goesOnWithout();
                            s.passes(SHORT);
                        },
                        "a3",
                        "b1"));
    }

    private static List<Case> casesOfFilesThatMayNotBeRead() {
        return List.of(
                of(
                        "one of two rotated files may not be read after a restart",
                        s -> {
                            s.stop();
                            s.move("app.log.2");
                            s.age("app.log.2", 3);
                            s.add("b1");
                            s.move("app.log.1");
                            s.age("app.log.1", 2);
                            s.add("c1");
                            s.deny("app.log.1");
                            s.resume();
                            s.goesOnWithout();
                        },
                        "c1"),
                of(
                        "a file that came beside the log may not be read",
                        s -> {
                            s.move("app.log.2");
                            Files.writeString(s.beside("app.log.1"), "b1\n");
                            s.deny("app.log.1");
                            s.add("c1");
                            s.goesOnWithout();
                        },
                        "c1"));
    }

    /** Lines that compress badly, so that a file of them is read in many pieces. */
    private static List<String> many() {
        Random random = new Random(1);
        return IntStream.range(0, 20_000)
                .mapToObj(i -> i + " " + Long.toString(random.nextLong(), 36))
                .toList();
    }

    /** A log, another one, and who reads them. */
    private static final class Scene {
        private final Path folder;
        private final Path log;
        private final Path other;
        private final Fault error;
        private final List<String> warnings;
        private final SteppedClock clock = new SteppedClock();
        private final List<String> lines = new ArrayList<>();
        private final List<String> others = new ArrayList<>();
        private @Nullable DataStream stream;
        private Map<String, ReadPosition> places = Map.of();
        private long failures;
        private long lost;
        private boolean isDenied;
        private String wrong = "";

        Scene(Path folder, Fault error, List<String> warnings) {
            this.folder = folder;
            this.log = folder.resolve("app.log");
            this.other = folder.resolve("other.log");
            this.error = error;
            this.warnings = warnings;
        }

        /** What was not as expected; empty if everything was. */
        String play(Case each) {
            try {
                add("a1", "a2");
                Files.writeString(other, "");
                open(List.of(log, other));
                lines.clear();
                each.script().on(this);
                read();
                passes(SHORT);
                check("lines " + brief(lines), lines.equals(each.lines()));
                stop();
                check("failures are not counted", failures > 0);
                // The file, and its three bytes.
                check("lost " + lost, lost == (isDenied ? 4 : 0));
                check(
                        "no warning says why: " + warnings,
                        warnings.stream()
                                .anyMatch(said -> said.contains(isDenied ? "permission denied" : error.reason)));
            } catch (Exception | AssertionError e) {
                check(e.toString(), false);
            }
            return wrong;
        }

        private static String brief(List<String> lines) {
            return lines.size() < 10 ? lines.toString() : lines.size() + " lines";
        }

        private void check(String what, boolean right) {
            if (!right && wrong.isEmpty()) {
                wrong = what;
            }
        }

        void open(List<Path> logs) throws Exception {
            stop();
            stream = builder(logs).tailMode(TailMode.FROM_START).open();
            read();
        }

        void resume() throws Exception {
            stream = builder(List.of(log, other)).resume(places).open();
        }

        private DataStream.Builder builder(List<Path> logs) {
            return DataStream.builder()
                    .logFiles(logs)
                    .format("<Content>")
                    .resumable(true)
                    .batchInterval(Duration.ofMillis(100))
                    .pace(clock);
        }

        void stop() {
            DataStream reader = stream;
            if (reader != null) {
                places = reader.places();
                StreamStats stats = reader.stats();
                failures += stats.readFailures();
                lost += stats.lostBytes() + stats.missingFiles();
                reader.close();
                stream = null;
            }
        }

        /** The other log is read while this one fails, and nothing ends. */
        void goesOnWithout() throws Exception {
            Files.writeString(other, "other\n", UTF_8, StandardOpenOption.APPEND);
            read();
            check("the other log waits", others.equals(List.of("other")));
            check("it has ended", !Objects.requireNonNull(stream).ended());
        }

        void passes(Duration time) throws Exception {
            clock.pass(time);
            read();
        }

        void read() throws InterruptedException {
            DataStream reader = Objects.requireNonNull(stream);
            for (int empty = 0; empty < 7; ) {
                List<LogEvent> batch = reader.nextBatch();
                empty = batch.isEmpty() ? empty + 1 : 0;
                take(batch);
            }
        }

        void readSome(int some) throws InterruptedException {
            while (lines.size() < some) {
                take(Objects.requireNonNull(stream).nextBatch());
            }
            check("all was read before it failed", lines.size() < 15_000);
        }

        private void take(List<LogEvent> batch) {
            for (LogEvent event : batch) {
                (event.origin().file().endsWith("other.log") ? others : lines).add(event.message());
            }
        }

        void fail(String name, String calls) throws IOException {
            Files.writeString(fault(name), error.number + " " + calls);
        }

        /** Nobody may open it, for ever. */
        void deny(String name) throws IOException {
            Files.writeString(fault(name), PERMISSION_DENIED + " open");
            isDenied = true;
        }

        void works(String name, Duration after) throws Exception {
            Files.delete(fault(name));
            passes(after);
        }

        private Path fault(String name) throws IOException {
            Path file = beside(name);
            return Path.of(System.getenv("FAULTS"), inodes(file));
        }

        private final Map<Path, String> inodes = new HashMap<>();

        /** As it was: while it fails, nobody can ask. */
        private String inodes(Path file) throws IOException {
            String known = inodes.get(file);
            if (known == null) {
                known = Files.getAttribute(file, "unix:ino").toString();
                inodes.put(file, known);
            }
            return known;
        }

        Path beside(String name) {
            return log.resolveSibling(name);
        }

        void add(String... added) throws IOException {
            append(String.join("\n", added) + "\n");
        }

        /** By another process: the writer may be on a machine on which the file works. */
        private void append(String text) throws IOException {
            ProcessBuilder writer = new ProcessBuilder("sh", "-c", "cat >>\"$0\"", log.toString());
            writer.environment().remove("LD_PRELOAD");
            await(writer.start(), text);
        }

        void move(String name) throws IOException {
            String inode = inodes.get(log);
            ProcessBuilder mover =
                    new ProcessBuilder("mv", log.toString(), beside(name).toString());
            mover.environment().remove("LD_PRELOAD");
            await(mover.start(), "");
            inodes.remove(log);
            if (inode != null) {
                inodes.put(beside(name), inode);
            }
        }

        private static void await(Process process, String input) throws IOException {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            try {
                if (process.waitFor() != 0) {
                    throw new IOException(new String(process.getErrorStream().readAllBytes(), UTF_8));
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        void age(String name, int minutes) throws IOException {
            Files.setLastModifiedTime(beside(name), FileTime.from(Instant.now().minus(Duration.ofMinutes(minutes))));
        }

        void compress(String name) throws IOException {
            FileTime changed = Files.getLastModifiedTime(log);
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(beside(name)))) {
                Files.copy(log, out);
            }
            inodes.remove(log);
            Files.setLastModifiedTime(beside(name), changed);
        }
    }
}
