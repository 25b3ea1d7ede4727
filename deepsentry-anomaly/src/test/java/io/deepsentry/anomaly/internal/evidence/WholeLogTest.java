package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeLogTest {
    private final Path folder;

    WholeLogTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Jobs of four lines, many at a time; lines of two jobs, and lines of none. */
    private Path log(String name, int first, int jobs) throws IOException {
        Random random = new Random(first);
        List<String> lines = new ArrayList<>();
        List<int[]> open = new ArrayList<>();
        int next = first;
        while (next < first + jobs || !open.isEmpty()) {
            if (next < first + jobs && random.nextBoolean()) {
                open.add(new int[] {next++, 0});
            }
            String time = String.format(
                    "2026-01-02T%02d:%02d:%02dZ INFO ", first / 1000, lines.size() / 60, lines.size() % 60);
            if (random.nextInt(6) == 0 || open.isEmpty()) {
                lines.add(time + "timer ran");
                continue;
            }
            int[] job = open.get(random.nextInt(open.size()));
            lines.add(time + "job_" + job[0] + " at step " + job[1] + (job[1] == 2 ? " feeds job_" + first : ""));
            if (++job[1] == 4) {
                open.remove(job);
            }
        }
        return Files.write(folder.resolve(name), lines);
    }

    private PreparedData prepared(PrepareSettings.Builder settings) {
        Prepare.run(settings.dataDir(folder).sessionKey("(job_\\d+)").build(), RunContext.quiet());
        return PreparedData.open(folder.resolve("prepared_data"));
    }

    private static ObservedLines.Visitor into(List<String> seen) {
        return (origin, line) ->
                seen.add(Path.of(origin.file()).getFileName() + ":" + origin.line() + " " + line.message());
    }

    private static List<String> training(PreparedData data) {
        List<String> seen = new ArrayList<>();
        WholeLog.forEachOfTraining(data, "read", RunContext.quiet(), into(seen));
        return seen;
    }

    private static List<String> test(PreparedData data) {
        List<String> seen = new ArrayList<>();
        WholeLog.forEachOfTest(data, "read", RunContext.quiet(), into(seen));
        return seen;
    }

    private static List<String> places(Path log) throws IOException {
        List<String> places = new ArrayList<>();
        for (int line = 1; line <= Files.readAllLines(log).size(); line++) {
            places.add(log.getFileName() + ":" + line);
        }
        return places;
    }

    private static List<String> places(List<String> seen) {
        return seen.stream().map(each -> each.substring(0, each.indexOf(' '))).toList();
    }

    @Test
    void everyLineIsThereOnceInItsOrderCutWhereTheTestPartBegins() throws IOException {
        Path one = log("one.log", 1_000, 60);
        Path two = log("two.log", 2_000, 60);
        PreparedData data = prepared(PrepareSettings.builder().inputs(one, two));
        IndexRow first;
        try (PreparedData.Rows<IndexRow> rows = data.origins(Split.TEST)) {
            first = rows.next();
        }

        List<String> all = new ArrayList<>(training(data));
        List<String> later = test(data);
        all.addAll(later);

        List<String> expected = new ArrayList<>(places(one));
        expected.addAll(places(two));
        assertThat(places(all)).containsExactlyElementsOf(expected);
        assertThat(first).isNotNull();
        assertThat(places(later).get(0)).isEqualTo("two.log:" + first.line());
        // Sessions that began before it go on there, and lines that belong to none are there, too.
        assertThat(later.size()).isGreaterThan((int) data.rows(Split.TEST));
    }

    @Test
    void aTestLogOfItsOwnIsTheTestPartAndNothingElse() throws IOException {
        Path one = log("one.log", 1_000, 60);
        Path two = log("two.log", 2_000, 30);
        PreparedData data = prepared(PrepareSettings.builder().inputs(one).test(two));

        assertThat(places(training(data))).isEqualTo(places(one));
        assertThat(places(test(data))).isEqualTo(places(two));
    }

    @Test
    void aTestLogThatIsTheTrainingLogIsBoth() throws IOException {
        Path one = log("one.log", 1_000, 60);
        PreparedData data = prepared(PrepareSettings.builder().inputs(one).test(one));

        assertThat(places(training(data))).isEqualTo(places(one));
        assertThat(test(data)).isEqualTo(training(data));
    }
}
