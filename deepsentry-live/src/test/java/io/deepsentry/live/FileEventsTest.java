package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.airlift.compress.bzip2.BZip2HadoopStreams;
import io.airlift.compress.zstd.ZstdOutputStream;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * What can happen to a log and beside it while it is followed. Each row says what is done after two lines were read,
 * and which lines come of it. Nothing ends the run, and a second log is read on all the while.
 */
@Timeout(300)
class FileEventsTest {
    private static final Path FAILING = Path.of("/proc/self/mem");
    private static final Path NULLS = Path.of("/dev/null");

    private final Path folder;
    private final Path log;
    private final Path other;
    private final SteppedClock clock = new SteppedClock();

    FileEventsTest(@TempDir Path parent) throws IOException {
        this.folder = Files.createDirectory(parent.resolve("logs"));
        this.log = folder.resolve("app.log");
        this.other = parent.resolve("other.log");
    }

    @FunctionalInterface
    private interface Script {
        void on(FileEventsTest test) throws Exception;
    }

    /**
     * @param failing whether something cannot be read, which is counted
     */
    private record Event(String what, boolean failing, Script script, List<String> lines) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Event event(String what, Script script, String... lines) {
        return new Event(what, false, script, List.of(lines));
    }

    private static Event failure(String what, Script script, String... lines) {
        return new Event(what, true, script, List.of(lines));
    }

