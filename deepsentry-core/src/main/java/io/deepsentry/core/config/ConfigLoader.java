package io.deepsentry.core.config;

import io.deepsentry.core.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the settings of one run from the file, the environment, the flags and the defaults, and collects
 * everything that is wrong with them.
 */
final class ConfigLoader {
    /** The sections that one file of several stages may have. */
    private static final Set<String> COMMANDS = Set.of(
            "parse",
            "prepare",
            "train-text",
            "encode",
            "train-detector",
            "eval",
            "analyze",
            "live",
            "run",
            "demo",
            "benchmark",
            "feedback",
            "quantize",
            "convert",
            "inspect");

    private static final String PARAMETERS = "parameters";

    private final String file;
    private final Sources sources;
    private final List<String> problems = new ArrayList<>();

    /**
     * A loader for one file.
     *
     * @param file the file's name for messages; empty without a file
     */
    ConfigLoader(String file, Sources sources) {
        this.file = file;
        this.sources = sources;
    }

    /** The settings of a schema. */
    Config load(YamlValue.Mapping root, ConfigSchema schema) {
        Map<String, YamlValue.Entry> entries = entriesOf(root, schema);
        DataDir dataDir = dataDir(entries);
        SettingReader reader = new SettingReader(dataDir, problems);
        Map<String, Config.Setting> settings = new LinkedHashMap<>();
        for (ConfigKey key : schema.keys()) {
            settings.put(key.name(), new Config.Setting(key.defaultIn(dataDir), "default", false));
        }
        for (YamlValue.Entry entry : entries.values()) {
            ConfigKey key = schema.key(entry.name());
            if (key != null) {
                settings.put(
                        key.name(),
                        new Config.Setting(reader.read(key, entry.value(), at(entry.line())), at(entry.line()), true));
            }
        }
        for (ConfigKey key : schema.keys()) {
            override(settings, key, environmentOf(key), reader);
            override(settings, key, flagOf(key), reader);
        }
        throwProblems();
        settings.put(ConfigSchema.ROOT_DIR, rootDir(settings, dataDir));
        return new Config(schema, Collections.unmodifiableMap(settings), dataDir, file);
    }

    /** Reports what is wrong in any section of a file; a file without sections is one command's own. */
    void checkSections(YamlValue.Mapping root, List<ConfigSchema> schemas) {
        Set<String> found = new LinkedHashSet<>();
        for (ConfigSchema schema : schemas) {
            if (root.entries().stream().anyMatch(entry -> isSection(entry, schema))) {
                try {
                    new ConfigLoader(file, sources).load(root, schema);
                } catch (ConfigException e) {
                    found.addAll(e.problems());
                }
            }
        }
        problems.addAll(found);
        throwProblems();
    }

    /** The settings of a file that no schema describes. */
    Config load(YamlValue.Mapping root) {
        Map<String, YamlValue.Entry> entries = unique(parameters(root).entries());
        Map<String, Config.Setting> settings = settingsOf(entries);
        for (String key : List.of("batch_size", "gpu", ConfigSchema.VERBOSE)) {
            Given given = environmentOf(ConfigKey.undescribed(key, ConfigType.STRING));
            if (given != null) {
                settings.put(key, new Config.Setting(given.value(), given.where(), true));
            }
        }
        throwProblems();
        return new Config(null, Collections.unmodifiableMap(settings), dataDir(entries), file);
    }

    /** The settings of a group within such a file. */
    Config section(YamlValue.Mapping group) {
        Map<String, YamlValue.Entry> entries = unique(group.entries());
        throwProblems();
        return new Config(null, Collections.unmodifiableMap(settingsOf(entries)), dataDir(Map.of()), file);
    }

    private Map<String, Config.Setting> settingsOf(Map<String, YamlValue.Entry> entries) {
        Map<String, Config.Setting> settings = new LinkedHashMap<>();
        entries.forEach((key, entry) -> settings.put(key, new Config.Setting(entry.value(), at(entry.line()), true)));
        return settings;
    }

    private String at(int line) {
        return file + ":" + line;
    }

