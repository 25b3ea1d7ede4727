package io.deepsentry.core.config;

import io.deepsentry.core.ConfigException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one run: each value, and where it came from. A flag comes before an environment variable, this before
 * the file, and the file before the default.
 *
 * <pre>{@code
 * Config config = Config.load(Path.of("train.yml"), Path.of("deepsentry-data"));
 * int epochs = config.get("epochs", 10);
 * }</pre>
 *
 * <p>With a {@link ConfigSchema}, every value was checked when it was loaded. Without one, any key may stand in the
 * file and a value is checked when it is asked for. Immutable and safe for use by several threads.
 */
public final class Config {
    private final @Nullable ConfigSchema schema;
    private final Map<String, Setting> settings;
    private final DataDir dataDir;
    private final String file;

    Config(@Nullable ConfigSchema schema, Map<String, Setting> settings, DataDir dataDir, String file) {
        this.schema = schema;
        this.settings = settings;
        this.dataDir = dataDir;
        this.file = file;
    }

    /**
     * Reads the settings of a stage from a file and from what overrides it. The file has them under {@code
     * parameters:}, flat, or in a section named after the command beside those of other commands.
     *
     * @param file the file; null for none
     * @param schema the settings there are
     * @param sources what overrides the file
     * @return the settings
     * @throws ConfigException if the file is not YAML or a setting is unknown, given twice, of another type or out
     *     of range; it names all of them
     */
    public static Config load(Path file, ConfigSchema schema, Sources sources) {
        return new ConfigLoader(file.toString(), sources).load(YamlFile.read(file), schema);
    }

    /**
     * Checks all sections of a file that serves several stages, whichever of them is about to run. A file without
     * sections is that of one stage, and is checked when this one loads it.
     *
     * @param file the file
     * @param schemas the settings of all stages
     * @throws ConfigException if the file is not YAML or a setting of any section is unknown, given twice, of another
     *     type or out of range; it names all of them
     */
    public static void checkSections(Path file, List<ConfigSchema> schemas) {
        new ConfigLoader(file.toString(), Sources.none()).checkSections(YamlFile.read(file), schemas);
    }

    /**
     * Reads a file of any keys. {@code DEEPSENTRY_BATCH_SIZE}, {@code DEEPSENTRY_GPU} and {@code DEEPSENTRY_VERBOSE} of
     * the environment override the file's.
     *
     * @param file the file; null for none
     * @param rootDataDir what {@code {ROOT_DATA_DIR}} stands for
     * @return the settings
     * @throws ConfigException if the file is not YAML or gives a key twice
     */
    public static Config load(Path file, Path rootDataDir) {
        return new ConfigLoader(file.toString(), Sources.ofProcess(rootDataDir)).load(YamlFile.read(file));
    }

    /**
     * {@return the settings of a stage that has no file}
     *
     * @param schema the settings there are
     * @param sources what overrides the file
     * @throws ConfigException if a flag or an environment variable is wrong
     */
    public static Config defaults(ConfigSchema schema, Sources sources) {
        return new ConfigLoader("", sources).load(new YamlValue.Mapping(List.of(), 1), schema);
    }

    /**
     * The settings of a program's own code: values that have the types of their keys, and defaults for the other keys.
     */
    static Config of(ConfigSchema schema, Map<String, @Nullable Object> values, Path folder) {
        DataDir dataDir = new DataDir(folder);
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (ConfigKey key : schema.keys()) {
            String name = key.name();
            settings.put(
                    name,
                    values.containsKey(name)
                            ? new Setting(values.get(name), "", true)
                            : new Setting(key.defaultIn(dataDir), "default", false));
        }
        return new Config(schema, Collections.unmodifiableMap(settings), dataDir, "");
    }

    /** {@return the folder that {@code {ROOT_DATA_DIR}} stands for} */
    public Path dataDir() {
        return dataDir.path();
    }

    /**
     * {@return whether the key has a value other than none}
     *
     * @param key the key
     */
    public boolean has(String key) {
        return find(key) != null;
    }

    /**
     * {@return whether somebody gave the key's value, rather than leaving it at its default}
     *
     * @param key the key
     */
    public boolean isSet(String key) {
        Setting setting = settings.get(key);
        return setting != null && setting.given();
    }

    /**
     * {@return whether the key has its default, be it left at that or given} Needs a schema.
     *
     * @param key the key
     */
    public boolean isDefault(String key) {
        ConfigKey declared = schema == null ? null : schema.key(key);
        if (declared == null) {
            throw new IllegalArgumentException("there is no schema with a default of " + key);
        }
        return Objects.equals(find(key), declared.defaultIn(dataDir));
    }

    /**
     * {@return where the value of a key came from: {@code --epochs}, {@code DEEPSENTRY_BATCH_SIZE}, {@code
     * train.yml:14} or {@code default}; empty if the program's own code gave it}
     *
     * @param key the key
     */
    public String where(String key) {
        Setting setting = settings.get(key);
        return setting == null ? "default" : setting.where();
    }

