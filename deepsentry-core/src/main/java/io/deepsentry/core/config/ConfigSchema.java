package io.deepsentry.core.config;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a stage has: names, types, ranges, defaults and what they do. From it come the check of a file, the
 * commented file that {@code deepsentry init} writes, and the names of flags in messages.
 *
 * <p>Every schema has {@code root_dir} and {@code verbose}, whether it declares them or not. Immutable and safe for use
 * by several threads.
 */
public final class ConfigSchema {
    /** The key of the folder that {@code {ROOT_DATA_DIR}} stands for. */
    static final String ROOT_DIR = "root_dir";

    static final String VERBOSE = "verbose";

    private final String name;
    private final String command;
    private final String about;
    private final Map<String, ConfigKey> keys;
    private final Set<String> implicit;

    private ConfigSchema(String name, String command, String about, Map<String, ConfigKey> keys, Set<String> implicit) {
        this.name = name;
        this.command = command;
        this.about = about;
        this.keys = keys;
        this.implicit = implicit;
    }

    /**
     * Creates a builder of a schema.
     *
     * @param name the name of its file, without {@code .yml}
     * @return a builder
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** {@return the name of its file, without {@code .yml}} */
    public String name() {
        return name;
    }

    /**
     * {@return the command whose settings these are, which is also the name of their section in a file of several
     * stages}
     */
    public String command() {
        return command;
    }

    /** {@return the names of all settings, in the order they were declared} */
    public List<String> keyNames() {
        return List.copyOf(keys.keySet());
    }

    /**
     * Returns what the command line has to know of a setting, found by its flag such as {@code --batch-size}.
     *
     * @param flag the flag, such as {@code --epochs}
     * @return the option, or null if no setting has that flag
     */
    public @Nullable ConfigOption option(String flag) {
        for (ConfigKey key : keys.values()) {
            if (key.flag().equals(flag)) {
                return ConfigOption.of(key);
            }
        }
        return null;
    }

    /** Returns the settings that the commented file has, in the order they were declared. */
    public List<ConfigOption> options() {
        return keys.values().stream()
                .filter(key -> !implicit.contains(key.name()))
                .map(ConfigOption::of)
                .toList();
    }

    @Nullable
    ConfigKey key(String key) {
        return keys.get(key);
    }

    Collection<ConfigKey> keys() {
        return keys.values();
    }

    /** {@return the commented YAML file of these settings, each at its default} Loaded, it gives the defaults. */
    public String toYaml() {
        return YamlText.of(
                this,
                keys.values().stream()
                        .filter(key -> !implicit.contains(key.name()))
                        .toList());
    }

    /** What the settings are for, in a sentence. */
    public String about() {
        return about;
    }

    @Override
    public String toString() {
        return "ConfigSchema[" + name + "]";
    }

    /** Collects the settings of a schema; what describes a setting applies to the one declared last. */
    public static final class Builder {
        private final String name;
        private final Map<String, ConfigKey> keys = new LinkedHashMap<>();
        private String command;
        private String about = "";
        private @Nullable ConfigKey current;

        private Builder(String name) {
            this.name = name;
            this.command = name;
        }

