package io.deepsentry.flink.job;

import io.deepsentry.flink.Shipped;
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
        Shipped shipped = line.shipped();
        Instant time;
        if (shipped != null && shipped.whole()) {
            time = shipped.time();
        } else {
            int end = line.text().indexOf('\n');
            ParsedLine parsed = parser.parse(end < 0 ? line.text() : line.text().substring(0, end))
                    .orElse(null);
            // What does not fit is not judged, so its record's time is none of the log.
            time = parsed == null ? null : parsed.time();
            if (parsed != null && time == null && shipped != null) {
                time = shipped.time();
            }
        }
        // A line without a time moves no watermark.
        return time == null ? Long.MIN_VALUE : time.toEpochMilli();
    }
}
