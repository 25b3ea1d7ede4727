package io.deepsentry.text.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFinderTest {
    private static final List<String> STEPS =
            List.of("cart opened", "address checked", "payment accepted", "mail sent", "order closed");

    private final Path folder;

    KeyFinderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void aNumberBesideAWordIsProposed() throws IOException {
        KeyProposal best = best(shop((step, order) -> step + " for order " + (1000 + order)));

        assertThat(best.key()).isEqualTo("order (\\d+)");
        assertThat(best.sessions()).isBetween(300, 450);
        assertThat(best.medianLines()).isEqualTo(5);
        assertThat(best.coverage()).isBetween(0.85, 0.95);
        assertThat(best.isEnough()).isTrue();
        assertThat(best.outcome()).contains("sessions of 5 lines").contains("such as \"100");
        assertThat(best.shellWord()).isEqualTo("'order (\\d+)'");
    }

    @Test
    void oneNameWrittenInSeveralWaysIsOneKey() throws IOException {
        KeyProposal best = best(shop((step, order) -> switch (order % 7 + step.length() % 3) {
            case 0, 1 -> step + " for order " + (1000 + order);
            case 2, 3 -> "order_id=" + (1000 + order) + " " + step;
            default -> step + " [Order: " + (1000 + order) + "]";
        }));

        assertThat(best.key()).isEqualTo("(?:Order: |order |order_id=)(\\d+)");
        assertThat(best.medianLines()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            in brackets~[session:a1b2c3%04x] %s~session:([0-9a-fA-F]+)
            letters and digits~%2$s of req-0f4e1a2b-0000-4000-8000-00000000%1$04x~(req-[0-9a-fA-F-]{36})
            signed~task_-%d: %s~(task_-?\\d+)
            process~worker[%d]: %s~worker\\[(\\d+)\\]
            glued~%2$s by job%1$d~\\b(job\\d+)
            path~GET /orders/%d/items %s~orders/(\\d+)
            several parts~%2$s in attempt_14%1$04d_0002_m~(attempt_[\\w-]+)
            """)
    void identifiersOfManyFormsAreProposed(String name, String form, String key) throws IOException {
        assertThat(best(shop((step, order) -> String.format(Locale.ROOT, form, order + 100, step)))
                        .key())
                .as(name)
                .isEqualTo(key);
    }

    @Test
    void theKeyFindsInTheLinesTheSessionsThatItWasProposedFor() throws IOException {
        Path log = shop((step, order) -> step + " for order " + (1000 + order));
        KeyProposal best = best(log);
        Set<String> sessions = new HashSet<>();
        try (LogReader reader =
                LogReader.builder().input(log).sessionKey(best.key()).open()) {
            reader.forEach(event -> sessions.addAll(event.sessionKeys()));
        }
        assertThat(sessions).hasSize(best.sessions()).contains(best.example());
    }

    @Test
    void theFieldOfAStructuredLineIsProposedByItsName() throws IOException {
        Random random = new Random(1);
        Path json = log((step, order) -> String.format(
                Locale.ROOT,
                "{\"time\":\"%s\",\"msg\":\"%s\",\"host\":\"h%d\"%s}",
                "2026-03-01T10:00:00Z",
                step,
                random.nextInt(50),
                order < 0 ? "" : ",\"trace.id\":\"00f" + order + "ab\""));

        assertThat(best(json).key()).isEqualTo("trace.id");
        assertThat(best(json).shellWord()).isEqualTo("trace.id");
    }

    @Test
    void hostsAndUsersThatAreAlwaysThereAreNotProposed() throws IOException {
        Random random = new Random(1);
        Path log = log((step, order) -> String.format(
                Locale.ROOT,
                "2026-03-01T10:00:%02dZ INFO %s on node-%d for user %d at 10.0.0.%d",
                random.nextInt(60),
                step,
                random.nextInt(90),
                random.nextInt(200),
                random.nextInt(250)));

        assertThat(proposals(log)).isEmpty();
    }

    @Test
    void numbersThatAreNoIdentifiersAreNotProposed() throws IOException {
        int[] line = {0};
        Path log = log((step, order) -> {
            int at = line[0]++;
            return String.format(
                    Locale.ROOT,
                    "Mar %02d 10:%02d:00 shop: %s took %d ms at %d",
                    1 + at / 80,
                    at % 60,
                    step,
                    at,
                    1_700_000_000 + at);
        });

        assertThat(proposals(log)).isEmpty();
    }

    @Test
    void aKeyThatSaysOneMessageOnlyIsNoSession() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            lines.add("polling job " + i / 5);
        }
        Path log = folder.resolve("polls.log");
        Files.write(log, lines);

        assertThat(proposals(log)).isEmpty();
    }

    @Test
    void onlyTheBeginningIsLookedAt() {
        KeyFinder finder = new KeyFinder();
        try (LogReader reader = LogReader.builder()
                .input(
                        "long",
                        new ByteArrayInputStream(
                                "a line 1\n".repeat(KeyFinder.MOST_EVENTS + 10).getBytes(StandardCharsets.UTF_8)))
                .open()) {
            var events = reader.iterator();
            finder.addAll(events);

            assertThat(finder.isFull()).isTrue();
            assertThat(events).hasNext();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hdfs/HDFS.log.gz, (blk_-?\\d+)",
        "loghub_2k/OpenSSH/OpenSSH_2k.log, sshd\\[(\\d+)\\]",
        "loghub_2k/OpenStack/OpenStack_2k.log, instance: ([0-9a-fA-F-]{36})",
    })
    @EnabledIfEnvironmentVariable(named = "DEEPSENTRY_TEST_DATA", matches = ".+")
    void theIdentifiersOfRealLogsAreFound(String log, String key) {
        assertThat(proposals(real(log))).first().extracting(KeyProposal::key).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({"Apache", "BGL", "HPC", "Mac", "Proxifier", "Thunderbird", "Windows", "Zookeeper", "HealthApp"})
    @EnabledIfEnvironmentVariable(named = "DEEPSENTRY_TEST_DATA", matches = ".+")
    void nothingIsProposedForRealLogsWithoutSessions(String system) {
        assertThat(proposals(real("loghub_2k/" + system + "/" + system + "_2k.log")))
                .isEmpty();
    }

    private static Path real(String name) {
        return Path.of(System.getenv("DEEPSENTRY_TEST_DATA"), name);
    }

    /** Orders that overlap, and now and then a line of none. */
    private Path shop(BiFunction<String, Integer, String> message) throws IOException {
        return log((step, order) ->
                "2026-03-01T10:00:00Z INFO shop " + (order < 0 ? "health check passed" : message.apply(step, order)));
    }

    /** {@code line} gets a step and its order, or -1. */
    private Path log(BiFunction<String, Integer, String> line) throws IOException {
        Random random = new Random(7);
        List<int[]> open = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        int next = 0;
        while (lines.size() < 2000) {
            if (random.nextInt(10) == 0) {
                lines.add(line.apply("health check passed", -1));
            }
            while (open.size() < 6) {
                open.add(new int[] {next++, 0});
            }
            int[] order = open.get(random.nextInt(open.size()));
            lines.add(line.apply(STEPS.get(order[1]++), order[0]));
            if (order[1] == STEPS.size()) {
                open.remove(order);
            }
        }
        Path file = folder.resolve("app.log");
        Files.write(file, lines);
        return file;
    }

    private static KeyProposal best(Path log) {
        assertThat(proposals(log)).isNotEmpty();
        return proposals(log).get(0);
    }

    private static List<KeyProposal> proposals(Path log) {
        KeyFinder finder = new KeyFinder();
        try (LogReader reader =
                LogReader.builder().input(log).sessionKey(SessionKey.ofLine()).open()) {
            for (LogEvent event : reader) {
                finder.add(event);
            }
        }
        return finder.proposals();
    }
}
