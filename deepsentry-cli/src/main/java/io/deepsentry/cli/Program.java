package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.ConsoleProgress;
import io.deepsentry.cli.output.ResultsException;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.NearestName;
import io.deepsentry.core.onnx.OnnxRuntime;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: its global options, its commands, and how they end. */
@Command(
        name = "deepsentry",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = "Learns what is normal in your logs, without labels, and reports what is not.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands, in the order of a run:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n")
final class Program implements Callable<Integer> {
    private static final String VERBOSE = "--verbose";
    private static final String VERSION = "--version";
    /** In the order of a run, as help lists them. */
    private static final List<String> COMMANDS = List.of(
            "parse",
            "patterns",
            "diff",
            "sample",
            "prepare",
            "train-text",
            "encode",
            "train-detector",
            "eval",
            "analyze",
            "report",
            "live",
            "feedback",
            "run",
            "demo",
            "benchmark",
            "quantize",
            "init",
            "inspect",
            "convert",
            "completion",
            "man");

    /** The narrowest help that picocli lays out. */
    private static final int NARROWEST_HELP = 55;

    private final Console console;
    private final Cancellation cancellation;
    private final Map<String, String> environment;
    private List<String> arguments = List.of();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "YAML file with the command's settings; without it, the documented defaults.")
    private @Nullable Path config;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The data folder, {ROOT_DATA_DIR} in settings (default: ./deepsentry-data).")
    private @Nullable Path dataDir;

    @Option(
            names = VERBOSE,
            scope = ScopeType.INHERIT,
            description = "Show what the program logs, and stack traces of errors.")
    private boolean verbose;

    @Option(
            names = "--trust",
            scope = ScopeType.INHERIT,
            description =
                    "Run ONNX files that DeepSentry did not write: native code reads them without further checks.")
    void trustModels(boolean trust) {
        if (trust) {
            System.setProperty(OnnxRuntime.TRUST, "true");
        }
    }

    Program(Console console, Cancellation cancellation, Map<String, String> environment) {
        this.console = console;
        this.cancellation = cancellation;
        this.environment = Map.copyOf(environment);
    }

    /** Runs the command that the arguments name and returns its exit code; no exception leaves here. */
    int run(String... given) {
        arguments = List.of(given);
        boolean tracing = verbose();
        Logging.install(console, tracing);
        if (given.length == 1 && given[0].equals(VERSION)) {
            return showVersion(tracing);
        }
        StringWriter output = new StringWriter();
        // A command and its options take time to set up, so the others are left out where their names cannot matter.
        boolean named = given.length > 0 && COMMANDS.contains(given[0]);
        CommandLine line = commandLine(named ? List.of(given[0]) : COMMANDS)
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(output))
                .setParameterExceptionHandler((e, unparsed) -> refuse(e))
                .setExecutionExceptionHandler((e, failing, parsed) -> fail(e, tracing));
        try {
            int code = line.execute(given);
            if (!output.toString().isEmpty()) {
                console.result(output.toString().stripTrailing());
            }
            console.flush();
            return code;
        } catch (ResultsException e) {
            return fail(e, tracing);
        } catch (Error e) {
            // Out of memory or a native library that does not load: the user's to solve, so told like any other
            // failure.
            return fail(e, tracing);
        }
    }

    /** Runs the program without a command, which lists the commands. */
    @Override
    public Integer call() {
        console.say(commandLine().getUsageMessage().stripTrailing());
        // A script that lost its command must still fail.
        return ExitCode.WRONG_USE;
    }

    /** Shows the version without setting up any command, as scripts ask for it often. */
    private int showVersion(boolean tracing) {
        try {
            for (String line : new Version().getVersion()) {
                console.result(line);
            }
            console.flush();
            return ExitCode.OK;
        } catch (ResultsException e) {
            return fail(e, tracing);
        }
    }

    /** All commands and options, for what shows them and for tests that look at them. */
    CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private CommandLine commandLine(List<String> commands) {
        CommandLine line = new CommandLine(this);
        commands.forEach(name -> line.addSubcommand(name, command(name)));
        everyCommand(line, each -> configure(each, console.screen().columns()));
        return line;
    }

    private static Object command(String name) {
        return switch (name) {
            case "parse" -> new ParseCommand();
            case "patterns" -> new PatternsCommand();
            case "diff" -> new DiffCommand();
            case "sample" -> new SampleCommand();
            case "prepare" -> new PrepareCommand();
            case "train-text" -> new TrainTextCommand();
            case "encode" -> new EncodeCommand();
            case "train-detector" -> new TrainDetectorCommand();
            case "eval" -> new EvalCommand();
            case "analyze" -> new AnalyzeCommand();
            case "report" -> new ReportCommand();
            case "live" -> new LiveCommand();
            case "feedback" -> new FeedbackCommand();
            case "run" -> new RunCommand();
            case "demo" -> new DemoCommand();
            case "benchmark" -> new BenchmarkCommand();
            case "quantize" -> new QuantizeCommand();
            case "init" -> new InitCommand();
            case "inspect" -> new InspectCommand();
            case "convert" -> new ConvertCommand();
            case "completion" -> new CompletionCommand();
            case "man" -> new ManCommand();
            default -> throw new IllegalArgumentException("there is no command '" + name + "'");
        };
    }

    private static void configure(CommandLine command, int columns) {
        command.setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpWidth(Math.max(NARROWEST_HELP, columns));
        command.getCommandSpec().usageMessage().abbreviateSynopsis(true).sortOptions(false);
        SchemaOptions.addTo(command);
    }

    private static void everyCommand(CommandLine line, Consumer<CommandLine> action) {
        action.accept(line);
        line.getSubcommands().values().forEach(each -> everyCommand(each, action));
    }

    private int refuse(ParameterException e) {
        StringBuilder message = new StringBuilder();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            boolean command = !e.getCommandLine().getSubcommands().isEmpty();
            message.append(
                            word.startsWith("-")
                                    ? "there is no option '"
                                    : command ? "there is no command '" : "unexpected argument '")
                    .append(word)
                    .append('\'');
            List<String> meant = meant(unmatched);
            if (!meant.isEmpty()) {
                message.append("; did you mean ")
                        .append(String.join(" or ", meant))
                        .append('?');
            }
        } else {
            message.append(firstLine(String.valueOf(e.getMessage())));
        }
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.say("deepsentry: " + message + "; see " + command + " --help");
        return ExitCode.WRONG_USE;
    }

    /** What somebody may have meant: names that begin so, or else the one with a slip of the keyboard. */
    private static List<String> meant(UnmatchedArgumentException e) {
        String word = e.getUnmatched().get(0);
        Set<String> names = word.startsWith("-")
                ? e.getCommandLine().getCommandSpec().optionsMap().keySet()
                : e.getCommandLine().getSubcommands().keySet();
        List<String> longer =
                names.stream().filter(name -> name.startsWith(word)).sorted().toList();
        String near = NearestName.close(word, names);
        return !longer.isEmpty() || near == null ? longer : List.of(near);
    }

    private int fail(Throwable e, boolean tracing) {
        if (e instanceof ResultsException results && results.readerGone()) {
            return ExitCode.OK;
        }
        Failure failure = Failure.of(e);
        console.say("deepsentry: " + failure.message());
        if (tracing) {
            console.trace(e);
        }
        return failure.exitCode();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    Console console() {
        return console;
    }

    /** The arguments that the program was given. */
    List<String> arguments() {
        return arguments;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Whether more is shown than most people want to know. */
    boolean verbose() {
        return arguments.contains(VERBOSE) || "1".equals(environment.get("DEEPSENTRY_VERBOSE"));
    }

    @Nullable
    Path config() {
        return config;
    }

    @Nullable
    Path dataDir() {
        return dataDir;
    }

    /** What a long stage is run with. */
    RunContext context() {
        return new RunContext(new ConsoleProgress(console, verbose), cancellation);
    }
}
