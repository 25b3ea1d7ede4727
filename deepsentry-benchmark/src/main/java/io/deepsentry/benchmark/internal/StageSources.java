package io.deepsentry.benchmark.internal;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the stages that a benchmark runs have their settings from: the sections of a file, and what benchmark's own
 * settings say of the log.
 *
 * @param own benchmark's own settings
 * @param file the file if it has a section for a stage, or null
 * @param sources what overrides it
 */
public record StageSources(Config own, @Nullable Path file, Sources sources) {
    /** Settings of prepare that a file of benchmark's own may give, too. */
    private static final List<String> SHARED = List.of(
            "raw_log_file",
            "raw_log_labels",
            "log_format",
            "time_format",
            "session_key",
            "custom_parser",
            "parser_path");

    /** Flags that reach the stages through benchmark's own settings only. */
    private static final List<String> OWN_FLAGS = List.of(
            "--input",
            "--labels",
            "--format",
            "--time-format",
            "--session-key",
            "--custom-parser",
            "--parser-path",
            "--train-on",
            "--output-dir");

    /**
     * Reads benchmark's own settings, and finds out who else has some.
     *
     * @param schema benchmark's own
     * @param stages those that may have a section of the file
     * @param file the file; null: defaults
     */
    public static StageSources of(
            ConfigSchema schema, List<ConfigSchema> stages, @Nullable Path file, Sources sources) {
        Config own = file == null ? Config.defaults(schema, sources) : Config.load(file, schema, sources);
        return new StageSources(own, file != null && hasSections(schema, stages, file, sources) ? file : null, sources);
    }

    private static boolean hasSections(ConfigSchema own, List<ConfigSchema> stages, Path file, Sources sources) {
        Config plain = Config.load(file, sources.dataDir() == null ? Path.of("") : sources.dataDir());
        List<ConfigSchema> all = new ArrayList<>(stages);
        all.add(own);
        return all.stream()
                .map(ConfigSchema::command)
                .anyMatch(command -> plain.has(command) || plain.has(command.replace('-', '_')));
    }

    /** What benchmark's own settings say of the log, by the keys of {@link PrepareSettings#SCHEMA}. */
    public Map<String, Object> log() {
        Map<String, Object> log = new LinkedHashMap<>();
        for (String key : SHARED) {
            Object value = own.isSet(key) ? own.values().get(key) : null;
            if (value != null) {
                log.put(key, value);
            }
        }
        return log;
    }

    /** The sources of a stage. The overrides come before what anybody gave. */
    public Sources with(Map<String, ?> overrides) {
        Map<String, Object> flags = new LinkedHashMap<>(sources.flags());
        flags.keySet().removeAll(OWN_FLAGS);
        flags.putAll(overrides);
        return new Sources(flags, sources.environment(), sources.dataDir());
    }

    /** The settings of a stage. */
    public Config config(ConfigSchema schema, Map<String, ?> overrides) {
        Sources all = with(overrides);
        return file == null ? Config.defaults(schema, all) : Config.load(file, schema, all);
    }
}
