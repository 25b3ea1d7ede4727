package io.deepsentry.core.config;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the commented YAML file of a schema. */
final class YamlText {
    private static final int WIDTH = 100;

    private YamlText() {}

    static String of(ConfigSchema schema, List<ConfigKey> keys) {
        StringBuilder text = new StringBuilder();
        comment(text, "", "Settings of deepsentry " + schema.command() + ". " + schema.about());
        comment(
                text,
                "",
                "Command line options override environment variables, which override this file. The values here are the"
                        + " defaults. " + DataDir.PLACEHOLDER
                        + " is the data folder: --data-dir, else DEEPSENTRY_DATA_DIR, else ./" + DataDir.DEFAULT + ".");
        text.append("parameters:\n");
        for (ConfigKey key : keys) {
            String doc = key.doc().isEmpty() ? "" : key.doc() + " ";
            String none = key.defaultValue() == null ? ", or " + ConfigKey.NONE : "";
            text.append('\n');
            comment(text, "  ", doc + "(" + key.allowed() + none + ")");
            text.append("  ")
                    .append(key.name())
                    .append(": ")
                    .append(valueOf(key))
                    .append('\n');
        }
        return text.toString();
    }

    private static void comment(StringBuilder text, String indent, String words) {
        StringBuilder line = new StringBuilder(indent + "#");
        for (String word : Splitter.on(' ').omitEmptyStrings().split(words)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(indent + "#");
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }

    private static String valueOf(ConfigKey key) {
        String value = key.defaultValue();
        if (value == null) {
            return ConfigKey.NONE;
        }
        if (key.type().isList()) {
            return Splitter.on('\n')
                    .omitEmptyStrings()
                    .splitToStream(value)
                    .map(YamlText::quoted)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        return switch (key.type()) {
            case STRING, PATH -> quoted(value);
            default -> value;
        };
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + '"';
    }
}
