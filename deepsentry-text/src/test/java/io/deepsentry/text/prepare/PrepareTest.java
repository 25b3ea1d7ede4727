package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.CancelledException;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.text.token.Vocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("exchanges standard input")
class PrepareTest {
    private final Path folder;

    PrepareTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private PrepareSettings settings(Map<String, Object> flags) {
        Map<String, Object> all = new HashMap<>(flags);
        all.putIfAbsent("log_format", "utah");
        return PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, new Sources(all, Map.of(), folder)));
    }

    private PrepareResult prepare(Map<String, Object> flags) {
        return Prepare.run(settings(flags), RunContext.quiet());
    }

    private Path log(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    /** Ten sessions of three lines that interleave with the next. */
    private static List<String> sessions(int count, int start) {
        List<String> lines = new ArrayList<>();
        for (int i = start; i < start + count; i++) {
            lines.add(line(i, "open blk_" + i + " size " + i * 10));
            lines.add(line(i, "write blk_" + i + (i > start ? " after blk_" + (i - 1) : "")));
            lines.add(line(i, "close"));
        }
        return lines;
    }

    private static String line(int second, String message) {
        return String.format("081109 20%02d%02d %s", second / 60, second % 60, message);
    }

    private List<String> text(Split split) throws IOException {
        return Files.readAllLines(folder.resolve("prepared_data").resolve(split.textFile()));
    }

    private List<IndexRow> origins(Split split) {
        List<IndexRow> rows = new ArrayList<>();
        try (PreparedData.Rows<IndexRow> origins =
                PreparedData.open(folder.resolve("prepared_data")).origins(split)) {
            for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private List<String> sessionsOf(Split split) {
        return origins(split).stream()
                .map(row -> String.valueOf(row.session()))
                .distinct()
                .toList();
    }

    @Test
    void splitsWholeSessionsByTheirFirstLine() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        PrepareResult result = prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        assertThat(sessionsOf(Split.TRAIN)).containsExactly("blk_0", "blk_1", "blk_2", "blk_3", "blk_4", "blk_5");
        assertThat(sessionsOf(Split.VAL)).containsExactly("blk_6", "blk_7");
        assertThat(sessionsOf(Split.TEST)).containsExactly("blk_8", "blk_9");
        assertThat(result.sessions()).isEqualTo(Map.of(Split.TRAIN, 6L, Split.VAL, 2L, Split.TEST, 2L));
        assertThat(result.read().withoutKey()).isEqualTo(10);
        assertThat(result.distinctMessages()).isEqualTo(3);
    }

    @Test
    void linesWithoutAKeyAreKeptBesideTheSessions() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        PreparedData prepared = PreparedData.open(folder.resolve("prepared_data"));
        PreparedData keyless = prepared.keyless().orElseThrow();
        assertThat(keyless.meta().sessionKey()).isNull();
        assertThat(keyless.meta().rows()).isEqualTo(Map.of(Split.TRAIN, 6L, Split.VAL, 2L, Split.TEST, 2L));
        assertThat(Files.readAllLines(keyless.text(Split.TEST))).containsExactly("close", "close");
        try (PreparedData.Rows<IndexRow> rows = keyless.origins(Split.TEST)) {
            assertThat(rows.next()).isNotNull();
            assertThat(rows.next()).returns(30L, IndexRow::line).returns(null, IndexRow::session);
        }
        assertThat(text(Split.TEST)).doesNotContain("close");
        assertThat(keyless.keyless()).isEmpty();
    }

    @Test
    void anEarlierRunsLinesWithoutAKeyGoAway() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        prepare(Map.of("raw_log_file", log));
        assertThat(PreparedData.open(folder.resolve("prepared_data")).keyless()).isEmpty();
        assertThat(folder.resolve("prepared_data/keyless")).doesNotExist();
    }

    @Test
    void autoTakesTheKeyThatMakesSessionsAndKeepsIt() throws IOException {
        Path log = log("a.log", sessions(60, 0));
        PrepareResult result = prepare(Map.of("raw_log_file", log, "session_key", "auto"));
        assertThat(result.sessionKey()).isEqualTo("(blk_\\d+)");
        assertThat(result.proposals()).first().satisfies(best -> assertThat(best.sessions())
                .isEqualTo(60));
        assertThat(PreparedData.open(folder.resolve("prepared_data")).meta().sessionKey())
                .isEqualTo("(blk_\\d+)");
        assertThat(sessionsOf(Split.TEST)).hasSize(12).contains("blk_59");
    }

    @Test
    void withoutAKeyTheBestIsProposedAndNotTaken() throws IOException {
        PrepareResult result = prepare(Map.of("raw_log_file", log("a.log", sessions(60, 0))));
        assertThat(result.sessionKey()).isNull();
        assertThat(result.proposals()).first().satisfies(best -> assertThat(best.key())
                .isEqualTo("(blk_\\d+)"));
        assertThat(origins(Split.TRAIN)).allMatch(row -> row.session() == null);
    }

    @Test
    void autoJudgesAStreamWhereNothingMakesSessions() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lines.add(line(i, "read page " + i));
        }
        PrepareResult result = prepare(Map.of("raw_log_file", log("a.log", lines), "session_key", "auto"));
        assertThat(result.sessionKey()).isNull();
        assertThat(result.warnings()).anyMatch(warning -> warning.contains("each input is judged as one stream"));
    }

    @Test
    void labelsNeedAKeyThatAutoFinds() throws IOException {
        Path log = log("a.log", List.of(line(1, "a"), line(2, "a"), line(3, "a")));
        Path labels = log("labels.txt", List.of("blk_1: 1"));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", log, "session_key", "auto", "raw_log_labels", labels)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("name the key");
    }

    /** Sixty jobs with a folder each, the newest first by name. */
    private Path jobs() throws IOException {
        Path jobs = folder.resolve("jobs");
        for (int job = 0; job < 60; job++) {
            Path directory = Files.createDirectories(jobs.resolve(String.format("job-%02d", job)));
            int start = (59 - job) * 20;
            List<String> lines = new ArrayList<>(List.of(line(start, "job started")));
            for (int task = 0; task < 3 + job % 4; task++) {
                lines.add(line(start + 1 + task, "task " + task + " finished"));
            }
            lines.add(line(start + 12, "job finished"));
            Files.write(directory.resolve("driver.log"), lines);
        }
        Files.writeString(jobs.resolve(".index"), "hidden");
        return jobs;
    }

    @Test
    void aSessionIsAFolderWhereTheKeyIsOfThePath() throws IOException {
        PrepareResult result =
                prepare(Map.of("raw_log_file", jobs(), "session_key", "path:(job-\\d+)/", "log_format", "utah"));
        assertThat(result.sessions()).isEqualTo(Map.of(Split.TRAIN, 38L, Split.VAL, 10L, Split.TEST, 12L));
        assertThat(result.read().withoutKey()).isZero();
        // By time, not by name.
        assertThat(sessionsOf(Split.TEST)).contains("job-00", "job-11").doesNotContain("job-12", "job-59");
        assertThat(result.warnings()).anyMatch(warning -> warning.contains("left out 1 file (hidden)"));
    }

    @Test
    void filesOfAFolderNeedNoOrderOfTime() throws IOException {
        PrepareResult result = prepare(Map.of("raw_log_file", jobs()));
        assertThat(result.sessions()).containsEntry(Split.TRAIN, 60L);
    }

    @Test
    void partsOfALogThatAreGivenNewestFirstAreRefusedWithTheirOrder() throws IOException {
        Path older = log("older.log", sessions(10, 0));
        Path newer = log("newer.log", sessions(10, 100));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", List.of(newer, older))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("use --input " + older + " " + newer);
        prepare(Map.of("raw_log_file", List.of(older, newer)));
    }

    @Test
    void aLineIsOneRowForEachOfItsSessions() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        assertThat(text(Split.VAL))
                .containsExactly(
                        "open <id> size <num>",
                        "write <id> after <id>",
                        "open <id> size <num>",
                        "write <id> after <id>",
                        "write <id> after <id>",
                        "write <id> after <id>");
        assertThat(origins(Split.VAL))
                .extracting(IndexRow::session)
                .containsExactly("blk_6", "blk_6", "blk_7", "blk_7", "blk_6", "blk_7");
        assertThat(origins(Split.TRAIN).get(0))
                .isEqualTo(new IndexRow(
                        Instant.parse("2008-11-09T20:00:00Z"), "blk_0", log.toString(), 1, 0, null, null, null, null));
        assertThat(origins(Split.TRAIN).get(1).offset()).isEqualTo(14 + "open blk_0 size 0\n".length());
    }

    @Test
    void theIndexSaysWhichComponentAndThreadWroteARow() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String host = i % 2 == 0 ? "" : ",\"thread\":\"pool-" + i % 3 + "\"";
            lines.add("{\"time\":\"2026-11-09T20:00:" + (10 + i) + "Z\",\"level\":\"info\",\"logger\":\"shop.Cart\","
                    + "\"pid\":\"7\",\"msg\":\"item added\"" + host + "}");
        }
        prepare(Map.of("raw_log_file", log("a.jsonl", lines), "log_format", "json"));
        assertThat(origins(Split.TRAIN)).extracting(IndexRow::component).containsOnly("shop.Cart");
        assertThat(origins(Split.TRAIN).subList(0, 4))
                .extracting(IndexRow::thread)
                .containsExactly("7", "7/pool-1", "7", "7/pool-0");
    }

    @Test
    void anInputIsLocatedFromTheFolderInWhichItWasPrepared() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        Path relative = Path.of("").toAbsolutePath().relativize(log.toAbsolutePath());
        prepare(Map.of("raw_log_file", relative, "session_key", "(blk_\\d+)"));
        PreparedData prepared = PreparedData.open(folder.resolve("prepared_data"));

        assertThat(origins(Split.TEST)).extracting(IndexRow::file).containsOnly(relative.toString());
        assertThat(Path.of(prepared.locate(relative.toString()))).isAbsolute().hasSameTextualContentAs(log);
        assertThat(prepared.locate("stdin")).isEqualTo("stdin");
        assertThat(prepared.locate("a name\0of a program's own")).isEqualTo("a name\0of a program's own");
    }

    @Test
    void dataOfAnEarlierVersionLocatesInputsByTheirNames() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        Path meta = folder.resolve("prepared_data/prepared.json");
        Files.writeString(meta, Files.readString(meta).replaceFirst("\\s*\"working_dir\".*", ""));

        PreparedData prepared = PreparedData.open(folder.resolve("prepared_data"));

        assertThat(prepared.meta().workingDir()).isNull();
        assertThat(prepared.locate("pom.xml")).isEqualTo("pom.xml");
    }

    @Test
    void rowsOfEveryPartAreWhatTrainingTaughtOfThem() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            lines.add(line(
                    i, "mailbox of " + "abcdefghij".charAt(i % 10) + "mandine" + "xyz".charAt(i / 40) + " is full"));
        }
        prepare(Map.of("raw_log_file", log("a.log", lines)));
        PreparedData prepared = PreparedData.open(folder.resolve("prepared_data"));

        assertThat(text(Split.TRAIN)).hasSize(64).containsOnly("mailbox of <id> is full");
        assertThat(text(Split.TEST)).hasSize(20).containsOnly("mailbox of <id> is full");
        assertThat(prepared.identity().of("mailbox of somebody is full")).isEqualTo("mailbox of <id> is full");
        assertThat(files()).doesNotContainKey("train.txt.open").containsKey("identity.json");
    }

    @Test
    void dataOfTheFirstIdentityIsRefused() throws IOException {
        prepare(Map.of("raw_log_file", log("a.log", sessions(10, 0))));
        Path meta = folder.resolve("prepared_data/prepared.json");
        Files.writeString(meta, Files.readString(meta).replaceFirst("\"version\" : \\d+", "\"version\" : 1"));
        Files.delete(folder.resolve("prepared_data/identity.json"));

        assertThatThrownBy(() -> PreparedData.open(folder.resolve("prepared_data")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("earlier identity")
                .hasMessageContaining("run prepare again");
    }

    @Test
    void inputsNamedOutOfOrderAreSplitByTimeAllTheSame() throws IOException {
        Path late = log("late.log", sessions(5, 5));
        Path early = log("early.log", sessions(5, 0));
        prepare(Map.of("raw_log_file", List.of(late, early), "session_key", "open (blk_\\d+)"));
        assertThat(sessionsOf(Split.TEST)).containsExactly("blk_8", "blk_9");
        assertThat(sessionsOf(Split.VAL)).containsExactly("blk_6", "blk_7");
        assertThat(sessionsOf(Split.TRAIN)).hasSize(6);
    }

    @Test
    void withoutSessionsEachInputIsAStreamOfItsOwn() throws IOException {
        Path a = log("a.log", sessions(10, 0));
        Path b = log("b.log", sessions(5, 0));
        PrepareResult result = prepare(Map.of("raw_log_file", List.of(a, b)));
        assertThat(result.rows()).isEqualTo(Map.of(Split.TRAIN, 19L + 10, Split.VAL, 5L + 2, Split.TEST, 6L + 3));
        assertThat(origins(Split.TEST)).extracting(IndexRow::session).containsOnlyNulls();
        assertThat(origins(Split.TEST).get(0).line()).isEqualTo(25);
    }

    @Test
    void aTestLogIsTheTestPart() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        Path test = log("b.log", sessions(3, 20));
        prepare(Map.of("raw_log_file", log, "test_log_file", test, "session_key", "open (blk_\\d+)"));
        assertThat(sessionsOf(Split.TRAIN)).hasSize(8);
        assertThat(sessionsOf(Split.VAL)).containsExactly("blk_8", "blk_9");
        assertThat(sessionsOf(Split.TEST)).containsExactly("blk_20", "blk_21", "blk_22");
    }

    @Test
    void labelledAnomaliesAreLeftOutOfTrainingAndValidation() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        Path labels = log("l.txt", List.of("# known", "blk_1: 1", "blk_2: 0", "blk_7: 1", "blk_9: 1"));
        Map<String, Object> flags =
                Map.of("raw_log_file", log, "session_key", "open (blk_\\d+)", "raw_log_labels", labels);
        PrepareResult result = prepare(flags);
        assertThat(sessionsOf(Split.TRAIN)).containsExactly("blk_0", "blk_2", "blk_3", "blk_4", "blk_5");
        assertThat(sessionsOf(Split.VAL)).containsExactly("blk_6");
        assertThat(sessionsOf(Split.TEST)).containsExactly("blk_8", "blk_9");
        assertThat(origins(Split.TEST)).extracting(IndexRow::label).containsExactly(null, Label.ANOMALY);
        assertThat(result.anomaliesLeftOut()).isEqualTo(2);
        assertThat(result.labelledSessions()).isEqualTo(4);

        Map<String, Object> all = new HashMap<>(flags);
        all.put("train_on", "all");
        assertThat(prepare(all).anomaliesLeftOut()).isZero();
        assertThat(sessionsOf(Split.TRAIN)).hasSize(6);
    }

    @Test
    void linesLabelledInTheirOwnColumnAreLeftOutOfStreams() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String label = i == 3 || i == 19 ? "KERNDTLB" : "-";
            lines.add(label + " 111784" + (1000 + i) + " 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872"
                    + " R02-M1-N0-C:J12-U11 RAS KERNEL INFO corrected parity of page " + i);
        }
        PrepareResult result = prepare(Map.of("raw_log_file", log("bgl.log", lines), "log_format", "bgl"));
        assertThat(result.anomaliesLeftOut()).isEqualTo(1);
        assertThat(origins(Split.TEST)).extracting(IndexRow::label).contains(Label.ANOMALY);
    }

    @Test
    void theDefaultLabelFileIsUsedWhereItExists() throws IOException {
        Files.write(folder.resolve("HDFS_1.log"), sessions(10, 0));
        assertThat(settings(Map.of("session_key", "(blk_\\d+)")).labels()).isNull();
        Files.write(folder.resolve("labels.txt"), List.of("blk_1: 1"));
        assertThat(settings(Map.of("session_key", "(blk_\\d+)")).labels()).isEqualTo(folder.resolve("labels.txt"));
        assertThat(settings(Map.of()).labels()).isNull();
    }

    @Test
    void standardInputIsKeptForTheSecondPass() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(
                    new ByteArrayInputStream(String.join("\n", sessions(10, 0)).getBytes(StandardCharsets.UTF_8)));
            PrepareResult result = prepare(Map.of("raw_log_file", "-", "session_key", "(blk_\\d+)"));
            assertThat(result.rows().get(Split.TEST)).isEqualTo(5);
        } finally {
            System.setIn(before);
        }
        assertThat(origins(Split.TRAIN).get(0).file()).isEqualTo("stdin");
    }

    @Test
    void theVocabularyHoldsOnlyWordsOfTheTrainingPart() throws IOException {
        List<String> lines = new ArrayList<>(sessions(9, 0));
        lines.add(line(59, "novel blk_99"));
        prepare(Map.of("raw_log_file", log("a.log", lines), "session_key", "(blk_\\d+)"));
        Vocabulary vocabulary = Vocabulary.load(folder.resolve("prepared_data/vocab.pkl"));
        assertThat(vocabulary.words()).contains("<id>", "open", "size").doesNotContain("novel", "close");
    }

    @Test
    void whatWasPreparedIsOpenedWithItsSettings() throws IOException {
        prepare(Map.of(
                "raw_log_file",
                log("a.log", sessions(10, 0)),
                "session_key",
                "(blk_\\d+)",
                "lower",
                true,
                "time_zone",
                "+02:00"));
        PreparedMeta meta = PreparedData.open(folder.resolve("prepared_data")).meta();
        assertThat(meta.sessionKey()).isEqualTo("(blk_\\d+)");
        assertThat(meta.format()).isEqualTo("utah");
        assertThat(meta.timeZone()).isEqualTo("+02:00");
        assertThat(meta.normalizer().lower()).isTrue();
        assertThat(meta.rows().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(29);
        assertThat(meta.read()).containsEntry("without_key", 10L);
        assertThat(meta.fingerprint()).hasSize(64);
    }

    @Test
    void theSameLogGivesTheSameFiles() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        Map<String, byte[]> first = files();
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        Map<String, byte[]> second = files();
        assertThat(second.keySet()).isEqualTo(first.keySet());
        first.forEach((name, bytes) -> assertThat(second.get(name)).as(name).isEqualTo(bytes));
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        Path prepared = folder.resolve("prepared_data");
        try (Stream<Path> list = Files.walk(prepared)) {
            for (Path file : list.filter(Files::isRegularFile).toList()) {
                files.put(prepared.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void aKeyThatFitsNoLineIsExplained() throws IOException {
        Path log = log("a.log", sessions(4, 0));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", log, "session_key", "(task_\\d+)")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("(task_\\d+)")
                .hasMessageContaining("none of 12");
    }

    @Test
    void labelsThatNameNoSessionAreExplained() throws IOException {
        Path log = log("a.log", sessions(4, 0));
        Path labels = log("l.txt", List.of("block_1: 1"));
        assertThatThrownBy(() ->
                        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)", "raw_log_labels", labels)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("[block_1]")
                .hasMessageContaining("blk_0");
    }

    @Test
    void labelsWithoutASessionKeyAreExplained() {
        assertThatThrownBy(() -> settings(Map.of("raw_log_labels", "l.txt")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("session_key");
    }

    @Test
    void oneSessionIsTooFewToSplitAndThreeAreEnough() throws IOException {
        Path one = log("one.log", sessions(1, 0));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", one, "session_key", "(blk_\\d+)")))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("1 sessions");
        Path three = log("three.log", sessions(3, 0));
        assertThat(prepare(Map.of("raw_log_file", three, "session_key", "(blk_\\d+)", "learn_anyway", true))
                        .sessions())
                .isEqualTo(Map.of(Split.TRAIN, 1L, Split.VAL, 1L, Split.TEST, 1L));
    }

    @Test
    void inputsThatAreMissingOrEmptyAreTheParsersToTell() throws IOException {
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", folder.resolve("no.log"))))
                .isInstanceOf(LogParseException.class);
        Path empty = log("empty.log", List.of());
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", empty))).isInstanceOf(LogParseException.class);
    }

    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        Path log = log("a.log", sessions(10, 0));
        prepare(Map.of("raw_log_file", log, "session_key", "(blk_\\d+)"));
        Map<String, byte[]> before = files();
        Path one = log("one.log", sessions(1, 0));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", one, "session_key", "(blk_\\d+)")))
                .isInstanceOf(MissingDataException.class);
        assertThat(files().keySet()).isEqualTo(before.keySet());
        assertThat(files().get("train.txt")).isEqualTo(before.get("train.txt"));
    }

    @Test
    void stopsWhenCancelled() throws IOException {
        Path log = log("a.log", sessions(1000, 0));
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThatThrownBy(() -> Prepare.run(
                        settings(Map.of("raw_log_file", log)), new RunContext(Progress.none(), cancellation)))
                .isInstanceOf(CancelledException.class);
        assertThat(folder.resolve("prepared_data/train.txt")).doesNotExist();
    }

    @Test
    void aFolderThatIsAFileIsExplained() throws IOException {
        Path log = log("a.log", sessions(5, 0));
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", log, "prepared_data_dir", log)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a.log");
    }

    @Test
    void preparedDataThatIsNotThereIsExplained() {
        assertThatThrownBy(() -> PreparedData.open(folder))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("run prepare");
    }

    @Test
    void aLogOfWhichNoMessageComesAgainIsRefusedUnlessAskedToGoOn() throws IOException {
        List<String> words = List.of("sisto", "rayad", "kotir", "nevon", "zovon", "sivon", "ralar");
        List<String> lines = new ArrayList<>();
        for (String a : words) {
            for (String b : words) {
                lines.add(line(lines.size(), a + " " + b));
            }
        }
        Path log = log("prose.log", lines);
        assertThatThrownBy(() -> prepare(Map.of("raw_log_file", log)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is nothing to learn: all of 31 training lines differ")
                .hasMessageContaining("\"sisto sisto\", \"sisto rayad\"")
                .hasMessageContaining("--learn-anyway (key learn_anyway)");
        assertThat(folder.resolve("prepared_data").resolve("prepared.json")).doesNotExist();

        PrepareResult result = prepare(Map.of("raw_log_file", log, "learn_anyway", true));
        assertThat(result.distinctMessages()).isEqualTo(49);
    }

    @Test
    void aLogOfOneMessageOrOfFewLinesIsWarnedOf() throws IOException {
        assertThat(warningsOf(log(
                        "one.log",
                        Stream.generate(() -> line(1, "ping 7")).limit(200).toList())))
                .singleElement()
                .asString()
                .isEqualTo(
                        "all 128 training lines are one message, \"ping <num>\": only other messages can be found, no"
                                + " order of messages is learned");
        assertThat(warningsOf(log("few.log", sessions(10, 0))))
                .singleElement()
                .asString()
                .startsWith("the training part has only 19 lines: ");
        assertThat(warningsOf(log("enough.log", sessions(60, 0)))).isEmpty();
    }

    @Test
    void linesThatContinueNoEventAreWarnedOf() throws IOException {
        List<String> lines = new ArrayList<>(sessions(60, 0));
        lines.addAll(30, List.of("printed", "printed", "printed"));
        assertThat(warningsOf(log("mixed.log", lines)))
                .singleElement()
                .asString()
                .startsWith("3 of 183 lines (1.6%) fit no format and continue no event")
                .contains("mixed.log:31 \"printed\"");
    }

    private List<String> warningsOf(Path log) {
        return prepare(Map.of("raw_log_file", log)).warnings();
    }

    @Test
    void inputs_of_two_formats_are_read_again_by_looking_at_each() throws IOException {
        List<String> access = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            access.add(String.format(
                    "10.0.0.%d - - [02/Mar/2026:08:%02d:%02d +0000] \"GET /p/%d HTTP/1.1\" 200 %d",
                    i % 9, i / 60, i % 60, i % 7, i));
            errors.add(String.format("2026-03-02 08:%02d:%02d WARN upstream %d is slow", i / 60, i % 60, i % 5));
        }
        prepare(Map.of(
                "log_format",
                "auto",
                "raw_log_file",
                List.of(
                        log("access.log", access).toString(),
                        log("error.log", errors).toString())));

        PreparedMeta meta = PreparedData.open(folder.resolve("prepared_data")).meta();
        assertThat(meta.format()).isEqualTo("apache and header");
        assertThat(meta.formatToRead()).isEqualTo(LogFormat.AUTO);
    }

    @Test
    void containerLogsAreReadAgain() throws IOException {
        List<String> pod = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String time = String.format("2026-03-02T08:%02d:%02d.0Z stdout F ", i / 60, i % 60);
            pod.add(time + "{\"level\":\"info\",\"msg\":\"request " + i % 7 + " served\"}");
            plain.add(time + "request " + i % 7 + " served");
        }
        prepare(Map.of("log_format", "auto", "raw_log_file", log("pod.log", pod).toString()));
        PreparedMeta meta = PreparedData.open(folder.resolve("prepared_data")).meta();
        assertThat(meta.formatToRead()).isEqualTo("cri/json").matches(LogFormat::isNamed);

        prepare(Map.of(
                "log_format",
                "auto",
                "raw_log_file",
                List.of(log("pod.log", pod).toString(), log("plain.log", plain).toString())));
        meta = PreparedData.open(folder.resolve("prepared_data")).meta();
        assertThat(meta.format()).isEqualTo("cri/json and cri/plain");
        assertThat(meta.formatToRead()).isEqualTo(LogFormat.AUTO);
    }
}
