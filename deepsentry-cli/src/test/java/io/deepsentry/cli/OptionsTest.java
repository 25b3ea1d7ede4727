package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.cli.output.Console;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.config.ConfigOption;
import io.deepsentry.core.config.ConfigSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option is a setting of a schema, which alone describes it. */
class OptionsTest {
    /** Options that are no settings, or mean another thing than the setting of that name. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "parse --account",
            "parse --output",
            "patterns --sort",
            "patterns --level",
            "patterns --match",
            "patterns --min-count",
            "patterns --top",
            "patterns --output",
            "diff --before",
            "diff --good",
            "diff --bad",
            "diff --level",
            "diff --match",
            "diff --min-count",
            "diff --top",
            "diff --fail-on-new",
            "diff --output",
            "sample --output",
            "sample --size",
            "sample --stretch",
            "run --output-dir",
            "man --output-dir",
            "demo --output-dir",
            "convert --array",
            "init --force",
            "run --even-if-worse",
            "run --update",
            "quantize --model",
            "quantize --output",
            "quantize --precision",
            "quantize --measure");

    private final CommandLine program =
            new Program(Console.ofProcess(false), Cancellation.none(), Map.of()).commandLine();

    @Test
    void every_option_is_a_setting_of_a_schema_or_one_of_a_few() {
        Set<String> others = new TreeSet<>();
        forEachOption((command, option) -> {
            if (settingOf(command, option) == null) {
                others.add(nameOf(command, option));
            }
        });

        assertThat(others).containsExactlyInAnyOrderElementsOf(NO_SETTINGS);
    }

    @Test
    void every_setting_that_is_an_option_has_its_description_and_default_from_the_schema() {
        forEachOption((command, option) -> {
            ConfigOption setting = settingOf(command, option);
            if (setting != null) {
                String help = String.join(" ", option.description());
                String usual = setting.defaultText();
                assertThat(setting.doc()).as(nameOf(command, option)).endsWith(".");
                assertThat(help)
                        .as(nameOf(command, option))
                        .startsWith(firstWords(
                                option.arity().max() > 0 ? setting.doc() : SchemaOptions.command(setting.doc())));
                assertThat(option.paramLabel()).as(nameOf(command, option)).isEqualTo(setting.label());
                if (usual != null && option.arity().max() > 0) {
                    assertThat(help)
                            .as(nameOf(command, option))
                            .contains("Default: " + usual.replace("{ROOT_DATA_DIR}", "DIR"));
                }
            }
        });
    }

    @Test
    void a_switch_says_what_it_does_and_not_whether() {
        forEachOption((command, option) -> {
            if (option.arity().max() == 0) {
                assertThat(String.join(" ", option.description()))
                        .as(nameOf(command, option))
                        .doesNotStartWith("Whether");
            }
        });
    }

    @Test
    void the_page_of_the_program_has_every_option_and_no_other() throws IOException {
        Set<String> options = new TreeSet<>();
        forEachOption((command, option) -> options.add(option.longestName()));
        options.addAll(Set.of("--config", "--data-dir", "--verbose", "--trust", "--help", "--version"));

        Set<String> described = new TreeSet<>();
        Matcher flag = Pattern.compile("(?<![\\w-])--[a-z]+(-[a-z]+)*")
                .matcher(Files.readString(Path.of("..", "docs", "cli.md")));
        while (flag.find()) {
            described.add(flag.group());
        }

        assertThat(described).isEqualTo(options);
    }

    @Test
    void help_shows_the_options_of_the_command_before_those_of_every_command() {
        String help =
                Objects.requireNonNull(program.getSubcommands().get("live")).getUsageMessage();

        assertThat(help.indexOf("The log:")).isPositive().isLessThan(help.indexOf("--log-file"));
        assertThat(help.indexOf("--log-file")).isLessThan(help.indexOf("Where alerts go:"));
        assertThat(help.indexOf("Where alerts go:")).isLessThan(help.indexOf("Options of every command:"));
        assertThat(help.indexOf("Options of every command:")).isLessThan(help.indexOf("--data-dir"));
    }

    private void forEachOption(BiConsumer<CommandLine, OptionSpec> action) {
        program.getSubcommands().values().forEach(command -> {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
                    action.accept(command, option);
                }
            }
        });
    }

    private static String nameOf(CommandLine command, OptionSpec option) {
        return command.getCommandName() + " " + option.longestName();
    }

    private static @Nullable ConfigOption settingOf(CommandLine command, OptionSpec option) {
        if (command.getCommand() instanceof StageCommand stage && !NO_SETTINGS.contains(nameOf(command, option))) {
            for (ConfigSchema schema : stage.schemas()) {
                ConfigOption found = schema.option(option.longestName());
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Before the first name of another setting, which help replaces by its flag. */
    private static String firstWords(String doc) {
        return doc.replaceAll("\\b[a-z]+_[a-z_]+\\b.*", "").replace("%", "%%");
    }
}
