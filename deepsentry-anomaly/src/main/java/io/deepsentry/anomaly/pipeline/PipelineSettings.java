package io.deepsentry.anomaly.pipeline;

import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.encode.EncodeSettings;
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

/**
 * What {@link Pipeline} is told: the settings of each stage, all of one data folder.
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
     * The settings of all stages from one file with a section for each, and from what overrides it. A flag goes to every stage that knows it: {@code epochs},
     * {@code seed} and {@code gpu} to both trainings. {@code --output-dir} is the data folder.
     *
     * @param file the file; null: defaults
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
        requireNoProblem(List.of(prepare, text, encoding, detector, evaluation, analysis));
        return new PipelineSettings(
                config(file, PrepareSettings.SCHEMA, shared).dataDir(),
                prepare.get(),
                text.get(),
                encoding.get(),
                detector.get(),
                evaluation.get(),
                analysis.get());
    }

    /** The problems of all stages come in one go, and before the first stage has worked for minutes. */
    private static void requireNoProblem(List<Supplier<?>> stages) {
        Set<String> problems = new LinkedHashSet<>();
        for (Supplier<?> stage : stages) {
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
}
