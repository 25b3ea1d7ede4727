package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code deepsentry patterns} and {@code deepsentry diff} as users do. */
class PatternsProgramTest {
    private static final Map<String, String> NARROW = Map.of("COLUMNS", "80");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Path folder = Path.of("");

    @BeforeEach
    void workIn(@TempDir Path temporary) {
        folder = temporary;
    }

    /** An access log of a shop; during an outage most orders end in 503. */
    private static List<String> access(long seed, int lines, boolean outage) {
        Random random = new Random(seed);
        List<String> log = new ArrayList<>();
        LocalDateTime time = LocalDateTime.of(2026, 3, 2, 8, 0);
        for (int i = 0; i < lines; i++) {
            boolean fails = outage && i > lines / 2 && i < lines / 2 + 80;
            log.add(String.format(
                    "10.1.%d.%d - - [02/Mar/2026:%02d:%02d:%02d +0000] \"GET /shop/%s/%d HTTP/1.1\" %d %d \"-\""
                            + " \"curl/8.5.0\"",
                    random.nextInt(4),
                    random.nextInt(250),
                    time.getHour(),
                    time.getMinute(),
                    time.getSecond(),
                    random.nextBoolean() ? "item" : "order",
                    random.nextInt(5000),
                    fails ? 503 : random.nextInt(25) == 0 ? 304 : 200,
                    200 + random.nextInt(9000)));
            time = time.plusSeconds(1);
        }
        return log;
    }

