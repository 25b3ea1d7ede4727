package io.deepsentry.tools.speed;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Reads a log to its end: seconds a pass. See run, which compares two versions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReadSpeed {
    private final Path log = Path.of(System.getenv("SPEED_LOG"));
    private final String format = System.getenv("SPEED_FORMAT");
    private final String sessionKey = System.getenv("SPEED_SESSION_KEY");

    @Benchmark
    public void pass(Blackhole events) {
        try (LogReader reader = LogReader.builder()
                .input(log)
                .format(format)
                .sessionKey(sessionKey.isEmpty() ? null : sessionKey)
                .onMalformed(OnMalformed.ATTACH)
                .open()) {
            for (LogEvent event : reader) {
                events.consume(event);
            }
        }
    }
}
