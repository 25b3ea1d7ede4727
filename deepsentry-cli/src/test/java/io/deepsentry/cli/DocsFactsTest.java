package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.cli.DocPages.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What sentences of the docs say of exit codes, settings, files of the project and arguments holds. */
class DocsFactsTest {
    private static final Pattern EXIT = Pattern.compile("\\bexits?(?: codes?)?(?: with)?(?: code)?\\s+(\\d+)\\b");
    private static final Pattern SETTING = Pattern.compile("([a-z]+(?:_[a-z0-9]+)*): [a-z0-9\"'\\[{].*");
    private static final Pattern PATH =
            Pattern.compile("(?<![\\w/.$-])((?:tools|examples|interop|config|embedding-test|\\.ci|docs)/[\\w./-]*\\w|"
                    + "deepsentry-(?!data|demo)[a-z0-9-]+/(?:src|pom)[\\w./-]*\\w)");
    /** Lines of other files that look like a setting. */
    private static final Set<String> NO_SETTINGS = Set.of("block_id");

    /** A day, or a version of the program. */
    private static final Pattern WHEN = Pattern.compile(
            "\\b20\\d\\d-\\d\\d-\\d\\d|\\d{1,2} [A-Z][a-z]+ 20\\d\\d\\b|\\b0\\.\\d\\.\\d(?:-SNAPSHOT)?\\b");

    private static final Path FLINK_JOB =
            DocPages.ROOT.resolve("deepsentry-flink-job/src/main/java/io/deepsentry/flink/job");

    private static List<Path> everywhere() {
        return Stream.concat(DocPages.pages().stream(), DocPages.records().stream())
                .toList();
    }

    @Test
    void exit_codes_in_sentences_are_codes_of_the_program() {
        Set<String> codes = Stream.of(
                        ExitCode.OK, ExitCode.FAILED, ExitCode.WRONG_USE, ExitCode.MISSING_DATA, ExitCode.DIFFERENT)
                .map(String::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
        codes.addAll(Set.of("130", "143"));
        int said = 0;
        for (Path page : everywhere()) {
            Matcher exit = EXIT.matcher(DocPages.read(page));
            while (exit.find()) {
                assertThat(codes).as("%s: %s", page, exit.group()).contains(exit.group(1));
                said++;
            }
        }
        assertThat(said).isGreaterThan(15);
    }

    @Test
    void settings_in_sentences_are_keys_of_a_configuration_file() {
        Set<String> keys = new TreeSet<>();
        ConfigFiles.SCHEMAS.forEach(schema -> keys.addAll(schema.keyNames()));
        int said = 0;
        for (Path page : everywhere()) {
            for (Code span : DocPages.spans(page)) {
                Matcher setting = SETTING.matcher(span.text());
                if (setting.matches()
                        && !NO_SETTINGS.contains(setting.group(1))
                        && (setting.group(1).contains("_") || keys.contains(setting.group(1)))) {
                    assertThat(keys).as("%s: %s", span.place(), span.text()).contains(setting.group(1));
                    said++;
                }
            }
        }
        assertThat(said).isGreaterThan(8);
    }

    @Test
    void files_of_the_project_that_pages_name_are_there() {
        int paths = 0;
        for (Path page : everywhere()) {
            List<Code> code = new ArrayList<>(DocPages.spans(page));
            code.addAll(DocPages.commands(page));
            for (Code each : code) {
                Matcher path = PATH.matcher(each.text());
                while (path.find()) {
                    if (!path.group(1).contains("/target/")) {
                        assertThat(DocPages.ROOT.resolve(path.group(1)))
                                .as(each.place())
                                .exists();
                        paths++;
                    }
                }
            }
        }
        assertThat(paths).isGreaterThan(40);
    }

    /** Those of records are dated by the index of records. */
    @Test
    void pages_with_tables_of_figures_say_when_they_were_measured_or_link_the_page_that_does() {
        int pages = 0;
        for (Path page : DocPages.pages()) {
            String text = DocPages.read(page);
            if (DocsCommandsTest.hasFigures(text)) {
                assertThat(WHEN.matcher(text).find() || text.contains("benchmark.md"))
                        .as(page.toString())
                        .isTrue();
                pages++;
            }
        }
        assertThat(pages).isGreaterThan(5);
    }

    @Test
    void every_argument_of_the_jobs_of_flink_is_in_their_guide() {
        String guide = DocPages.read(DocPages.DOCS.resolve("flink.md"));
        Set<String> arguments = new TreeSet<>();
        for (String job : List.of("JobSettings.java", "SampleJob.java")) {
            Pattern.compile("\\b(?:text|path|otherwise|flag|required|duration|has)\\(\"([a-z-]+)\"")
                    .matcher(DocPages.read(FLINK_JOB.resolve(job)))
                    .results()
                    .forEach(argument -> arguments.add(argument.group(1)));
        }
        assertThat(arguments).hasSizeGreaterThanOrEqualTo(20);
        assertThat(arguments).allSatisfy(argument -> assertThat(guide).containsPattern("--" + argument + "(?![\\w-])"));
    }

    /** The names in the list of files, without the folders that they are in. */
    static Set<String> listed() {
        String page = DocPages.read(DocPages.DOCS.resolve("files.md"));
        return Pattern.compile("`([\\w*/-]*[\\w-](?:\\.[a-z0-9]+)+|[a-z_]+/?)`")
                .matcher(page)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The files of a data folder that the list does not have. */
    static List<String> unlisted(Path folder) throws IOException {
        Set<String> listed = listed();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> !name.matches("(?:spool|previous|update|prepared_data/keyless)/.*"))
                    .filter(name -> !listed.contains(name.substring(name.lastIndexOf('/') + 1)))
                    .toList();
        }
    }
}
