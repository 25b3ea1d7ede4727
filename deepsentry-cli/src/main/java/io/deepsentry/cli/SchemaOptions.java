package io.deepsentry.cli;

import io.deepsentry.core.config.ConfigOption;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a command, made from the schemas of its settings: names, kinds, descriptions and defaults. */
final class SchemaOptions {
    private static final String WHETHER = "Whether to ";
    private static final String DATA_DIR = "{ROOT_DATA_DIR}";
    /** What help calls the data folder: the label of {@code --data-dir}. */
    private static final String DATA_DIR_LABEL = "DIR";

    private SchemaOptions() {}

    /** Adds the options that a stage names, and lays out the help in their groups. */
    static void addTo(CommandLine command) {
        List<OptionGroup> groups = List.of(OptionGroup.of());
        if (command.getCommand() instanceof StageCommand stage) {
            groups = stage.options();
            for (OptionGroup group : groups) {
                for (String flag : group.flags()) {
                    command.getCommandSpec().addOption(spec(option(stage, flag), stage));
                }
            }
        }
        HelpLayout.of(command, groups);
    }

    private static ConfigOption option(StageCommand stage, String flag) {
        for (ConfigSchema schema : stage.schemas()) {
            ConfigOption found = schema.option(flag);
            if (found != null) {
                return found;
            }
        }
        throw new IllegalStateException("no schema of the command has the option " + flag);
    }

    private static OptionSpec spec(ConfigOption option, StageCommand stage) {
        OptionSpec.Builder spec = OptionSpec.builder(option.flag())
                .paramLabel(option.label())
                .description(help(option, stage).replace("%", "%%"));
        if (!option.values().isEmpty()) {
            spec.completionCandidates(option.values());
        }
        if (option.type() == ConfigType.BOOLEAN) {
            return spec.type(boolean.class).arity("0").build();
        }
        if (isSwitch(option)) {
            return spec.type(String.class).arity("0..1").fallbackValue("true").build();
        }
        if (option.type().isList()) {
            spec.type(List.class).auxiliaryTypes(String.class).arity("1..*");
            return (option.type() == ConfigType.STRING_LIST ? spec.splitRegex(",") : spec).build();
        }
        return spec.type(String.class).arity("1").build();
    }

    /** Whether the option means true when it is given without a value. */
    private static boolean isSwitch(ConfigOption option) {
        return option.values().contains("true");
    }

    private static String help(ConfigOption option, StageCommand stage) {
        String doc = withFlags(option.type() == ConfigType.BOOLEAN ? command(option.doc()) : option.doc(), stage);
        String usual = option.type() == ConfigType.BOOLEAN ? null : option.defaultText();
        if (usual == null) {
            return doc;
        }
        String alone = isSwitch(option) ? "; without a value: true" : "";
        return doc + " Default: " + usual.replace(DATA_DIR, DATA_DIR_LABEL) + alone + ".";
    }

    /** What a switch does, as a command: a key of a file says whether to do it, an option does it. */
    static String command(String doc) {
        return doc.startsWith(WHETHER)
                ? Character.toUpperCase(doc.charAt(WHETHER.length())) + doc.substring(WHETHER.length() + 1)
                : doc;
    }

    /** The command line knows settings by their options' names, where they have one. */
    private static String withFlags(String doc, StageCommand stage) {
        Map<String, String> flags = stage.options().stream()
                .flatMap(group -> group.flags().stream())
                .map(flag -> option(stage, flag))
                .filter(each -> each.key().contains("_"))
                .collect(Collectors.toMap(ConfigOption::key, ConfigOption::flag));
        String text = doc;
        for (Map.Entry<String, String> each : flags.entrySet()) {
            text = text.replaceAll("\\b" + each.getKey() + "\\b", each.getValue());
        }
        return text;
    }
}
