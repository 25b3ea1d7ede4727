package io.deepsentry.flink;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.prepare.LogSample;
import java.time.ZoneId;
import java.util.List;
import org.apache.flink.api.common.functions.AbstractRichFunction;
import org.apache.flink.api.common.functions.MapPartitionFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Samples the lines of a partition of a bounded stream, and gives the {@link LogSample} as bytes at its end. Samples of
 * all partitions merge to that of the stream, however its lines are parted: nothing is sent before.
 *
 * <pre>{@code
 * DataStream<byte[]> parts = text.fullWindowPartition()
 *         .mapPartition(new SampleFunction("hdfs", "(blk_-?\\d+)", LogSample.DEFAULT_SIZE));
 * }</pre>
 *
 * <p>Lines that do not fit the format, or have no time, are left out, as {@link ParseFunction} leaves them out.
 */
public final class SampleFunction extends AbstractRichFunction implements MapPartitionFunction<TextLine, byte[]> {
    private static final long serialVersionUID = 1;

    private final String format;
    private final @Nullable String sessionKey;
    private final long size;
    private final int stretch;
    private transient Counter malformed = new SimpleCounter();

    /**
     * Creates the function.
     *
     * @param format a preset or a header layout, as {@code --format} takes it
     * @param sessionKey a regular expression with one group
     * @param size the characters to keep, from 1 to {@link LogSample#LARGEST_SIZE}, the same in all partitions
     * @throws io.deepsentry.parse.LogParseException if the format or the session key is invalid
     * @throws IllegalArgumentException if the size is out of its range
     */
    public SampleFunction(String format, String sessionKey, long size) {
        this(format, sessionKey, size, 0);
    }

    private SampleFunction(String format, @Nullable String sessionKey, long size, int stretch) {
        this.format = format;
        this.sessionKey = sessionKey;
        this.size = size;
        this.stretch = stretch;
        LineEvents unused = new LineEvents(format, sessionKey);
        LogSample unusedSample = empty();
    }

    /**
     * Creates the function for a log without sessions: each source of lines is one stream, of which whole stretches are
     * kept. The lines of a source must be numbered.
     *
     * @param format a preset or a header layout, as {@code --format} takes it
     * @param size the characters to keep, from 1 to {@link LogSample#LARGEST_SIZE}, the same in all partitions
     * @param stretch how many lines are kept, or left out, together, such as {@link LogSample#DEFAULT_STRETCH}; the same
     *     in all partitions
     * @return the function
     * @throws io.deepsentry.parse.LogParseException if the format is invalid
     * @throws IllegalArgumentException if the size or the stretch is out of its range
     */
    public static SampleFunction ofStreams(String format, long size, int stretch) {
        return new SampleFunction(format, null, size, stretch);
    }

    private LogSample empty() {
        return LogSample.of(
                new LogSample.Reading(format, null, null, ZoneId.of("UTC"), OnMalformed.SKIP, sessionKey, stretch),
                Redaction.SECRETS,
                size);
    }

    @Override
    public void open(OpenContext context) {
        malformed = getRuntimeContext().getMetricGroup().addGroup("deepsentry").counter("malformed");
    }

    @Override
    public void mapPartition(Iterable<TextLine> lines, Collector<byte[]> out) {
        LineEvents events = new LineEvents(format, sessionKey);
        LogSample sample = empty();
        for (TextLine line : lines) {
            List<LogEvent> read = events.of(line);
            if (read.isEmpty() && !line.text().isBlank()) {
                malformed.inc();
            }
            read.forEach(sample::add);
        }
        out.collect(sample.toBytes());
    }
}
