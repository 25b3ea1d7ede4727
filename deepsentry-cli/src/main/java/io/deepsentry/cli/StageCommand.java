package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * A command that runs one stage. Its options come from the schemas of the stage's settings, which are the only input of
 * the stage.
 */
abstract class StageCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Spec
    private @Nullable CommandSpec spec;

    /** The schemas whose settings the command's options and its file can give: of one stage, or of several. */
    abstract List<ConfigSchema> schemas();

    /** The settings that are options of the command, by their flags in the schemas. */
    abstract List<OptionGroup> options();

    /** Runs the stage and writes its result. */
    abstract void run(Program parent);

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        Path file = parent.config();
        if (file != null) {
            Config.checkSections(file, ConfigFiles.SCHEMAS);
        }
        return runToCode(parent);
    }

    /** Runs the stage where it decides its exit code itself. */
    int runToCode(Program parent) {
        run(parent);
        return ExitCode.OK;
    }

    /** The settings of the command's only stage. */
    final Config config(Program parent) {
        ConfigSchema schema = schemas().get(0);
        return parent.config() == null
                ? Config.defaults(schema, sources(parent))
                : Config.load(parent.config(), schema, sources(parent));
    }

    /** What overrides the configuration file. */
    final Sources sources(Program parent) {
        return new Sources(flags(), parent.environment(), parent.dataDir());
    }

    /**
     * Checks that there is a log to read: named, in a configuration file, or where one is looked for by default.
     *
     * @throws ConfigException if nothing names one
     */
    final void requireInput(Program parent) {
        requireLog(parent, Config.defaults(PrepareSettings.SCHEMA, sources(parent)), "raw_log_file", "--input", "read");
    }

    /**
     * Checks that an option names a log, or a configuration file may, or that the one taken by default exists.
     *
     * @throws ConfigException if nothing names one
     */
    final void requireLog(Program parent, Config config, String key, String option, String what) {
        if (parent.config() == null && !config.isSet(key)) {
            Path usual = config.getPaths(key).get(0);
            if (!Files.exists(usual)) {
                throw new ConfigException(Objects.requireNonNull(spec, "spec").name() + " needs a log to " + what
                        + ": name it with " + option + " FILE (" + usual + ", the default, does not exist)");
            }
        }
    }

    /** The options that were given, by their names. */
    private Map<String, Object> flags() {
        Map<String, Object> flags = new LinkedHashMap<>();
        CommandSpec own = Objects.requireNonNull(spec, "spec");
        for (OptionSpec option : own.commandLine().getParseResult().matchedOptions()) {
            Object value = option.getValue();
            if (!option.inherited() && value != null) {
                flags.put(option.longestName(), value);
            }
        }
        return flags;
    }
}
