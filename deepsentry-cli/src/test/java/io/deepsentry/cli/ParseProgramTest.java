package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code deepsentry parse} as users do and looks at its exit code and at what it writes where. */
class ParseProgramTest {
    private static final String UTAH = """
            220115 142345 Got block report of blk_1 from dn-1
            220115 142346 Processing took 120ms
            no time here
            220115 142347 Rescan of blk_2 finished
            """;

    private Path folder = Path.of("");

    @BeforeEach
    void workIn(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void a_log_is_shown_as_a_table_with_its_statistics_on_standard_error() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "utah");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "TIME                  MESSAGE",
                        "2022-01-15T14:23:45Z  Got block report of blk_1 from dn-1",
                        "2022-01-15T14:23:46Z  Processing took 120ms\\nno time here",
                        "2022-01-15T14:23:47Z  Rescan of blk_2 finished");
        assertThat(run.err())
                .contains("parse: 4 lines: 3 events, 1 attached (1 of them continues no event), 0 blank")
                .contains("parse: malformed: app.log:3: no time here")
                .contains("warning: 1 of 4 lines (25.0%) fits no format and continues no event");
    }

    @Test
    void a_session_key_that_fits_no_line_is_warned_of() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun none = ProgramRun.in(
                folder, "parse", "--input", "app.log", "--format", "utah", "--session-key", "order=(\\d+)");
        ProgramRun some =
                ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "utah", "--session-key", "(blk_1)");

        assertThat(none.code()).isZero();
        assertThat(none.out()).contains("Got block report of blk_1");
        assertThat(none.err())
                .contains("warning: session_key 'order=(\\d+)' matches none of 3 events, which were read as utah;"
                        + " correct it, or leave it out to see which keys are possible");
        assertThat(some.err()).doesNotContain("session_key");
    }

    @Test
    void inputs_in_a_wrong_order_of_time_are_warned_of() throws IOException {
        StringBuilder older = new StringBuilder();
        StringBuilder newer = new StringBuilder();
        for (int i = 10; i < 40; i++) {
            older.append("2026-03-02 08:00:%d INFO shop.Cart: saved%n".formatted(i));
            newer.append("2026-03-02 09:00:%d INFO shop.Cart: saved%n".formatted(i));
        }
        Files.writeString(folder.resolve("old.log"), older);
        Files.writeString(folder.resolve("new.log"), newer);

        ProgramRun wrong = ProgramRun.in(folder, "parse", "--input", "new.log", "old.log");
        ProgramRun right = ProgramRun.in(folder, "parse", "--input", "old.log", "new.log");

        assertThat(wrong.code()).isZero();
        assertThat(wrong.err())
                .containsOnlyOnce("warning: ")
                .contains("warning: inputs must be named in the order of time, but new.log begins at"
                        + " 2026-03-02T09:00:10Z, after old.log ends at 2026-03-02T08:00:39Z; use --input old.log"
                        + " new.log");
        assertThat(right.err()).doesNotContain("warning");
    }

    @Test
    void the_format_of_each_input_is_said() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);
        Files.writeString(folder.resolve("web.log"), "2026-03-02 08:00:00 INFO shop.Cart: saved\n".repeat(5));

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "web.log");

        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains("parse: format 'utah': it fits 3 of the first 4 lines\n")
                .containsPattern("\nparse: format '(?!utah)[a-z]+': it fits 5 of the first 5 lines");
    }

    @Test
    void a_log_that_nothing_names_is_asked_for() throws IOException {
        for (String command : List.of("parse", "live")) {
            ProgramRun run = ProgramRun.in(folder, command);

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains(command + " needs a log to ").doesNotContain("\tat ");
        }
    }

    @Test
    void every_line_is_accounted_for() throws IOException {
        String event = "2026-03-02 08:00:00 INFO shop.Cart: saved\n";
        Files.writeString(
                folder.resolve("app.log"), event.repeat(3) + "\tat shop.Cart\n\n" + "\0".repeat(300) + event.repeat(2));

        ProgramRun attached = ProgramRun.in(folder, "parse", "--input", "app.log");
        ProgramRun skipped = ProgramRun.in(folder, "parse", "--input", "app.log", "--on-malformed", "skip");

        assertThat(attached.err())
                .contains("parse: 7 lines: 5 events, 1 attached, 1 blank;"
                        + " 300 bytes ignored (NULs, or after compressed content)\n")
                .doesNotContain("malformed", "warning");
        assertThat(skipped.err()).contains("parse: 7 lines: 5 events, 0 attached, 1 blank, 1 left out;");
    }

    @Test
    void a_log_of_which_more_than_half_is_unread_is_shown_and_refused() throws IOException {
        String event = "2026-03-02 08:00:00 INFO shop.Cart: saved\n";
        Files.writeString(folder.resolve("app.log"), event.repeat(40) + "printed by a program\n".repeat(60));

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out().lines()).hasSize(41);
        assertThat(run.err())
                .contains("parse: 100 lines: 40 events, 60 attached (60 of them continue no event), 0 blank")
                .contains("deepsentry: format 'header' does not fit app.log: 60 of 100 lines (60.0%)")
                .contains("app.log:41 \"printed by a program\"");
        assertThat(ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "plain")
                        .code())
                .isZero();
        assertThat(ProgramRun.in(folder, "parse", "--input", "app.log", "--on-malformed", "skip")
                        .code())
                .isZero();
    }

    @Test
    void preparing_a_log_of_which_more_than_half_is_unread_is_refused_too() throws IOException {
        String event = "2026-03-02 08:00:00 INFO shop.Cart: saved\n";
        Files.writeString(folder.resolve("app.log"), event.repeat(40) + "printed by a program\n".repeat(60));

        ProgramRun run = ProgramRun.in(folder, "prepare", "--input", "app.log");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("60 of 100 lines (60.0%)");
        assertThat(folder.resolve("deepsentry-data/prepared_data/prepared.json"))
                .doesNotExist();
    }

    @Test
    void prepare_accounts_for_every_line_and_warns() throws IOException {
        String event = "2026-03-02 08:00:00 INFO shop.Cart: saved %d\n";
        Files.writeString(
                folder.resolve("app.log"),
                event.repeat(50) + "printed\nprinted\n"
                        + event.replace("saved", "sent").repeat(100));

        ProgramRun run = ProgramRun.in(folder, "prepare", "--input", "app.log");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("152 lines: 150 events, 2 attached (2 of them continue no event), 0 blank\n");
        assertThat(run.err()).contains("warning: 2 of 152 lines (1.3%) fit no format and continue no event");
    }

    @Test
    void a_log_with_nothing_to_learn_is_refused_before_training() throws IOException {
        StringBuilder prose = new StringBuilder();
        for (String first : new String[] {"red", "green", "blue", "white", "black", "brown"}) {
            for (String second : new String[] {"cat", "dog", "cow", "horse", "goat", "hen"}) {
                prose.append("2026-03-02 08:00:00 INFO ").append(first + " " + second + "\n");
            }
        }
        Files.writeString(folder.resolve("prose.log"), prose);

        ProgramRun refused = ProgramRun.in(folder, "run", "--input", "prose.log");
        ProgramRun asked = ProgramRun.in(folder, "prepare", "--input", "prose.log", "--learn-anyway");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("there is nothing to learn: all of 23 training lines differ", "with --learn-anyway");
        assertThat(folder.resolve("deepsentry-data/text_autoencoder_model")).doesNotExist();
        assertThat(asked.code()).as(asked.err()).isZero();
    }

    @Test
    void labels_need_a_session_key() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);
        Files.writeString(
                folder.resolve("l.txt"), "block_id: anomaly_label\nblk_1: 1 # Anomalous\nblk_2: 0 # Normal\n");

        ProgramRun run = ProgramRun.in(folder, "prepare", "--input", "app.log", "--labels", "l.txt");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("labels of sessions", "need session_key");
    }

    @Test
    void a_log_is_shown_as_json_lines() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = ProgramRun.in(
                folder,
                "parse",
                "--input",
                "app.log",
                "--format=utah",
                "--session-key",
                "(blk_\\d+)",
                "--output",
                "json");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .hasSize(3)
                .first()
                .isEqualTo("{\"time\":\"2022-01-15T14:23:45Z\",\"level\":null,\"component\":null,\"thread\":null,"
                        + "\"message\":\"Got block report of blk_1 from dn-1\",\"sessions\":[\"blk_1\"],\"label\":null,"
                        + "\"file\":\"app.log\",\"line\":1,\"offset\":0}");
        assertThat(run.err()).contains("1 event without a session key");
    }

    @Test
    void the_account_of_the_lines_adds_up_in_a_file_for_programs() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH + "\n");

        ProgramRun run =
                ProgramRun.in(folder, "parse", "--input", "app.log", "--format=utah", "--account", "account.json");

        assertThat(run.code()).isZero();
        assertThat(Files.readString(folder.resolve("account.json")))
                .contains(
                        "{\"format\":\"utah\",\"lines\":5,\"events\":3,\"attached\":1,\"unread\":1,\"blank\":1,\"dropped\":0,");
    }

    @Test
    void a_table_never_passes_on_what_could_drive_a_terminal() throws IOException {
        Files.writeString(folder.resolve("app.log"), "220115 142345 red \033[31mtext\007\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "utah");

        assertThat(run.out()).contains("red text\\u0007").doesNotContain("\033");
    }

    @Test
    void a_file_that_does_not_exist_is_missing_data() {
        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "nowhere.log");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("deepsentry: ")
                .contains("nowhere.log");
    }

    @Test
    void an_empty_file_is_missing_data() throws IOException {
        Files.createFile(folder.resolve("empty.log"));

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "empty.log");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines()).singleElement().asString().contains("empty.log");
    }

    @Test
    void a_binary_file_fits_no_format() throws IOException {
        Files.write(folder.resolve("image.log"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 1, 2, 0, 0, '\n', 0, 3});

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "image.log");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("image.log")
                .contains("binary");
    }

    @Test
    void a_log_of_another_format_than_the_one_named_is_refused() throws IOException {
        Files.writeString(folder.resolve("app.log"), "INFO hello\nWARN again\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "hdfs");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("hdfs")
                .contains("INFO hello");
    }

    @Test
    void options_come_before_the_environment_and_this_before_the_file() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);
        Files.writeString(folder.resolve("parse.yml"), "raw_log_file: app.log\nlog_format: json\n");

        ProgramRun file = ProgramRun.in(folder, "parse", "--config", "parse.yml");
        ProgramRun option = ProgramRun.in(folder, "parse", "--config", "parse.yml", "--format", "utah");

        assertThat(file.code()).isEqualTo(2);
        assertThat(option.code()).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_reader_that_goes_away_ends_the_program_quietly() throws IOException {
        Files.writeString(folder.resolve("long.log"), "220115 142345 one of very many lines\n".repeat(50_000));

        ProgramRun run = shell("%s parse --input long.log | head -n 2; echo \"${PIPESTATUS[0]}\" >&2");

        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.err().lines().toList()).last().isEqualTo("0");
        assertThat(run.err()).doesNotContain("deepsentry: ");
    }

    @Test
    void a_full_disk_behind_standard_output_is_said_once() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = shell("%s parse --input app.log >/dev/full");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("deepsentry: ")))
                .singleElement()
                .asString()
                .contains("standard output");
    }

    private ProgramRun shell(String script) {
        String program = String.join(
                " ", ProgramRun.java().stream().map(word -> "'" + word + "'").toList());
        return ProgramRun.startCommand(folder, Map.of(), List.of("bash", "-c", script.formatted(program)))
                .await();
    }
}
