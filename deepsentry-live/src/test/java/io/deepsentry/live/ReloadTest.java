package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.SteppedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models are changed while a log is watched. */
@Tag("long")
@Timeout(300)
class ReloadTest {
    private final Path folder;

    ReloadTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySessionIsJudgedOnceByTheModelsItBeganWith(boolean checkpoint) throws IOException {
        TrainedModels first = TrainedModels.ofSessions(Files.createDirectories(folder.resolve("first")), "7");
        TrainedModels second = TrainedModels.ofSessions(Files.createDirectories(folder.resolve("second")), "9");
        Map<String, Double> byFirst = scores(first, first.test());
        Map<String, Double> bySecond = scores(second, first.test());

        List<String> lines = Files.readAllLines(first.test());
        int middle = lines.size() / 2;
        Path log = folder.resolve("growing.log");
        LiveRun run = new LiveRun();
        Cancellation cancellation = new Cancellation();
        SteppedClock pace = new SteppedClock();
        pace.at(Duration.ofSeconds(1), () -> append(log, lines.subList(0, middle)))
                .at(Duration.ofSeconds(5), () -> {
                    copyModels(second.folder(), first.folder());
                    run.requestReload();
                })
                .at(Duration.ofSeconds(10), () -> append(log, lines.subList(middle, lines.size())))
                .at(Duration.ofSeconds(5_000), cancellation::cancel);
        List<Integer> reopened = new ArrayList<>();
        Map<String, Double> last = new HashMap<>();
        AlertSink sink = new AlertSink() {
            @Override
            public void write(Alert alert) {}

            @Override
            public void reopen() {
                reopened.add(1);
            }

            @Override
            public void close() {}
        };
        Map<String, String> flags = new HashMap<>(Map.of("log_file", log.toString(), "idle_timeout", "2000"));
        if (checkpoint) {
            flags.put("checkpoint_dir", folder.resolve("checkpoint").toString());
        }
        LiveSummary summary = LiveMonitor.run(
                first.settings(flags),
                sink,
                end -> last.put(end.session(), end.verdict().score()),
                run,
                new RunContext(Progress.none(), cancellation),
                pace);

        assertThat(reopened).hasSize(1);
        assertThat(summary.identified().messages()).isEqualTo(lines.size());
        Set<String> old = keys(lines.subList(0, middle));
        assertThat(last.keySet()).isEqualTo(byFirst.keySet());
        last.forEach((session, score) -> assertThat(score)
                .as("%s, begun %s the change", session, old.contains(session) ? "before" : "after")
                .isEqualTo((old.contains(session) ? byFirst : bySecond).get(session)));
        assertThat(byFirst).as("the models do differ").isNotEqualTo(bySecond);

        if (checkpoint) {
            // The state of the new models is kept: the next start continues with it, and has nothing left to
            // read.
            List<SessionVerdict> again = new ArrayList<>();
            flags.put("from_start", "true");
            flags.put("until_end", "true");
            LiveSummary next = LiveMonitor.run(first.settings(flags), sink, again::add, RunContext.quiet());
            assertThat(next.identified().messages()).isEqualTo(messagesOf(lines, old));
            assertThat(next.input().read().events()).isZero();
            assertThat(again).isEmpty();
        }
    }

    /** How many lines belong to a session that began after the change. */
    private static long messagesOf(List<String> lines, Set<String> old) {
        return lines.stream()
                .filter(line -> !old.containsAll(keys(List.of(line))))
                .count();
    }

    /** The scores of sessions that end when nothing comes for the idle timeout, by the same models all the time. */
    private Map<String, Double> scores(TrainedModels models, Path log) throws IOException {
        Map<String, Double> scores = new HashMap<>();
        Cancellation cancellation = new Cancellation();
        SteppedClock pace = new SteppedClock();
        Path growing = folder.resolve("whole.log");
        Files.deleteIfExists(growing);
        List<String> lines = Files.readAllLines(log);
        pace.at(Duration.ofSeconds(1), () -> append(growing, lines))
                .at(Duration.ofSeconds(5_000), cancellation::cancel);
        LiveMonitor.run(
                models.settings(Map.of("log_file", growing.toString(), "idle_timeout", "2000")),
                new SeveralAlertSinks(Map.of()),
                end -> scores.put(end.session(), end.verdict().score()),
                new LiveRun(),
                new RunContext(Progress.none(), cancellation),
                pace);
        return scores;
    }

    private static Set<String> keys(List<String> lines) {
        Set<String> keys = new HashSet<>();
        for (String line : lines) {
            Pattern.compile(TrainedModels.SESSION_KEY)
                    .matcher(line)
                    .results()
                    .map(MatchResult::group)
                    .forEach(keys::add);
        }
        return keys;
    }

    private static void append(Path log, List<String> lines) {
        try {
            Files.writeString(
                    log,
                    String.join("\n", lines) + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyModels(Path from, Path to) {
        for (String part : List.of("text_autoencoder_model", "anomaly_trained_model")) {
            try (Stream<Path> files = Files.list(from.resolve(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(part).resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
