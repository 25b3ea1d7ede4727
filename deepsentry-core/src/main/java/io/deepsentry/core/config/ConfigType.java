package io.deepsentry.core.config;

/** What kind of value a setting takes. */
public enum ConfigType {
    STRING("a text"),
    PATH("a path"),
    INT("a whole number"),
    LONG("a whole number"),
    DOUBLE("a number"),
    BOOLEAN("true or false"),
    /** One of a few words, which the key lists. */
    ENUM("one of a few words"),
    /** Several texts, given as a YAML list or as a single text. */
    STRING_LIST("a list of texts"),
    /** Several paths, given as a YAML list or as a single path. */
    PATH_LIST("a list of paths");

    private final String words;

    ConfigType(String words) {
        this.words = words;
    }

    /** The kind in words, as messages and the commented file say it. */
    String words() {
        return words;
    }

    boolean isList() {
        return this == STRING_LIST || this == PATH_LIST;
    }

    boolean isNumber() {
        return this == INT || this == LONG || this == DOUBLE;
    }
}
