package io.deepsentry.anomaly.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.SmallData;
import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Reports of a small stream with hostile lines and of a few sessions, read as data and in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, ?> TINY =
            Map.of("epochs", 1, "lstm_hidden_size", 4, "sequence_length", 4, "dropout", 0.0);

    /** Each would leave its mark on the title, or break the page, if it became more than text. */
    private static final List<String> HOSTILE = List.of(
            "<script>document.title='owned'</script>",
            "</script><script>document.title='owned'</script>",
            "</SCRIPT\u000b><img/src=x/onerror=document.title='owned'>",
            "<!--<script>",
            "{{scripts}}{{data}}",
            "\"]};document.title='owned';//",
            "\u001b[31mred\u001b[0m\u0007",
            "\u202egnp.exe\u2066",
            "\u2028document.title='owned'\u2029",
            "javascript:document.title='owned'",
            "&lt;b&gt;&amp;",
            "__proto__",
            "x".repeat(20_000) + "<b>");

    private final Path lines;
    private final Path keyed;
    private Path hostilePage = Path.of("");
    private Path sessionsPage = Path.of("");

    ReportTest(@TempDir Path folder) {
        lines = folder.resolve("lines");
        keyed = folder.resolve("keyed");
    }

    @BeforeAll
    void evaluate() throws IOException {
        Files.createDirectories(lines);
        String test = "a b c a b c " + String.join(" a b c ", HOSTILE) + " a b c";
        train(new SmallData(lines).streams("a b c ".repeat(60).strip(), test), lines);
        EvalResult unused = Evaluation.run(settings(lines), RunContext.quiet());
        hostilePage = Report.write(settings(lines), RunContext.quiet());

        List<String> learn = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            learn.add(i % 3 == 0 ? "open write write close" : "open write close");
        }
        Files.createDirectories(keyed);
        train(
                new SmallData(keyed)
                        .sessions(
                                learn, List.of("open write close", "open fail close", "open write close", "open fail")),
                keyed);
        Path labels =
                Files.writeString(keyed.resolve("labels.txt"), "blk_1001: 0\nblk_1002: 1\nblk_1003: 0\nblk_1004: 1\n");
        AnalyzeSettings analyze = AnalyzeSettings.from(
                new SmallData(keyed).config(AnalyzeSettings.SCHEMA, Map.of("labels_file", labels.toString())));
        var unusedToo = Analysis.run(analyze, RunContext.quiet());
        sessionsPage = Report.write(analyze.eval(), RunContext.quiet());
    }

    private static void train(SmallData data, Path at) throws IOException {
        Files.createDirectories(at.resolve("text_autoencoder_model"));
        Files.writeString(at.resolve("text_autoencoder_model/encoder.h5"), "an encoder");
        DetectorTraining.run(
                DetectorTrainSettings.from(data.config(DetectorTrainSettings.SCHEMA, TINY)), RunContext.quiet());
    }

    private static EvalSettings settings(Path at) {
        return EvalSettings.from(new SmallData(at).config(EvalSettings.SCHEMA, Map.of()));
    }

    private static JsonNode dataOf(Path page) throws IOException {
        String html = Files.readString(page);
        String begin = "<script type=\"application/json\" id=\"data\">";
        int from = html.indexOf(begin) + begin.length();
        return JSON.readTree(html.substring(from, html.indexOf("</script>", from)));
    }

    @Test
    void lies_in_the_data_folder_or_beside_results_that_lie_elsewhere() {
        EvalSettings elsewhere = EvalSettings.from(new SmallData(lines)
                .config(
                        EvalSettings.SCHEMA,
                        Map.of("output_dir", keyed.resolve("strict").toString())));

        assertThat(hostilePage).isEqualTo(lines.resolve("report.html"));
        assertThat(Report.place(elsewhere)).isEqualTo(keyed.resolve("strict").resolve("report.html"));
    }

    @Test
    void counts_every_line_once_and_names_new_messages() throws IOException {
        JsonNode data = dataOf(hostilePage);
        int judged = 0;
        for (JsonNode count : data.path("timelines").path(0).path("lines").path("none")) {
            judged += count.asInt();
        }

        assertThat(judged)
                .isEqualTo(data.path("log").path("judged").path("lines").asInt());
        assertThat(judged).isEqualTo(6 + 4 * HOSTILE.size());
        assertThat(data.path("patterns").path("items"))
                .filteredOn(each -> each.path("message").asText().equals("a"))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.path("learned").asInt()).isEqualTo(60);
                    assertThat(each.path("judged").asInt()).isEqualTo(2 + HOSTILE.size());
                    assertThat(each.path("status").isNull()).isTrue();
                });
        assertThat(data.path("findings").path("items")).isNotEmpty();
    }

    @Test
    void counts_the_messages_of_a_session_beside_the_nearest_normal_one() throws IOException {
        JsonNode finding = dataOf(sessionsPage).path("findings").path("items").path(0);

        assertThat(finding.path("some_sessions").path(0).asText()).startsWith("blk_100");
        assertThat(finding.path("session_messages").toString()).contains("fail");
        assertThat(finding.path("odd").toString()).contains("fail");
        assertThat(finding.path("at")).isNotEmpty();
    }

    @Test
    void no_text_of_the_log_ends_the_block_of_data() throws IOException {
        String html = Files.readString(hostilePage);

        assertThat(html.split("<script", -1)).as("data, library and page").hasSize(4);
        assertThat(html).doesNotContain("\u001b").doesNotContain("\u202e").doesNotContain("\u2028");
    }

    @Test
    void bounds_each_text() throws IOException {
        assertThat(Files.size(hostilePage)).isLessThan(400_000);
    }

    @Test
    void says_what_to_run_where_nothing_was_evaluated(@TempDir Path empty) throws IOException {
        new SmallData(empty).streams("a b c a b c", "a b c");

        assertThatThrownBy(() -> Report.write(settings(empty), RunContext.quiet()))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("findings.json")
                .hasMessageContaining("run eval");
    }

    /** What a browser makes of the pages. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class InABrowser {
        private Browser browser;

        @BeforeAll
        void start() throws IOException, InterruptedException {
            browser = Browser.start();
        }

        @AfterAll
        void stop() throws IOException {
            if (browser != null) {
                browser.close();
            }
        }

        private int count(String selector) throws IOException, InterruptedException {
            return browser.evaluate("document.querySelectorAll(\"" + selector + "\").length")
                    .asInt();
        }

        @Test
        void a_report_without_findings_is_whole_at_every_width_and_on_paper(@TempDir Path quiet) throws Exception {
            train(new SmallData(quiet).streams("a b c ".repeat(60).strip(), "a b c a b c"), quiet);
            EvalResult unused = Evaluation.run(settings(quiet), RunContext.quiet());
            Path page = Report.write(settings(quiet), RunContext.quiet());
            browser.open(page, 1400, "light");
            browser.open(page, 400, "dark");
            byte[] printed = browser.print();

            assertThat(dataOf(page).path("findings").path("items")).isEmpty();
            assertThat(browser.evaluate("document.body.innerText").asText()).contains("Nothing unusual");
            assertThat(printed).isNotEmpty();
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void hostile_lines_stay_text() throws IOException, InterruptedException {
            browser.open(hostilePage, 1400, "light");
            int findings = dataOf(hostilePage).path("findings").path("items").size();
            for (int i = 0; i < findings; i++) {
                browser.evaluate("location.hash = document.querySelectorAll('.row')[" + i + "].hash");
                browser.evaluate("new Promise(done => requestAnimationFrame(() => done(1)))");
            }

            assertThat(count(".row")).isEqualTo(findings);
            assertThat(browser.evaluate("document.title").asText())
                    .contains("DeepSentry")
                    .doesNotContain("owned");
            assertThat(count("body img, body b script, iframe, object, [onerror]"))
                    .isZero();
            assertThat(count("script")).isEqualTo(3);
            assertThat(browser.evaluate("document.body.textContent").asText()).contains("<script>document.title");
            assertThat(browser.requests()).isEmpty();
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void findings_are_filtered_searched_and_reached_by_address_and_keys() throws IOException, InterruptedException {
            browser.open(hostilePage, 1400, "light");
            int all = count(".row");
            browser.evaluate("{ const field = document.querySelector('#findings input'); field.value = 'owned';"
                    + " field.dispatchEvent(new Event('input')); }");
            int found = count(".row");
            browser.evaluate("{ const field = document.querySelector('#findings input'); field.value = '';"
                    + " field.dispatchEvent(new Event('input')); }");
            browser.evaluate("{ const first = document.querySelector('.row'); first.focus();"
                    + " first.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true })); }");
            browser.evaluate("new Promise(done => setTimeout(() => done(1)))");

            assertThat(found).isPositive().isLessThan(all);
            assertThat(count(".row")).isEqualTo(all);
            assertThat(browser.evaluate("location.hash").asText())
                    .isEqualTo(browser.evaluate("document.querySelectorAll('.row')[1].hash")
                            .asText());
            assertThat(browser.evaluate("document.querySelector('.row[aria-current=\"true\"]').hash")
                            .asText())
                    .isEqualTo(browser.evaluate("location.hash").asText());
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void fits_a_phone_and_prints_with_a_finding_open() throws IOException, InterruptedException {
            browser.open(sessionsPage, 400, "dark");

            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .isLessThanOrEqualTo(400);
            assertThat(count(".detail h3")).isZero();
            assertThat(browser.print()).startsWith('%', 'P', 'D', 'F');
            assertThat(count(".detail h3")).isPositive();
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void labels_give_figures_curves_and_counts_in_words() throws IOException, InterruptedException {
            browser.open(sessionsPage, 1400, "dark");

            assertThat(count("#quality .curve .line")).isEqualTo(3);
            assertThat(browser.evaluate("document.getElementById('quality').textContent")
                            .asText())
                    .contains("average precision", "its left 5%", "anomalous sessions found, of 2");
            assertThat(count("#timeline canvas")).isEqualTo(1);
            assertThat(browser.console()).isEmpty();
        }

        @Test
        void newer_data_keep_what_is_selected_and_filtered() throws IOException, InterruptedException {
            browser.open(hostilePage, 1400, "light");
            browser.evaluate("location.hash = document.querySelectorAll('.row')[2].hash");
            browser.evaluate("new Promise(done => setTimeout(() => done(1)))");
            String selected = browser.evaluate("location.hash").asText();
            browser.evaluate("{ const data = JSON.parse(document.getElementById('data').textContent);"
                    + " data.findings.items.reverse(); DeepSentry.show(data); }");

            assertThat(browser.evaluate("document.querySelector('.row[aria-current=\"true\"]').hash")
                            .asText())
                    .isEqualTo(selected);
            assertThat(browser.console()).isEmpty();
        }
    }
}
