package io.deepsentry.anomaly;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.EncodeSettings;
import io.deepsentry.text.PrepareSettings;
import io.deepsentry.text.TextTrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
        Config prepare = config(file, PrepareSettings.SCHEMA, shared);
        return new PipelineSettings(
                prepare.dataDir(),
                PrepareSettings.from(prepare),
                TextTrainSettings.from(config(file, TextTrainSettings.SCHEMA, shared)),
                EncodeSettings.from(config(file, EncodeSettings.SCHEMA, shared)),
                DetectorTrainSettings.from(config(file, DetectorTrainSettings.SCHEMA, shared)),
                EvalSettings.from(config(file, EvalSettings.SCHEMA, shared)),
                analysis(file, shared));
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
