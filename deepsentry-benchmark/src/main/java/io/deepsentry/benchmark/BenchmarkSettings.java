package io.deepsentry.benchmark;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.benchmark.internal.StageSources;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.TrainOn;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Benchmark}: its own, and those of the stages that it runs. {@link #SCHEMA} has the ranges and
 * defaults of its own. Immutable.
 *
 * <pre>{@code
 * BenchmarkSettings settings = BenchmarkSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .prepare(prepare -> prepare.inputs(Path.of("app.log"))
 *                 .sessionKey("order (\\d+)")
 *                 .labels(Path.of("labels.csv")))
 *         .seeds(3)
 *         .build();
 * }</pre>
 */
public final class BenchmarkSettings {
    /** The protocols that there are. */
    public static final List<String> PROTOCOLS = List.of(
            Protocols.CHRONOLOGICAL,
            Protocols.CHRONOLOGICAL_HALVES,
            Protocols.RANDOM_HALVES,
            Protocols.ORDER_SWAP,
            Protocols.CONTAMINATION);

    private static final List<String> TRAININGS = List.of(Protocols.NORMAL, Protocols.ALL);

    private static final String WORK = "work";
    private static final String PREPARED = "prepared_data";
    private static final String ENCODER = "text_autoencoder_model";
    private static final String DETECTOR = "anomaly_trained_model";

    /** The keys of {@code benchmark.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("benchmark")
            .about("Compares the detector with simple rules and classical methods on labelled logs.")
            .keyOf(PrepareSettings.SCHEMA, "raw_log_file")
            .keyOf(PrepareSettings.SCHEMA, "raw_log_labels")
            .keyOf(PrepareSettings.SCHEMA, "log_format")
            .keyOf(PrepareSettings.SCHEMA, "time_format")
            .keyOf(PrepareSettings.SCHEMA, "custom_parser")
            .keyOf(PrepareSettings.SCHEMA, "parser_path")
            .keyOf(PrepareSettings.SCHEMA, "session_key")
            .doc("The session key: a regular expression with one group, the name of a field, path:REGEX, or auto."
                    + " None: judge lines, by a label column.")
            .key("protocols", STRING_LIST, PROTOCOLS)
            .label("NAME")
            .doc("How to split the log into training and test. The default is all ways.")
            .key("methods", STRING_LIST, Methods.NAMES)
            .label("NAME")
            .doc("The methods to compare. The default is all methods.")
            .key("train_on", STRING_LIST, TRAININGS)
            .label(String.join("|", TRAININGS))
            .doc("Whether labelled anomalies are left out of training (normal) or stay (all). The default runs both.")
            .key("seeds", INT, 5)
            .range(1, 1000)
            .doc("How many times to draw random halves.")
            .key("training_seeds", INT, 1)
            .range(1, 1000)
            .doc("How many times to train the detector on each split, with different seeds.")
            .key("inject", BOOLEAN, false)
            .doc("Whether to inject faults into the later part of the log and show which are found; needs no labels.")
            .key("per_kind", INT, 20)
            .range(1, 1000)
            .doc("How many faults of each kind to inject.")
            .keyOf(TextTrainSettings.SCHEMA, "seed")
            .doc("The seed of the first draw, or of the injected faults, and of all trainings.")
            .key("output_dir", PATH, "{ROOT_DATA_DIR}/benchmark_results")
            .label("DIR")
            .doc("The folder to write the results to.")
            .build();

    private final List<String> protocols;
    private final List<String> methods;
    private final List<String> trainings;
    private final int seeds;
    private final int trainingSeeds;
    private final long seed;
    private final Path outputDir;
    private final PrepareSettings prepare;
    private final TextTrainSettings textTraining;
    private final double trainFraction;
    private final DetectorTrainSettings detectorTraining;

    private BenchmarkSettings(
            Config own,
            PrepareSettings prepare,
            double trainFraction,
            TextTrainSettings textTraining,
            DetectorTrainSettings detectorTraining) {
        this.protocols = oneOf(own, "protocols", PROTOCOLS);
        this.methods = oneOf(own, "methods", Methods.NAMES);
        this.trainings = oneOf(own, "train_on", TRAININGS);
        SettingsCheck.of(SCHEMA)
                .value("seeds", own.getInt("seeds"))
                .value("training_seeds", own.getInt("training_seeds"))
                .done();
        this.seeds = own.getInt("seeds");
        this.trainingSeeds = own.getInt("training_seeds");
        this.seed = own.getLong("seed");
        this.outputDir = own.getPath("output_dir");
        this.prepare = prepare;
        this.trainFraction = trainFraction;
        this.textTraining = textTraining;
        this.detectorTraining = detectorTraining;
    }

    private static List<String> oneOf(Config own, String key, List<String> known) {
        List<String> given = own.getStrings(key);
        if (given.isEmpty() || !known.containsAll(given)) {
            throw own.problem(key, "must be any of " + String.join(", ", known));
        }
        // In the order in which the results show them.
        return known.stream().filter(given::contains).toList();
    }

    /**
     * The settings of the benchmark and of the stages that it runs, from a file that has benchmark's keys alone or a
     * section for each stage ({@code benchmark}, {@code prepare}, {@code train-text}, {@code train-detector}), and from
     * what overrides it.
     *
     * @param file the file; null: defaults
     * @throws ConfigException if a setting is wrong
     */
    public static BenchmarkSettings load(@Nullable Path file, Sources sources) {
        StageSources stages = StageSources.of(
                SCHEMA,
                List.of(PrepareSettings.SCHEMA, TextTrainSettings.SCHEMA, DetectorTrainSettings.SCHEMA),
                file,
                sources);
        Config own = stages.own();
        Path work = own.getPath("output_dir").resolve(WORK);
        Map<String, Object> log = stages.log();
        log.put("prepared_data_dir", work.resolve(PREPARED));
        log.put("train_on", Protocols.ALL);
        Supplier<PrepareSettings> prepare = () -> PrepareSettings.from(stages.config(PrepareSettings.SCHEMA, log));
        Supplier<TextTrainSettings> text = () -> TextTrainSettings.from(stages.config(
                TextTrainSettings.SCHEMA,
                Map.of("prepared_data_dir", work.resolve(PREPARED), "output_model_dir", work.resolve(ENCODER))));
        Supplier<DetectorTrainSettings> detector =
                () -> DetectorTrainSettings.from(stages.config(DetectorTrainSettings.SCHEMA, Map.of()));
        SettingsCheck.together(List.of(prepare, text, detector));
        PrepareSettings whole = prepare.get();
        requireNoTestLog(whole);
        log.put("training_log_data_fraction", encoderFraction(whole));
        return new BenchmarkSettings(own, prepare.get(), whole.trainFraction(), text.get(), detector.get());
    }

    private static void requireNoTestLog(PrepareSettings whole) {
        if (whole.test() != null) {
            throw new ConfigException("test_log_file (" + whole.test()
                    + ") has no place in a benchmark, which divides raw_log_file itself; leave it out");
        }
    }

    /** The encoder is trained on no message that a chronological protocol tests. */
    private static double encoderFraction(PrepareSettings whole) {
        return Math.min(whole.trainFraction(), Protocols.HALF);
    }

    private static Path encoder(Path work) {
        return work.resolve(ENCODER).resolve("encoder.h5");
    }

    List<String> protocols() {
        return protocols;
    }

    List<String> methods() {
        return methods;
    }

    List<String> trainings() {
        return trainings;
    }

    int seeds() {
        return seeds;
    }

    /** How many times the detector is trained on each division. */
    int trainingSeeds() {
        return trainingSeeds;
    }

    long seed() {
        return seed;
    }

    Path outputDir() {
        return outputDir;
    }

    /** The folder for what is needed on the way; gone at the end. */
    Path workDir() {
        return outputDir.resolve(WORK);
    }

    /** Preparing the whole log, anomalies left in. */
    PrepareSettings prepare() {
        return prepare;
    }

    /** The share of cases that the chronological protocol learns from. */
    double trainFraction() {
        return trainFraction;
    }

    TextTrainSettings textTraining() {
        return textTraining;
    }

    /** The encoder that text training writes. */
    Path textEncoder() {
        return encoder(workDir());
    }

    /**
     * Training a detector in a data folder, on the vectors of the one encoder.
     *
     * @param training which of the {@link #trainingSeeds()}, from 0
     */
    DetectorTrainSettings detectorTraining(Path dataDir, int training) {
        return detectorTraining.toBuilder()
                .seed(detectorTraining.seed() + training)
                .preparedDataDir(dataDir.resolve(PREPARED))
                .encodedDataDir(dataDir.resolve(SplitFolder.ENCODED))
                .textEncoderModel(textEncoder())
                .outputModelDir(dataDir.resolve(DETECTOR))
                .build();
    }

    /** The settings under their names in {@code benchmark.json}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("inputs", prepare.inputs().stream().map(Path::toString).toList());
        map.put("protocols", protocols);
        map.put("methods", methods);
        map.put("train_on", trainings);
        map.put("seeds", seeds);
        map.put("training_seeds", trainingSeeds);
        map.put("seed", seed);
        map.put("training_log_data_fraction", trainFraction);
        map.put("validation_split", prepare.validationSplit());
        map.put("encoder_training_fraction", prepare.trainFraction());
        return map;
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<BenchmarkSettings, Builder> {
        private final PrepareSettings.Builder prepare = PrepareSettings.builder();
        private final TextTrainSettings.Builder textTraining = TextTrainSettings.builder();
        private final DetectorTrainSettings.Builder detectorTraining = DetectorTrainSettings.builder();

        private Builder() {
            super(SCHEMA);
        }

        @Override
        @CanIgnoreReturnValue
        public Builder dataDir(Path folder) {
            prepare.dataDir(folder);
            return super.dataDir(folder);
        }

        /** Changes how logs are read, and says which. */
        @CanIgnoreReturnValue
        public Builder prepare(Consumer<PrepareSettings.Builder> change) {
            change.accept(prepare);
            return this;
        }

        /** Changes the training of the text encoder. */
        @CanIgnoreReturnValue
        public Builder textTraining(Consumer<TextTrainSettings.Builder> change) {
            change.accept(textTraining);
            return this;
        }

        /** Changes the training of each detector. */
        @CanIgnoreReturnValue
        public Builder detectorTraining(Consumer<DetectorTrainSettings.Builder> change) {
            change.accept(detectorTraining);
            return this;
        }

        /** Sets the divisions into training and test: any of {@link #PROTOCOLS}. */
        @CanIgnoreReturnValue
        public Builder protocols(String... names) {
            return set("protocols", List.of(names));
        }

        /** Sets the methods to compare, by the names that the results show. */
        @CanIgnoreReturnValue
        public Builder methods(String... names) {
            return set("methods", List.of(names));
        }

        /** Sets what the trainings do with labelled anomalies: {@code normal} leaves them out, {@code all} does not. */
        @CanIgnoreReturnValue
        public Builder trainOn(String... names) {
            return set("train_on", List.of(names));
        }

        /** Sets how many times random halves are drawn. */
        @CanIgnoreReturnValue
        public Builder seeds(int draws) {
            return set("seeds", draws);
        }

        /** Sets how many times the detector is trained on each division. */
        @CanIgnoreReturnValue
        public Builder trainingSeeds(int trainings) {
            return set("training_seeds", trainings);
        }

        /** Sets the seed of the first draw and of all trainings. */
        @CanIgnoreReturnValue
        public Builder seed(long seed) {
            textTraining.seed(seed);
            detectorTraining.seed(seed);
            return set("seed", seed);
        }

        /** Sets the folder to write the results to. */
        @CanIgnoreReturnValue
        public Builder outputDir(Path folder) {
            return set("output_dir", folder);
        }

        @Override
        protected BenchmarkSettings from(Config own) {
            Path work = own.getPath("output_dir").resolve(WORK);
            prepare.preparedDataDir(work.resolve(PREPARED)).trainOn(TrainOn.ALL);
            textTraining.preparedDataDir(work.resolve(PREPARED)).outputModelDir(work.resolve(ENCODER));
            SettingsCheck.together(List.<Supplier<?>>of(prepare::build, textTraining::build, detectorTraining::build));
            PrepareSettings whole = prepare.build();
            requireNoTestLog(whole);
            PrepareSettings shortened =
                    prepare.trainFraction(encoderFraction(whole)).build();
            prepare.trainFraction(whole.trainFraction());
            return new BenchmarkSettings(
                    own, shortened, whole.trainFraction(), textTraining.build(), detectorTraining.build());
        }
    }
}