        /**
         * Sets the command that the settings belong to. Without it, that is the schema's name.
         *
         * @param name the name of the command
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder command(String name) {
            command = name;
            return this;
        }

        /**
         * Sets what the settings are for, a sentence at the head of the commented file.
         *
         * @param sentence the sentence
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder about(String sentence) {
            about = sentence;
            return this;
        }

        /**
         * Declares a setting.
         *
         * @param key its name in snake case
         * @param type the type of its value
         * @param defaultValue its value without being set: a text, number, truth value, path, collection, or a
         *     constant of an enum, whose constants are then the words allowed; {@code null} if it has none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder key(String key, ConfigType type, @Nullable Object defaultValue) {
            finish();
            if (keys.containsKey(key)) {
                throw new IllegalArgumentException("the setting " + key + " is declared twice in " + name);
            }
            current = ConfigKey.named(key, type, textOf(defaultValue));
            if (defaultValue instanceof Enum<?> constant) {
                current = current.withValues(
                        Arrays.stream(constant.getDeclaringClass().getEnumConstants())
                                .map(Builder::wordOf)
                                .toList());
            }
            return this;
        }

        /**
         * Declares a setting that another schema has too: with its type, range, default, flag and description. What
         * follows changes it for this schema only.
         *
         * @param other the schema that declares it
         * @param key the key
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder keyOf(ConfigSchema other, String key) {
            ConfigKey declared = other.keys.get(key);
            if (declared == null) {
                throw new IllegalArgumentException("the schema " + other.name + " has no setting " + key);
            }
            Builder unused = key(key, declared.type(), null);
            current = declared;
            return this;
        }

        private static @Nullable String textOf(@Nullable Object value) {
            if (value instanceof Collection<?> items) {
                return items.stream().map(String::valueOf).collect(Collectors.joining("\n"));
            }
            if (value instanceof Enum<?> constant) {
                return wordOf(constant);
            }
            return value instanceof Path path
                    ? path.toString().replace('\\', '/')
                    : value == null ? null : value.toString();
        }

        private static String wordOf(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }

        /**
         * The numbers allowed, both ends included.
         *
         * @param least the least value
         * @param greatest the greatest value
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder range(Number least, Number greatest) {
            return bounds(new Bound(least.doubleValue(), true), new Bound(greatest.doubleValue(), true));
        }

        /**
         * The least number allowed.
         *
         * @param least the least value
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder atLeast(Number least) {
            return bounds(new Bound(least.doubleValue(), true), null);
        }

        /**
         * The number that the value must be above.
         *
         * @param bound what the value must exceed
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder above(Number bound) {
            return bounds(new Bound(bound.doubleValue(), false), null);
        }

        /**
         * The numbers that the value must lie between, neither included.
         *
         * @param lower what the value must exceed
         * @param upper what the value must stay below
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder between(Number lower, Number upper) {
            return bounds(new Bound(lower.doubleValue(), false), new Bound(upper.doubleValue(), false));
        }

        /**
         * The least number allowed, and the number that the value must be below.
         *
         * @param least the least value
         * @param below what the value must stay below
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder from(Number least, Number below) {
            return bounds(new Bound(least.doubleValue(), true), new Bound(below.doubleValue(), false));
        }

        private Builder bounds(@Nullable Bound lower, @Nullable Bound upper) {
            ConfigKey key = last();
            if (!key.type().isNumber()) {
                throw new IllegalArgumentException("the setting " + key.name() + " has a range, but is no number");
            }
            current = key.withBounds(lower, upper);
            return this;
        }

        /**
         * The words allowed for an {@link ConfigType#ENUM}.
         *
         * @param words the words that are allowed
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder values(String... words) {
            current = last().withValues(Arrays.asList(words));
            return this;
        }

        /**
         * The flag's name, such as {@code --input}, where it is not the key's with dashes.
         *
         * @param flag the flag, such as {@code --epochs}
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder flag(String flag) {
            current = last().withFlag(flag);
            return this;
        }

        /**
         * Sets the word for the value in the help of the command line, where it is not the type's.
         *
         * @param word the word
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder label(String word) {
            current = last().withLabel(word);
            return this;
        }

        /**
         * Sets the description: what the setting does, in a sentence.
         *
         * @param sentence the sentence
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder doc(String sentence) {
            current = last().withDoc(sentence);
            return this;
        }

        /**
         * {@return the schema}
         *
         * @throws IllegalArgumentException if a default breaks its own rules
         */
        public ConfigSchema build() {
            finish();
            Map<String, ConfigKey> all = new LinkedHashMap<>(keys);
            all.putIfAbsent(
                    ROOT_DIR,
                    ConfigKey.named(ROOT_DIR, ConfigType.PATH, DataDir.PLACEHOLDER)
                            .withFlag("--data-dir")
                            .withDoc("The folder that {ROOT_DATA_DIR} stands for."));
            all.putIfAbsent(
                    VERBOSE,
                    ConfigKey.named(VERBOSE, ConfigType.BOOLEAN, "false").withDoc("Whether to log details."));
            Set<String> implicit =
                    all.keySet().stream().filter(key -> !keys.containsKey(key)).collect(Collectors.toUnmodifiableSet());
            all.values().forEach(Builder::requireValidDefault);
            return new ConfigSchema(name, command, about, all, implicit);
        }

        private static void requireValidDefault(ConfigKey key) {
            if (key.type() == ConfigType.ENUM && key.values().isEmpty()) {
                throw new IllegalArgumentException("the setting " + key.name() + " has no values to choose from");
            }
            Object unused = key.defaultIn(new DataDir(DataDir.DEFAULT));
        }

        private ConfigKey last() {
            if (current == null) {
                throw new IllegalStateException("declare a key before describing it");
            }
            return current;
        }

        private void finish() {
            if (current != null) {
                keys.put(current.name(), current);
                current = null;
            }
        }
    }
}
