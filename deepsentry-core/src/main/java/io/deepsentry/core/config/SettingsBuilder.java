package io.deepsentry.core.config;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The base of the builders of settings. A setter gives a key of a {@link ConfigSchema} its value; every other key has
 * the schema's default. So one schema serves files, the command line and code alike. Not thread-safe.
 *
 * <pre>{@code
 * DetectorTrainSettings settings =
 *         DetectorTrainSettings.builder().dataDir(folder).epochs(20).sequenceLength(12).build();
 * }</pre>
 *
 * @param <S> the settings
 * @param <B> the builder itself, which its setters return
 */
public abstract class SettingsBuilder<S, B extends SettingsBuilder<S, B>> {
    private final ConfigSchema schema;
    private final Map<String, @Nullable Object> given = new LinkedHashMap<>();
    private Path dataDir = DataDir.DEFAULT;

    /**
     * Begins with the defaults of a schema.
     *
     * @param schema the settings there are
     */
    protected SettingsBuilder(ConfigSchema schema) {
        this.schema = schema;
    }

    /**
     * Sets the data folder, {@code deepsentry-data} by default. Each file and folder that has no setter call of its own
     * lies there under its usual name.
     *
     * @param folder the data folder
     * @return this builder
     */
    @CanIgnoreReturnValue
    public B dataDir(Path folder) {
        dataDir = folder;
        return self();
    }

    /** {@return the data folder set so far} */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * Gives a key its value.
     *
     * @param key a key of the schema
     * @param value of the key's type; a constant of an enum stands for its name in lower case. Null is no value,
     *     for a key that may have none
     * @return this builder
     */
    @CanIgnoreReturnValue
    protected final B set(String key, @Nullable Object value) {
        if (schema.key(key) == null) {
            throw new IllegalArgumentException("the schema " + schema.name() + " has no setting " + key);
        }
        given.put(key, value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value);
        return self();
    }

    @SuppressWarnings("unchecked") // B is the class of this builder
    private B self() {
        return (B) this;
    }

    /**
     * Makes the settings of a configuration, and checks them.
     *
     * @param config has every key of the schema
     * @return the settings
     */
    protected abstract S from(Config config);

    /**
     * {@return the settings}
     *
     * @throws ConfigException if a value is out of its range or contradicts another; it names every problem
     */
    public final S build() {
        return from(Config.of(schema, given, dataDir));
    }
}