    @Test
    void the_outage_is_the_first_row_of_the_difference_and_the_rest_is_silent() throws IOException {
        Files.write(folder.resolve("good.log"), access(1, 2000, false));
        Files.write(folder.resolve("bad.log"), access(2, 1500, true));

        ProgramRun run = ProgramRun.in(folder, NARROW, "diff", "good.log", "bad.log");

        assertThat(run.code()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        int title = lines.indexOf("CHANGE       GOOD        BAD    TIMES  MESSAGE");
        assertThat(lines.get(title + 1))
                .startsWith("new             0         79")
                .contains("503");
        assertThat(lines.stream().filter(line -> line.matches("(new|gone|more|less|values) .*")))
                .hasSize(1);
        assertThat(lines.get(0)).contains("good.log", "2,000 events", "60 a minute");
    }

    @Test
    void two_days_of_the_same_traffic_do_not_differ_and_a_build_can_ask() throws IOException {
        Files.write(folder.resolve("good.log"), access(1, 2000, false));
        Files.write(folder.resolve("same.log"), access(2, 1000, false));
        Files.write(folder.resolve("bad.log"), access(3, 1000, true));

        ProgramRun same = ProgramRun.in(folder, "diff", "good.log", "same.log", "--fail-on-new");
        ProgramRun bad = ProgramRun.in(folder, "diff", "good.log", "bad.log", "--fail-on-new");
        ProgramRun other = ProgramRun.in(folder, "diff", "good.log", "bad.log", "--fail-on-new", "--match", "404");

        assertThat(same.code()).isZero();
        assertThat(same.out()).doesNotContain("CHANGE");
        assertThat(bad.code()).isEqualTo(4);
        assertThat(other.code()).isZero();
    }

    @Test
    void parts_of_one_log_are_compared_by_time() throws IOException {
        Files.write(folder.resolve("app.log"), access(5, 2000, true));

        ProgramRun before =
                ProgramRun.in(folder, "diff", "app.log", "--before", "2026-03-02 08:16:40", "--output", "json");
        ProgramRun periods = ProgramRun.in(
                folder,
                "diff",
                "app.log",
                "--good",
                "/2026-03-02T08:10:00Z",
                "--bad",
                "2026-03-02 08:16:40/2026-03-02 08:18:00");

        assertThat(before.code()).as(before.err()).isZero();
        List<String> lines = before.out().lines().toList();
        JsonNode logs = JSON.readTree(lines.get(0));
        assertThat(logs.path("change").asText()).isEqualTo("logs");
        assertThat(logs.at("/good/events").asLong()).isEqualTo(1000);
        assertThat(logs.at("/bad/events").asLong()).isEqualTo(1000);
        JsonNode first = JSON.readTree(lines.get(1));
        assertThat(first.path("change").asText()).isEqualTo("new");
        assertThat(first.path("message").asText()).contains("503");
        assertThat(first.path("bad_count").asLong()).isEqualTo(79);
        assertThat(first.path("chance").asDouble()).isLessThan(0.001);
        assertThat(first.path("good").isNull()).isTrue();
        assertThat(first.at("/bad/line").asLong()).isEqualTo(1002);
        assertThat(periods.code()).as(periods.err()).isZero();
        assertThat(periods.out()).contains("600 events", "80 events");
    }

    @Test
    void sides_that_are_missing_doubled_or_empty_are_refused() throws IOException {
        Files.write(folder.resolve("app.log"), access(5, 100, false));

        assertRefused("two logs must be compared", "diff", "app.log");
        assertRefused("--before, --good and --bad", "diff", "app.log", "app.log", "--before", "2026-03-02");
        assertRefused("has none", "diff", "app.log", "--before", "2020-01-01");
        assertRefused("but has 'noon'", "diff", "app.log", "--before", "noon");
        assertRefused("must be FROM/TO", "diff", "app.log", "--good", "2026-03-02", "--bad", "/");
        assertRefused("--top must be at least 0", "patterns", "--input", "app.log", "--top", "-1");
        assertThat(ProgramRun.in(folder, "diff", "app.log", "missing.log").code())
                .isEqualTo(3);
    }

    private void assertRefused(String message, String... arguments) {
        ProgramRun run = ProgramRun.in(folder, arguments);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void messages_are_sorted_filtered_and_cut_as_asked() throws IOException {
        Files.write(
                folder.resolve("app.log"),
                List.of(
                        "2026-03-02 08:00:00 INFO cache is warm",
                        "2026-03-02 08:00:01 INFO request 17 took 30 ms",
                        "2026-03-02 08:00:02 ERROR disk node-7 broke",
                        "2026-03-02 08:00:03 INFO request 18 took 50 ms",
                        "2026-03-02 08:00:04 WARN disk node-8 is slow",
                        "2026-03-02 08:00:05 INFO request 19 took 1.5 s"));

        ProgramRun all = ProgramRun.in(folder, NARROW, "patterns", "--input", "app.log");
        ProgramRun warnings = ProgramRun.in(
                folder, "patterns", "--input", "app.log", "--level", "warn", "--sort", "new", "--output", "json");
        ProgramRun some = ProgramRun.in(folder, "patterns", "--input", "app.log", "--match", "DISK", "--top", "1");

        assertThat(all.out().lines())
                .startsWith(
                        "COUNT   SHARE  LEVEL  MESSAGE",
                        "    3   50.0%  INFO   request <num> took <duration>",
                        "       2026-03-02 08:00:01 to 08:00:05, first at app.log:2",
                        "       e.g. request 17 took 30 ms",
                        "       <num> 17 33.3%, 18 33.3%, 19 33.3%",
                        "       <duration> 1.5 s 33.3%, 30 ms 33.3%, 50 ms 33.3%");
        assertThat(all.err()).contains("patterns: 4 messages in 6 events").contains("6 lines: 6 events");
        List<String> rows = warnings.out().lines().toList();
        assertThat(rows).hasSize(2);
        assertThat(JSON.readTree(rows.get(0)).path("level").asText()).isEqualTo("WARN");
        assertThat(JSON.readTree(rows.get(1)).path("example").asText()).isEqualTo("disk node-7 broke");
        assertThat(some.out().lines().filter(line -> line.contains("%"))).hasSizeGreaterThanOrEqualTo(1);
        assertThat(some.err()).contains("2 of them match, 1 of them shown");
    }

    @Test
    void a_hostile_log_drives_no_terminal() throws IOException {
        String hostile = "{\"ts\":\"2026-03-02T08:00:00Z\",\"level\":\"in\\u001bfo\",\"msg\":\"a\\u001b[31mred\\u0007 "
                + "\\u202etxt " + "w".repeat(5000) + "\",\"us\\u001ber\":\"x\\u001b]0;y\\u0007\"}";
        Files.write(folder.resolve("app.log"), List.of(hostile, hostile, hostile));

        for (String output : List.of("table", "json")) {
            ProgramRun run = ProgramRun.in(folder, NARROW, "patterns", "--input", "app.log", "--output", output);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out().chars().filter(c -> c != '\n').noneMatch(Character::isISOControl))
                    .isTrue();
        }
        ProgramRun table = ProgramRun.in(folder, NARROW, "patterns", "--input", "app.log");
        assertThat(table.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(table.out()).doesNotContain("\u202e");
    }

    @Test
    void the_page_shows_what_the_program_prints() throws IOException {
        Path sample = folder.resolve("deepsentry-demo/sample/hdfs-sample.log.gz");
        Files.createDirectories(Objects.requireNonNull(sample.getParent()));
        try (InputStream in =
                Objects.requireNonNull(DemoCommand.class.getResourceAsStream("sample/hdfs-sample.log.gz"))) {
            Files.copy(in, sample);
        }
        Matcher example = Pattern.compile(
                        "(?m)^    deepsentry ((?:patterns|diff) .*hdfs-sample.*)\n\n```\n((?s).*?)```")
                .matcher(Files.readString(Path.of("..", "docs", "patterns.md")));
        int examples = 0;
        while (example.find()) {
            examples++;
            List<String> arguments = new ArrayList<>();
            Matcher argument = Pattern.compile("'([^']*)'|(\\S+)").matcher(example.group(1));
            while (argument.find()) {
                arguments.add(argument.group(1) == null ? argument.group(2) : argument.group(1));
            }
            ProgramRun run = ProgramRun.in(folder, NARROW, arguments.toArray(String[]::new));
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).isEqualTo(example.group(2));
        }

        assertThat(examples).isEqualTo(2);
    }
}
