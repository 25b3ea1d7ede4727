package io.deepsentry.core.config;

import com.google.common.base.Splitter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a stage: its name, what it takes and what it is without being set.
 *
 * @param name the name in a file, in snake case
 * @param type what kind of value it takes
 * @param defaultValue the value without being set, before {@code {ROOT_DATA_DIR}} is replaced; {@code null} if it then
 *     has none
 * @param lower the least number allowed, or {@code null}
 * @param upper the greatest number allowed, or {@code null}
 * @param values the words allowed, for {@link ConfigType#ENUM}
 * @param flag the command line's name for it, such as {@code --batch-size}
 * @param label the word for its value in the help of the command line, such as {@code FILE}
 * @param doc what it does, in a sentence
 */
record ConfigKey(
        String name,
        ConfigType type,
        @Nullable String defaultValue,
        @Nullable Bound lower,
        @Nullable Bound upper,
        List<String> values,
        String flag,
        String label,
        String doc) {
    /** The word that leaves a setting without a value. */
    static final String NONE = "none";

    private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?([0-9][0-9_]*(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

    ConfigKey {
        values = List.copyOf(values);
    }

    /** Declares a setting of which so far only the name, the kind and the default are known. */
    static ConfigKey named(String name, ConfigType type, @Nullable String defaultValue) {
        String flag = "--" + name.replace('_', '-');
        return new ConfigKey(name, type, defaultValue, null, null, List.of(), flag, type.label(), "");
    }

    /** Returns a setting that no schema describes. */
    static ConfigKey undescribed(String name, ConfigType type) {
        return named(name, type, null);
    }

    ConfigKey withBounds(@Nullable Bound lower, @Nullable Bound upper) {
        return new ConfigKey(name, type, defaultValue, lower, upper, values, flag, label, doc);
    }

    /** Returns this with the words it may be, which the help of the command line then shows as its label. */
    ConfigKey withValues(List<String> values) {
        return new ConfigKey(name, type, defaultValue, lower, upper, values, flag, String.join("|", values), doc);
    }

    ConfigKey withLabel(String label) {
        return new ConfigKey(name, type, defaultValue, lower, upper, values, flag, label, doc);
    }

    ConfigKey withFlag(String flag) {
        return new ConfigKey(name, type, defaultValue, lower, upper, values, flag, label, doc);
    }

    ConfigKey withDoc(String doc) {
        return new ConfigKey(name, type, defaultValue, lower, upper, values, flag, label, doc);
    }

    /** The default as a typed value, or {@code null}. */
    @Nullable
    Object defaultIn(DataDir dataDir) {
        if (defaultValue == null) {
            return null;
        }
        if (type.isList()) {
            List<Object> items = new ArrayList<>();
            for (String item : Splitter.on('\n').omitEmptyStrings().split(defaultValue)) {
                items.add(requireValue(parseOne(dataDir.resolve(item))));
            }
            return List.copyOf(items);
        }
        return requireValue(parseOne(dataDir.resolve(defaultValue)));
    }

    private Object requireValue(Parsed parsed) {
        if (parsed.value() == null) {
            throw new IllegalArgumentException(
                    "the default of " + name + " " + parsed.rule() + ", but was " + defaultValue);
        }
        return parsed.value();
    }

    /**
     * Reads one value, or says what it must be.
     *
     * @param text the value as written, placeholders replaced
     */
    Parsed parseOne(String text) {
        return switch (type) {
            case STRING, STRING_LIST -> Parsed.of(text);
            case PATH, PATH_LIST -> parsePath(text);
            case INT -> parseWhole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> parseWhole(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case DOUBLE -> parseDouble(text);
            case BOOLEAN -> parseBoolean(text);
            case ENUM ->
                values.contains(text) ? Parsed.of(text) : Parsed.refused("must be one of " + String.join(", ", values));
        };
    }

    private static Parsed parsePath(String text) {
        if (text.isBlank()) {
            return Parsed.refused("must be a path");
        }
        try {
            return Parsed.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Parsed.refused("must be a path");
        }
    }

    private Parsed parseWhole(String text, long min, long max) {
        if (!WHOLE.matcher(text).matches()) {
            return Parsed.refused("must be a whole number");
        }
        long number;
        try {
            number = Long.parseLong(text.replace("_", ""));
        } catch (NumberFormatException e) {
            number = text.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
            if (type == ConfigType.LONG) {
                return Parsed.refused("must be a whole number between " + min + " and " + max);
            }
        }
        String broken = brokenRange((double) number);
        if (broken != null) {
            return Parsed.refused(broken);
        }
        if (number < min || number > max) {
            return Parsed.refused("must be a whole number between " + min + " and " + max);
        }
        if (type == ConfigType.INT) {
            return Parsed.of((int) number);
        }
        return Parsed.of(number);
    }

    private Parsed parseDouble(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return Parsed.refused("must be a number");
        }
        double number = Double.parseDouble(text.replace("_", ""));
        if (Double.isInfinite(number)) {
            return Parsed.refused("must be a number that fits into 64 bits");
        }
        String broken = brokenRange(number);
        return broken == null ? Parsed.of(number) : Parsed.refused(broken);
    }

    /** Returns the rule that a value of the right kind breaks, or null. */
    @Nullable
    String brokenRule(Object value) {
        return type.isNumber() ? brokenRange(((Number) value).doubleValue()) : null;
    }

    private @Nullable String brokenRange(double number) {
        if (!Double.isFinite(number)) {
            return "must be a finite number";
        }
        if (lower != null && lower.refusesBelow(number)) {
            return "must be " + lowerRule(lower);
        }
        if (upper != null && upper.refusesAbove(number)) {
            return "must be " + upperRule(upper);
        }
        return null;
    }

    private static String lowerRule(Bound bound) {
        return (bound.included() ? "at least " : "above ") + bound.text();
    }

    private static String upperRule(Bound bound) {
        return (bound.included() ? "at most " : "below ") + bound.text();
    }

    private static Parsed parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> Parsed.of(true);
            case "false", "no", "off" -> Parsed.of(false);
            default -> Parsed.refused("must be true or false");
        };
    }

    /** What the setting takes, in words: {@code a whole number, at least 1, at most 100000}. */
    String allowed() {
        StringBuilder words = new StringBuilder(allowed(type, values));
        if (lower != null) {
            words.append(", ").append(lowerRule(lower));
        }
        if (upper != null) {
            words.append(", ").append(upperRule(upper));
        }
        return words.toString();
    }

    /** What a setting without limits takes, in words. */
    static String allowed(ConfigType type, List<String> values) {
        return type == ConfigType.ENUM ? "one of " + String.join(", ", values) : type.words();
    }

    /**
     * What reading a value came to: either the value or the rule that it breaks.
     *
     * @param value the value, or {@code null}
     * @param rule what it must be, if there is no value
     */
    record Parsed(@Nullable Object value, String rule) {
        static Parsed of(Object value) {
            return new Parsed(value, "");
        }

        static Parsed refused(String rule) {
            return new Parsed(null, rule);
        }
    }
}
