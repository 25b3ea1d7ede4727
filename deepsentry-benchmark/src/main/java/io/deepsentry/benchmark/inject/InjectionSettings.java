package io.deepsentry.benchmark.inject;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.benchmark.BenchmarkSettings;
import io.deepsentry.benchmark.internal.StageSources;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.config.Sources;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link InjectionTrial}: its own, and those of the stages that learn. Immutable.
 *
 * <pre>{@code
 * InjectionSettings settings = InjectionSettings.builder()
 *         .dataDir(Path.of("shop"))
 *         .prepare(prepare -> prepare.inputs(Path.of("app.log")))
 *         .perKind(50)
 *         .build();
 * }</pre>
 */
public final class InjectionSettings {
    static final String PREPARED = "prepared_data";
    private static final String WORK = "work";
    private static final List<String> LEARNED =
            List.of("text_autoencoder_model/metadata.json", "anomaly_trained_model/metadata.json");

    private final Path dataDir;
    private final Path outputDir;
    private final int perKind;
    private final long seed;
    private final boolean namesLog;
    private final PipelineSettings training;

    private InjectionSettings(Config own, boolean namesLog, PipelineSettings training) {
        SettingsCheck.of(BenchmarkSettings.SCHEMA)
                .value("per_kind", own.getInt("per_kind"))
                .done();
        for (Path input : training.prepare().inputs()) {
            if (isOnceOnly(input)) {
                throw new ConfigException("raw_log_file must name files, as their lines are read again to inject faults"
                        + " into them, but was " + input + "; write the log to a file");
            }
        }
        this.dataDir = own.dataDir();
        this.outputDir = own.getPath("output_dir");
        this.perKind = own.getInt("per_kind");
        this.seed = own.getLong("seed");
        this.namesLog = namesLog;
        this.training = training;
    }

    private static boolean isOnceOnly(Path input) {
        return input.toString().equals("-")
                || (Files.exists(input) && !Files.isRegularFile(input) && !Files.isDirectory(input));
    }

    /**
     * The settings of a trial and of the stages that learn, from a file that has benchmark's keys alone or a section
     * for each stage, and from what overrides it.
     *
     * @param file the file; null: defaults
     * @throws ConfigException if a setting is wrong
     */
    public static InjectionSettings load(@Nullable Path file, Sources sources) {
        StageSources stages = StageSources.of(
                BenchmarkSettings.SCHEMA,
                List.of(
                        PrepareSettings.SCHEMA,
                        TextTrainSettings.SCHEMA,
                        EncodeSettings.SCHEMA,
                        DetectorTrainSettings.SCHEMA),
                file,
                sources);
        Config own = stages.own();
        Map<String, Object> log = stages.log();
        // The folder of the trial is another one than that of the settings, from which these names start.
        log.put("raw_log_file", own.getPaths("raw_log_file"));
        Path labels = own.getPath("raw_log_labels");
        if (own.has("session_key") && Files.exists(labels)) {
            log.put("raw_log_labels", labels);
        }
        if (!own.isDefault("train_on")) {
            log.put("train_on", trainOn(own));
        }
        Sources all = stages.with(log);
        PipelineSettings training = PipelineSettings.load(
                stages.file(),
                new Sources(
                        all.flags(),
                        all.environment(),
                        own.getPath("output_dir").resolve(WORK)));
        return new InjectionSettings(own, !own.isDefault("raw_log_file"), training);
    }

    private static String trainOn(Config own) {
        List<String> given = own.getStrings("train_on");
        if (given.size() != 1) {
            throw own.problem("train_on", "must be one of normal, all where faults are injected");
        }
        return given.get(0);
    }

    /** Returns the data folder, whose models are used if they were learned from the same log. */
    public Path dataDir() {
        return dataDir;
    }

    /** Returns the folder to write the results to. */
    public Path outputDir() {
        return outputDir;
    }

    /** Returns how many faults of each kind are injected. */
    public int perKind() {
        return perKind;
    }

    /** Returns the seed of the faults. */
    public long seed() {
        return seed;
    }

    /** Learning in a folder of the trial's own. */
    PipelineSettings training() {
        return training;
    }

    /** Whether the data folder has learned from the log that is named, or from any if none is. */
    boolean isLearned() {
        if (!LEARNED.stream().allMatch(file -> Files.isRegularFile(dataDir.resolve(file)))) {
            return false;
        }
        PreparedMeta meta = PreparedData.open(dataDir.resolve(PREPARED)).meta();
        String key = training.prepare().sessionKey();
        return !namesLog
                || (places(meta).equals(places(training.prepare().inputs(), Path.of("")))
                        && (SessionKey.AUTO.equals(key) || Objects.equals(key, meta.sessionKey())));
    }

    private static List<Path> places(PreparedMeta meta) {
        String folder = meta.workingDir();
        return places(meta.inputs().stream().map(Path::of).toList(), Path.of(folder == null ? "" : folder));
    }

    private static List<Path> places(List<Path> files, Path folder) {
        return files.stream()
                .map(file -> folder.resolve(file).toAbsolutePath().normalize())
                .toList();
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<InjectionSettings, Builder> {
        private final PipelineSettings.Builder training = PipelineSettings.builder();

        private Builder() {
            super(BenchmarkSettings.SCHEMA);
        }

        /** Changes how logs are read and split, and says which. */
        @CanIgnoreReturnValue
        public Builder prepare(Consumer<PrepareSettings.Builder> change) {
            training.prepare(change);
            return this;
        }

        /** Changes the training of the text encoder. */
        @CanIgnoreReturnValue
        public Builder textTraining(Consumer<TextTrainSettings.Builder> change) {
            training.textTraining(change);
            return this;
        }

        /** Changes the training of the detector. */
        @CanIgnoreReturnValue
        public Builder detectorTraining(Consumer<DetectorTrainSettings.Builder> change) {
            training.detectorTraining(change);
            return this;
        }

        /** Sets how many faults of each kind are injected. */
        @CanIgnoreReturnValue
        public Builder perKind(int faults) {
            return set("per_kind", faults);
        }

        /** Sets the seed of the faults and of the trainings. */
        @CanIgnoreReturnValue
        public Builder seed(long seed) {
            training.seed(seed);
            return set("seed", seed);
        }

        /** Sets the folder to write the results to. */
        @CanIgnoreReturnValue
        public Builder outputDir(Path folder) {
            return set("output_dir", folder);
        }

        @Override
        protected InjectionSettings from(Config own) {
            Path work = own.getPath("output_dir").resolve(WORK);
            List<Path> unnamed = PrepareSettings.builder().dataDir(work).build().inputs();
            PipelineSettings built = training.dataDir(work).build();
            return new InjectionSettings(own, !built.prepare().inputs().equals(unnamed), built);
        }
    }
}