    private Map<String, YamlValue.Entry> entriesOf(YamlValue.Mapping root, ConfigSchema schema) {
        boolean sections = root.entries().stream().anyMatch(entry -> isSection(entry, schema));
        Map<String, YamlValue.Entry> entries =
                sections ? sectionOf(root, schema) : unique(parameters(root).entries());
        for (YamlValue.Entry entry : entries.values()) {
            if (schema.key(entry.name()) == null) {
                problems.add(
                        !sections && isCommand(entry.name(), schema)
                                ? noGroup(entry)
                                : Shown.of(entry.name()) + " is not a setting of " + schema.command()
                                        + "; did you mean " + NearestName.of(entry.name(), schema.keyNames()) + "? ("
                                        + at(entry.line()) + ")");
            }
        }
        return entries;
    }

    private static boolean isSection(YamlValue.Entry entry, ConfigSchema schema) {
        boolean group = entry.value() instanceof YamlValue.Mapping
                || (entry.value() instanceof YamlValue.Scalar scalar && scalar.isNull());
        return group && schema.key(entry.name()) == null && isCommand(entry.name(), schema);
    }

    private static boolean isCommand(String name, ConfigSchema schema) {
        String command = name.replace('_', '-');
        return COMMANDS.contains(command) || command.equals(schema.command());
    }

    private String noGroup(YamlValue.Entry entry) {
        return Shown.of(entry.name()) + " is a section and must hold settings as key: value, but was "
                + entry.value().shown() + " (" + at(entry.line()) + ")";
    }

    /** The settings of the command's own section, and the data folder, which all sections share. */
    private Map<String, YamlValue.Entry> sectionOf(YamlValue.Mapping root, ConfigSchema schema) {
        Map<String, YamlValue.Entry> found = new LinkedHashMap<>();
        List<String> commands = new ArrayList<>(COMMANDS);
        Collections.sort(commands);
        for (YamlValue.Entry entry : unique(root.entries()).values()) {
            if (entry.name().equals(ConfigSchema.ROOT_DIR) || entry.name().equals(ConfigSchema.VERBOSE)) {
                found.putIfAbsent(entry.name(), entry);
            } else if (isCommand(entry.name(), schema) && !isSection(entry, schema)) {
                problems.add(noGroup(entry));
            } else if (!isSection(entry, schema)) {
                problems.add(Shown.of(entry.name()) + " is not a section; did you mean "
                        + NearestName.of(entry.name(), commands) + "? (" + at(entry.line()) + ")");
            } else if (entry.name().replace('_', '-').equals(schema.command())
                    && entry.value() instanceof YamlValue.Mapping section) {
                found.putAll(unique(parameters(section).entries()));
            }
        }
        return found;
    }

    /**
     * What stands under {@code parameters:}, with the data folder that may stand beside it, or the group itself if it
     * has no such key.
     */
    private YamlValue.Mapping parameters(YamlValue.Mapping group) {
        YamlValue.Entry parameters = group.entries().stream()
                .filter(entry -> entry.name().equals(PARAMETERS))
                .findFirst()
                .orElse(null);
        if (parameters == null) {
            return group;
        }
        List<YamlValue.Entry> entries = new ArrayList<>();
        for (YamlValue.Entry entry : group.entries()) {
            if (!entry.equals(parameters)) {
                entries.add(entry);
            }
        }
        if (parameters.value() instanceof YamlValue.Mapping mapping) {
            entries.addAll(mapping.entries());
        } else if (!(parameters.value() instanceof YamlValue.Scalar scalar && scalar.isNull())) {
            problems.add(PARAMETERS + " must be a group of settings, but was "
                    + parameters.value().shown() + " (" + at(parameters.line()) + ")");
        }
        return new YamlValue.Mapping(entries, parameters.line());
    }

    private Map<String, YamlValue.Entry> unique(List<YamlValue.Entry> entries) {
        Map<String, YamlValue.Entry> unique = new LinkedHashMap<>();
        for (YamlValue.Entry entry : entries) {
            YamlValue.Entry first = unique.putIfAbsent(entry.name(), entry);
            if (first != null) {
                problems.add(Shown.of(entry.name()) + " must be given once, but is on line " + first.line()
                        + " and again (" + at(entry.line()) + ")");
            }
        }
        return unique;
    }