    static List<Event> events() {
        List<Event> events = new ArrayList<>(List.of(
                event("lines are added", t -> t.add("b1"), "b1"),
                event(
                        "a line is added in two pieces",
                        t -> {
                            t.write("b");
                            t.take(t.streams.get(0).nextBatch());
                            t.write("1\n");
                        },
                        "b1"),
                event("nothing but its times changes", t -> Files.setLastModifiedTime(t.log, ago(Duration.ofDays(9)))),
                event(
                        "its times lie in the future",
                        t -> {
                            Files.setLastModifiedTime(t.log, ago(Duration.ofDays(-9)));
                            t.add("b1");
                        },
                        "b1"),
                event("it is renamed", t -> t.move("app.log.1")),
                event(
                        "it is renamed and made anew",
                        t -> {
                            t.move("app.log.1");
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it is renamed with a rest",
                        t -> {
                            t.add("a3");
                            t.move("app.log.1");
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it is renamed and its writer has not noticed",
                        t -> {
                            t.move("app.log.1");
                            Files.createFile(t.log);
                            t.read();
                            t.addTo("app.log.1", "a3");
                            t.read();
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it is renamed three times at once",
                        t -> {
                            t.add("a3");
                            t.move("app.log.3");
                            t.add("b1");
                            t.move("app.log.2");
                            t.add("c1");
                            t.move("app.log.1");
                            t.add("d1");
                        },
                        "a3",
                        "b1",
                        "c1",
                        "d1"),
                event(
                        "it is renamed a hundred times, with pauses now and then",
                        t -> {
                            for (int i = 0; i < 100; i++) {
                                t.add("r" + i);
                                t.move("app.log." + (1000 - i));
                                if (i % 20 == 0) {
                                    t.read();
                                }
                            }
                            t.add("b1");
                        },
                        withLast(IntStream.range(0, 100).mapToObj(i -> "r" + i).toList(), "b1")),
                event(
                        "it is rotated into a folder below its own",
                        t -> {
                            Files.createDirectory(t.beside("old"));
                            t.add("a3");
                            t.move("old/app.log.2");
                            t.add("b1");
                            t.move("old/app.log.1");
                            t.add("c1");
                        },
                        "a3",
                        "b1",
                        "c1"),
                event(
                        "it is replaced by another in one step",
                        t -> {
                            t.write("new", "b1\nb2\nb3\n");
                            Files.move(t.beside("new"), t.log, StandardCopyOption.REPLACE_EXISTING);
                        },
                        "b1",
                        "b2",
                        "b3"),
                event(
                        "it changes names with the other log",
                        t -> {
                            t.add("a3");
                            t.move("app.log.swap");
                            Files.move(t.other, t.log);
                            Files.move(t.beside("app.log.swap"), t.other);
                            t.read();
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event("it is emptied", t -> t.truncate(0)),
                event(
                        "it is emptied and written",
                        t -> {
                            t.truncate(0);
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it is emptied and grows beyond what it was",
                        t -> {
                            t.truncate(0);
                            t.add("b1", "b2", "b3", "b4");
                        },
                        "b1",
                        "b2",
                        "b3",
                        "b4"),
                event(
                        "its end is cut off",
                        t -> {
                            t.truncate(3);
                            t.read();
                            t.add("b1");
                        },
                        "a1",
                        "b1"),
                event(
                        "it is copied and emptied",
                        t -> {
                            t.add("a3");
                            t.copy("app.log.1");
                            t.truncate(0);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it is copied by compressing and emptied",
                        t -> {
                            t.add("a3");
                            t.compress("app.log.1.gz");
                            t.truncate(0);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it is copied and not emptied",
                        t -> {
                            t.add("a3");
                            t.copy("app.log.1");
                            t.read();
                            t.add("a4");
                        },
                        "a3",
                        "a4"),
                event("it is removed", t -> Files.delete(t.log)),
                event(
                        "it is removed with a rest and made anew",
                        t -> {
                            t.add("a3");
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it is removed and comes back after a while",
                        t -> {
                            Files.delete(t.log);
                            t.read();
                            t.read();
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it gets a second name",
                        t -> {
                            Files.createLink(t.beside("second"), t.log);
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it gets a second name that looks rotated",
                        t -> {
                            Files.createLink(t.beside("app.log.1"), t.log);
                            t.add("a3");
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it becomes a link to what it was",
                        t -> {
                            t.move("data");
                            Files.createSymbolicLink(t.log, t.beside("data"));
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it becomes a link that is switched",
                        t -> {
                            t.move("data-1");
                            Files.createSymbolicLink(t.log, Path.of("data-1"));
                            t.add("a3");
                            t.write("data-2", "");
                            Files.createSymbolicLink(t.beside("next"), Path.of("data-2"));
                            Files.move(t.beside("next"), t.log, StandardCopyOption.ATOMIC_MOVE);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "it becomes a link to nothing, which comes later",
                        t -> {
                            Files.delete(t.log);
                            Files.createSymbolicLink(t.log, t.beside("data"));
                            t.read();
                            t.write("data", "b1\n");
                        },
                        "b1"),
                failure(
                        "it becomes a link to itself",
                        t -> {
                            Files.delete(t.log);
                            Files.createSymbolicLink(t.log, t.log);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "it becomes a circle of links",
                        t -> {
                            Files.delete(t.log);
                            Files.createSymbolicLink(t.log, t.beside("circle"));
                            Files.createSymbolicLink(t.beside("circle"), t.log);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "a directory takes its place",
                        t -> {
                            t.move("app.log.1");
                            Files.createDirectory(t.log);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "a pipe takes its place",
                        t -> {
                            Files.delete(t.log);
                            pipe(t.log);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "a socket takes its place",
                        t -> {
                            Files.delete(t.log);
                            try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                                Path near = Files.createTempDirectory("s").resolve("s");
                                socket.bind(UnixDomainSocketAddress.of(near));
                                Files.createSymbolicLink(t.log, near);
                                t.read();
                                MoreFiles.deleteRecursively(
                                        Objects.requireNonNull(near.getParent()), RecursiveDeleteOption.ALLOW_INSECURE);
                            }
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "a device takes its place",
                        t -> {
                            Files.delete(t.log);
                            Files.createSymbolicLink(t.log, NULLS);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "what takes its place fails to be read",
                        t -> {
                            assumeTrue(Files.exists(FAILING));
                            Files.delete(t.log);
                            Files.createSymbolicLink(t.log, FAILING);
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                            t.read();
                            t.clock.pass(Duration.ofMinutes(2));
                        },
                        "b1"),
                failure(
                        "its folder is replaced by a file for a while",
                        t -> {
                            Path away = t.folder.resolveSibling("away");
                            Files.move(t.folder, away);
                            Files.writeString(t.folder, "no folder");
                            t.read();
                            Files.delete(t.folder);
                            Files.move(away, t.folder);
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "its folder is renamed and made anew",
                        t -> {
                            t.add("a3");
                            Files.move(t.folder, t.folder.resolveSibling("away"));
                            Files.createDirectory(t.folder);
                            t.add("b1");
                        },
                        "a3",
                        "b1"),
                event(
                        "its folder is removed and made anew",
                        t -> {
                            MoreFiles.deleteRecursively(t.folder, RecursiveDeleteOption.ALLOW_INSECURE);
                            t.read();
                            Files.createDirectory(t.folder);
                            t.add("b1");
                        },
                        "b1"),
                failure(
                        "a neighbour is a link to itself",
                        t -> {
                            Files.createSymbolicLink(t.beside("app.log.1"), t.beside("app.log.1"));
                            t.rotate("app.log.2");
                        },
                        "b1"),
                failure(
                        "a neighbour fails to be read",
                        t -> {
                            assumeTrue(Files.exists(FAILING));
                            // The memory of another process, whose times are those of its start.
                            Process sleeps = new ProcessBuilder("sleep", "60").start();
                            Path memory = Path.of("/proc/" + sleeps.pid() + "/mem");
                            Files.createSymbolicLink(t.beside("app.log.1.gz"), memory);
                            t.add("a3");
                            t.truncate(3);
                            t.read();
                            t.add("b1");
                            t.read();
                            sleeps.destroy();
                        },
                        "a1",
                        "b1"),
                event(
                        "a neighbour is a directory",
                        t -> {
                            Files.createDirectory(t.beside("app.log.1"));
                            t.rotate("app.log.2");
                        },
                        "b1"),
                event(
                        "a neighbour is a pipe",
                        t -> {
                            pipe(t.beside("app.log.1"));
                            t.rotate("app.log.2");
                        },
                        "b1"),
                event(
                        "a neighbour has 200,000 empty members of gzip",
                        t -> {
                            byte[] empty = gzip(new byte[0]);
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            for (int i = 0; i < 200_000; i++) {
                                all.write(empty);
                            }
                            Files.write(t.beside("app.log.1.gz"), all.toByteArray());
                            t.add("a3");
                            t.truncate(3);
                            t.read();
                            t.add("b1");
                        },
                        "a1",
                        "b1"),
                event(
                        "a neighbour is broken gzip",
                        t -> {
                            byte[] whole = gzip("a1\na2\na3\n".getBytes(StandardCharsets.UTF_8));
                            t.truncate(0);
                            Files.write(t.beside("app.log.1.gz"), Arrays.copyOf(whole, whole.length / 2));
                            Files.write(t.beside("app.log.2.gz"), "no gzip".getBytes(StandardCharsets.UTF_8));
                            Files.write(t.beside("app.log.3.gz"), new byte[0]);
                            Files.setLastModifiedTime(t.beside("app.log.1.gz"), ago(Duration.ofMillis(-5)));
                            Files.setLastModifiedTime(t.beside("app.log.2.gz"), ago(Duration.ofMillis(-10)));
                            Files.setLastModifiedTime(t.beside("app.log.3.gz"), ago(Duration.ofMillis(-15)));
                            t.add("b1");
                            Files.setLastModifiedTime(t.log, ago(Duration.ofMillis(-20)));
                        },
                        "a1",
                        "no gzip",
                        "b1"),
                failure(
                        "it is replaced by compressed data, and by text again",
                        t -> {
                            Files.delete(t.log);
                            Files.write(t.log, gzip("packed\n".getBytes(StandardCharsets.UTF_8)));
                            t.read();
                            Files.delete(t.log);
                            t.add("b1");
                            t.read();
                            t.clock.pass(Duration.ofSeconds(10));
                        },
                        "b1"),
                event(
                        "it becomes sparse",
                        t -> {
                            t.sparse(10L << 20);
                            t.add("b1");
                        },
                        "b1"),
                event(
                        "it has a line of two million characters",
                        t -> t.add("x".repeat(2_000_000)),
                        "x".repeat(1 << 20)),
                event(
                        "it has NULs, broken UTF-8 and carriage returns",
                        t -> {
                            Files.write(
                                    t.log,
                                    new byte[] {0, 0, 'b', '1', '\r', '\n', (byte) 0xFF, '\n'},
                                    StandardOpenOption.APPEND);
                        },
                        "b1",
                        "\uFFFD"),
                event(
                        "its last line is unfinished when it is left",
                        t -> {
                            t.write("half");
                            t.move("app.log.1");
                            t.add("b1");
                        },
                        "half",
                        "b1"),
                event(
                        "it gets the backup of an editor and a lock beside it",
                        t -> {
                            t.copy("app.log~");
                            t.copy(".app.log.swp");
                            t.copy("app.log.lock");
                            t.rotate("app.log.1");
                        },
                        "b1"),
                failure(
                        "reading it is forbidden for a while",
                        t -> {
                            assumeFalse(isRoot());
                            t.move("app.log.1");
                            t.add("b1");
                            t.permit(t.log, "---------");
                            t.read();
                            t.permit(t.log, "rw-------");
                        },
                        "b1"),
                failure(
                        "listing its folder is forbidden",
                        t -> {
                            assumeFalse(isRoot());
                            t.add("a3");
                            t.move("app.log.2");
                            t.add("b1");
                            t.compress("app.log.1.gz");
                            Files.delete(t.log);
                            t.add("c1");
                            t.permit(t.folder, "--x--x--x");
                            t.read();
                            t.permit(t.folder, "rwx------");
                        },
                        "a3",
                        "b1",
                        "c1"),
                failure(
                        "entering its folder is forbidden for a while",
                        t -> {
                            assumeFalse(isRoot());
                            t.permit(t.folder, "rw-rw-rw-");
                            t.read();
                            t.permit(t.folder, "rwx------");
                            t.add("b1");
                        },
                        "b1")));
        for (String suffix : List.of(".gz", ".bz2", ".xz", ".zst")) {
            events.add(event(
                    "it is rotated into " + suffix + " twice at once",
                    t -> {
                        t.add("a3");
                        t.compress("app.log.2" + suffix);
                        Files.delete(t.log);
                        t.add("b1");
                        t.compress("app.log.1" + suffix);
                        Files.delete(t.log);
                        t.add("c1");
                    },
                    "a3",
                    "b1",
                    "c1"));
        }
        return events;
    }

    private static String[] withLast(List<String> lines, String last) {
        List<String> all = new ArrayList<>(lines);
        all.add(last);
        return all.toArray(String[]::new);
    }

    private final List<String> lines = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final List<DataStream> streams = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("events")
    void isReadOnWhateverHappensToAFile(Event event) throws Exception {
        add("a1", "a2");
        Files.writeString(other, "");
        try (DataStream stream = DataStream.builder()
                .logFiles(List.of(log, other))
                .tailMode(TailMode.FROM_START)
                .format("<Content>")
                .pace(clock)
                .open()) {
            streams.add(stream);
            read();
            assertThat(lines).containsExactly("a1", "a2");
            lines.clear();
            event.script().on(this);
            read();
            clock.pass(Duration.ofSeconds(10));
            read();
            if (Files.exists(other)) {
                Files.writeString(other, "the other goes on\n", StandardOpenOption.APPEND);
            }
            read();
            assertThat(lines).isEqualTo(event.lines());
            assertThat(others).contains("the other goes on");
            assertThat(stream.ended()).isFalse();
            StreamStats stats = stream.stats();
            assertThat(stats.read().lines()).isEqualTo(2 + lines.size() + others.size());
            assertThat(stats.readFailures() > 0).isEqualTo(event.failing());
            assertThat(stats.unreadableFiles()).isZero();
        } finally {
            permit(folder, "rwx------");
        }
    }

    /** Looks until there is nothing more at the moment. */
    private void read() throws InterruptedException {
        DataStream stream = streams.get(0);
        for (int empty = 0; empty < 7; ) {
            List<LogEvent> batch = stream.nextBatch();
            empty = batch.isEmpty() ? empty + 1 : 0;
            take(batch);
        }
    }

    private void take(List<LogEvent> batch) {
        for (LogEvent event : batch) {
            (event.origin().file().endsWith("other.log") ? others : lines).add(event.message());
        }
    }

    private Path beside(String name) {
        return log.resolveSibling(name);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(beside(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void write(String text) throws IOException {
        write("app.log", text);
    }

    private void add(String... added) throws IOException {
        write(String.join("\n", added) + "\n");
    }

    private void addTo(String name, String line) throws IOException {
        write(name, line + "\n");
    }

    private void move(String name) throws IOException {
        Files.move(log, beside(name));
    }

    private void copy(String name) throws IOException {
        Files.copy(log, beside(name));
    }

    private void rotate(String name) throws IOException {
        move(name);
        add("b1");
    }

    private void truncate(long length) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private void sparse(long hole) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode("\n").position(0).limit(0), hole);
            channel.position(channel.size() + hole);
            channel.write(StandardCharsets.UTF_8.encode("\0"));
        }
    }

    private void compress(String name) throws IOException {
        FileTime changed = Files.getLastModifiedTime(log);
        try (OutputStream out = Files.newOutputStream(beside(name));
                OutputStream packed = name.endsWith(".gz")
                        ? new GZIPOutputStream(out)
                        : name.endsWith(".bz2")
                                ? new BZip2HadoopStreams().createOutputStream(out)
                                : name.endsWith(".xz")
                                        ? new XZOutputStream(out, new LZMA2Options())
                                        : new ZstdOutputStream(out)) {
            Files.copy(log, packed);
        }
        Files.setLastModifiedTime(beside(name), changed);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private void permit(Path file, String rights) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void pipe(Path file) throws IOException, InterruptedException {
        Process made = new ProcessBuilder("mkfifo", file.toString()).start();
        assumeTrue(made.waitFor() == 0, "mkfifo");
    }

    private static FileTime ago(Duration time) {
        return FileTime.from(Instant.now().minus(time));
    }
}
