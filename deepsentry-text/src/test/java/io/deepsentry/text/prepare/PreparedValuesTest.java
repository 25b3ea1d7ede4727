package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.base.Splitter;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values of messages that {@code prepare} keeps are those that a live log gives. */
class PreparedValuesTest {
    private static final String NAMES =
            "anna bert cleo dora emil fred gina hugo iris jack kate liam mona nils olga paul quinn rosa sven tina";

    private final Path folder;

    PreparedValuesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private PreparedData prepare(Path log, Map<String, Object> flags) {
        Map<String, Object> all = new HashMap<>(flags);
        all.put("raw_log_file", log);
        Prepare.run(
                PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, new Sources(all, Map.of(), folder))),
                RunContext.quiet());
        return PreparedData.open(folder.resolve("prepared_data"));
    }

    /** Names, runs of one type, codes, quoted texts, units, letters beyond ASCII, and more than one variable a slot. */
    private Path plainLog() throws IOException {
        List<String> names = Splitter.on(' ').splitToList(NAMES);
        Random random = new Random(7);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            String name = names.get(random.nextInt(names.size()));
            String message = List.of(
                            "mailbox of " + name + " holds " + random.nextInt(90) + " kB of mail",
                            "request took " + random.nextInt(5000) + " ms for order " + random.nextInt(1_000_000),
                            "peers 10.0.0." + random.nextInt(200) + " 10.0.0.7 10.0.0.9 agree on " + i,
                            "PAY-" + random.nextInt(3) + ": charged 1,2" + random.nextInt(90) + ".5 from acc-" + i,
                            "note \"wait for the " + name + "\" came from é-" + name + " load " + i % 100 + "%",
                            "cache is warm")
                    .get(random.nextInt(6));
            lines.add(String.format("2026-03-02 08:%02d:%02d INFO %s", i / 60, i % 60, message));
        }
        return Files.write(folder.resolve("plain.log"), lines);
    }

    private Path jsonLog() throws IOException {
        Random random = new Random(11);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            lines.add(String.format(
                    "{\"ts\":\"2026-03-02T08:%02d:%02dZ\",\"level\":\"info\",\"msg\":\"job done\",\"took\":\"%dms\","
                            + "\"status\":%d,\"user.name\":\"u%s\",\"@odd\":\"%s\",\"note\":\"%s\"}",
                    i / 60,
                    i % 60,
                    random.nextInt(900),
                    i % 50 == 0 ? 503 : 200,
                    Integer.toString(random.nextInt(9999), 36),
                    i,
                    "long ".repeat(i % 30)));
        }
        return Files.write(folder.resolve("json.log"), lines);
    }

    private void assertSameAsLive(Path log, PreparedData data, String sessionKey) throws IOException {
        MessageIdentity identity = data.identity();
        Map<Long, LogEvent> events = new HashMap<>();
        try (LogReader reader = LogReader.builder()
                .input(log)
                .sessionKey(sessionKey.isEmpty() ? null : sessionKey)
                .open()) {
            reader.forEach(event -> events.put(event.origin().lineNumber(), event));
        }
        long values = 0;
        for (Split split : Split.values()) {
            try (var messages = data.messages(split);
                    var origins = data.origins(split);
                    var kept = data.values(split)) {
                long rows = 0;
                for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                    IdentifiedMessage live = identity.identify(Objects.requireNonNull(events.get(row.line())));
                    assertThat(messages.next()).isEqualTo(live.text());
                    assertThat(kept.next()).isEqualTo(live.values());
                    values += live.values().size();
                    rows++;
                }
                assertThat(kept.next()).isNull();
                assertThat(rows).isEqualTo(data.rows(split));
            }
        }
        assertThat(values).isGreaterThan(300);
    }

    @Test
    void theValuesOfEachRowAreThoseOfItsLine() throws IOException {
        Path log = plainLog();

        assertSameAsLive(log, prepare(log, Map.of()), "");
    }

    @Test
    void theValuesOfFieldsAreKeptToo() throws IOException {
        Path log = jsonLog();
        PreparedData data = prepare(log, Map.of());

        assertSameAsLive(log, data, "");
        try (var values = data.values(Split.TRAIN)) {
            assertThat(values.next())
                    .extracting(MessageValue::place)
                    .contains("took", "user.name", "@odd")
                    .doesNotContain("status");
        }
    }

    @Test
    void aLineOfSeveralSessionsHasItsValuesInEach() throws IOException {
        Path log = plainLog();

        assertSameAsLive(
                log,
                prepare(log, Map.of("session_key", "(10\\.0\\.0\\.\\d+)", "learn_anyway", true)),
                "(10\\.0\\.0\\.\\d+)");
    }

    @Test
    void numbersAreInTheBaseUnitOfTheirType() throws IOException {
        PreparedData data = prepare(plainLog(), Map.of());
        List<MessageValue> all = new ArrayList<>();
        try (var rows = data.values(Split.TRAIN)) {
            for (List<MessageValue> row = rows.next(); row != null; row = rows.next()) {
                all.addAll(row);
            }
        }

        assertThat(all)
                .filteredOn(value -> value.type() == MaskType.DURATION)
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value.number())
                        .isCloseTo(Integer.parseInt(value.text().replaceAll("\\D", "")) / 1000.0, within(1e-9)));
        assertThat(all)
                .filteredOn(value -> value.type() == MaskType.SIZE)
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value.number())
                        .isEqualTo(Integer.parseInt(value.text().replaceAll("\\D", "")) * 1024.0));
    }

    @Test
    void damagedFilesOfValuesAreRefusedWithWhatToDo() throws IOException {
        PreparedData data = prepare(plainLog(), Map.of());
        Path file = data.valuesFile(Split.TRAIN);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 5, 30, whole.length / 2}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> readAll(data))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("train_values.bin")
                    .hasMessageContaining("run prepare again");
        }
        Files.delete(file);
        assertThatThrownBy(() -> readAll(data)).isInstanceOf(MissingDataException.class);
    }

    private static void readAll(PreparedData data) {
        try (var rows = data.values(Split.TRAIN)) {
            List<MessageValue> row = rows.next();
            while (row != null) {
                row = rows.next();
            }
        }
    }

    @Test
    void valuesTakeLessDiskThanTheLog() throws IOException {
        Path log = plainLog();
        PreparedData data = prepare(log, Map.of());
        long size = 0;
        for (Split split : Split.values()) {
            size += Files.size(data.valuesFile(split));
        }

        assertThat(size).isLessThan(Files.size(log) / 2);
    }
}
