package io.deepsentry.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    static final ConfigSchema SCHEMA = ConfigSchema.named("anomaly_detector_train")
            .command("train-detector")
            .about("Trains the detector.")
            .key("epochs", ConfigType.INT, 10)
            .range(1, 100_000)
            .doc("How often the training data is seen.")
            .key("batch_size", ConfigType.INT, 32)
            .range(1, 65_536)
            .key("sequence_length", ConfigType.INT, 10)
            .atLeast(2)
            .key("learning_rate", ConfigType.DOUBLE, 0.001)
            .above(0)
            .key("dropout", ConfigType.DOUBLE, 0.2)
            .from(0, 1)
            .key("seed", ConfigType.LONG, 42L)
            .key("bidirectional", ConfigType.BOOLEAN, true)
            .key("gpu", ConfigType.BOOLEAN, null)
            .key("on_malformed", ConfigType.ENUM, "skip")
            .values("skip", "attach", "fail")
            .key("session_key", ConfigType.STRING, null)
            .key("time_zone", ConfigType.STRING, "UTC")
            .key("encoded_data_dir", ConfigType.PATH, "{ROOT_DATA_DIR}/encoded_dataset")
            .key("raw_log_file", ConfigType.PATH_LIST, List.of("{ROOT_DATA_DIR}/HDFS_1.log"))
            .flag("--input")
            .key("masks", ConfigType.STRING_LIST, List.of())
            .build();

    private Path folder;

    private Path file;

    @BeforeEach
    void nameFile(@TempDir Path temporary) {
        folder = temporary;
        file = folder.resolve("train.yml");
    }

    private Config load(String... lines) throws IOException {
        return load(Sources.none(), lines);
    }

    private Config load(Sources sources, String... lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
        return Config.load(file, SCHEMA, sources);
    }

    private static Sources sources(Map<String, ?> flags, Map<String, String> environment) {
        return new Sources(flags, environment, null);
    }

    @Test
    void readsParametersAndFlatAndSectionedFilesAlike() throws IOException {
        assertThat(load("parameters:", "  epochs: 3").getInt("epochs")).isEqualTo(3);
        assertThat(load("epochs: 3").getInt("epochs")).isEqualTo(3);
        assertThat(load("prepare:", "  lower: true", "train-detector:", "  epochs: 3")
                        .getInt("epochs"))
                .isEqualTo(3);
        assertThat(load("prepare:", "train_detector:", "  parameters:", "    epochs: 3")
                        .getInt("epochs"))
                .isEqualTo(3);
        assertThat(load("prepare:", "  lower: true").getInt("epochs")).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment", "---", "parameters:", "~", "{}"})
    void takesAFileWithoutSettingsAsDefaults(String text) throws IOException {
        assertThat(load(text).values())
                .isEqualTo(Config.defaults(SCHEMA, Sources.none()).values());
    }

    @Test
    void replacesThePlaceholderInDefaultsFileAndFlags() throws IOException {
        Sources sources = new Sources(Map.of("time_zone", "{ROOT_DATA_DIR}/zone"), Map.of(), Path.of("/data"));
        Config config = load(sources, "masks: [\"{ROOT_DATA_DIR}/a\", b]", "session_key: 'x{ROOT_DATA_DIR}y'");

        assertThat(config.getPath("encoded_data_dir")).isEqualTo(Path.of("/data/encoded_dataset"));
        assertThat(config.getPaths("raw_log_file")).containsExactly(Path.of("/data/HDFS_1.log"));
        assertThat(config.getStrings("masks")).containsExactly("/data/a", "b");
        assertThat(config.getString("session_key")).isEqualTo("x/datay");
        assertThat(config.getString("time_zone")).isEqualTo("/data/zone");
        assertThat(config.dataDir()).isEqualTo(Path.of("/data"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ROOT_DATA_DIR} | /data",
                "{ROOT_DATA_DIR}/logs | /data/logs",
                "{ROOT_DATA_DIR}/logs # where | /data/logs",
                "\"{ROOT_DATA_DIR}/logs\" | /data/logs",
                "{ ROOT_DATA_DIR } | /data"
            })
    void takesThePlaceholderWithoutQuotes(String value, String path) throws IOException {
        Sources sources = new Sources(Map.of(), Map.of(), Path.of("/data"));
        assertThat(load(sources, "parameters:", "  encoded_data_dir: " + value, "  epochs: 2")
                        .getPath("encoded_data_dir"))
                .isEqualTo(Path.of(path));
    }

    @Test
    void takesFlagsBeforeEnvironmentBeforeFileBeforeDefaults() throws IOException {
        assertThat(Config.defaults(SCHEMA, Sources.none()).getInt("batch_size")).isEqualTo(32);
        assertThat(load("batch_size: 5").getInt("batch_size")).isEqualTo(5);
        Config environment = load(sources(Map.of(), Map.of("DEEPSENTRY_BATCH_SIZE", "6")), "batch_size: 5");
        assertThat(environment.getInt("batch_size")).isEqualTo(6);
        assertThat(environment.where("batch_size")).isEqualTo("DEEPSENTRY_BATCH_SIZE");
        Config flag = load(sources(Map.of("batch_size", 7), Map.of("DEEPSENTRY_BATCH_SIZE", "6")), "batch_size: 5");
        assertThat(flag.getInt("batch_size")).isEqualTo(7);
        assertThat(flag.where("batch_size")).isEqualTo("--batch-size");
    }

    @Test
    void decidesTheDataFolderByTheSamePrecedence() throws IOException {
        Map<String, String> environment = Map.of("DEEPSENTRY_DATA_DIR", "/env");
        assertThat(load("epochs: 1").dataDir()).isEqualTo(Path.of("deepsentry-data"));
        assertThat(load("root_dir: /file").getPath("encoded_data_dir")).isEqualTo(Path.of("/file/encoded_dataset"));
        assertThat(load("root_dir: /file", "train-detector:", "  epochs: 1").dataDir())
                .isEqualTo(Path.of("/file"));
        assertThat(load(sources(Map.of(), environment), "root_dir: /file").getPath("root_dir"))
                .isEqualTo(Path.of("/env"));
        assertThat(load(new Sources(Map.of(), environment, Path.of("/flag")), "root_dir: /file")
                        .getPath("root_dir"))
                .isEqualTo(Path.of("/flag"));
    }

    @Test
    void readsTheEnvironmentsOnesAndZeros() {
        Config config =
                Config.defaults(SCHEMA, sources(Map.of(), Map.of("DEEPSENTRY_VERBOSE", "1", "DEEPSENTRY_GPU", "0")));
        assertThat(config.getBoolean("verbose")).isTrue();
        assertThat(config.findBoolean("gpu")).contains(false);
        assertThat(Config.defaults(SCHEMA, sources(Map.of(), Map.of("DEEPSENTRY_GPU", "1")))
                        .findBoolean("gpu"))
                .isEmpty();
        assertThat(Config.defaults(SCHEMA, sources(Map.of(), Map.of("DEEPSENTRY_VERBOSE", "")))
                        .getBoolean("verbose"))
                .isFalse();
    }

    @Test
    void saysWhereAWrongValueCameFrom() {
        assertThatThrownBy(() -> load("parameters:", "  epochs: 1", "  sequence_length: 1"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("sequence_length must be at least 2, but was 1 (" + file + ":3)");
        assertThatThrownBy(() -> Config.defaults(SCHEMA, sources(Map.of("epochs", "ten"), Map.of())))
                .hasMessage("epochs must be a whole number, but was ten (--epochs)");
        assertThatThrownBy(() -> Config.defaults(SCHEMA, sources(Map.of(), Map.of("DEEPSENTRY_BATCH_SIZE", "0"))))
                .hasMessage("batch_size must be at least 1, but was 0 (DEEPSENTRY_BATCH_SIZE)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epochs: 0 | epochs must be at least 1, but was 0",
                "epochs: 100001 | epochs must be at most 100000, but was 100001",
                "epochs: 1.5 | epochs must be a whole number, but was 1.5",
                "epochs: 010 | epochs must be a whole number, but was 010",
                "epochs: 99999999999999999999 | epochs must be at most 100000, but was 99999999999999999999",
                "epochs: '3' | epochs must be a whole number without quotes, but was \"3\"",
                "epochs: [1] | epochs must be a whole number, at least 1, at most 100000, but was [1]",
                "epochs: | epochs must be a whole number, at least 1, at most 100000, but has no value",
                "learning_rate: 0 | learning_rate must be above 0, but was 0",
                "learning_rate: .nan | learning_rate must be a number, but was .nan",
                "learning_rate: 1e999 | learning_rate must be a number that fits into 64 bits, but was 1e999",
                "dropout: 1 | dropout must be below 1, but was 1",
                "seed: 9223372036854775808 | seed must be a whole number between -9223372036854775808 and"
                        + " 9223372036854775807, but was 9223372036854775808",
                "bidirectional: maybe | bidirectional must be true or false, but was maybe",
                "on_malformed: drop | on_malformed must be one of skip, attach, fail, but was drop",
                "encoded_data_dir: '' | encoded_data_dir must be a path, but was \"\"",
                "time_zone: {a: b} | time_zone must be a string, but was a group of settings",
                "epoch: 3 | epoch is not a setting of train-detector; did you mean epochs?",
                "sequence-length: 3 | sequence-length is not a setting of train-detector; did you mean"
                        + " sequence_length?",
            })
    void refusesAWrongValue(String line, String message) {
        assertThatThrownBy(() -> load("", line))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("(" + file + ":2)");
    }

    @ParameterizedTest
    @CsvSource({
        "epochs,1",
        "epochs,100000",
        "sequence_length,2",
        "dropout,0",
        "dropout,0.999",
        "learning_rate,1e-9",
        "epochs,1_000"
    })
    void takesTheEndsOfARange(String key, String value) throws IOException {
        assertThat(load(key + ": " + value).where(key)).isEqualTo(file + ":1");
    }

    @Test
    void reportsAllProblemsOfAFileInOneGo() {
        assertThatThrownBy(() -> load("epochs: 0", "epohcs: 3", "dropout: x", "epochs: 2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("4 settings are wrong")
                .hasMessageContaining(file + ":1")
                .hasMessageContaining(file + ":2")
                .hasMessageContaining(file + ":3")
                .hasMessageContaining("epochs must be given once, but is on line 1 and again (" + file + ":4)");
    }

    @Test
    void refusesASectionThatIsNoCommand() {
        assertThatThrownBy(() -> load("prepare:", "  lower: true", "train-detecter:", "  epochs: 3"))
                .hasMessage("train-detecter is not a section; did you mean train-detector? (" + file + ":3)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"5 | 5", "[1, 2] | [1, 2]", "words | words"})
    void refusesASectionWithoutSettings(String value, String shown) {
        String problem = " is a section and must hold settings as key: value, but was " + shown + " (" + file;
        assertThatThrownBy(() -> load("encode:", "  lower: true", "train-detector: " + value))
                .hasMessage("train-detector" + problem + ":3)");
        assertThatThrownBy(() -> load("train_detector: " + value)).hasMessage("train_detector" + problem + ":1)");
        assertThatThrownBy(() -> load("prepare: " + value)).hasMessage("prepare" + problem + ":1)");
    }

    @Test
    void checksTheSectionsOfAllStages() throws IOException {
        ConfigSchema other = ConfigSchema.named("live")
                .command("live")
                .about("Watches.")
                .key("batch_interval", ConfigType.INT, 1)
                .doc("Seconds.")
                .build();
        List<ConfigSchema> all = List.of(SCHEMA, other);
        Files.writeString(file, """
                train-detector:
                  epochs: many
                live:
                  batch_interval: fast
                  colour: red
                trane-detector:
                """);
        assertThatThrownBy(() -> Config.checkSections(file, all))
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                        .containsExactlyInAnyOrder(
                                "trane-detector is not a section; did you mean train-detector? (" + file + ":6)",
                                "epochs must be a whole number, but was many (" + file + ":2)",
                                "batch_interval must be a whole number, but was fast (" + file + ":4)",
                                "colour is not a setting of live; did you mean root_dir? (" + file + ":5)"));
        Files.writeString(file, "train-detector:\n  epochs: 3\nlive:\n  batch_interval: 2\nrun:\n");
        Config.checkSections(file, all);
        Files.writeString(file, "epochs: many\n");
        Config.checkSections(file, all);
    }

    @Test
    void refusesAliasesAndNestingWithoutEnd() {
        assertThatThrownBy(() -> load("a: &a [x]", "masks: [" + "*a, ".repeat(30) + "*a]"))
                .hasMessage(file + ": more than 30 aliases (*name) repeat lists or groups; write the values out");
        assertThatThrownBy(() -> load("masks: " + "[".repeat(31) + "]".repeat(31)))
                .hasMessage(file + ": the values are nested more than 30 deep; a setting needs no such value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "time_zone: \"UTC | the quote that opens here",
                "time_zone: \"C:\\dir\" | the quote that opens here",
                "'parameters:\n\tepochs: 3' | a tab begins",
                "time_zone: a: b | second colon",
                "time_zone: *x | refers to nothing",
                "- epochs | a configuration is lines of key: value",
                "just words | a configuration is lines of key: value",
                "epochs: !!java.net.URL [x] | is not allowed",
                "epochs: !Thing 3 | is not allowed",
                "? [a, b] | a key must be a single word",
                "time_zone: [a | this is not valid YAML",
            })
    void saysWhatIsWrongWithBrokenYaml(String line, String message) {
        assertThatThrownBy(() -> load(line))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ":")
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatIsNoReadableText() throws IOException {
        assertThatThrownBy(() -> Config.load(folder.resolve("none.yml"), SCHEMA, Sources.none()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no configuration file");
        assertThatThrownBy(() -> Config.load(folder, SCHEMA, Sources.none()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is a folder");
        Files.write(file, "time_zone: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Config.load(file, SCHEMA, Sources.none())).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> load("epochs: 3", "time_zone: \u0000"))
                .hasMessageStartingWith(file + ":2: this is not YAML text: it has the control character \\u0000");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Config.load(file, SCHEMA, Sources.none()))
                .hasMessageContaining("at most 1048576 bytes");
    }

    @Test
    void refusesAliasesThatRepeatWithoutEnd() {
        assertThatThrownBy(() -> load("masks: &a [x, *a]")).isInstanceOf(ConfigException.class);
        StringBuilder text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            text.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThatThrownBy(() -> load(text.toString())).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> load("masks: " + "[".repeat(100_000))).isInstanceOf(ConfigException.class);
    }

    @Test
    void leavesASettingWithoutValueByNone() throws IOException {
        assertThat(load("session_key: none").findString("session_key")).isEmpty();
        assertThat(load("session_key:").findString("session_key")).isEmpty();
        assertThat(load("session_key: 'none'").findString("session_key")).contains("none");
        assertThat(load(sources(Map.of("session_key", "none"), Map.of()), "session_key: x")
                        .has("session_key"))
                .isFalse();
        assertThatThrownBy(() -> load("").getString("session_key"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("session_key is required")
                .hasMessageContaining("--session-key");
    }

    @Test
    void takesFlagsUnderTheirOwnNameToo() {
        Config config = Config.defaults(
                SCHEMA, sources(Map.of("--input", List.of(Path.of("a"), "b"), "--elsewhere", "x"), Map.of()));
        assertThat(config.getPaths("raw_log_file")).containsExactly(Path.of("a"), Path.of("b"));
        assertThat(config.where("raw_log_file")).isEqualTo("--input");
        assertThat(config.isSet("raw_log_file")).isTrue();
        assertThat(config.isSet("epochs")).isFalse();
    }

    @Test
    void writesACommentedFileThatLoadsAsTheDefaults() throws IOException {
        Config written = load(SCHEMA.toYaml());
        assertThat(written.values())
                .isEqualTo(Config.defaults(SCHEMA, Sources.none()).values());
        assertThat(SCHEMA.toYaml())
                .contains("# How often the training data is seen. (a whole number, at least 1, at most 100000)")
                .contains("\n  epochs: 10\n");
        assertThat(written.isSet("session_key")).isTrue();
    }

    @Test
    void namesThePlaceInProblemsThatOnlyTheStageSees() throws IOException {
        assertThat(load("epochs: 5").problem("epochs", "must be below patience"))
                .hasMessage("epochs must be below patience, but was 5 (" + file + ":1)");
    }

    @Test
    void refusesASchemaThatBreaksItsOwnRules() {
        assertThatThrownBy(() -> ConfigSchema.named("x")
                        .key("a", ConfigType.INT, 0)
                        .atLeast(1)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        ConfigSchema.named("x").key("a", ConfigType.INT, 0).key("a", ConfigType.INT, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        ConfigSchema.named("x").key("a", ConfigType.ENUM, "b").build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsAFileOfAnyKeysWithoutASchema() throws IOException {
        Files.writeString(file, """
                parameters:
                  epochs: 3
                  rate: 0.5
                  output: '{ROOT_DATA_DIR}/m'
                  training:
                    patience: 2
                    dir: "{ROOT_DATA_DIR}/x"
                """);
        Config config = Config.load(file, Path.of("/data"));

        assertThat(config.get("epochs", 10)).isEqualTo(3);
        assertThat(config.get("missing", 64)).isEqualTo(64);
        assertThat(config.get("rate", 0.1)).isEqualTo(0.5);
        assertThat(config.getPath("output")).isEqualTo(Path.of("/data/m"));
        assertThat(config.getSection("training").get("patience", 0)).isEqualTo(2);
        assertThat(config.getSection("training").getPath("dir")).isEqualTo(Path.of("/data/x"));
        assertThat(config.getSection("missing").get("patience", 7)).isEqualTo(7);
        assertThatThrownBy(() -> config.get("output", 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("output must be a whole number")
                .hasMessageContaining(file + ":4");
        assertThatThrownBy(() -> config.getPath("nothing")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config.getSection("epochs")).isInstanceOf(ConfigException.class);
    }
}
