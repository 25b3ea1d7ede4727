package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.common.base.Splitter;
import io.deepsentry.cli.DocPages.Code;
import io.deepsentry.cli.output.Console;
import io.deepsentry.core.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Every command and option that the docs name exists, and the docs name every one that exists. */
class DocsCommandsTest {
    /** A call at the start of a line, or after what starts a command in a shell. */
    private static final Pattern CALL = Pattern.compile(
            "(?m)(?:^|[|;&(]\\s*)(?:\\w+=\\S+ +)*(?:\\S*/)?deepsentry +([a-z][a-z-]*)(?=\\s|$)([^|;&)#>\n]*)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|((?:[^\\s'\"]|'[^']*')+)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z]+(?:-[a-z]+)*");
    private static final Pattern VARIABLE = Pattern.compile("DEEPSENTRY_[A-Z_]+[A-Z]");

    /** Options of other programs that the docs name. */
    private static final Set<String> FOREIGN = Set.of(
            "--arch",
            "--stop-timeout",
            "--group-add",
            "--memory",
            "--health-cmd",
            "--javadoc",
            "--kills",
            "--quick",
            "--sbom",
            "--enable-native-access",
            "--sun-misc-unsafe-memory-access");

    private static final Path FLINK_JOB =
            DocPages.ROOT.resolve("deepsentry-flink-job/src/main/java/io/deepsentry/flink/job/JobSettings.java");

    private final CommandLine program =
            new Program(Console.ofProcess(false), Cancellation.none(), Map.of()).commandLine();

    private static List<Path> everywhere() {
        return Stream.concat(DocPages.pages().stream(), DocPages.records().stream())
                .toList();
    }

    @Test
    void every_command_in_a_block_of_code_is_taken_by_the_program() {
        int calls = 0;
        for (Path page : DocPages.pages()) {
            for (Code block : DocPages.commands(page)) {
                Matcher call = CALL.matcher(block.text().replaceAll("\\\\\n *", ""));
                while (call.find()) {
                    if (!call.group(2).contains("[") && !call.group(2).contains("...")) {
                        assertTaken(block.place(), call.group(1), words(call.group(2)));
                        calls++;
                    }
                }
            }
        }
        assertThat(calls).isGreaterThan(50);
    }

