package io.deepsentry.core;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Npz;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Damages files of every format we read and reads them. Run in a process of its own, whose heap is small:
 * {@code HostileFiles FOLDER MUTATIONS [FORMAT]}. Whatever ends otherwise than in a value or in one of our messages
 * that names the file is printed and kept in the folder.
 */
final class HostileFiles {
    /** Of computing; what other work of the machine takes is not the file's fault. */
    private static final long LONGEST_SECONDS = 5;
    /** Whoever waits, computes nothing. */
    private static final long LONGEST_WAIT_SECONDS = 60;

    private static final ConfigSchema SCHEMA = ConfigSchema.named("train")
            .key("epochs", ConfigType.INT, 10)
            .range(1, 100)
            .doc("How often.")
            .key("rate", ConfigType.DOUBLE, 0.5)
            .key("lower", ConfigType.BOOLEAN, false)
            .key("model", ConfigType.PATH, "{ROOT_DATA_DIR}/model")
            .key("masks", ConfigType.STRING_LIST, List.of("a", "b"))
            .build();

    /**
     * One format.
     *
     * @param ending of its files' names, by which the replayed folder finds the reader
     * @param originals whole files
     * @param damage makes a damaged file of a whole one
     * @param reader what reads such a file
     */
    record Format(
            String ending, List<byte[]> originals, BiFunction<byte[], Random, byte[]> damage, Consumer<Path> reader) {
        Format(String ending, List<byte[]> originals, Consumer<Path> reader) {
            this(ending, originals, HostileFiles::damage, reader);
        }
    }

