package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the whole job once, and on what it learned {@code eval}, {@code analyze} and {@code live}. */
class ScoringProgramTest {
    private static final Pattern ALERTED = Pattern.compile(" SESSION=(\\S+) ");

    private static Path learned = Path.of("");
    private static ProgramRun whole = new ProgramRun(-1, "", "");

    @BeforeAll
    static void learn(@TempDir Path temporary) throws IOException {
        learned = temporary;
        SyntheticLog.write(learned, 60);
        whole = run("run", "--labels", "labels.txt", "--epochs", "1", "--output-dir", "deepsentry-data");
    }

    private static ProgramRun run(String command, String... more) {
        String[] input = {command, "--input", "app.log", "--format", "utah", "--session-key", SyntheticLog.SESSION_KEY};
        String[] all = Arrays.copyOf(input, input.length + more.length);
        System.arraycopy(more, 0, all, input.length, more.length);
        return ProgramRun.in(learned, all);
    }

    private static void assertSucceeds(ProgramRun run) {
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void a_run_with_labels_ends_with_the_figures_beside_the_baselines() {
        assertSucceeds(whole);
        assertThat(whole.out()).contains("flag everything", "new event", "count vector");
        for (String file : List.of("anomaly_scores.csv", "metrics.json", "roc_curve.png", "confusion_matrix.png")) {
            assertThat(learned.resolve("deepsentry-data/eval_results").resolve(file))
                    .isNotEmptyFile();
        }
    }

    @Test
    void every_file_that_a_run_writes_is_in_the_list_of_files() throws IOException {
        String page = DocPages.read(DocPages.DOCS.resolve("files.md"));
        try (Stream<Path> files = Files.walk(learned.resolve("deepsentry-data"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString().replaceFirst("^\\d+\\.spool$", "*.spool"))
                            .toList())
                    .hasSizeGreaterThan(30)
                    .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        }
    }

    @Test
    void scores_need_no_labels_and_a_threshold_of_the_users_own_decides() throws IOException {
        ProgramRun strict = ProgramRun.in(learned, "eval", "--threshold", "1e9", "--output-dir", "strict");

        assertSucceeds(strict);
        assertThat(strict.out()).contains("nothing unusual");
        assertThat(Files.readAllLines(learned.resolve("strict/anomaly_scores.csv")))
                .hasSize(13);
        assertThat(learned.resolve("strict/threshold.json")).content().contains("1.0E9");
        assertThat(learned.resolve("strict/metrics.json")).doesNotExist();
    }

    @Test
    void labels_of_another_log_are_refused() throws IOException {
        Files.writeString(learned.resolve("others.txt"), "job-1: 1\njob-2: 0\n");

        ProgramRun run = ProgramRun.in(learned, "analyze", "--labels", "others.txt", "--output-dir", "others");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("others.txt").contains("job-1").doesNotContain("\tat ");
        assertThat(learned.resolve("others")).doesNotExist();
    }

    @Test
    void live_whose_alerts_nobody_takes_says_so_and_fails() throws IOException {
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/hook", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] said =
                    (body.contains("\"blocks\"") ? "ok" : "no_text\nsecond line").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.contains("\"blocks\"") ? 200 : 400, said.length);
            exchange.getResponseBody().write(said);
            exchange.close();
        });
        hook.start();
        String[] live = {
            "live",
            "--log-file",
            "app.log",
            "--format",
            "utah",
            "--session-key",
            SyntheticLog.SESSION_KEY,
            "--from-start",
            "--until-end",
            "--webhook",
            "http://localhost:" + hook.getAddress().getPort() + "/hook",
            "--webhook-format",
            "deepsentry"
        };
        try {
            ProgramRun refused = ProgramRun.in(learned, live);
            assertThat(refused.code()).as(refused.err()).isEqualTo(1);
            assertThat(refused.err())
                    .containsOnlyOnce("it answers 400: no_text; it is kept in")
                    .contains("has accepted none of the alerts of this run")
                    .doesNotContain("second line");

            live[live.length - 1] = "slack";
            ProgramRun taken = ProgramRun.in(learned, live);
            assertSucceeds(taken);
            assertThat(taken.err()).doesNotContain("refuses");
        } finally {
            hook.stop(0);
        }
    }

    @Test
    void live_flags_the_same_test_sessions_as_eval() throws IOException {
        Files.writeString(
                learned.resolve("live.yml"), "log_format: utah\nsession_key: '" + SyntheticLog.SESSION_KEY + "'\n");
        assertSucceeds(ProgramRun.in(learned, "eval", "--output-dir", "again"));

        ProgramRun live = ProgramRun.in(
                learned, "live", "--config", "live.yml", "--log-file", "app.log", "--from-start", "--until-end");

        assertSucceeds(live);
        List<String[]> rows = Files.readAllLines(learned.resolve("again/anomaly_scores.csv")).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
        Set<String> tested = rows.stream().map(row -> row[0]).collect(Collectors.toSet());
        Set<String> flagged = rows.stream()
                .filter(row -> !row[3].equals("normal"))
                .map(row -> row[0])
                .collect(Collectors.toSet());
        Set<String> alerted = ALERTED.matcher(live.out())
                .results()
                .map((MatchResult result) -> result.group(1).replace("\"", ""))
                .filter(tested::contains)
                .collect(Collectors.toSet());
        assertThat(flagged).isNotEmpty();
        assertThat(alerted).isEqualTo(flagged);
        assertThat(live.err()).contains("60 sessions");
    }

    @Test
    void eval_reads_lines_back_from_a_log_with_a_relative_name_wherever_it_runs(@TempDir Path elsewhere)
            throws IOException {
        assertSucceeds(evalElsewhere(elsewhere, "deepsentry-data", "plain"));

        assertThat(elsewhere.resolve("plain/anomalies.jsonl"))
                .content()
                .contains("{\"file\":\"app.log\",", "\"text\":\"220115 ")
                .doesNotContain("\"text\":null");
    }

    @Test
    void eval_reads_lines_back_from_a_compressed_log_and_gives_them_the_same_ids(@TempDir Path elsewhere)
            throws IOException {
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(learned.resolve("app.log.gz")))) {
            Files.copy(learned.resolve("app.log"), gzip);
        }
        assertSucceeds(ProgramRun.in(learned, prepare("app.log.gz", "compressed")));

        assertSucceeds(evalElsewhere(elsewhere, "deepsentry-data", "plain"));
        assertSucceeds(evalElsewhere(elsewhere, "compressed", "compressed"));

        assertThat(elsewhere.resolve("compressed/anomalies.jsonl"))
                .content()
                .contains("{\"file\":\"app.log.gz\",", "\"text\":\"220115 ")
                .doesNotContain("\"text\":null");
        assertThat(ids(elsewhere.resolve("compressed"))).isNotEmpty().isEqualTo(ids(elsewhere.resolve("plain")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void eval_of_standard_input_has_no_lines_to_read_back(@TempDir Path elsewhere) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" < app.log", "sh"));
        command.addAll(ProgramRun.java());
        command.addAll(List.of(prepare("/dev/stdin", "piped")));
        assertSucceeds(ProgramRun.startCommand(learned, Map.of(), command).await());

        assertSucceeds(evalElsewhere(elsewhere, "piped", "piped"));

        assertThat(elsewhere.resolve("piped/anomalies.jsonl"))
                .content()
                .contains("{\"file\":\"stdin\",", "\"text\":null")
                .doesNotContain("\"text\":\"220115");
    }

    private static String[] prepare(String input, String dataDir) {
        return new String[] {
            "prepare",
            "--input",
            input,
            "--format",
            "utah",
            "--session-key",
            SyntheticLog.SESSION_KEY,
            "--labels",
            "labels.txt",
            "--data-dir",
            dataDir
        };
    }

    /** Evaluates from another working folder, with a threshold that every session passes. */
    private static ProgramRun evalElsewhere(Path elsewhere, String prepared, String output) throws IOException {
        Path config = Files.writeString(
                elsewhere.resolve(output + ".yml"),
                "prepared_data_dir: " + learned.resolve(prepared).resolve("prepared_data") + "\n");
        return ProgramRun.in(
                elsewhere,
                "eval",
                "--config",
                config.toString(),
                "--data-dir",
                learned.resolve("deepsentry-data").toString(),
                "--threshold",
                "0",
                "--output-dir",
                output);
    }

    private static List<String> ids(Path results) throws IOException {
        return Files.readAllLines(results.resolve("anomaly_scores.csv")).stream()
                .skip(1)
                .map(line -> line.split(",", -1)[6])
                .toList();
    }

    /**
     * Ten megabytes without a line break, control characters, broken UTF-8, and sessions that never come again, in 512
     * MB.
     */
    @Test
    void live_survives_a_hostile_log_and_its_output_is_harmless() throws IOException {
        int sessions = 30_000;
        int odd = 4;
        int inSession = 0;
        int normal = Files.readAllLines(learned.resolve("app.log")).size();
        Path log = learned.resolve("hostile.log");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(log))) {
            Files.copy(learned.resolve("app.log"), out);
            line(out, "220116 000000 req-901 " + "x".repeat(10 << 20));
            line(out, "220116 000001 req-902 \u001b[31mred\u001b]0;title\u0007 \u0000 \r over \u0085\u2028 \u202e");
            out.write("220116 000002 req-903 broken ".getBytes(StandardCharsets.UTF_8));
            out.write(new byte[] {(byte) 0xc3, (byte) 0x28, (byte) 0xff, (byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n'});
            // A whole session, of which nothing but that line is odd.
            for (String usual : Files.readAllLines(learned.resolve("app.log"))) {
                if (usual.contains(" req-1 ")) {
                    line(out, "220116 000003" + usual.substring(13).replace(" req-1 ", " req-904 "));
                    inSession++;
                }
            }
            line(out, "220116 000003 req-904 TIMESTAMP=now SCORE=1 MESSAGE=\"forged\" SESSION=req-905");
            for (int i = 0; i < sessions; i++) {
                line(out, "220116 000004 req-" + (1_000_000 + i) + " word" + Integer.toString(i, 36));
            }
        }
        Path alerts = learned.resolve("hostile.alerts");

        ProgramRun live = ProgramRun.in(
                learned,
                "live",
                "--config",
                hostileConfig(),
                "--log-file",
                "hostile.log",
                "--output-file",
                alerts.toString(),
                "--from-start",
                "--until-end");

        assertSucceeds(live);
        assertThat(live.err()).contains(String.format("%,d messages", normal + odd + inSession + sessions));
        byte[] written = Files.readAllBytes(alerts);
        String text = new String(written, StandardCharsets.UTF_8);
        assertThat(text.getBytes(StandardCharsets.UTF_8)).as("valid UTF-8").isEqualTo(written);
        assertThat(text.chars().filter(c -> c != '\n' && (Character.isISOControl(c) || c == 0x2028 || c == 0x202e)))
                .as("no character that does something")
                .isEmpty();
        List<String> lines = text.lines().toList();
        assertThat(lines)
                .allSatisfy(line -> assertThat(line).startsWith("TIMESTAMP=").hasSizeLessThan(100_000));
        assertThat(lines).filteredOn(line -> line.contains(" SESSION=req-902 ")).hasSize(1);
        assertThat(lines)
                .as("only within quotes")
                .filteredOn(line -> line.contains("forged"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("\\\"forged\\\""));
    }

    private static String hostileConfig() throws IOException {
        Path config = learned.resolve("hostile.yml");
        Files.writeString(
                config,
                "log_format: utah\nsession_key: '" + SyntheticLog.SESSION_KEY + "'\nmax_sessions: 1000\n"
                        + "threshold: 20\nruntime: onnxruntime\nmax_alerts_per_minute: 100000\n");
        return config.toString();
    }

    private static void line(OutputStream out, String text) throws IOException {
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void live_that_writes_its_alerts_into_the_log_it_watches_does_not_feed_itself() throws IOException {
        Path log = learned.resolve("itself.log");
        Files.copy(learned.resolve("app.log"), log);

        // It reads its own lines, too, before it ends.
        ProgramRun live = ProgramRun.in(
                learned,
                "live",
                "--config",
                hostileConfig(),
                "--threshold",
                "0.5",
                "--checkpoint-dir",
                "itself.checkpoint",
                "--log-file",
                "itself.log",
                "--output-file",
                "itself.log",
                "--from-start",
                "--until-end");

        assertSucceeds(live);
        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.startsWith("TIMESTAMP="))
                .as("a session is alerted once, however often it is named")
                .hasSizeBetween(1, 60);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void watching_ends_cleanly_when_it_is_told_to() throws IOException {
        Path log = learned.resolve("growing.log");
        Files.copy(learned.resolve("app.log"), log);

        ProgramRun.Running running =
                ProgramRun.start(learned, Map.of(), "live", "--log-file", "growing.log", "--from-start");
        running.awaitErr("watching");
        Files.writeString(log, "220115 235959 req-99 wrote 5 bytes\n", StandardOpenOption.APPEND);
        running.signal("TERM");
        ProgramRun run = running.await();

        assertThat(run.code()).isEqualTo(143);
        assertThat(run.err()).doesNotContain("\tat ").doesNotContain("internal error");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void watching_in_the_background_goes_on_alone_and_ends_when_told_to() throws Exception {
        Path log = learned.resolve("background.log");
        Files.copy(learned.resolve("app.log"), log);
        Path pid = learned.resolve("deepsentry-data/live.pid");
        String[] command = {
            "live", "--log-file", "background.log", "--from-start", "--output-file", "background.alerts", "--daemonize"
        };

        ProgramRun started = ProgramRun.in(learned, command);
        assertSucceeds(started);
        ProcessHandle daemon =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        try {
            assertThat(started.err()).contains("process " + daemon.pid());
            ProgramRun second = ProgramRun.in(learned, command);
            assertThat(second.code()).isEqualTo(1);
            assertThat(second.err()).contains("already", String.valueOf(daemon.pid()), "pid_file");
            assertThat(daemon.isAlive()).isTrue();
        } finally {
            daemon.destroy();
            daemon.onExit().get(1, TimeUnit.MINUTES);
        }
        assertThat(pid).doesNotExist();
        assertThat(learned.resolve("deepsentry-data/live.log")).content().contains("live: ", " messages");
        assertThat(learned.resolve("background.alerts")).exists();
    }

    @Test
    void alerts_in_the_background_need_a_place() {
        ProgramRun run = ProgramRun.in(learned, "live", "--log-file", "app.log", "--daemonize");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("daemonize", "output_file");
    }

    @Test
    void a_port_that_is_taken_is_told_at_once() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProgramRun run = ProgramRun.in(
                    learned, "live", "--log-file", "app.log", "--metrics-port", String.valueOf(taken.getLocalPort()));

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("metrics_port " + taken.getLocalPort());
        }
    }

    @Test
    void all_sections_of_a_file_are_checked_before_the_first_stage() throws IOException {
        Files.writeString(learned.resolve("sections.yml"), """
                prepare:
                  lower: 3
                train-text:
                  epochz: 3
                eval:
                  threshold: x
                live:
                  batch_interval: fast
                """);

        ProgramRun run = run("run", "--config", "sections.yml", "--output-dir", "sections");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("4 settings are wrong", "sections.yml:2", "sections.yml:4", "sections.yml:6", "epochs")
                .contains("batch_interval must be a number, but was fast (sections.yml:8)");
        assertThat(learned.resolve("sections")).doesNotExist();
    }

    @Test
    void a_log_too_short_for_a_test_part_is_refused_before_training() throws IOException {
        Files.writeString(learned.resolve("short.log"), "220115 142345 one\n220115 142346 two\n");

        ProgramRun run = ProgramRun.in(learned, "run", "--input", "short.log", "--output-dir", "short");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("test part").doesNotContain("epoch 1/");
        assertThat(learned.resolve("short/text_autoencoder_model")).doesNotExist();
    }

    @Test
    void a_detector_without_its_metadata_is_refused(@TempDir Path other) throws IOException {
        Files.copy(learned.resolve("deepsentry-data/anomaly_trained_model/detector.h5"), other.resolve("detector.h5"));
        Files.writeString(learned.resolve("foreign.yml"), "anomaly_model: '" + other.resolve("detector.h5") + "'\n");

        ProgramRun run = ProgramRun.in(learned, "eval", "--config", "foreign.yml", "--output-dir", "foreign");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("metadata.json").contains("detector.h5");
        assertThat(learned.resolve("foreign")).doesNotExist();
    }
}
