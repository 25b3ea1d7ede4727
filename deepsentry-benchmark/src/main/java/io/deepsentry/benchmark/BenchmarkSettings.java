package io.deepsentry.benchmark;

import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.LONG;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.PATH_LIST;
import static io.deepsentry.core.config.ConfigType.STRING;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@link Benchmark} is told: its own settings, and those of the stages that it runs. Immutable. */
public final class BenchmarkSettings {
    /** The protocols that there are. */
    public static final List<String> PROTOCOLS = List.of(
            Protocols.CHRONOLOGICAL,
            Protocols.CHRONOLOGICAL_HALVES,
            Protocols.RANDOM_HALVES,
            Protocols.ORDER_SWAP,
            Protocols.CONTAMINATION);

    private static final List<String> TRAININGS = List.of(Protocols.NORMAL, Protocols.ALL);
    /** Settings of prepare that a file of benchmark's own may give, too. */
    private static final List<String> SHARED =
            List.of("raw_log_file", "raw_log_labels", "log_format", "time_format", "session_key", "custom_parser");

    /** Flags that reach the stages through benchmark's own settings only. */
    private static final List<String> OWN_FLAGS = List.of(
            "--input", "--labels", "--format", "--time-format", "--session-key", "--custom-parser", "--train-on");

    private static final String WORK = "work";
    private static final String PREPARED = "prepared_data";
    private static final String ENCODER = "text_autoencoder_model";

    /** The keys of {@code benchmark.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("benchmark")
            .about("Measures the detector beside simple rules and classical methods on labelled logs.")
            .key("raw_log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
            .flag("--input")
            .doc("The log, or several in the order of their time; plain or gzip.")
            .key("raw_log_labels", PATH, "{ROOT_DATA_DIR}/labels.txt")
            .flag("--labels")
            .doc("Labels of sessions ('blk_123: 1', or a CSV of BlockId,Label); the default is used if it exists.")
            .key("log_format", STRING, "auto")
            .flag("--format")
            .doc("A preset, a layout such as '<Date> <Time> <Level>: <Content>', or auto; see prepare.")
            .key("time_format", STRING, null)
            .doc("How times are written, such as 'yyyy-MM-dd HH:mm:ss'; none: what the format usually has.")
            .key("custom_parser", STRING, null)
            .doc("The class of a LogParser of your own, in place of log_format.")
            .key("session_key", STRING, null)
            .doc("A regular expression with one group, the session's key. None: lines are judged, by a label column.")
            .key("protocols", STRING_LIST, PROTOCOLS)
            .doc("How training and test are told apart; any of these, which are all.")
            .key("methods", STRING_LIST, Methods.NAMES)
            .doc("What is compared; any of these, which are all.")
            .key("train_on", STRING_LIST, TRAININGS)
            .doc("Labelled anomalies are left out of training (normal), stay (all), or one after the other.")
            .key("seeds", INT, 5)
            .range(1, 1000)
            .doc("How many random halves are drawn.")
            .key("seed", LONG, 42)
            .doc("What the first draw comes from, the next from the next number; and the seed of all trainings.")
            .key("output_dir", PATH, "{ROOT_DATA_DIR}/benchmark_results")
            .doc("Where the results go.")
            .build();

    private final List<String> protocols;
    private final List<String> methods;
    private final List<String> trainings;
    private final int seeds;
    private final long seed;
    private final Path outputDir;
    private final PrepareSettings prepare;
    private final TextTrainSettings textTraining;
    private final double trainFraction;
    private final StageLoader stages;

    private BenchmarkSettings(
            Config own,
            PrepareSettings prepare,
            double trainFraction,
            TextTrainSettings textTraining,
            StageLoader stages) {
        this.protocols = oneOf(own, "protocols", PROTOCOLS);
        this.methods = oneOf(own, "methods", Methods.NAMES);
        this.trainings = oneOf(own, "train_on", TRAININGS);
        this.seeds = own.getInt("seeds");
        this.seed = own.getLong("seed");
        this.outputDir = own.getPath("output_dir");
        this.prepare = prepare;
        this.trainFraction = trainFraction;
        this.textTraining = textTraining;
        this.stages = stages;
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
     * The settings of the benchmark and of the stages that it runs, from a file that has benchmark's keys alone or a section for each stage ({@code benchmark},
     * {@code prepare}, {@code train-text}, {@code train-detector}), and from what overrides it.
     *
     * @param file the file; null: defaults
     * @throws ConfigException if a setting is wrong
     */
    public static BenchmarkSettings load(@Nullable Path file, Sources sources) {
        Config own = file == null ? Config.defaults(SCHEMA, sources) : Config.load(file, SCHEMA, sources);
        StageLoader stages = new StageLoader(hasSections(file, sources) ? file : null, sources);
        Path work = own.getPath("output_dir").resolve(WORK);
        Map<String, Object> log = new LinkedHashMap<>();
        for (String key : SHARED) {
            Object value = own.isSet(key) ? own.values().get(key) : null;
            if (value != null) {
                log.put(key, value);
            }
        }
        log.put("prepared_data_dir", work.resolve(PREPARED));
        log.put("train_on", Protocols.ALL);
        Supplier<PrepareSettings> prepare = () -> PrepareSettings.from(stages.config(PrepareSettings.SCHEMA, log));
        Supplier<TextTrainSettings> text = () -> TextTrainSettings.from(stages.config(
                TextTrainSettings.SCHEMA,
                Map.of("prepared_data_dir", work.resolve(PREPARED), "output_model_dir", work.resolve(ENCODER))));
        Supplier<DetectorTrainSettings> detector = () -> detector(stages, work, work);
        requireNoProblem(List.of(prepare, text, detector));
        PrepareSettings whole = prepare.get();
        if (whole.test() != null) {
            throw new ConfigException("test_log_file (" + whole.test()
                    + ") has no place in a benchmark, which divides raw_log_file itself; leave it out");
        }
        // The encoder is trained on no message that a chronological protocol tests.
        log.put("training_log_data_fraction", Math.min(whole.trainFraction(), Protocols.HALF));
        return new BenchmarkSettings(own, prepare.get(), whole.trainFraction(), text.get(), stages);
    }

