package io.deepsentry.anomaly.pipeline;

import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.train.TextTrainingResult;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of {@link Pipeline}. Immutable.
 *
 * @param dataDir the folder that holds everything
 * @param prepare the data
 * @param textTraining the text autoencoder
 * @param encoding the vectors
 * @param detectorTraining the detector
 * @param eval scores and verdicts
 * @param analysis the figures; null if there are no labels to compare with
 * @param analysisMissing why there are no figures; null if there are
 * @param seconds the duration of each stage by the name of its command, in order
 */
public record PipelineSummary(
        Path dataDir,
        PrepareResult prepare,
        TextTrainingResult textTraining,
        DatasetEncoding.Result encoding,
        DetectorTrainingResult detectorTraining,
        EvalResult eval,
        @Nullable AnalysisResult analysis,
        @Nullable String analysisMissing,
        Map<String, Double> seconds) {
    /** The file of the summary, in the data folder. */
    public static final String FILE = "summary.json";

    public PipelineSummary {
        seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }

    /** {@return the figures under their names in {@code summary.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("data", data());
        map.put("text_autoencoder", text());
        map.put("detector", detector());
        map.put("evaluation", evaluation());
        if (analysis != null) {
            map.put("metrics", analysis.toMap());
        }
        if (analysisMissing != null) {
            map.put("metrics_missing", analysisMissing);
        }
        map.put("seconds", seconds);
        map.put("paths", paths());
        return map;
    }

    private Map<String, Object> data() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("format", prepare.format());
        if (prepare.sessionKey() != null) {
            map.put("session_key", prepare.sessionKey());
        }
        map.put("lines", prepare.read().lines());
        map.put("events", prepare.read().events());
        map.put("malformed", prepare.read().malformed());
        map.put("attached", prepare.read().attached());
        map.put("unread", prepare.read().unread());
        map.put("dropped", prepare.read().dropped());
        map.put("blank", prepare.read().blank());
        map.put("ignored_bytes", prepare.read().ignoredBytes());
        map.put("without_key", prepare.read().withoutKey());
        map.put("rows", bySplit(prepare.rows()));
        map.put("sessions", bySplit(prepare.sessions()));
        map.put("labelled_sessions", prepare.labelledSessions());
        map.put("anomalies_left_out", prepare.anomaliesLeftOut());
        map.put("vocabulary_size", prepare.vocabularySize());
        map.put("distinct_messages", prepare.distinctMessages());
        return map;
    }

    private static Map<String, Object> bySplit(Map<Split, Long> counts) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            map.put(split.key(), counts.getOrDefault(split, 0L));
        }
        return map;
    }

    private Map<String, Object> text() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("training_messages", textTraining.trainingMessages());
        map.put("token_reconstruction_accuracy", textTraining.tokenReconstructionAccuracy());
        map.put("epochs", textTraining.epochs().size());
        map.put("best_epoch", textTraining.bestEpoch());
        return map;
    }

    private Map<String, Object> detector() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("training_" + eval.unit() + "s", detectorTraining.trainingUnits());
        map.put("suspects_left_out", detectorTraining.suspects());
        map.put("suspect_reasons", detectorTraining.suspectReasons());
        map.put("training_steps", detectorTraining.trainingSteps());
        map.put("distinct_messages", detectorTraining.distinctMessages());
        map.put("distinct_windows", detectorTraining.distinctWindows());
        map.put("recommended", detectorTraining.threshold().toMap());
        return map;
    }

    private Map<String, Object> evaluation() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("unit", eval.unit());
        map.put("cases", eval.cases());
        map.put("flagged", eval.flagged());
        map.put("acknowledged", eval.acknowledged());
        if (eval.keyless().lines() > 0) {
            map.put("lines_without_key", eval.keyless().toMap());
        }
        if (eval.wholeLog().lines() > 0) {
            map.put("whole_log", eval.wholeLog().toMap());
        }
        map.put("threshold", eval.threshold().value());
        map.put("threshold_method", eval.threshold().method());
        return map;
    }

    private Map<String, Object> paths() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("prepared_data", prepare.directory().toString());
        map.put("text_autoencoder_model", textTraining.directory().toString());
        map.put("encoded_dataset", encoding.directory().toString());
        map.put("eval_results", eval.outputDir().toString());
        return map;
    }
}
