package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Prepare} makes of samples. */
class SampledEventsTest {
    private static final String KEY = "(blk_\\d+)";

    @TempDir
    Path folder = Path.of("");

    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void log() throws IOException {
        for (int i = 0; i < 900; i++) {
            int second = i / 4;
            String head = String.format("081109 20%02d%02d ", second / 60, second % 60);
            String block = "blk_" + (i / 6 + i % 2);
            log.add(head
                    + switch (i % 7) {
                        case 0 -> "open " + block + " by user" + i % 40 + " password=secret" + i;
                        case 1 -> "write " + block + " of " + i * 37 + " bytes after blk_" + i / 6;
                        case 2 -> "no block at all, " + i;
                        default -> "step " + i % 7 + " of " + block;
                    });
        }
        Files.write(folder.resolve("app.log"), log);
    }

    private Path sample(String name, List<String> lines, String format, String key, long size) throws IOException {
        Path file = Files.write(folder.resolve("app.log"), lines);
        LogSample sample = LogSample.of(
                new LogSample.Reading(format, null, null, ZoneId.of("UTC"), OnMalformed.ATTACH, key),
                Redaction.SECRETS,
                size);
        try (LogReader reader = LogReader.builder()
                .input(file)
                .format(format)
                .sessionKey(SessionKey.of(key))
                .open()) {
            reader.forEach(sample::add);
        }
        Path written = folder.resolve(name);
        sample.write(written);
        return written;
    }

    private PreparedData prepare(String data, String format, @Nullable String key, Path... inputs) {
        PrepareSettings.Builder builder = PrepareSettings.builder()
                .dataDir(folder.resolve(data))
                .inputs(inputs)
                .format(format)
                .sessionKey(key);
        return PreparedData.open(
                Prepare.run(builder.build(), RunContext.quiet()).directory());
    }

    @Test
    void a_sample_that_holds_all_is_prepared_as_the_log_is_to_the_bit() throws IOException {
        PreparedData expected = prepare("log", "utah", KEY, folder.resolve("app.log"));
        Path sample = sample("app.sample", log, "utah", KEY, LogSample.DEFAULT_SIZE);
        PreparedData sampled = PreparedData.open(Prepare.run(
                        PrepareSettings.builder()
                                .dataDir(folder.resolve("sampled"))
                                .inputs(sample)
                                .build(),
                        RunContext.quiet())
                .directory());
        for (PreparedData[] pair : new PreparedData[][] {
            {expected, sampled},
            {expected.keyless().orElseThrow(), sampled.keyless().orElseThrow()}
        }) {
            for (Split split : Split.values()) {
                assertThat(pair[1].text(split)).hasSameBinaryContentAs(pair[0].text(split));
                assertThat(pair[1].valuesFile(split)).hasSameBinaryContentAs(pair[0].valuesFile(split));
                assertThat(withoutOffsets(pair[1].index(split))).isEqualTo(withoutOffsets(pair[0].index(split)));
            }
            assertThat(pair[1].identityFile()).hasSameBinaryContentAs(pair[0].identityFile());
            assertThat(pair[1].vocabulary()).hasSameBinaryContentAs(pair[0].vocabulary());
            assertThat(pair[1].meta().fingerprint()).isEqualTo(pair[0].meta().fingerprint());
        }
        assertThat(sampled.meta().share()).isEqualTo(1);
        assertThat(sampled.meta().format()).isEqualTo("utah");
        assertThat(sampled.meta().sessionKey()).isEqualTo(KEY);
    }

    static List<String> withoutOffsets(Path index) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(index))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceAll("\"offset\":\\d+", ""))
                    .toList();
        }
    }

    @Test
    void a_sample_of_some_says_what_share_it_is() throws IOException {
        Path sample = sample("app.sample", log, "utah", KEY, 20_000);
        PreparedMeta meta = prepare("some", "auto", null, sample).meta();
        assertThat(meta.share()).isEqualTo(LogSample.read(sample).share()).isBetween(0.2, 0.6);
        assertThat(meta.sessions().values().stream().mapToLong(count -> count).sum())
                .isEqualTo(LogSample.read(sample).keptSessions());
    }

    @Test
    void logs_and_samples_are_not_mixed() throws IOException {
        Path sample = sample("app.sample", log, "utah", KEY, LogSample.DEFAULT_SIZE);
        assertThatThrownBy(() -> prepare("mixed", "auto", null, sample, folder.resolve("app.log")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("app.log is not a sample");
    }

    @Test
    void another_key_or_format_than_that_of_the_sample_is_refused() throws IOException {
        Path sample = sample("app.sample", log, "utah", KEY, LogSample.DEFAULT_SIZE);
        assertThatThrownBy(() -> prepare("other", "auto", "user(\\d+)", sample))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("session_key must be that of the sample, " + KEY);
        assertThatThrownBy(() -> prepare("other", "hdfs", null, sample))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("log_format must be that of the sample, utah");
    }

    @Test
    void a_part_of_a_log_without_times_is_refused() throws IOException {
        List<String> bare = log.stream().map(line -> line.substring(14)).toList();
        Path all = sample("all.sample", bare, "plain", KEY, LogSample.DEFAULT_SIZE);
        assertThat(prepare("all", "auto", null, all).meta().share()).isEqualTo(1);
        Path some = sample("some.sample", bare, "plain", KEY, 20_000);
        assertThatThrownBy(() -> prepare("some", "auto", null, some))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no times");
    }
}
