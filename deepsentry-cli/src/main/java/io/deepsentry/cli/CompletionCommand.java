package io.deepsentry.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry completion}: a script that lets a shell complete commands, options and values. */
@Command(
        name = "completion",
        description = "Prints a script that lets a shell complete commands, options and files.",
        footer = {
            "",
            "Examples:",
            "  source <(deepsentry completion bash)",
            "  deepsentry completion zsh > ~/.zfunc/_deepsentry",
            "  deepsentry completion fish > ~/.config/fish/completions/deepsentry.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    private enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ParentCommand
    private @Nullable Program program;

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    private @Nullable Shell shell;

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        CommandLine line = parent.commandLine();
        String name = line.getCommandName();
        String script =
                switch (Objects.requireNonNull(shell, "shell")) {
                    case BASH -> AutoComplete.bash(name, line);
                    case ZSH -> zsh(name, line);
                    case FISH -> fish(name, line);
                };
        parent.console().result(script.stripTrailing());
        return ExitCode.OK;
    }

    /** The script of bash, with what zsh needs to run it, sourced or from its folder of functions. */
    private static String zsh(String name, CommandLine line) {
        return "#compdef " + name + "\n" + "autoload -Uz compinit bashcompinit\n"
                + "(( ${+functions[compdef]} )) || compinit\n(( ${+functions[compopt]} )) || compopt() { return 0 }\n"
                + AutoComplete.bash(name, line)
                + "\n# From here on: the first time, the function itself is asked.\n"
                + "if [ \"${funcstack[1]}\" = \"_" + name + "\" ]; then _bash_complete -o default -F _complete_" + name
                + "; fi\n";
    }

    private static String fish(String name, CommandLine line) {
        List<String> lines = new ArrayList<>();
        lines.add("# " + name + " completion for fish");
        lines.add("complete -c " + name + " -f");
        String first = "not __fish_seen_subcommand_from "
                + String.join(" ", line.getSubcommands().keySet());
        line.getSubcommands()
                .forEach((command, sub) -> lines.add("complete -c " + name + " -n " + quoted(first) + " -a " + command
                        + " -d "
                        + quoted(String.join(
                                " ", sub.getCommandSpec().usageMessage().description()))));
        options(lines, name, first, line);
        line.getSubcommands().forEach((command, sub) -> {
            String within = "__fish_seen_subcommand_from " + command;
            options(lines, name, within, sub);
            if (!sub.getCommandSpec().positionalParameters().isEmpty()) {
                lines.add("complete -c " + name + " -n " + quoted(within) + " -F");
            }
        });
        return String.join("\n", lines);
    }

    private static void options(List<String> lines, String name, String condition, CommandLine command) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            StringBuilder text = new StringBuilder("complete -c " + name + " -n " + quoted(condition));
            for (String each : option.names()) {
                text.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
            }
            List<String> values = values(option);
            if (option.arity().min() > 0) {
                text.append(values.isEmpty() ? " -r -F" : " -x -a " + quoted(String.join(" ", values)));
            }
            lines.add(text + " -d " + quoted(String.join(" ", option.description())));
        }
    }

    private static List<String> values(OptionSpec option) {
        List<String> values = new ArrayList<>();
        if (option.completionCandidates() != null) {
            option.completionCandidates().forEach(values::add);
        }
        return values;
    }

    private static String quoted(String text) {
        return text.replace("%%", "%")
                .chars()
                .mapToObj(c -> c == '\'' || c == '\\' ? "\\" + (char) c : String.valueOf((char) c))
                .collect(Collectors.joining("", "'", "'"));
    }
}
