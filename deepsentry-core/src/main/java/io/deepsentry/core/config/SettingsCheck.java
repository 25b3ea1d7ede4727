package io.deepsentry.core.config;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The check that settings make of themselves, however they were made: the ranges of their schema, and rules between
 * several of them. It collects every problem. Not thread-safe.
 *
 * <pre>{@code
 * SettingsCheck.of(SCHEMA)
 *         .value("epochs", epochs)
 *         .rule(customParser == null || format.equals("auto"), "custom_parser and log_format exclude each other")
 *         .done();
 * }</pre>
 */
public final class SettingsCheck {
    private final ConfigSchema schema;
    private final List<String> problems = new ArrayList<>();

    private SettingsCheck(ConfigSchema schema) {
        this.schema = schema;
    }

    /**
     * Creates a check against a schema.
     *
     * @param schema the settings there are
     * @return a check without problems so far
     */
    public static SettingsCheck of(ConfigSchema schema) {
        return new SettingsCheck(schema);
    }

    /**
     * Makes settings that are only usable together, so that the problems of all come in one go.
     *
     * @param settings makers of settings, each of which may fail
     * @throws ConfigException if any of them has problems; it names all of them
     */
    public static void together(List<? extends Supplier<?>> settings) {
        Set<String> problems = new LinkedHashSet<>();
        for (Supplier<?> each : settings) {
            try {
                Object unused = each.get();
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(List.copyOf(problems));
        }
    }

    /**
     * Checks a value against the range of its key.
     *
     * @param key the key
     * @param value of the key's type, or null, which has no range
     * @return this check
     */
    @CanIgnoreReturnValue
    public SettingsCheck value(String key, @Nullable Object value) {
        ConfigKey declared = schema.key(key);
        if (declared == null) {
            throw new IllegalArgumentException("the schema " + schema.name() + " has no setting " + key);
        }
        String broken = value == null ? null : declared.brokenRule(value);
        return rule(broken == null, key + " " + broken + ", but was " + value);
    }

    /**
     * Checks a rule that no range expresses.
     *
     * @param kept whether the settings keep it
     * @param problem what is wrong if they do not
     * @return this check
     */
    @CanIgnoreReturnValue
    public SettingsCheck rule(boolean kept, String problem) {
        if (!kept) {
            problems.add(problem);
        }
        return this;
    }

    /**
     * Ends the check.
     *
     * @throws ConfigException if there are problems; it names all of them
     */
    public void done() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
