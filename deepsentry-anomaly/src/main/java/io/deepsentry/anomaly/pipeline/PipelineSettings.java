package io.deepsentry.anomaly.pipeline;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Pipeline}: those of each stage, all of one data folder.
 *
 * <pre>{@code
 * PipelineSettings settings = PipelineSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .prepare(prepare -> prepare.inputs(Path.of("app.log")).sessionKey("order (\\d+)"))
 *         .detectorTraining(training -> training.epochs(20))
 *         .seed(7)
 *         .build();
 * PipelineSummary summary = Pipeline.run(settings, RunContext.quiet());
 * }</pre>
 *
 * @param dataDir the folder that holds everything
 * @param prepare reading and splitting the logs
 * @param textTraining the text autoencoder
 * @param encoding messages to vectors
 * @param detectorTraining the detector
 * @param evaluation scores and verdicts, where there are no labels
 * @param analysis scores, verdicts and figures, where there are labels
 */
public record PipelineSettings(
        Path dataDir,
        PrepareSettings prepare,
        TextTrainSettings textTraining,
        EncodeSettings encoding,
        DetectorTrainSettings detectorTraining,
        EvalSettings evaluation,
        AnalyzeSettings analysis) {
    private static final String OUTPUT_DIR = "output_dir";
    private static final String OUTPUT_DIR_FLAG = "--output-dir";

    /**
     * {@return the settings of all stages from one file with a section for each, and from what overrides it} A flag
     * goes to every stage that knows it: {@code epochs}, {@code seed} and {@code gpu} to both trainings. {@code
     * --output-dir} is the data folder.
     *
     * @param file the file; null: defaults
     * @param sources what overrides the file
     * @throws io.deepsentry.core.ConfigException if a setting is wrong
     */
    public static PipelineSettings load(@Nullable Path file, Sources sources) {
        Map<String, Object> flags = new LinkedHashMap<>(sources.flags());
        Object byKey = flags.remove(OUTPUT_DIR);
        Object byFlag = flags.remove(OUTPUT_DIR_FLAG);
        Object output = byFlag == null ? byKey : byFlag;
        Path dataDir = output == null ? sources.dataDir() : Path.of(output.toString());
        Sources shared = new Sources(flags, sources.environment(), dataDir);
        Supplier<PrepareSettings> prepare = () -> PrepareSettings.from(config(file, PrepareSettings.SCHEMA, shared));
        Supplier<TextTrainSettings> text = () -> TextTrainSettings.from(config(file, TextTrainSettings.SCHEMA, shared));
        Supplier<EncodeSettings> encoding = () -> EncodeSettings.from(config(file, EncodeSettings.SCHEMA, shared));
        Supplier<DetectorTrainSettings> detector =
                () -> DetectorTrainSettings.from(config(file, DetectorTrainSettings.SCHEMA, shared));
        Supplier<EvalSettings> evaluation = () -> EvalSettings.from(config(file, EvalSettings.SCHEMA, shared));
        Supplier<AnalyzeSettings> analysis = () -> analysis(file, shared);
        // Before the first stage has worked for minutes.
        SettingsCheck.together(List.of(prepare, text, encoding, detector, evaluation, analysis));
        return new PipelineSettings(
                config(file, PrepareSettings.SCHEMA, shared).dataDir(),
                prepare.get(),
                text.get(),
                encoding.get(),
                detector.get(),
                evaluation.get(),
                analysis.get());
    }

    /** The labels are those that the data is prepared with. */
    private static AnalyzeSettings analysis(@Nullable Path file, Sources sources) {
        Map<String, Object> flags = new LinkedHashMap<>(sources.flags());
        flags.remove("labels_file");
        flags.remove("--labels");
        return AnalyzeSettings.from(
                config(file, AnalyzeSettings.SCHEMA, new Sources(flags, sources.environment(), sources.dataDir())));
    }

    private static Config config(@Nullable Path file, ConfigSchema schema, Sources sources) {
        return file == null ? Config.defaults(schema, sources) : Config.load(file, schema, sources);
    }

    /**
     * Begins with the defaults of every stage.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the settings of all stages. Not thread-safe. */
    public static final class Builder {
        private final PrepareSettings.Builder prepare = PrepareSettings.builder();
        private final TextTrainSettings.Builder textTraining = TextTrainSettings.builder();
        private final EncodeSettings.Builder encoding = EncodeSettings.builder();
        private final DetectorTrainSettings.Builder detectorTraining = DetectorTrainSettings.builder();
        private final EvalSettings.Builder evaluation = EvalSettings.builder();
        private final AnalyzeSettings.Builder analysis = AnalyzeSettings.builder();
        private Path dataDir;

        private Builder() {
            dataDir = prepare.dataDir();
        }

        /**
         * Sets the data folder of all stages.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder dataDir(Path folder) {
            dataDir = folder;
            prepare.dataDir(folder);
            textTraining.dataDir(folder);
            encoding.dataDir(folder);
            detectorTraining.dataDir(folder);
            evaluation.dataDir(folder);
            analysis.dataDir(folder);
            return this;
        }

        /**
         * Sets the passes over the training data, in both trainings.
         *
         * @param passes at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder epochs(int passes) {
            textTraining.epochs(passes);
            detectorTraining.epochs(passes);
            return this;
        }

        /**
         * Sets the seed of both trainings.
         *
         * @param seed any number
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder seed(long seed) {
            textTraining.seed(seed);
            detectorTraining.seed(seed);
            return this;
        }

        /**
         * Sets where every stage computes.
         *
         * @param device where to compute
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder device(Device device) {
            textTraining.device(device);
            encoding.device(device);
            detectorTraining.device(device);
            evaluation.device(device);
            analysis.device(device);
            return this;
        }

        /**
         * Changes how logs are read and split.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder prepare(Consumer<PrepareSettings.Builder> change) {
            change.accept(prepare);
            return this;
        }

        /**
         * Changes the training of the text encoder.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder textTraining(Consumer<TextTrainSettings.Builder> change) {
            change.accept(textTraining);
            return this;
        }

        /**
         * Changes how messages become vectors.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder encoding(Consumer<EncodeSettings.Builder> change) {
            change.accept(encoding);
            return this;
        }

        /**
         * Changes the training of the detector.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder detectorTraining(Consumer<DetectorTrainSettings.Builder> change) {
            change.accept(detectorTraining);
            return this;
        }

        /**
         * Changes the scoring where there are no labels.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder evaluation(Consumer<EvalSettings.Builder> change) {
            change.accept(evaluation);
            return this;
        }

        /**
         * Changes the scoring where there are labels, which are those that {@link #prepare} names.
         *
         * @param change changes the settings of the stage
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder analysis(Consumer<AnalyzeSettings.Builder> change) {
            change.accept(analysis);
            return this;
        }

        /**
         * {@return the settings}
         *
         * @throws io.deepsentry.core.ConfigException if a value is out of its range or contradicts another; it
         *     names the problems of all stages
         */
        public PipelineSettings build() {
            SettingsCheck.together(List.<Supplier<?>>of(
                    prepare::build,
                    textTraining::build,
                    encoding::build,
                    detectorTraining::build,
                    evaluation::build,
                    analysis::build));
            return new PipelineSettings(
                    dataDir,
                    prepare.build(),
                    textTraining.build(),
                    encoding.build(),
                    detectorTraining.build(),
                    evaluation.build(),
                    analysis.build());
        }
    }
}