    /**
     * {@return a failure to throw about a value that breaks a rule which only the stage knows}
     *
     * @param key the key
     * @param rule such as {@code must be at most sequence_length}
     */
    public ConfigException problem(String key, String rule) {
        Object value = find(key);
        String where = where(key);
        return new ConfigException(key + " " + rule + ", but was "
                + (value == null ? ConfigKey.NONE : Shown.of(show(value)))
                + (where.isEmpty() ? "" : " (" + where + ")"));
    }

    private static String show(Object value) {
        return value instanceof YamlValue yaml ? yaml.shown() : value.toString();
    }

    /**
     * {@return the key's value, or {@code fallback} if it has none} The fallback says which type is wanted: an integer,
     * long, double, boolean, text, path or list of texts.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param fallback the value if there is none
     * @throws ConfigException if the value is of another type
     * @throws IllegalArgumentException if the schema does not have the key
     */
    @SuppressWarnings("unchecked") // the value was read as the type of the fallback
    public <T> T get(String key, T fallback) {
        ConfigType type;
        if (fallback instanceof Integer) {
            type = ConfigType.INT;
        } else if (fallback instanceof Long) {
            type = ConfigType.LONG;
        } else if (fallback instanceof Double) {
            type = ConfigType.DOUBLE;
        } else if (fallback instanceof Boolean) {
            type = ConfigType.BOOLEAN;
        } else if (fallback instanceof Path) {
            type = ConfigType.PATH;
        } else if (fallback instanceof List) {
            type = ConfigType.STRING_LIST;
        } else if (fallback instanceof String) {
            type = ConfigType.STRING;
        } else {
            throw new IllegalArgumentException("a setting cannot be read as " + fallback.getClass());
        }
        Object value = read(key, type);
        return value == null ? fallback : (T) value;
    }

    /**
     * {@return the value as a whole number}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public int getInt(String key) {
        return (Integer) require(key, ConfigType.INT);
    }

    /**
     * {@return the value as a whole number of 64 bits}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public long getLong(String key) {
        return (Long) require(key, ConfigType.LONG);
    }

    /**
     * {@return the value as a number}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public double getDouble(String key) {
        return (Double) require(key, ConfigType.DOUBLE);
    }

    /**
     * {@return the value as a truth value}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public boolean getBoolean(String key) {
        return (Boolean) require(key, ConfigType.BOOLEAN);
    }

    /**
     * {@return the value as a text, placeholders replaced}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public String getString(String key) {
        return (String) require(key, ConfigType.STRING);
    }

    /**
     * {@return the value as a path, placeholders replaced} A relative one is relative to the working directory.
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    public Path getPath(String key) {
        return (Path) require(key, ConfigType.PATH);
    }

    /**
     * {@return the value as a list of texts, placeholders replaced}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    @SuppressWarnings("unchecked") // lists of texts hold only texts
    public List<String> getStrings(String key) {
        return (List<String>) require(key, ConfigType.STRING_LIST);
    }

    /**
     * {@return the value as a list of paths, placeholders replaced}
     *
     * @param key the key
     * @throws ConfigException if it has none, or another type
     */
    @SuppressWarnings("unchecked") // lists of paths hold only paths
    public List<Path> getPaths(String key) {
        return (List<Path>) require(key, ConfigType.PATH_LIST);
    }

    /**
     * {@return the value as a time zone}
     *
     * @param key the key
     * @throws ConfigException if it is none
     */
    public ZoneId getZone(String key) {
        try {
            return ZoneId.of(getString(key));
        } catch (DateTimeException e) {
            ConfigException problem = problem(key, "must be a time zone such as UTC, Europe/Berlin or +02:00");
            problem.initCause(e);
            throw problem;
        }
    }

