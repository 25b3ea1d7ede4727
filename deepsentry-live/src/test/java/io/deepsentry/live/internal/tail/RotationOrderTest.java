package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationOrderTest {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private static final class World {
        final Path log;
        final Random random;
        final List<String> written = new ArrayList<>();
        final List<String> read = new ArrayList<>();
        final Deque<Step> rotation = new ArrayDeque<>();
        final Deque<String> trace = new ArrayDeque<>();
        final Set<Object> removed = new HashSet<>();
        int rotations;
        boolean owed;
        TailedFile tail;
        @Nullable ReadPosition place;
        int readAtPlace;

        World(Path folder, long seed) {
            log = folder.resolve("app.log");
            random = new Random(seed);
            tail = new TailedFile(log, true, 100_000);
        }

        void say(String what) {
            trace.add(what);
            if (trace.size() > Integer.getInteger("trace", 60)) {
                trace.remove();
            }
        }

        void write() throws IOException {
            int count = 1 + random.nextInt(5);
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < count; i++) {
                String line = "line " + written.size();
                written.add(line);
                lines.append(line).append('\n');
            }
            say("write " + count + " to " + (written.size() - 1) + (Files.exists(log) ? "" : " new"));
            Files.writeString(log, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        static void pause() {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        static Object key(Path file) throws IOException {
            return Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
        }

        static Set<Object> open() throws IOException {
            Set<Object> keys = new HashSet<>();
            try (Stream<Path> files = Files.list(OPEN_FILES)) {
                for (Path file : files.toList()) {
                    try {
                        keys.add(key(file));
                    } catch (IOException e) {
                        // Closed since.
                    }
                }
            }
            return keys;
        }

        void rotate() throws IOException {
            if (!Files.exists(log)) {
                return;
            }
            int method = rotations % 5;
            owed |= method == 4;
            Object key = key(log);
            if (owed && open().contains(key)) {
                owed = false;
                method = 4;
            } else if (method == 4) {
                method = 0;
            }
            Path target = log.resolveSibling("app.log." + ++rotations);
            String name = target.getFileName().toString();
            switch (method) {
                case 0 -> rotation.add(() -> move(target));
                case 1, 2 -> {
                    boolean gzip = method == 1;
                    Path packed = log.resolveSibling(name + (gzip ? ".gz" : ".xz"));
                    rotation.add(() -> move(target));
                    rotation.add(() -> {
                        say("pack " + packed.getFileName());
                        try (OutputStream out = gzip
                                ? new GZIPOutputStream(Files.newOutputStream(packed))
                                : new org.tukaani.xz.XZOutputStream(
                                        Files.newOutputStream(packed), new org.tukaani.xz.LZMA2Options(0))) {
                            Files.copy(target, out);
                        }
                    });
                    rotation.add(() -> {
                        say("packed " + packed.getFileName());
                        FileTime time = Files.getLastModifiedTime(target);
                        Files.setLastModifiedTime(packed, time);
                    });
                    rotation.add(() -> {
                        say("delete " + name);
                        Files.delete(target);
                    });
                }
                case 3 -> {
                    rotation.add(() -> {
                        say("copy to " + name);
                        pause();
                        Files.copy(log, target);
                    });
                    rotation.add(() -> {
                        say("truncate");
                        pause();
                        Files.newByteChannel(log, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                                .close();
                    });
                }
                default -> {
                    say("remove the log");
                    removed.add(key);
                    Files.delete(log);
                }
            }
        }

        void move(Path target) throws IOException {
            say("move to " + target.getFileName());
            Files.move(log, target);
        }

        void write(int steps) throws IOException {
            for (int i = 0; i < steps; i++) {
                Step next = rotation.poll();
                if (next != null) {
                    next.run();
                    pause();
                } else if (random.nextInt(8) == 0) {
                    pause();
                    rotate();
                } else {
                    write();
                }
            }
        }

        void poll() throws IOException {
            boolean hadRemoved = !removed.isEmpty();
            int before = read.size();
            PollResult result = tail.poll(line -> read.add(line.text()));
            say("poll " + result + (read.size() > before ? " " + read.get(before) + " to " + read.get(read.size() - 1) : ""));
            check();
            if (hadRemoved) {
                removed.retainAll(open());
                if (removed.isEmpty()) {
                    remember();
                }
            }
        }

        void check() {
            for (int i = Math.max(0, read.size() - 200); i < read.size(); i++) {
                if (!read.get(i).equals(written.get(i))) {
                    throw new AssertionError("at " + i + ": " + read.get(i) + " not " + written.get(i) + "\n"
                            + String.join("\n", trace));
                }
            }
        }

        void remember() throws IOException {
            removed.retainAll(open());
            place = tail.place();
            readAtPlace = read.size();
        }

        void restart() throws IOException {
            removed.retainAll(open());
            if (!removed.isEmpty() || place == null) {
                return;
            }
            say("restart at " + readAtPlace);
            tail.close();
            while (read.size() > readAtPlace) {
                read.remove(read.size() - 1);
            }
            if (random.nextInt(3) == 0) {
                write(random.nextInt(20));
            }
            PlainPart held;
            try {
                held = PlainPart.open(log, null);
            } catch (NoSuchFileException e) {
                held = null;
            }
            say("held " + (held == null ? "nothing" : held.key()));
            tail = new TailedFile(log, true, false, place, 100_000, held, LiveClock.ofSystem());
            if (random.nextInt(3) == 0) {
                write(random.nextInt(20));
            }
        }

        void run(int steps) throws IOException {
            write();
            poll();
            remember();
            for (int i = 0; i < steps; i++) {
                int what = random.nextInt(100);
                if (what < 40) {
                    write(1);
                } else if (what < 90) {
                    poll();
                } else if (what < 95) {
                    if (removed.isEmpty()) {
                        remember();
                    }
                } else if (what < 97) {
                    write(random.nextInt(40));
                } else if (what < 99) {
                    restart();
                } else {
                    for (int k = 0; k < 50; k++) {
                        poll();
                    }
                }
            }
            while (!rotation.isEmpty()) {
                write(1);
            }
            write();
            long end = System.nanoTime() + 20_000_000_000L;
            while (read.size() < written.size() && System.nanoTime() < end) {
                poll();
            }
            check();
            assertThat(read).hasSameSizeAs(written);
            tail.close();
        }
    }

    @Test
    void readsAllInOrder(@TempDir Path folder) throws IOException {
        assumeTrue(Files.exists(OPEN_FILES), "needs /proc");
        int first = Integer.getInteger("seed", 1);
        int count = Integer.getInteger("seeds", 100);
        int failed = 0;
        for (int seed = first; seed < first + count; seed++) {
            Path inside = Files.createDirectory(folder.resolve("s" + seed));
            World world = new World(inside, seed);
            try {
                world.run(Integer.getInteger("steps", 400));
            } catch (AssertionError e) {
                failed++;
                String text = String.valueOf(e.getMessage());
                System.out.println("seed " + seed + " " + (failed <= Integer.getInteger("shown", 2) ? text : text.lines().findFirst().orElse("")));
                if (text.contains("xpected")) System.out.println(String.join("\n", world.trace));
            }
        }
        System.out.println("failed " + failed + " of " + count);
        assertThat(failed).isZero();
    }
}
