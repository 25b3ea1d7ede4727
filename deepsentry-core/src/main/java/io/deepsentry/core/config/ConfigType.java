package io.deepsentry.core.config;

/** What kind of value a setting takes. */
public enum ConfigType {
    /** Any text. */
    STRING("a string", "TEXT"),
    /** A file or folder. */
    PATH("a path", "FILE"),
    /** A whole number of 32 bits. */
    INT("a whole number", "N"),
    /** A whole number of 64 bits. */
    LONG("a whole number", "N"),
    /** A number. */
    DOUBLE("a number", "X"),
    /** A truth value. */
    BOOLEAN("true or false", "true|false"),
    /** One of a few words, which the key lists. */
    ENUM("one of a few words", "WORD"),
    /** Several texts, given as a YAML list or as a single text. */
    STRING_LIST("a list of strings", "TEXT"),
    /** Several paths, given as a YAML list or as a single path. */
    PATH_LIST("a list of paths", "FILE");

    private final String words;
    private final String label;

    ConfigType(String words, String label) {
        this.words = words;
        this.label = label;
    }

    /** The kind in words, as messages and the commented file say it. */
    String words() {
        return words;
    }

    /** Returns the word for such a value in the help of the command line. */
    String label() {
        return label;
    }

    /** {@return whether a setting of this type takes several values} */
    public boolean isList() {
        return this == STRING_LIST || this == PATH_LIST;
    }

    boolean isNumber() {
        return this == INT || this == LONG || this == DOUBLE;
    }
}