    private HostileFiles() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        int mutations = Integer.parseInt(arguments[1]);
        List<String> failures = new ArrayList<>();
        for (Format format : formats(folder)) {
            if (arguments.length > 2 && !format.ending().equals(arguments[2])) {
                continue;
            }
            long start = System.nanoTime();
            int read = 0;
            for (int seed = 0; seed < mutations; seed++) {
                byte[] original =
                        format.originals().get(seed % format.originals().size());
                byte[] damaged = format.damage().apply(original, new Random(seed));
                Path file = folder.resolve("damaged" + format.ending());
                Files.write(file, damaged);
                String problem = problem(file, format.reader());
                if (problem != null) {
                    Path kept = folder.resolve("kept_" + seed + format.ending());
                    Files.write(kept, damaged);
                    failures.add(kept + ": " + problem);
                }
                read++;
            }
            System.out.printf(
                    "%s: %d damaged files, %.1f s%n", format.ending(), read, (System.nanoTime() - start) / 1e9);
        }
        failures.forEach(System.out::println);
        System.out.println(failures.isEmpty() ? "all are read or refused" : failures.size() + " are not");
    }

    /** What is wrong with how a file is read, or null. */
    static @Nullable String problem(Path file, Consumer<Path> reader) throws InterruptedException {
        AtomicLong nanos = new AtomicLong();
        ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        });
        try {
            executor.submit(() -> {
                        try {
                            reader.accept(file);
                        } finally {
                            nanos.set(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
                        }
                    })
                    .get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            return tooLong(nanos.get());
        } catch (TimeoutException e) {
            return "does not end within " + LONGEST_WAIT_SECONDS + " s";
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (!(cause instanceof DeepSentryException)) {
                StackTraceElement[] trace = cause.getStackTrace();
                return cause + " at " + (trace.length == 0 ? "?" : trace[0]);
            }
            String message = String.valueOf(cause.getMessage());
            if (causedByMemory(cause)) {
                return "ran out of memory or stack before it was refused: " + message;
            }
            return message.contains(String.valueOf(file.getFileName()))
                    ? tooLong(nanos.get())
                    : "the file is not named: " + message;
        } finally {
            executor.shutdownNow();
        }
    }

    private static @Nullable String tooLong(long nanos) {
        return nanos > LONGEST_SECONDS * 1_000_000_000 ? "takes more than " + LONGEST_SECONDS + " s" : null;
    }

    /** An error of the whole virtual machine, though turned into a message, may have hit another thread. */
    private static boolean causedByMemory(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
        }
        return false;
    }

    static List<Format> formats(Path folder) throws IOException {
        List<Format> formats = new ArrayList<>();
        formats.add(new Format(
                ".pkl",
                fixtures(
                        "array/matrix_p0_numpy1.pkl",
                        "array/matrix_p2_numpy2.pkl",
                        "array/matrix_p4_numpy2.pkl",
                        "array/matrix_p5_numpy1.pkl",
                        "array/values.pkl",
                        "array/scalars_numpy2.pkl",
                        "array/arrays_numpy2.pkl",
                        "array/refused_command_p0.pkl",
                        "array/refused_command_p4.pkl"),
                file -> {
                    Object unused = Pickle.read(file);
                }));
        formats.add(new Format(".vectors.pkl", vectors(folder), HostileFiles::readVectors));
        formats.add(new Format(".vocabulary.pkl", fixtures("array/words_p2.pkl", "array/words_p4.pkl"), file -> {
            Map<String, Integer> unused = Pickle.readWordIds(file);
        }));
        formats.add(new Format(
                ".npy",
                fixtures(
                        "array/matrix_v1.npy",
                        "array/matrix_v2.npy",
                        "array/matrix_v3.npy",
                        "array/cube_fortran.npy",
                        "array/numbers_big_u8.npy"),
                file -> {
                    FloatArray unused = Npy.read(file);
                    readVectors(file);
                }));
        formats.add(new Format(".npz", fixtures("array/arrays_numpy2.npz", "array/compressed_numpy1.npz"), file -> {
            Map<String, FloatArray> unused = Npz.read(file);
        }));
        formats.add(new Format(
                ".yml", List.of(SCHEMA.toYaml().getBytes(StandardCharsets.UTF_8)), HostileFiles::readConfig));
        formats.add(new Format(".metadata.json", List.of(metadata(folder)), HostileFiles::readMetadata));
        formats.add(new Format(".h5", models(folder), file -> {
            KerasFile unused = KerasFile.read(file);
        }));
        formats.add(new Format(".keras", List.of(archive(folder)), file -> {
            KerasFile unused = KerasFile.read(file);
        }));
        formats.add(new Format(".onnx", List.of(onnx(folder)), file -> {
            OnnxFile unused = OnnxFile.read(file);
        }));
        formats.add(new Format(
                ".savedmodel",
                fixtures("tensorflow/keras3_savedmodel_encoder.zip", "tensorflow/keras3_savedmodel_detector.zip"),
                HostileSavedModels::damage,
                HostileSavedModels::read));
        return formats;
    }

    private static List<byte[]> fixtures(String... names) throws IOException {
        List<byte[]> fixtures = new ArrayList<>();
        for (String name : names) {
            URL url = Objects.requireNonNull(HostileFiles.class.getResource(name), name);
            try {
                fixtures.add(Files.readAllBytes(Path.of(url.toURI())));
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return fixtures;
    }

    private static List<byte[]> vectors(Path folder) throws IOException {
        Path distinct = folder.resolve("distinct.pkl");
        try (VectorFileWriter writer = VectorFileWriter.createDistinct(distinct, 5, 2)) {
            for (int row = 0; row < 5; row++) {
                writer.write(new float[] {row % 2, 1});
            }
        }
        List<byte[]> vectors = new ArrayList<>(fixtures("array/matrix_p4_numpy1.pkl", "array/rows_p4_numpy2.pkl"));
        vectors.add(Files.readAllBytes(distinct));
        return vectors;
    }

    private static void readVectors(Path file) {
        try (VectorFile vectors = VectorFile.open(file)) {
            float[] row = new float[vectors.columns()];
            for (long i = 0; i < Math.min(10, vectors.rows()); i++) {
                vectors.read(i, row, 0);
            }
        }
    }

    private static void readConfig(Path file) {
        Object unused = Config.load(file, SCHEMA, Sources.none());
        unused = Config.load(file, file.resolveSibling("root")).values();
    }

    private static byte[] metadata(Path folder) throws IOException {
        ModelDirectory.write(
                folder,
                Map.of("encoder.h5", path -> Files.writeString(path, "model")),
                Map.of("epochs", 3, "parameters", Map.of("rate", 0.5, "masks", List.of("a"))));
        return Files.readAllBytes(folder.resolve(ModelDirectory.METADATA));
    }

    /** Lies in its place to be read, and under another name afterwards. */
    private static void readMetadata(Path file) {
        Path place = file.resolveSibling(ModelDirectory.METADATA);
        try {
            Files.copy(file, place, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            ModelDirectory.verify(file.resolveSibling("encoder.h5"));
            Object unused = ModelDirectory.read(
                    Objects.requireNonNull(file.toAbsolutePath().getParent()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (DeepSentryException e) {
            if (!String.valueOf(e.getMessage()).contains(ModelDirectory.METADATA)) {
                throw e;
            }
        }
    }

    private static Network small() {
        return Network.builder("small")
                .input(new InputLayer("ids", List.of(4), true))
                .add(new Embedding("embedding", 5, 2, true))
                .add(Bidirectional.of("both", Lstm.of("lstm", 2, false), MergeMode.CONCAT))
                .add(new Dense("dense", 2, Activation.TANH, true))
                .build();
    }

    private static List<byte[]> models(Path folder) throws IOException {
        Path ours = folder.resolve("ours.h5");
        KerasFile.write(ours, Model.initialise(small(), 1), Map.of("vocabulary", "[\"a\", \"b\"]"));
        List<byte[]> models = new ArrayList<>(
                fixtures("keras/keras2_dense.h5", "keras/keras3_dense.h5", "keras/keras2_masked_lstm.h5"));
        models.add(Files.readAllBytes(ours));
        return models;
    }

    private static byte[] archive(Path folder) throws IOException {
        Path file = folder.resolve("ours.keras");
        KerasFile.write(file, Model.initialise(small(), 1), Map.of("vocabulary", "[\"a\", \"b\"]"));
        return Files.readAllBytes(file);
    }

    private static byte[] onnx(Path folder) throws IOException {
        Network network = Network.builder("small")
                .input(new InputLayer("ids", List.of(4), true))
                .add(new Embedding("embedding", 5, 2, true))
                .add(Lstm.of("lstm", 2, false))
                .build();
        Path file = folder.resolve("ours.onnx");
        OnnxFile.write(file, Model.initialise(network, 1), Precision.INT8, null, Map.of("vocabulary", "[]"), null);
        return Files.readAllBytes(file);
    }

    /**
     * Up to four edits: bytes flipped, set, repeated, left out, cut off, and lengths made huge, in binary and in
     * digits.
     */
    static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits && bytes.length > 0; i++) {
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 2048));
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                    bytes = splice(bytes, at, at, Arrays.copyOf(bytes, random.nextInt(Math.min(bytes.length, 4096))));
                case 3 -> bytes = splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 4 -> {
                    if (random.nextInt(3) == 0) {
                        bytes = Arrays.copyOf(bytes, at);
                    }
                }
                case 5 -> bytes = hugeNumber(bytes, at, random);
                case 6 -> {
                    byte[] extreme = {-1, -1, -1, 127, -1, -1, -1, 127};
                    System.arraycopy(extreme, 0, bytes, at, Math.min(1 + random.nextInt(8), bytes.length - at));
                }
                default -> {
                    // A length of a few hundred million, small enough to be believed.
                    byte[] large = {0, 0, 0, (byte) (8 + random.nextInt(32)), 0, 0, 0, 0};
                    System.arraycopy(large, 0, bytes, at, Math.min(large.length, bytes.length - at));
                }
            }
        }
        return bytes;
    }

    /** Makes the next number in digits a large one. */
    private static byte[] hugeNumber(byte[] bytes, int from, Random random) {
        for (int at = from; at < bytes.length; at++) {
            if (Character.isDigit(bytes[at])) {
                int end = at;
                while (end < bytes.length && Character.isDigit(bytes[end])) {
                    end++;
                }
                String[] numbers = {
                    "2147483647", "99999999", "1000000", "4294967296", "-1", "9223372036854775807", "1e9"
                };
                return splice(
                        bytes, at, end, numbers[random.nextInt(numbers.length)].getBytes(StandardCharsets.US_ASCII));
            }
        }
        return bytes;
    }

    /** Replaces a piece. */
    private static byte[] splice(byte[] bytes, int from, int to, byte[] by) {
        byte[] spliced = new byte[from + by.length + bytes.length - to];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(by, 0, spliced, from, by.length);
        System.arraycopy(bytes, to, spliced, from + by.length, bytes.length - to);
        return spliced;
    }
}
