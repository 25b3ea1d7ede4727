package io.deepsentry.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** A value of a YAML file that knows the line it stands on, counted from 1. */
sealed interface YamlValue {
    int line();

    /** The value as a message shows it, shortened if it is long. */
    String shown();

    /**
     * A single value, not yet read as any type.
     *
     * @param text the value as written, without quotes
     * @param quoted whether it stood in quotes, and so is a text whatever it looks like
     */
    record Scalar(String text, boolean quoted, int line) implements YamlValue {
        /** Whether nothing was given, in one of YAML's spellings. */
        boolean isNull() {
            return !quoted
                    && (text.isEmpty()
                            || text.equals("~")
                            || text.equals("null")
                            || text.equals("Null")
                            || text.equals("NULL"));
        }

        @Override
        public String shown() {
            return quoted ? '"' + Shown.of(text) + '"' : isNull() ? "empty" : Shown.of(text);
        }
    }

    /** Several values. */
    record Sequence(List<YamlValue> items, int line) implements YamlValue {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String shown() {
            return Shown.of(items.stream().limit(10).map(YamlValue::shown).collect(Collectors.joining(", ", "[", "]")));
        }
    }

    /** Values under names, in the order of the file. A name may occur more than once. */
    record Mapping(List<Entry> entries, int line) implements YamlValue {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String shown() {
            return "a group of settings";
        }
    }

    /** A name and its value; {@code line} is the name's. */
    record Entry(String name, YamlValue value, int line) {}
}
