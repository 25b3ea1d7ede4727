package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every guide and every decision record can be found from its index. */
class DocsIndexTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path DECISIONS = DOCS.resolve("decisions");
    private static final String INDEX = "README.md";

    private static final Pattern ROW = Pattern.compile("(?m)^\\| \\[(.*?)]\\((.*?)\\) \\| (.+) \\| (.+) \\| (.+) \\|$");
    private static final Pattern LINK = Pattern.compile("\\[[^]]+]\\(([^)#(<\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern SECTION = Pattern.compile("(?ms)^## (.+?)$(.*?)(?=^## |\\z)");

    private static final Pattern PART = Pattern.compile("(?m)^### (.+)$");

    private static List<String> guides(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md") && !name.equals(INDEX))
                    .sorted()
                    .toList();
        }
    }

    private static List<MatchResult> all(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file)).results().toList();
    }

    /** What looks like a link within code is none. */
    private static List<String> links(String text) {
        return LINK.matcher(text.replaceAll("`[^`\n]*`", ""))
                .results()
                .map(link -> link.group(1))
                .toList();
    }

    @Test
    void every_record_is_in_the_index_once_and_every_entry_is_a_record() throws IOException {
        List<String> entries = new ArrayList<>();
        for (MatchResult row : all(ROW, DECISIONS.resolve(INDEX))) {
            entries.add(row.group(2));
        }

        assertThat(entries).containsExactlyInAnyOrderElementsOf(guides(DECISIONS));
    }

    @Test
    void every_entry_has_the_title_of_its_record_a_decision_a_status_and_a_date() throws IOException {
        for (MatchResult row : all(ROW, DECISIONS.resolve(INDEX))) {
            String record = row.group(2);
            assertThat(Files.readAllLines(DECISIONS.resolve(record)).get(0)).isEqualTo("# " + row.group(1));
            assertThat(row.group(3)).as("decision of %s", record).hasSizeGreaterThan(20);
            assertThat(row.group(4)).as("status of %s", record).matches("accepted|superseded by \\[.+]\\(.+\\.md\\)");
            assertThat(LocalDate.parse(row.group(5))).as("date of %s", record).isAfter(LocalDate.of(2026, 1, 1));
        }
    }

    @Test
    void every_page_is_in_the_index_and_each_kind_and_reader_has_some() throws IOException {
        Path index = DOCS.resolve(INDEX);
        List<MatchResult> sections = all(SECTION, index);

        assertThat(sections)
                .extracting(section -> section.group(1))
                .containsExactly("Tutorial", "Guides", "Reference", "Explanation", "Contributors");
        assertThat(sections)
                .allSatisfy(section ->
                        assertThat(links(section.group(2))).as(section.group(1)).isNotEmpty());
        assertThat(all(PART, index))
                .extracting(part -> part.group(1))
                .containsExactly("Users", "Operators", "Java developers");
        Set<String> linked = new TreeSet<>(links(Files.readString(index)));
        linked.removeIf(link -> link.contains("/") || !link.endsWith(".md"));
        assertThat(linked).containsExactlyElementsOf(guides(DOCS));
    }

    @Test
    void links_between_the_docs_lead_somewhere() throws IOException {
        try (Stream<Path> files = Files.walk(DOCS)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                for (String link : links(Files.readString(file))) {
                    if (!link.contains(":")) {
                        assertThat(file.resolveSibling(link))
                                .as("a link of %s", file)
                                .exists();
                    }
                }
            }
        }
    }

    @Test
    void what_pages_of_the_archive_link_is_in_the_archive() throws IOException {
        String archive = Files.readString(Path.of("src/assembly/files.xml"));
        Path root = DOCS.resolve("..").toRealPath();
        List<Path> pages = new ArrayList<>(DocPages.pages());
        pages.addAll(DocPages.records());
        for (Path page : pages) {
            for (String link : links(Files.readString(page))) {
                if (!link.contains(":")) {
                    String target = root.relativize(page.resolveSibling(link).toRealPath())
                            .toString();
                    assertThat(target.startsWith("docs")
                                    || target.equals("config")
                                    || archive.contains("<include>" + target + "</include>"))
                            .as("%s links %s", page, target)
                            .isTrue();
                }
            }
        }
    }
}