    private DataDir dataDir(Map<String, YamlValue.Entry> entries) {
        Path given = sources.dataDir();
        if (given != null) {
            return new DataDir(given);
        }
        String variable = sources.environment().getOrDefault("DEEPSENTRY_DATA_DIR", "");
        YamlValue.Entry entry = entries.get(ConfigSchema.ROOT_DIR);
        try {
            if (!variable.isEmpty()) {
                return new DataDir(Path.of(variable));
            }
            if (entry != null
                    && entry.value() instanceof YamlValue.Scalar scalar
                    && !scalar.isNull()
                    && !scalar.text().isBlank()
                    && !scalar.text().contains(DataDir.PLACEHOLDER)) {
                return new DataDir(Path.of(scalar.text()));
            }
        } catch (InvalidPathException e) {
            problems.add("the data folder must be a path, but was " + Shown.of(e.getInput()) + " ("
                    + (variable.isEmpty() && entry != null ? at(entry.line()) : "DEEPSENTRY_DATA_DIR") + ")");
        }
        return new DataDir(DataDir.DEFAULT);
    }

    /** The root folder as it was decided: a flag or variable comes before what the file says. */
    private Config.Setting rootDir(Map<String, Config.Setting> settings, DataDir dataDir) {
        Config.Setting inFile = settings.get(ConfigSchema.ROOT_DIR);
        if (sources.dataDir() != null) {
            return new Config.Setting(dataDir.path(), "--data-dir", true);
        }
        if (!sources.environment().getOrDefault("DEEPSENTRY_DATA_DIR", "").isEmpty()) {
            return new Config.Setting(dataDir.path(), "DEEPSENTRY_DATA_DIR", true);
        }
        return inFile == null ? new Config.Setting(dataDir.path(), "default", false) : inFile;
    }

    private static void override(
            Map<String, Config.Setting> settings, ConfigKey key, @Nullable Given given, SettingReader reader) {
        if (given != null) {
            settings.put(
                    key.name(),
                    new Config.Setting(reader.read(key, given.value(), given.where()), given.where(), true));
        }
    }

    private @Nullable Given environmentOf(ConfigKey key) {
        return switch (key.name()) {
            case "batch_size" -> variable("DEEPSENTRY_BATCH_SIZE");
            case ConfigSchema.VERBOSE -> truth(variable("DEEPSENTRY_VERBOSE"));
            case "gpu" -> noGpu(truth(variable("DEEPSENTRY_GPU")));
            default -> null;
        };
    }

    private @Nullable Given variable(String name) {
        String value = sources.environment().getOrDefault(name, "").trim();
        return value.isEmpty() ? null : new Given(new YamlValue.Scalar(value, false, 0), name);
    }

    /** The variables are 1 or 0, while a file has true or false. */
    private static @Nullable Given truth(@Nullable Given given) {
        if (given == null) {
            return null;
        }
        String text = given.value() instanceof YamlValue.Scalar scalar ? scalar.text() : "";
        return switch (text) {
            case "1" -> new Given(new YamlValue.Scalar("true", false, 0), given.where());
            case "0" -> new Given(new YamlValue.Scalar("false", false, 0), given.where());
            default -> given;
        };
    }

    /** The variable can forbid the GPU; anything else leaves finding one to the engine, and never insists on it. */
    private static @Nullable Given noGpu(@Nullable Given given) {
        return given != null
                        && given.value() instanceof YamlValue.Scalar scalar
                        && scalar.text().equals("true")
                ? null
                : given;
    }

    private @Nullable Given flagOf(ConfigKey key) {
        Object value = sources.flags().get(key.name());
        if (value == null) {
            value = sources.flags().get(key.flag());
        }
        if (value == null) {
            return null;
        }
        if (value instanceof Collection<?> items) {
            List<YamlValue> scalars = new ArrayList<>();
            items.forEach(item -> scalars.add(scalar(key, item)));
            return new Given(new YamlValue.Sequence(scalars, 0), key.flag());
        }
        return new Given(scalar(key, value), key.flag());
    }

    private static YamlValue scalar(ConfigKey key, Object value) {
        boolean text = !key.type().isNumber() && key.type() != ConfigType.BOOLEAN;
        return new YamlValue.Scalar(value.toString(), text && !value.toString().equals(ConfigKey.NONE), 0);
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** A value from outside the file, and where it came from. */
    private record Given(YamlValue value, String where) {}
}
