package io.deepsentry.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A manual page in the man macros of roff. */
final class ManPage {
    private static final String EXAMPLE = "  ";

    private final CommandSpec spec;
    private final StringBuilder text = new StringBuilder();

    private ManPage(CommandSpec spec) {
        this.spec = spec;
    }

    /** Returns the name of a command's page, such as {@code deepsentry-run}. */
    static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    /** Returns the page of a command. */
    static String of(CommandLine command) {
        ManPage page = new ManPage(command.getCommandSpec());
        page.write(command);
        return page.text.toString();
    }

    private void write(CommandLine command) {
        String name = name(command);
        String description = String.join(" ", spec.usageMessage().description());
        macro(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" \"1\" \"\" \"deepsentry " + Version.number()
                + "\" \"DeepSentry\"");
        // Names of options are never hyphenated or stretched.
        macro(".nh");
        macro(".ad l");
        macro(".SH NAME");
        line(name + " \\- " + escaped(description));
        macro(".SH SYNOPSIS");
        macro(".B " + escaped(spec.qualifiedName()));
        line("[\\fIOPTIONS\\fR]" + (spec.subcommands().isEmpty() ? "" : " \\fICOMMAND\\fR") + positional());
        macro(".SH DESCRIPTION");
        line(escaped(description));
        if (!spec.positionalParameters().isEmpty()) {
            macro(".SH ARGUMENTS");
            spec.positionalParameters().forEach(each -> item("\\fI" + escaped(each.paramLabel()) + "\\fR", each));
        }
        macro(".SH OPTIONS");
        spec.options().stream()
                .sorted(Comparator.comparing(
                        option -> option.inherited() || option.usageHelp() || option.versionHelp()))
                .forEach(option -> item(names(option), option));
        if (!spec.subcommands().isEmpty()) {
            macro(".SH COMMANDS");
            spec.subcommands().forEach((each, line) -> {
                macro(".TP");
                macro(".B " + escaped(each));
                line(escaped(
                        String.join(" ", line.getCommandSpec().usageMessage().description())));
            });
        }
        footer();
        macro(".SH SEE ALSO");
        line(
                spec.parent() == null
                        ? spec.subcommands().keySet().stream()
                                .map(each -> "\\fB" + escaped(name + "-" + each) + "\\fR(1)")
                                .collect(Collectors.joining(", "))
                        : "\\fBdeepsentry\\fR(1)");
    }

    private String positional() {
        return spec.positionalParameters().stream()
                .map(each -> " " + (each.arity().min() == 0 ? "[" : "") + "\\fI" + escaped(each.paramLabel()) + "\\fR"
                        + (each.arity().min() == 0 ? "]" : "") + (several(each) ? "..." : ""))
                .collect(Collectors.joining());
    }

    private static boolean several(PositionalParamSpec parameter) {
        return parameter.arity().isVariable() || parameter.arity().max() > 1;
    }

    private static String names(OptionSpec option) {
        String label = option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR";
        String names = Arrays.stream(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "));
        return option.arity().min() == 0 && !label.isEmpty() ? names + "[" + label + "]" : names + label;
    }

    private void item(String name, ArgSpec argument) {
        macro(".TP");
        line(name);
        line(escaped(String.join(" ", argument.description()).replace("%%", "%")));
    }

    /** The end of the help: sentences, and examples that keep their lines. */
    private void footer() {
        List<String> examples = Arrays.stream(spec.usageMessage().footer())
                .filter(line -> line.startsWith(EXAMPLE))
                .toList();
        List<String> notes = Arrays.stream(spec.usageMessage().footer())
                .filter(line -> !line.startsWith(EXAMPLE) && !line.isBlank() && !line.equals("Examples:"))
                .toList();
        if (!notes.isEmpty()) {
            macro(".SH NOTES");
            notes.forEach(note -> line(escaped(note)));
        }
        if (!examples.isEmpty()) {
            macro(".SH EXAMPLES");
            macro(".nf");
            examples.forEach(example -> line(escaped(example.strip())));
            macro(".fi");
        }
    }

    private void macro(String macro) {
        text.append(macro).append('\n');
    }

    /** A line that begins like a macro is none. */
    private void line(String line) {
        text.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "")
                .append(line)
                .append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
