package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.cli.output.Console;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.config.ConfigOption;
import io.deepsentry.core.config.ConfigSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The tables of options and settings in the docs are what the code says. With {@code DEEPSENTRY_WRITE_DOCS=1} in the
 * environment this writes them.
 */
class ReferencePagesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern GENERATED = Pattern.compile("(?s)(<!-- generated: ([^\n]+) -->\n).*?(<!-- end -->\n)");
    private static final String AGAIN =
            "to write it again: DEEPSENTRY_WRITE_DOCS=1 mvn test -pl deepsentry-cli -am -Dtest=ReferencePagesTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false";

    private final CommandLine program =
            new Program(Console.ofProcess(false), Cancellation.none(), Map.of()).commandLine();

    @Test
    void the_page_of_the_program_has_the_options_of_every_command() throws IOException {
        List<String> shown = generated("cli.md", name -> optionsOf(name.replaceFirst("^options of ", "")));

        List<String> commands = new ArrayList<>();
        program.getSubcommands().forEach((name, command) -> commands.add("options of " + name));
        assertThat(shown).containsExactlyInAnyOrderElementsOf(commands);
    }

    @Test
    void the_page_of_the_program_has_a_row_for_every_command() throws IOException {
        TreeSet<String> rows = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| .* \\| .* \\|$")
                .matcher(section(Files.readString(DOCS.resolve("cli.md")), "## Commands"))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(rows)
                .isEqualTo(program.getSubcommands().keySet().stream().collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void the_page_of_the_settings_has_every_file() throws IOException {
        Map<String, ConfigSchema> schemas =
                ConfigFiles.SCHEMAS.stream().collect(Collectors.toMap(ConfigFiles::nameOf, schema -> schema));
        List<String> shown =
                generated("configuration.md", name -> settingsOf(Objects.requireNonNull(schemas.get(name), name)));

        assertThat(shown).containsExactlyInAnyOrderElementsOf(schemas.keySet());
    }

    private interface Content {
        String of(String name);
    }

    /** Compares what is generated in a page with what it should be, and returns the names of its parts. */
    private static List<String> generated(String page, Content content) throws IOException {
        Path file = DOCS.resolve(page);
        String text = Files.readString(file);
        List<String> names = new ArrayList<>();
        String expected = GENERATED.matcher(text).replaceAll(part -> {
            names.add(part.group(2));
            return Matcher.quoteReplacement(part.group(1) + "\n" + content.of(part.group(2)) + "\n" + part.group(3));
        });
        if ("1".equals(System.getenv("DEEPSENTRY_WRITE_DOCS"))) {
            Files.writeString(file, expected);
        } else {
            assertThat(text).as(AGAIN).isEqualTo(expected);
        }
        return names;
    }

    private static String section(String text, String heading) {
        int start = text.indexOf(heading);
        return text.substring(start, text.indexOf("\n###", start));
    }

    private String optionsOf(String name) {
        CommandLine command = Objects.requireNonNull(program.getSubcommands().get(name), name);
        StringBuilder text = new StringBuilder("    deepsentry " + name);
        for (PositionalParamSpec argument : command.getCommandSpec().positionalParameters()) {
            String label = argument.paramLabel() + (argument.arity().max() > 1 ? "..." : "");
            text.append(argument.arity().min() == 0 ? " [" + label + "]" : " " + label);
        }
        text.append(" [OPTIONS]\n");
        List<OptionSpec> own = command.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.usageHelp() && !option.versionHelp())
                .toList();
        List<String> grouped = new ArrayList<>();
        if (command.getCommand() instanceof StageCommand stage
                && stage.options().size() > 1) {
            for (OptionGroup group : stage.options()) {
                table(text, group.heading(), own, group.flags());
                grouped.addAll(group.flags());
            }
        }
        List<String> others = own.stream()
                .map(OptionSpec::longestName)
                .filter(flag -> !grouped.contains(flag))
                .toList();
        table(text, grouped.isEmpty() ? "Option" : "Also", own, others);
        return text.toString();
    }

    private static void table(StringBuilder text, String heading, List<OptionSpec> options, List<String> flags) {
        if (flags.isEmpty()) {
            return;
        }
        text.append("\n| ").append(heading).append(" | |\n|---|---|\n");
        for (String flag : flags) {
            for (OptionSpec option : options) {
                if (option.longestName().equals(flag)) {
                    text.append("| `")
                            .append(usage(option))
                            .append("` | ")
                            .append(prose(String.join(" ", option.description()).replace("%%", "%")))
                            .append(" |\n");
                }
            }
        }
    }

    private static String usage(OptionSpec option) {
        String name = option.longestName();
        if (option.arity().max() == 0) {
            return name;
        }
        String label = cell(option.paramLabel());
        if (option.arity().min() == 0) {
            return name + "[=" + label + "]";
        }
        return name + " " + label + (option.arity().max() > 1 ? "..." : "");
    }

    private static String settingsOf(ConfigSchema schema) {
        StringBuilder text = new StringBuilder("Settings of `deepsentry " + schema.command() + "`. "
                + prose(schema.about()) + "\n\n| key | default | takes | |\n|---|---|---|---|\n");
        for (ConfigOption option : schema.options()) {
            text.append("| `")
                    .append(option.key())
                    .append("` | ")
                    .append(option.defaultText() == null ? "none" : "`" + cell(option.defaultText()) + "`")
                    .append(" | ")
                    .append(prose(option.allowed()))
                    .append(" | ")
                    .append(prose(option.doc()))
                    .append(" |\n");
        }
        return text.toString();
    }

    /** In a table, within code. */
    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** In a table: what looks like a tag or emphasis is neither, and words of the program are code. */
    private static String prose(String text) {
        String code = "`[^`]*`";
        StringBuilder prose = new StringBuilder();
        Matcher parts = Pattern.compile(code + "|[^`]+|`").matcher(text);
        while (parts.find()) {
            prose.append(
                    parts.group().matches(code)
                            ? parts.group()
                            : parts.group()
                                    .replaceAll(
                                            "(?<![\\w-])(--[a-z][a-z-]*|[a-z]+(?:_[a-z]+)+|\\{ROOT_DATA_DIR})", "`$1`")
                                    .replace("<", "&lt;")
                                    .replace("*", "\\*"));
        }
        return cell(prose.toString());
    }
}
