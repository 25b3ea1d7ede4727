package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.flink.JudgedCase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Findings of jobs to a real server, which goes away, as machines of the job do. */
@Tag("long")
@Timeout(900)
class BulkSinkTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int CASES = 3_000;
    private static final int PER_CHECKPOINT = 150;

    @TempDir
    private static Path folder = Path.of("");

    private static SearchNode server;

    @BeforeAll
    static void startServer() throws IOException {
        server = new SearchNode(folder);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private static JudgedCase judged(long number) {
        return new JudgedCase(
                "id" + number,
                "s" + number,
                "session",
                true,
                true,
                number + 0.5,
                1,
                "order",
                "message \u00e9 \"" + number + "\"\n\tat a.B(c)",
                number,
                number + 1,
                2,
                "model");
    }

    /** Fails a subtask at its so many-th case, the first time. */
    private static final class FailOnce extends RichMapFunction<JudgedCase, JudgedCase> {
        private static final long serialVersionUID = 1;
        private static final AtomicInteger ATTEMPTS = new AtomicInteger();
        private final int at;
        private int seen;

        FailOnce(int at) {
            this.at = at;
        }

        @Override
        public void open(OpenContext context) {
            ATTEMPTS.accumulateAndGet(getRuntimeContext().getTaskInfo().getAttemptNumber(), Math::max);
        }

        @Override
        public JudgedCase map(JudgedCase judged) throws IOException {
            seen++;
            if (seen == at && getRuntimeContext().getTaskInfo().getAttemptNumber() == 0) {
                throw new IOException("the machine died");
            }
            return judged;
        }
    }

    private static JobClient run(String index, int attempts, int failAt) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, attempts);
        // Without one, what Flink says of the checkpoint before meets the next attempt, and ends the whole process.
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
        env.enableCheckpointing(200);
        // Flink declares it without its type argument.
        @SuppressWarnings("unchecked")
        RateLimiterStrategy<NumberSequenceSource.NumberSequenceSplit> rate =
                RateLimiterStrategy.perCheckpoint(PER_CHECKPOINT);
        DataGeneratorSource<JudgedCase> source =
                new DataGeneratorSource<>(BulkSinkTest::judged, CASES, rate, TypeInformation.of(JudgedCase.class));
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "cases")
                .map(new FailOnce(failAt))
                .returns(TypeInformation.of(JudgedCase.class))
                .sinkTo(new BulkSink(server.uri(), index));
        return env.executeAsync(index);
    }

    private static Set<String> ids(JsonNode documents) {
        Set<String> ids = new HashSet<>();
        documents.forEach(document -> ids.add(document.path("_id").asText()));
        return ids;
    }

    @Test
    void eachFindingIsThereOnceThoughTheServerAndAMachineOfTheJobAreKilled() throws Exception {
        JobClient job = run("findings", Integer.MAX_VALUE, CASES / 5);
        // A machine has died by now, and the job has more to write.
        await().atMost(PATIENCE)
                .until(() -> FailOnce.ATTEMPTS.get() > 0
                        && server.documents("findings").size() >= CASES / 3);
        server.kill();
        int before = FailOnce.ATTEMPTS.get();
        // The tries are used up, and the job begins again at its checkpoint, for as long as the server is away.
        await().atMost(PATIENCE).until(() -> FailOnce.ATTEMPTS.get() > before);
        server.startAgain();
        assertThat(job.getJobExecutionResult().get().getNetRuntime()).isPositive();

        JsonNode documents = server.documents("findings");
        assertThat(documents).hasSize(CASES);
        assertThat(ids(documents))
                .isEqualTo(new HashSet<>(IntStream.range(0, CASES)
                        .mapToObj(number -> "id" + number)
                        .toList()));
        assertThat(StreamSupport.stream(documents.spliterator(), false)
                        .filter(document -> document.path("_version").asInt() != 1))
                .as("documents that were written more than once")
                .isEmpty();
        JsonNode one = server.call("GET", "/findings/_doc/id7", "").path("_source");
        assertThat(one.path("key").asText()).isEqualTo("s7");
        assertThat(one.path("score").asDouble()).isEqualTo(7.5);
        assertThat(one.path("message").asText()).isEqualTo("message \u00e9 \"7\"\n\tat a.B(c)");
    }

    @Test
    void whatTheServerRefusesForGoodFailsTheJobWithTheReason() throws Exception {
        JsonNode made = server.call("PUT", "/odd", "{\"mappings\":{\"properties\":{\"key\":{\"type\":\"long\"}}}}");
        assertThat(made.path("acknowledged").asBoolean()).as("%s", made).isTrue();
        JobClient job = run("odd", 0, -1);
        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining("/odd/_bulk refuses what it was sent: status 400")
                .hasStackTraceContaining("failed to parse field [key] of type [long]");
    }
}
