package io.deepsentry.core.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads values as the type their setting has, and collects what is wrong with them. */
final class SettingReader {
    private final DataDir dataDir;
    private final List<String> problems;

    SettingReader(DataDir dataDir, List<String> problems) {
        this.dataDir = dataDir;
        this.problems = problems;
    }

    /** The value as the key's type; {@code null} if it is none, or wrong, which then is among the problems. */
    @Nullable
    Object read(ConfigKey key, YamlValue value, String where) {
        if (value instanceof YamlValue.Scalar scalar && isNone(scalar)) {
            return readNone(key, where);
        }
        if (key.type().isList()) {
            List<YamlValue> items = value instanceof YamlValue.Sequence sequence ? sequence.items() : List.of(value);
            List<Object> read = new ArrayList<>();
            for (YamlValue item : items) {
                Object one = readOne(key, item, where);
                if (one == null) {
                    return null;
                }
                read.add(one);
            }
            return List.copyOf(read);
        }
        return readOne(key, value, where);
    }

    private static boolean isNone(YamlValue.Scalar scalar) {
        return scalar.isNull() || (!scalar.quoted() && scalar.text().equals(ConfigKey.NONE));
    }

    private @Nullable Object readNone(ConfigKey key, String where) {
        if (key.defaultValue() != null && !key.values().contains(ConfigKey.NONE)) {
            problems.add(key.name() + " must be " + key.allowed() + ", but has no value (" + where
                    + "); leave it out for the default, " + key.defaultValue());
        }
        return key.values().contains(ConfigKey.NONE) ? ConfigKey.NONE : null;
    }

    private @Nullable Object readOne(ConfigKey key, YamlValue value, String where) {
        if (!(value instanceof YamlValue.Scalar scalar)) {
            return refuse(key, "must be " + key.allowed(), value, where);
        }
        if (scalar.quoted() && (key.type().isNumber() || key.type() == ConfigType.BOOLEAN)) {
            ConfigKey.Parsed parsed = key.parseOne(scalar.text());
            String rule = parsed.value() == null
                    ? parsed.rule()
                    : "must be " + key.type().words() + " without quotes";
            return refuse(key, rule, value, where);
        }
        ConfigKey.Parsed parsed = key.parseOne(dataDir.resolve(scalar.text()));
        return parsed.value() == null ? refuse(key, parsed.rule(), value, where) : parsed.value();
    }

    private @Nullable Object refuse(ConfigKey key, String rule, YamlValue value, String where) {
        problems.add(key.name() + " " + rule + ", but was " + value.shown() + " (" + where + ")");
        return null;
    }
}
