package io.deepsentry.flink.job;

import io.deepsentry.flink.TextLine;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.ParsedLine;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The time that a line has itself. Sources need it, as only they can hold up a file or partition that is ahead of the
 * others: behind them, their lines are one stream.
 */
final class LineTime implements TimestampAssigner<TextLine> {
    private final LogParser parser;

    private LineTime(LogParser parser) {
        this.parser = parser;
    }

    static WatermarkStrategy<TextLine> watermarks(String format, Duration outOfOrder, @Nullable Duration quiet) {
        WatermarkStrategy<TextLine> strategy = WatermarkStrategy.<TextLine>forBoundedOutOfOrderness(outOfOrder)
                .withTimestampAssigner(context -> new LineTime(LogFormat.of(format)));
        return quiet == null ? strategy : strategy.withIdleness(quiet);
    }

    @Override
    public long extractTimestamp(TextLine line, long before) {
        ParsedLine parsed = parser.parse(line.text()).orElse(null);
        Instant time = parsed == null ? null : parsed.time();
        // A line without a time moves no watermark.
        return time == null ? Long.MIN_VALUE : time.toEpochMilli();
    }
}