    private void assertTaken(String place, String command, List<String> words) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(words);
        try {
            program.parseArgs(all.toArray(String[]::new));
        } catch (ParameterException e) {
            fail(place + ": " + String.join(" ", all) + ": " + e.getMessage());
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(Stream.of(1, 2, 3)
                    .map(word::group)
                    .filter(group -> group != null)
                    .findFirst()
                    .orElseThrow()
                    .replace("'", ""));
        }
        return words;
    }

    @Test
    void every_command_in_a_sentence_exists_with_its_options() {
        for (Path page : everywhere()) {
            for (Code span : DocPages.spans(page)) {
                Matcher call = CALL.matcher(span.text());
                if (call.lookingAt()) {
                    CommandLine command = program.getSubcommands().get(call.group(1));
                    if (command == null) {
                        throw new AssertionError(span.place() + ": no such command: " + span.text());
                    }
                    Set<String> options = command.getCommandSpec().options().stream()
                            .map(OptionSpec::longestName)
                            .collect(Collectors.toSet());
                    OPTION.matcher(call.group(2)).results().forEach(option -> assertThat(options)
                            .as("%s: %s", span.place(), span.text())
                            .contains(option.group()));
                }
            }
        }
    }

    @Test
    void every_option_in_a_sentence_exists() {
        Set<String> options = new TreeSet<>(FOREIGN);
        program.getCommandSpec().options().forEach(option -> options.add(option.longestName()));
        program.getSubcommands().values().forEach(command -> command.getCommandSpec()
                .options()
                .forEach(option -> options.add(option.longestName())));
        Pattern.compile("\"([a-z-]+)\"")
                .matcher(DocPages.read(FLINK_JOB))
                .results()
                .forEach(argument -> options.add("--" + argument.group(1)));
        for (Path page : DocPages.pages()) {
            for (Code span : DocPages.spans(page)) {
                if (span.text().startsWith("--")) {
                    Matcher option = OPTION.matcher(span.text());
                    assertThat(option.lookingAt()).as(span.place()).isTrue();
                    assertThat(options).as(span.place()).contains(option.group());
                }
            }
        }
    }

    @Test
    void the_table_of_exit_codes_is_that_of_the_program() throws IOException {
        Set<String> codes = new TreeSet<>(Set.of("130", "143"));
        Pattern.compile("static final int \\w+ = (\\d+);")
                .matcher(Files.readString(Path.of("src/main/java/io/deepsentry/cli/ExitCode.java")))
                .results()
                .forEach(code -> codes.add(code.group(1)));
        String page = DocPages.read(DocPages.DOCS.resolve("cli.md"));
        String table = page.substring(page.indexOf("## Exit codes"));

        Set<String> listed = new TreeSet<>();
        Pattern.compile("(?m)^\\| (\\d+(?:, \\d+)*) \\|")
                .matcher(table)
                .results()
                .forEach(row -> listed.addAll(List.of(row.group(1).split(", ", -1))));
        assertThat(listed).isEqualTo(codes);
    }

    @Test
    void every_variable_of_the_environment_exists_and_is_in_the_docs() throws IOException {
        Set<String> read = new TreeSet<>();
        for (Path file : sources()) {
            VARIABLE.matcher(DocPages.read(file)).results().forEach(found -> read.add(found.group()));
        }
        Set<String> described = new TreeSet<>();
        for (Path page : DocPages.pages()) {
            VARIABLE.matcher(DocPages.read(page)).results().forEach(found -> described.add(found.group()));
        }
        // Of the build and the tests, which only contributors meet, and beginnings of names that are put together.
        described.removeIf(name -> name.startsWith("DEEPSENTRY_TEST_") || name.equals("DEEPSENTRY_WRITE_DOCS"));
        read.removeIf(name -> described.stream().anyMatch(other -> other.startsWith(name + "_")));

        assertThat(described).containsAll(read);
        for (String name : described) {
            assertThat(read).as(name).anyMatch(each -> each.equals(name) || name.startsWith(each + "_"));
        }
    }

    /** The sources of the program, and its launchers. */
    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder :
                List.of("core", "parse", "text", "anomaly", "live", "kafka", "benchmark", "appender", "cli")) {
            try (Stream<Path> all = Files.walk(DocPages.ROOT.resolve("deepsentry-" + folder + "/src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        try (Stream<Path> launchers = Files.list(Path.of("src/dist/bin"))) {
            launchers.forEach(files::add);
        }
        return files;
    }

    @Test
    void every_file_in_the_list_of_files_is_written_by_something() throws IOException {
        String page = DocPages.read(DocPages.DOCS.resolve("files.md"));
        String written = sources().stream().map(DocPages::read).collect(Collectors.joining());
        int names = 0;
        for (String row : page.lines().filter(line -> line.startsWith("| `")).toList()) {
            Matcher name = Pattern.compile("`([a-z_]+\\.[a-z0-9.]+)`").matcher(row.substring(0, row.indexOf(" | ")));
            while (name.find()) {
                String end = name.group(1).replaceFirst("^(train|val|test|encoder|(session_)?detector)(?=_)", "");
                assertThat(written)
                        .as(name.group(1))
                        .containsAnyOf(
                                '"' + name.group(1) + '"',
                                '"' + end + '"',
                                "/" + name.group(1) + '"',
                                end.replaceFirst("\\..*", "\""));
                names++;
            }
        }
        assertThat(names).isGreaterThan(40);
    }

    @Test
    void every_class_in_the_list_of_entry_classes_is_public_and_where_the_list_says() {
        int classes = 0;
        Matcher rows = Pattern.compile("(?m)^\\| (`.+`) \\| `(io\\.deepsentry[a-z0-9.]*)` \\|")
                .matcher(DocPages.read(DocPages.DOCS.resolve("api.md")));
        while (rows.find()) {
            String module = Splitter.on('.').splitToList(rows.group(2)).get(2);
            for (String name : Splitter.on(", ").split(rows.group(1).replace("`", ""))) {
                Path source = DocPages.ROOT.resolve("deepsentry-" + module + "/src/main/java/"
                        + rows.group(2).replace('.', '/') + "/" + name + ".java");
                assertThat(source).exists();
                assertThat(DocPages.read(source)).containsPattern("(?m)^public [a-z ]*" + name + "\\b");
                classes++;
            }
        }
        assertThat(classes).isGreaterThan(30);
    }

    @Test
    void tables_of_figures_name_a_command_or_a_test_that_gives_them() {
        Pattern section = Pattern.compile("(?ms)^##? (.+?)$(.*?)(?=^##? |\\z)");
        Pattern origin =
                Pattern.compile("deepsentry [a-z]|tools/\\w|mvn |\\w+Test\\b|interop/|hyperfine|benchmark\\.md");
        List<String> without = new ArrayList<>();
        int tables = 0;
        for (Path page : everywhere()) {
            for (MatchResult part :
                    section.matcher(DocPages.read(page)).results().toList()) {
                if (hasFigures(part.group(2))) {
                    tables++;
                    if (!origin.matcher(part.group(2)).find()) {
                        without.add(page + ", " + part.group(1));
                    }
                }
            }
        }
        assertThat(without).isEmpty();
        assertThat(tables).isGreaterThan(10);
    }

    /** Whether a text has a table of measured numbers. */
    static boolean hasFigures(String text) {
        return Pattern.compile("(?m)(?:^\\|.*\\|\n){3,}")
                .matcher(text)
                .results()
                .anyMatch(table -> isOfFigures(table.group()));
    }

    /** Whether most cells of a table, but for the first of each row, are measured numbers. */
    private static boolean isOfFigures(String table) {
        int cells = 0;
        int numbers = 0;
        for (String row : table.lines().skip(2).toList()) {
            List<String> all = List.of(row.split("(?<!\\\\)\\|", -1));
            for (String cell : all.subList(2, Math.max(2, all.size() - 1))) {
                cells++;
                numbers += cell.strip().matches("[*]*[0-9]*[.,]?[0-9]+( ?[a-zA-Z%/]+)?.{0,12}") ? 1 : 0;
            }
        }
        return cells > 3 && numbers > cells / 2;
    }
}
