package io.deepsentry.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting as the command line shows it: from its schema come the option's name, its help and its default. Immutable.
 *
 * @param key the setting's name in a file, such as {@code batch_size}
 * @param flag the option's name, such as {@code --batch-size}
 * @param label the word for its value, such as {@code N} or {@code normal|all}
 * @param type the kind of value it takes
 * @param values the words allowed, for {@link ConfigType#ENUM}; otherwise empty
 * @param allowed what the setting takes, in words: {@code a whole number, at least 1}
 * @param doc what the setting does, in a sentence
 * @param defaultText its default as text, with {@code {ROOT_DATA_DIR}} for the data folder and commas between several
 *     values; or null
 */
public record ConfigOption(
        String key,
        String flag,
        String label,
        ConfigType type,
        List<String> values,
        String allowed,
        String doc,
        @Nullable String defaultText) {
    public ConfigOption {
        values = List.copyOf(values);
    }

    /**
     * Creates an option without the limits of its setting: {@code allowed} comes from the type and the words alone.
     *
     * @deprecated use the constructor that takes {@code allowed}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    public ConfigOption(
            String key,
            String flag,
            String label,
            ConfigType type,
            List<String> values,
            String doc,
            @Nullable String defaultText) {
        this(key, flag, label, type, values, ConfigKey.allowed(type, values), doc, defaultText);
    }

    static ConfigOption of(ConfigKey key) {
        String usual = key.defaultValue();
        return new ConfigOption(
                key.name(),
                key.flag(),
                key.label(),
                key.type(),
                key.values(),
                key.allowed(),
                key.doc(),
                usual == null || usual.isEmpty() ? null : usual.replace("\n", ", "));
    }
}
