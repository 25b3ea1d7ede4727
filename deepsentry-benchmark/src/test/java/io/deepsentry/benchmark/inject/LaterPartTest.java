package io.deepsentry.benchmark.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaterPartTest {
    private final Path folder;

    LaterPartTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static PreparedData prepared(PrepareSettings.Builder settings) {
        PrepareResult result = Prepare.run(settings.build(), RunContext.quiet());
        return PreparedData.open(result.directory());
    }

    private static LaterPart read(PreparedData data) {
        return LaterPart.read(data, null, RunContext.quiet());
    }

    @Test
    void a_compressed_log_without_years_gives_the_same_times_again() throws IOException {
        Path log = folder.resolve("messages.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(log))) {
            for (int i = 0; i < 50; i++) {
                String line = String.format("Mar  3 10:%02d:00 host sshd[7]: Connection %d closed%n", i, i);
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        PreparedData data = prepared(PrepareSettings.builder().dataDir(folder).inputs(log));
        List<Instant> times = new ArrayList<>();
        try (PreparedData.Rows<IndexRow> rows = data.origins(Split.TEST)) {
            for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                times.add(row.time());
            }
        }

        LaterPart later = read(data);

        assertThat(later.parts()).hasSize(1);
        assertThat(later.parts().get(0))
                .extracting(line -> line.event().time())
                .hasSize(10)
                .doesNotContainNull()
                .isEqualTo(times);
    }

    @Test
    void each_stream_has_its_own_later_part() throws IOException {
        Path one = Files.write(folder.resolve("one.log"), lines("one", 100));
        Path two = Files.write(folder.resolve("two.log"), lines("two", 50));

        LaterPart later =
                read(prepared(PrepareSettings.builder().dataDir(folder).inputs(one, two)));

        assertThat(later.parts()).extracting(List::size).containsExactly(20, 10);
        assertThat(later.parts().get(1).get(0).event().message()).isEqualTo("two done, step 40");
    }

    private static List<String> lines(String name, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(String.format("2026-03-02T08:%02d:%02dZ INFO app: %s done, step %d", i / 60, i % 60, name, i));
        }
        return lines;
    }

    @Test
    void sessions_that_are_files_are_found_again_by_their_names() throws IOException {
        Path jobs = Files.createDirectory(folder.resolve("jobs"));
        for (int job = 0; job < 20; job++) {
            Files.write(jobs.resolve("job" + (10 + job) + ".log"), lines("job", 4));
        }

        LaterPart later = read(prepared(
                PrepareSettings.builder().dataDir(folder).inputs(jobs).sessionKey("path:jobs/(job\\d+)\\.log")));

        assertThat(later.parts()).hasSize(4).allSatisfy(session -> assertThat(session)
                .hasSize(4)
                .extracting(line -> line.event().sessionKeys())
                .allSatisfy(keys -> assertThat(keys).hasSize(1)));
    }

    @Test
    void a_log_that_is_another_one_now_is_refused() throws IOException {
        Path log = Files.write(folder.resolve("one.log"), lines("one", 100));
        PreparedData data = prepared(PrepareSettings.builder().dataDir(folder).inputs(log));
        Files.write(log, lines("one", 85));

        assertThatThrownBy(() -> read(data))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("15 of them are not");
        Files.delete(log);
        assertThatThrownBy(() -> read(data))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("must be a file that can be read again");
    }
}
