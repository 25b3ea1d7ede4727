package io.deepsentry.core;

import static org.assertj.core.api.Assertions.fail;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every damaged file is either read or refused with a message; nothing else may come of it. */
class HostileFilesTest {
    private static final int MUTATIONS = 300;

    private Path folder;

    @BeforeEach
    void useFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    private static byte[] fixture(String name) throws IOException {
        URL url = Objects.requireNonNull(HostileFilesTest.class.getResource("array/" + name), name);
        try {
            return Files.readAllBytes(Path.of(url.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void damagedPicklesAreReadOrRefused() throws IOException {
        for (String name : List.of(
                "matrix_p0_numpy1.pkl",
                "matrix_p2_numpy2.pkl",
                "matrix_p4_numpy2.pkl",
                "matrix_p5_numpy1.pkl",
                "values.pkl",
                "words_p4.pkl",
                "scalars_numpy2.pkl")) {
            mutate(fixture(name), ".pkl", file -> {
                Object unused = Pickle.read(file);
            });
        }
        mutate(fixture("matrix_p4_numpy1.pkl"), ".pkl", HostileFilesTest::readVectors);
        mutate(fixture("words_p2.pkl"), ".pkl", file -> {
            Map<String, Integer> unused = Pickle.readWordIds(file);
        });
    }

    private static void readVectors(Path file) {
        try (VectorFile vectors = VectorFile.open(file)) {
            float[] row = new float[vectors.columns()];
            for (long i = 0; i < Math.min(10, vectors.rows()); i++) {
                vectors.read(i, row, 0);
            }
        }
    }

    @Test
    void damagedNpyFilesAreReadOrRefused() throws IOException {
        for (String name : List.of("matrix_v1.npy", "matrix_v2.npy", "matrix_v3.npy", "cube_fortran.npy")) {
            mutate(fixture(name), ".npy", file -> {
                FloatArray unused = Npy.read(file);
            });
        }
        mutate(fixture("matrix_v1.npy"), ".npy", HostileFilesTest::readVectors);
    }

    @Test
    void damagedConfigurationsAreReadOrRefused() throws IOException {
        ConfigSchema schema = ConfigSchema.named("train")
                .key("epochs", ConfigType.INT, 10)
                .range(1, 100)
                .doc("How often.")
                .key("rate", ConfigType.DOUBLE, 0.5)
                .key("lower", ConfigType.BOOLEAN, false)
                .key("model", ConfigType.PATH, "{ROOT_DATA_DIR}/model")
                .key("masks", ConfigType.STRING_LIST, List.of("a", "b"))
                .build();
        mutate(schema.toYaml().getBytes(StandardCharsets.UTF_8), ".yml", file -> {
            Config unused = Config.load(file, schema, Sources.none());
        });
        mutate(schema.toYaml().getBytes(StandardCharsets.UTF_8), ".yml", file -> {
            Object unused = Config.load(file, folder).values();
        });
    }

    @Test
    void damagedMetadataIsReadOrRefused() throws IOException {
        Map<String, AtomicFile.PathWriter> files = Map.of("encoder.h5", path -> Files.writeString(path, "model"));
        ModelDirectory.write(
                folder, files, Map.of("epochs", 3, "parameters", Map.of("rate", 0.5, "masks", List.of("a"))));
        byte[] metadata = Files.readAllBytes(folder.resolve("metadata.json"));
        mutate(metadata, "metadata.json", file -> ModelDirectory.verify(file.resolveSibling("encoder.h5")));
    }

    private void mutate(byte[] whole, String name, Consumer<Path> reader) throws IOException {
        Path file = folder.resolve(name.startsWith(".") ? "damaged" + name : name);
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] damaged = damage(whole, new Random(seed));
            Files.write(file, damaged);
            try {
                reader.accept(file);
            } catch (DeepSentryException e) {
                if (e.getMessage() == null
                        || !e.getMessage().contains(file.getFileName().toString())) {
                    fail("seed " + seed + " of " + name + " gives a message that does not name the file", e);
                }
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + " of " + name + ": " + HexFormat.of().formatHex(damaged), e);
            }
        }
    }

    private static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = splice(bytes, at, at, bytes, random.nextInt(bytes.length));
                case 3 -> bytes = splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), bytes, 0);
                case 4 -> bytes = splice(bytes, at, bytes.length, bytes, 0);
                default -> {
                    byte[] extreme = {-1, -1, -1, 127, -1, -1, -1, -1};
                    System.arraycopy(extreme, 0, bytes, at, Math.min(1 + random.nextInt(8), bytes.length - at));
                }
            }
        }
        return bytes;
    }

    /** Replaces a piece by the first bytes of another, as many as {@code count}. */
    private static byte[] splice(byte[] bytes, int from, int to, byte[] other, int count) {
        byte[] spliced = new byte[from + count + bytes.length - to];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(other, 0, spliced, from, count);
        System.arraycopy(bytes, to, spliced, from + count, bytes.length - to);
        return spliced;
    }
}
