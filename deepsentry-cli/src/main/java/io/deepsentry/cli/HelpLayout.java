package io.deepsentry.cli;

import io.deepsentry.cli.output.Lines;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The help of a command, laid out at the width of the terminal and broken only between words, which picocli is not: it
 * breaks {@code ./folder} after the point.
 */
final class HelpLayout {
    private static final String EVERY_COMMAND = "Options of every command";
    private static final String EXAMPLE = "  ";
    private static final String CONTINUED = " \\";
    private static final String CONTINUATION = "      ";
    private static final String END = System.lineSeparator();
    /** The column at which descriptions of options begin; a name that reaches beyond it has a line of its own. */
    private static final int DESCRIPTION = 26;

    private static final int GAP = 2;

    private final Help help;
    private final CommandSpec spec;
    private final int width;

    private HelpLayout(Help help) {
        this.help = help;
        spec = help.commandSpec();
        width = spec.usageMessage().width();
    }

    /** Gives a command this layout, its options in groups. */
    static void of(CommandLine command, List<OptionGroup> groups) {
        Map<String, IHelpSectionRenderer> sections = command.getHelpSectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_DESCRIPTION, help -> new HelpLayout(help).description());
        sections.put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, help -> new HelpLayout(help).parameters());
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> new HelpLayout(help).options(groups));
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> new HelpLayout(help).commands());
        sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> new HelpLayout(help).footer());
    }

    private String description() {
        return Arrays.stream(spec.usageMessage().description())
                .flatMap(line -> Lines.wrap(line, width).stream())
                .collect(Collectors.joining(END, "", END));
    }

    private String parameters() {
        StringBuilder text = new StringBuilder();
        Help.IParameterRenderer renderer = help.createDefaultParameterRenderer();
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            entry(text, renderer.render(parameter, help.parameterLabelRenderer(), help.colorScheme()));
        }
        return text.toString();
    }

    private String options(List<OptionGroup> groups) {
        List<OptionSpec> own = new ArrayList<>();
        List<OptionSpec> general = new ArrayList<>();
        for (OptionSpec option : spec.options()) {
            boolean ofEvery = option.inherited() || option.usageHelp() || option.versionHelp();
            (ofEvery || spec.parent() == null ? general : own).add(option);
        }
        StringBuilder text = new StringBuilder();
        for (OptionGroup group : groups) {
            List<OptionSpec> shown = new ArrayList<>();
            for (String flag : group.flags()) {
                OptionSpec option = spec.findOption(flag);
                shown.add(option);
                own.remove(option);
            }
            if (group.equals(groups.get(groups.size() - 1))) {
                shown.addAll(own);
            }
            section(text, group.heading(), shown);
        }
        section(text, spec.parent() == null ? "Options" : EVERY_COMMAND, general);
        return text.toString();
    }

    private void section(StringBuilder text, String heading, List<OptionSpec> options) {
        if (options.isEmpty()) {
            return;
        }
        text.append(END).append(heading).append(':').append(END);
        Help.IOptionRenderer renderer = help.createDefaultOptionRenderer();
        for (OptionSpec option : options) {
            entry(text, renderer.render(option, help.parameterLabelRenderer(), help.colorScheme()));
        }
    }

    /** Adds an option or parameter as picocli renders it: a mark, a short name, a comma, a long name, a description. */
    private void entry(StringBuilder text, Text[][] rows) {
        Text[] first = rows[0];
        String name = "  " + Lines.pad(first[1].toString(), 2) + Lines.pad(first[2].toString(), 2) + first[3];
        String description = Arrays.stream(rows)
                .map(row -> row[4].toString())
                .collect(Collectors.joining(" "))
                .strip();
        entry(text, name.stripTrailing(), description, DESCRIPTION);
    }

    private void entry(StringBuilder text, String name, String description, int column) {
        List<String> lines = new ArrayList<>(Lines.wrap(description, width - column));
        boolean fits = Lines.width(name) + GAP <= column;
        text.append(fits ? Lines.pad(name, column) + lines.remove(0) : name).append(END);
        lines.forEach(line -> text.append(" ".repeat(column)).append(line).append(END));
    }

    private String commands() {
        Map<String, Help> commands = help.subcommands();
        int column = GAP
                + GAP
                + commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        commands.forEach((name, command) -> entry(
                text,
                " ".repeat(GAP) + name,
                String.join(" ", command.commandSpec().usageMessage().description()),
                column));
        return text.toString();
    }

    private String footer() {
        StringBuilder text = new StringBuilder();
        for (String line : spec.usageMessage().footer()) {
            text.append(line.startsWith(EXAMPLE) ? example(line.strip()) : String.join(END, Lines.wrap(line, width)))
                    .append(END);
        }
        return text.toString();
    }

    /** An example that takes several lines can still be copied. */
    private String example(String command) {
        StringBuilder text = new StringBuilder(EXAMPLE);
        int column = EXAMPLE.length();
        for (String part : parts(command)) {
            boolean begun = column > CONTINUATION.length();
            if (begun && column + 1 + part.length() + CONTINUED.length() > width) {
                text.append(CONTINUED).append(END).append(CONTINUATION).append(part);
                column = CONTINUATION.length() + part.length();
            } else {
                text.append(begun ? " " : "").append(part);
                column += (begun ? 1 : 0) + part.length();
            }
        }
        return text.toString();
    }

    /** The words of a command, an option together with its value, if they are not too long. */
    private List<String> parts(String command) {
        List<String> words = new ArrayList<>();
        for (String word : command.split(" ", -1)) {
            int last = words.size() - 1;
            boolean quoted =
                    last >= 0 && words.get(last).chars().filter(c -> c == '\'').count() % 2 == 1;
            boolean value = last >= 0 && words.get(last).matches("--?[a-z-]+") && !word.startsWith("-");
            int room = width - CONTINUATION.length() - CONTINUED.length();
            if (quoted || (value && words.get(last).length() + 1 + word.length() <= room)) {
                words.set(last, words.get(last) + " " + word);
            } else {
                words.add(word);
            }
        }
        return words;
    }
}
