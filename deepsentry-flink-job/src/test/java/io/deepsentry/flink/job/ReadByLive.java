package io.deepsentry.flink.job;

import io.deepsentry.live.DataStream;
import io.deepsentry.live.internal.record.RecordLines;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.record.SourceRecord;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Reads records as {@code deepsentry live --kafka} does, without a broker. */
final class ReadByLive {
    private ReadByLive() {}

    /** The events of records, those of a partition in the order of the records. */
    static List<LogEvent> events(
            String topic, List<String> records, ToIntFunction<String> partition, String format, String sessionKey) {
        List<LogEvent> events = new ArrayList<>();
        try (DataStream stream = DataStream.builder()
                .records(new Given(topic, records, partition))
                .format(format)
                .sessionKey(SessionKey.of(sessionKey))
                .open()) {
            stream.forEach(events::add);
        }
        return events;
    }

    private static final class Given implements RecordSource {
        private final List<SourceRecord> records = new ArrayList<>();
        private boolean taken;

        Given(String topic, List<String> values, ToIntFunction<String> partition) {
            RecordLines lines = new RecordLines(RecordFormat.AUTO, LogReader.DEFAULT_MAX_LINE_LENGTH);
            int[] offsets = new int[64];
            for (String value : values) {
                int each = partition.applyAsInt(value);
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                records.add(new SourceRecord(
                        topic + "/" + each, offsets[each]++, Instant.EPOCH, bytes.length, lines.of(bytes)));
            }
        }

        @Override
        public String name() {
            return "given";
        }

        @Override
        public void start(Map<String, Long> next) {}

        @Override
        public Map<String, Long> takeBegun() {
            return Map.of();
        }

        @Override
        public List<SourceRecord> poll() {
            List<SourceRecord> all = taken ? List.of() : List.copyOf(records);
            taken = true;
            return all;
        }

        @Override
        public Set<String> takeLeft() {
            return Set.of();
        }

        @Override
        public void settled(Map<String, Long> next) {}

        @Override
        public boolean isPlaced() {
            return true;
        }

        @Override
        public boolean isEnded() {
            return taken;
        }

        @Override
        public RecordStats stats() {
            return RecordStats.NONE;
        }

        @Override
        public void close() {}
    }
}
