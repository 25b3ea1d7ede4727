package io.deepsentry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.internal.ModelDirectory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every damaged file is either read or refused with a message, soon and in little memory; nothing else may come of it.
 */
class HostileFilesTest {
    private static final int MUTATIONS = 500;

    private Path folder;

    @BeforeEach
    void useFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void damagedFilesAreReadOrRefusedInAHeapOf512Megabytes() throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Path quiet = Files.writeString(folder.resolve("logging.properties"), ".level=OFF\n");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.util.logging.config.file=" + quiet,
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileFiles.class.getName(),
                        Files.createDirectories(folder.resolve("files")).toString(),
                        Integer.toString(MUTATIONS))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(10, TimeUnit.MINUTES);
            String said = Files.readString(output);
            assertThat(ended).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said).contains("all are read or refused");
            for (HostileFiles.Format format : HostileFiles.formats(folder)) {
                assertThat(said).contains(format.ending() + ": " + MUTATIONS + " damaged files");
            }
        } finally {
            Process unused = process.destroyForcibly();
        }
    }

    /** What once went wrong: each file was found by damaging a good one. */
    @Test
    void filesThatOnceDidHarmAreReadOrRefused() throws IOException, InterruptedException, URISyntaxException {
        URL past = Objects.requireNonNull(HostileFilesTest.class.getResource("hostile"), "hostile");
        List<HostileFiles.Format> formats = HostileFiles.formats(folder);
        int replayed = 0;
        try (Stream<Path> files = Files.list(Path.of(past.toURI()))) {
            for (Path kept : files.sorted().toList()) {
                Path file = Files.copy(kept, folder.resolve(String.valueOf(kept.getFileName())));
                for (HostileFiles.Format format : formats) {
                    if (file.toString().endsWith(format.ending())) {
                        @Nullable String problem = HostileFiles.problem(file, format.reader());
                        assertThat(problem).as(kept.toString()).isNull();
                        replayed++;
                    }
                }
            }
        }
        assertThat(replayed).isPositive();
    }

    @Test
    void noDamagedModelPassesForTheOneThatItsMetadataDescribes() throws IOException {
        byte[] whole = new byte[5000];
        new Random(1).nextBytes(whole);
        ModelDirectory.write(folder, Map.of("encoder.h5", path -> Files.write(path, whole)), Map.of());
        Path file = folder.resolve("encoder.h5");
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] damaged = HostileFiles.damage(whole, new Random(seed));
            if (!Arrays.equals(damaged, whole)) {
                Files.write(file, damaged);
                assertThatThrownBy(() -> ModelDirectory.verify(file))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining("SHA-256");
            }
        }
    }
}