    private static DetectorTrainSettings detector(StageLoader stages, Path work, Path dataDir) {
        return DetectorTrainSettings.from(stages.config(
                DetectorTrainSettings.SCHEMA,
                Map.of(
                        "prepared_data_dir",
                        dataDir.resolve(PREPARED),
                        "encoded_data_dir",
                        dataDir.resolve(SplitFolder.ENCODED),
                        "text_encoder_model",
                        encoder(work),
                        "output_model_dir",
                        dataDir.resolve("anomaly_trained_model"))));
    }

    private static Path encoder(Path work) {
        return work.resolve(ENCODER).resolve("encoder.h5");
    }

    private static boolean hasSections(@Nullable Path file, Sources sources) {
        if (file == null) {
            return false;
        }
        Path root = sources.dataDir() == null ? Path.of("") : sources.dataDir();
        Config plain = Config.load(file, root);
        for (ConfigSchema schema :
                List.of(SCHEMA, PrepareSettings.SCHEMA, TextTrainSettings.SCHEMA, DetectorTrainSettings.SCHEMA)) {
            if (plain.has(schema.command()) || plain.has(schema.command().replace('-', '_'))) {
                return true;
            }
        }
        return false;
    }

    /** The problems of all stages come in one go. */
    private static void requireNoProblem(List<Supplier<?>> all) {
        Set<String> problems = new LinkedHashSet<>();
        for (Supplier<?> stage : all) {
            try {
                Object unused = stage.get();
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(List.copyOf(problems));
        }
    }

    /** Loads the settings of a stage. */
    private record StageLoader(@Nullable Path file, Sources sources) {
        /** The overrides come before what anybody gave. */
        Config config(ConfigSchema schema, Map<String, ?> overrides) {
            Map<String, Object> flags = new LinkedHashMap<>(sources.flags());
            flags.keySet().removeAll(OWN_FLAGS);
            flags.putAll(overrides);
            Sources all = new Sources(flags, sources.environment(), sources.dataDir());
            return file == null ? Config.defaults(schema, all) : Config.load(file, schema, all);
        }
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

    /** Training a detector in a data folder, on the vectors of the one encoder. */
    DetectorTrainSettings detectorTraining(Path dataDir) {
        return detector(stages, workDir(), dataDir);
    }

    /** The settings under their names in {@code benchmark.json}. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("inputs", prepare.inputs().stream().map(Path::toString).toList());
        map.put("protocols", protocols);
        map.put("methods", methods);
        map.put("train_on", trainings);
        map.put("seeds", seeds);
        map.put("seed", seed);
        map.put("training_log_data_fraction", trainFraction);
        map.put("validation_split", prepare.validationSplit());
        map.put("encoder_training_fraction", prepare.trainFraction());
        return map;
    }
}
