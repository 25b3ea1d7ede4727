package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * A log without times is renamed, compressed, copied and emptied, and removed, one after the other, while a reader that
 * lags behind is stopped and started again: whatever the order of these, lines are read once and in the order in which
 * they were written. A file is removed only while the reader has it open, and the reader does not stop before it has
 * read it. What happens is drawn at random, by as many seeds as {@code -Ddeepsentry.rotationSeeds} says.
 */
@Timeout(600)
@Tag("long")
@Isolated("looks at the files that the process has open")
class RotationOrderTest {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final int STEPS = 400;
    private static final int REMEMBERED_STEPS = 80;
    /** Times of files differ by this, as a clock of the system tells no less. */
    private static final int CLOCK_MILLIS = 5;

    private static final long LONGEST_NANOS = 30_000_000_000L;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("deepsentry.rotationSeeds", 20));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsInOrderWhateverComesBetweenTwoLooks(int seed, @TempDir Path folder) throws IOException {
        assumeTrue(Files.exists(OPEN_FILES), "needs /proc");
        Scene scene = new Scene(folder, seed);
        scene.playInTurns();
        scene.end();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsInOrderWhateverHappensDuringALook(int seed, @TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(OPEN_FILES), "needs /proc");
        Scene scene = new Scene(folder, seed);
        scene.playAtOnce();
        scene.end();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** The log, who writes and rotates it, and who reads it. */
    private static final class Scene {
        private final Path log;
        private final Random writing;
        private final Random reading;
        private final List<String> written = Collections.synchronizedList(new ArrayList<>());
        private final List<String> read = new ArrayList<>();
        private final Deque<String> trace = new ArrayDeque<>();
        /** What is left of the rotation under way. */
        private final Deque<Step> rotation = new ArrayDeque<>();
        /** Removed files that the reader may not have read yet. */
        private final Set<Object> removed = new HashSet<>();

        /** Whether files that were rotated are renamed again at each rotation. */
        private final boolean isNewestFirst;

        private int rotations;
        private boolean isRemovalOwed;
        private TailedFile tail;
        private ReadPosition place;
        private int readAtPlace;

        Scene(Path folder, long seed) throws IOException {
            log = folder.resolve("app.log");
            writing = new Random(seed);
            reading = new Random(-seed);
            isNewestFirst = seed % 2 == 0;
            tail = new TailedFile(log, true, 100_000);
            write();
            poll();
            place = Objects.requireNonNull(tail.place());
            readAtPlace = read.size();
        }

        void playInTurns() throws IOException {
            for (int i = 0; i < STEPS; i++) {
                int what = reading.nextInt(100);
                if (what < 40) {
                    write(1);
                } else if (what < 90) {
                    poll();
                } else if (what < 95) {
                    remember();
                } else if (what < 97) {
                    write(reading.nextInt(40));
                } else if (what < 99) {
                    restart(() -> write(reading.nextInt(3) == 0 ? reading.nextInt(20) : 0));
                } else {
                    for (int again = 0; again < 50; again++) {
                        poll();
                    }
                }
            }
        }

        void playAtOnce() throws Exception {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < STEPS; i++) {
                        write(1);
                        LockSupport.parkNanos(writing.nextInt(2_000_000));
                    }
                } catch (IOException e) {
                    say("failed: " + e);
                }
            });
            writer.start();
            while (writer.isAlive()) {
                int what = reading.nextInt(200);
                if (what < 180) {
                    poll();
                } else if (what < 190) {
                    remember();
                } else if (what < 192) {
                    restart(() -> LockSupport.parkNanos(reading.nextInt(20_000_000)));
                } else {
                    LockSupport.parkNanos(reading.nextInt(what == 199 ? 50_000_000 : 5_000_000));
                }
            }
            writer.join();
        }

        void end() throws IOException {
            while (!rotation.isEmpty()) {
                write(1);
            }
            write();
            long end = System.nanoTime() + LONGEST_NANOS;
            while (read.size() < written.size() && System.nanoTime() < end) {
                poll();
            }
            tail.close();
            assertThat(read).as(() -> String.join("\n", trace)).isEqualTo(written);
        }

        private void say(String what) {
            synchronized (trace) {
                trace.add(what);
                if (trace.size() > REMEMBERED_STEPS) {
                    trace.remove();
                }
            }
        }

        private static void pause() {
            LockSupport.parkNanos(CLOCK_MILLIS * 1_000_000L);
        }

        private void write(int steps) throws IOException {
            for (int i = 0; i < steps; i++) {
                Step next = rotation.poll();
                if (next != null) {
                    next.run();
                    pause();
                } else if (writing.nextInt(8) == 0 && Files.exists(log)) {
                    pause();
                    rotate();
                } else {
                    write();
                }
            }
        }

        private void write() throws IOException {
            StringBuilder lines = new StringBuilder();
            for (int count = 1 + writing.nextInt(5); count > 0; count--) {
                String line = "line " + written.size();
                written.add(line);
                lines.append(line).append('\n');
            }
            Files.writeString(log, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            say("wrote to " + (written.size() - 1));
        }

        private void rotate() throws IOException {
            int method = rotations % 5;
            Path target = rotated(++rotations);
            isRemovalOwed |= method == 4;
            if (isRemovalOwed && remove()) {
                isRemovalOwed = false;
                return;
            }
            if (isNewestFirst) {
                target = rotated(1);
                step("rename older ones", this::shift);
            }
            rotate(method, target);
        }

        private Path rotated(int number) {
            return log.resolveSibling("app.log." + number);
        }

        /** As logrotate does: the newest is number 1. */
        private void shift() throws IOException {
            for (int number = rotations; number > 0; number--) {
                for (String suffix : List.of("", ".gz", ".xz")) {
                    Path file = log.resolveSibling("app.log." + number + suffix);
                    if (Files.exists(file)) {
                        Files.move(file, log.resolveSibling("app.log." + (number + 1) + suffix));
                    }
                }
            }
        }

        private void rotate(int method, Path target) {
            if (method == 1 || method == 2) {
                step("rename to " + target.getFileName(), () -> Files.move(log, target));
                compress(target, log.resolveSibling(target.getFileName() + (method == 1 ? ".gz" : ".xz")));
            } else if (method == 3) {
                step("copy to " + target.getFileName(), () -> {
                    byte[] all = Files.readAllBytes(log);
                    Files.write(target, Arrays.copyOf(all, all.length / 2));
                    pause();
                    Files.write(target, all);
                });
                step("empty", () -> Files.newByteChannel(
                                log, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close());
            } else {
                step("rename to " + target.getFileName(), () -> Files.move(log, target));
            }
        }

        private void step(String what, Step step) {
            rotation.add(() -> {
                step.run();
                say(what);
            });
        }

        private void compress(Path file, Path packed) {
            step("compress " + packed.getFileName(), () -> {
                try (OutputStream out = packed.toString().endsWith(".gz")
                        ? new GZIPOutputStream(Files.newOutputStream(packed))
                        : new XZOutputStream(Files.newOutputStream(packed), new LZMA2Options(0))) {
                    Files.copy(file, out);
                }
                Files.setLastModifiedTime(packed, Files.getLastModifiedTime(file));
            });
            step("remove what was compressed", () -> Files.delete(file));
        }

        /** Removes the log if the reader has it open. */
        private boolean remove() throws IOException {
            synchronized (removed) {
                Object key = key(log);
                if (!open().contains(key)) {
                    return false;
                }
                removed.add(key);
                Files.delete(log);
                say("removed");
                return true;
            }
        }

        private static Object key(Path file) throws IOException {
            return Objects.requireNonNull(
                    Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        }

        private static Optional<Object> keyIfOpen(Path descriptor) throws IOException {
            try {
                return Optional.of(key(descriptor));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        private static Set<Object> open() throws IOException {
            Set<Object> keys = new HashSet<>();
            try (Stream<Path> files = Files.list(OPEN_FILES)) {
                for (Path file : files.toList()) {
                    keyIfOpen(file).ifPresent(keys::add);
                }
            }
            return keys;
        }

        private void poll() throws IOException {
            int before = read.size();
            PollResult result = tail.poll(line -> read.add(line.text()));
            say("poll: " + result + ", read " + read.subList(before, read.size()));
            for (int i = before; i < read.size(); i++) {
                if (!read.get(i).equals(written.get(i))) {
                    fail("\"" + read.get(i) + "\" was read in the place of \"" + written.get(i) + "\"\n"
                            + String.join("\n", trace));
                }
            }
            boolean isReadSince;
            synchronized (removed) {
                isReadSince = !removed.isEmpty() && isAllRemovedRead();
            }
            if (isReadSince) {
                remember();
            }
        }

        private boolean isAllRemovedRead() throws IOException {
            if (!removed.isEmpty()) {
                removed.retainAll(open());
            }
            return removed.isEmpty();
        }

        private void remember() {
            place = Objects.requireNonNull(tail.place());
            readAtPlace = read.size();
        }

        /** Stops at once, and starts where the reader last remembered to be. */
        private void restart(Step meanwhile) throws IOException {
            synchronized (removed) {
                if (!isAllRemovedRead()) {
                    return;
                }
                tail.close();
            }
            say("restart at " + readAtPlace);
            read.subList(readAtPlace, read.size()).clear();
            meanwhile.run();
            PlainPart held = PlainPart.open(log, null);
            meanwhile.run();
            tail = new TailedFile(log, true, false, place, 100_000, held, LiveClock.ofSystem());
        }
    }
}