    /**
     * {@return the value as the constant of an enum that has its name, {@code on_malformed: skip} being {@code SKIP}}
     *
     * @param <E> the enumeration
     * @param key the key
     * @param type the class of the enumeration
     */
    public <E extends Enum<E>> E getEnum(String key, Class<E> type) {
        return Enum.valueOf(type, getString(key).replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /**
     * {@return the text, if the key has a value}
     *
     * @param key the key
     */
    public Optional<String> findString(String key) {
        return Optional.ofNullable((String) read(key, ConfigType.STRING));
    }

    /**
     * {@return the path, if the key has a value}
     *
     * @param key the key
     */
    public Optional<Path> findPath(String key) {
        return Optional.ofNullable((Path) read(key, ConfigType.PATH));
    }

    /**
     * {@return the whole number, if the key has a value}
     *
     * @param key the key
     */
    public Optional<Integer> findInt(String key) {
        return Optional.ofNullable((Integer) read(key, ConfigType.INT));
    }

    /**
     * {@return the whole number of 64 bits, if the key has a value}
     *
     * @param key the key
     */
    public Optional<Long> findLong(String key) {
        return Optional.ofNullable((Long) read(key, ConfigType.LONG));
    }

    /**
     * {@return the number, if the key has a value}
     *
     * @param key the key
     */
    public Optional<Double> findDouble(String key) {
        return Optional.ofNullable((Double) read(key, ConfigType.DOUBLE));
    }

    /**
     * {@return the truth value, if the key has a value}
     *
     * @param key the key
     */
    public Optional<Boolean> findBoolean(String key) {
        return Optional.ofNullable((Boolean) read(key, ConfigType.BOOLEAN));
    }

    /**
     * {@return the group of settings under a key of a file without a schema; an empty one if the file has none}
     *
     * @param name the name of the section
     */
    public Config getSection(String name) {
        Setting setting = settings.get(name);
        if (setting == null) {
            return new Config(null, Map.of(), dataDir, file);
        }
        if (setting.value() instanceof YamlValue.Mapping mapping) {
            return new ConfigLoader(file, new Sources(Map.of(), Map.of(), dataDir.path())).section(mapping);
        }
        throw problem(name, "must be a group of settings");
    }

    /**
     * {@return every setting with its value ({@code null} for none), in the schema's order: what a model's metadata
     * keeps} Paths are texts.
     */
    public Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        settings.forEach((key, setting) -> values.put(key, plain(setting.value())));
        return Collections.unmodifiableMap(values);
    }

    private @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Path path) {
            return path.toString();
        }
        if (value instanceof List<?> items) {
            return items.stream()
                    .map(item -> Objects.requireNonNull(plain(item)))
                    .toList();
        }
        if (value instanceof YamlValue.Scalar scalar) {
            return scalar.isNull() ? null : dataDir.resolve(scalar.text());
        }
        if (value instanceof YamlValue.Sequence sequence) {
            List<@Nullable Object> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(plain(item)));
            return Collections.unmodifiableList(items);
        }
        if (value instanceof YamlValue.Mapping mapping) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            mapping.entries().forEach(entry -> entries.put(entry.name(), plain(entry.value())));
            return Collections.unmodifiableMap(entries);
        }
        return value;
    }

    private Object require(String key, ConfigType type) {
        Object value = read(key, type);
        if (value == null) {
            ConfigKey known = schema == null ? null : schema.key(key);
            String flag = known == null ? "" : " or give " + known.flag();
            throw new ConfigException(key + " is required, but has no value" + (file.isEmpty() ? "" : " in " + file)
                    + "; set it in the configuration" + flag);
        }
        return value;
    }

    private @Nullable Object find(String key) {
        Setting setting = settings.get(key);
        if (setting == null && schema != null) {
            throw new IllegalArgumentException("the schema " + schema.name() + " has no setting " + key
                    + "; the nearest is " + NearestName.of(key, schema.keyNames()));
        }
        Object value = setting == null ? null : setting.value();
        return value instanceof YamlValue.Scalar scalar && scalar.isNull() ? null : value;
    }

    private @Nullable Object read(String key, ConfigType type) {
        Object value = find(key);
        if (value instanceof YamlValue yaml) {
            List<String> problems = new ArrayList<>();
            Object typed =
                    new SettingReader(dataDir, problems).read(ConfigKey.undescribed(key, type), yaml, where(key));
            if (!problems.isEmpty()) {
                throw new ConfigException(problems.get(0));
            }
            return typed;
        }
        return value == null ? null : cast(key, type, value);
    }

    private Object cast(String key, ConfigType type, Object value) {
        if (type == ConfigType.LONG && value instanceof Integer number) {
            return number.longValue();
        }
        if (type == ConfigType.DOUBLE && (value instanceof Integer || value instanceof Long)) {
            return ((Number) value).doubleValue();
        }
        if (type == ConfigType.STRING && value instanceof Path path) {
            return path.toString();
        }
        boolean fits =
                switch (type) {
                    case STRING, ENUM -> value instanceof String;
                    case PATH -> value instanceof Path;
                    case INT -> value instanceof Integer;
                    case LONG -> value instanceof Long;
                    case DOUBLE -> value instanceof Double;
                    case BOOLEAN -> value instanceof Boolean;
                    case STRING_LIST, PATH_LIST -> value instanceof List;
                };
        if (!fits) {
            throw new IllegalArgumentException("the setting " + key + " is declared otherwise than as " + type);
        }
        return value;
    }

    @Override
    public String toString() {
        return "Config" + values();
    }

    /**
     * One setting.
     *
     * @param value its value, {@code null} for none; a {@link YamlValue} if no schema says its type
     * @param where where it came from
     * @param given whether somebody gave it
     */
    record Setting(@Nullable Object value, String where, boolean given) {}
}
