package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskQueueTest {
    private static final long MUCH = 1L << 30;

    private final Path folder;

    DiskQueueTest(@TempDir Path folder) {
        this.folder = folder.resolve("spool");
    }

    @Test
    void givesBackWhatWasPutInInOrderAcrossSegmentsAndRestarts() throws InterruptedException {
        Random random = new Random(3);
        List<String> expected = new ArrayList<>();
        List<String> got = new ArrayList<>();
        DiskQueue spool = DiskQueue.open(folder, MUCH);
        for (int i = 0; i < 4_000; i++) {
            String body = i + "\u00e9\n\u0000" + "x".repeat(random.nextInt(6_000));
            expected.add(body);
            spool.put("id" + i, body);
            if (random.nextInt(100) == 0) {
                take(spool, random.nextInt(60) + 1, got);
            }
            if (random.nextInt(400) == 0) {
                spool.close();
                spool = DiskQueue.open(folder, MUCH);
                assertThat(spool.entries()).isEqualTo(expected.size() - got.size());
            }
        }
        while (spool.entries() > 0) {
            take(spool, 100, got);
        }
        assertThat(got).isEqualTo(expected);
        assertThat(spool.bytes()).isZero();
        spool.close();
        assertThat(sizeOnDisk()).isLessThan(6 << 20);
    }

    private static void take(DiskQueue spool, int most, List<String> into) throws InterruptedException {
        List<DiskQueue.Entry> some = spool.peek(most, MUCH, 1);
        some.forEach(entry -> into.add(entry.body()));
        if (!some.isEmpty()) {
            spool.remove(some.get(some.size() - 1), some.size());
        }
    }

    private long sizeOnDisk() {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void cutsOffWhatACrashLeftHalfWrittenAndGoesOn() throws Exception {
        try (DiskQueue spool = DiskQueue.open(folder, MUCH)) {
            spool.put("a", "first");
            spool.put("b", "second");
        }
        Path segment = onlySegment();
        byte[] whole = Files.readAllBytes(segment);
        for (int length = whole.length / 2; length < whole.length; length++) {
            Files.write(segment, Arrays.copyOf(whole, length));
            try (DiskQueue spool = DiskQueue.open(folder, MUCH)) {
                assertThat(spool.peek(9, MUCH, 1))
                        .extracting(DiskQueue.Entry::id)
                        .containsExactly("a");
                spool.put("c", "third");
                assertThat(spool.peek(9, MUCH, 1))
                        .extracting(DiskQueue.Entry::id)
                        .containsExactly("a", "c");
            }
        }
    }

    @Test
    void cutsOffBytesThatAreNoEntry() throws Exception {
        try (DiskQueue spool = DiskQueue.open(folder, MUCH)) {
            spool.put("a", "first");
        }
        Files.write(onlySegment(), new byte[] {0x7f, 0, 0, 0, 1, 2, 3, 4, 5}, StandardOpenOption.APPEND);
        try (DiskQueue spool = DiskQueue.open(folder, MUCH)) {
            assertThat(spool.peek(9, MUCH, 1)).extracting(DiskQueue.Entry::body).containsExactly("first");
        }
    }

    private Path onlySegment() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".spool"))
                    .reduce((first, second) -> {
                        throw new AssertionError("two segments");
                    })
                    .orElseThrow();
        }
    }

    @Test
    void refusesWhatGoesBeyondItsLimitUntilThereIsRoom() throws InterruptedException {
        try (DiskQueue spool = DiskQueue.open(folder, 100)) {
            assertThat(spool.offer("a", "x".repeat(1_000)))
                    .as("alone, anything fits")
                    .isTrue();
            assertThat(spool.offer("b", "")).isFalse();
            take(spool, 1, new ArrayList<>());
            assertThat(spool.offer("b", "x".repeat(87 - 45))).isTrue();
            assertThat(spool.bytes()).isEqualTo(8 + 4 + 1 + 42);
            assertThat(spool.offer("c", "x".repeat(33))).isFalse();
            assertThat(spool.offer("c", "x".repeat(32))).isTrue();
            assertThat(spool.bytes()).isEqualTo(100);
        }
    }

    @Test
    void isUsedByOneProgramAtATime() {
        try (DiskQueue spool = DiskQueue.open(folder, MUCH)) {
            assertThat(spool.entries()).isZero();
            assertThatThrownBy(() -> DiskQueue.open(folder, MUCH))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("spool_dir");
        }
        DiskQueue.open(folder, MUCH).close();
    }

    @Test
    void saysThatItsFolderCannotBeMade() throws IOException {
        Files.createFile(folder);
        assertThatThrownBy(() -> DiskQueue.open(folder, MUCH))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("spool_dir");
    }
}
