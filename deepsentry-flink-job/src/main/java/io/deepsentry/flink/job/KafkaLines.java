package io.deepsentry.flink.job;

import io.deepsentry.flink.Shipped;
import io.deepsentry.flink.TextLine;
import io.deepsentry.live.internal.record.FileId;
import io.deepsentry.live.internal.record.RecordLines;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.parse.LogReader;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Takes lines out of records, as {@code live} does. Their source is their partition, with the host and the file that
 * the record names, such as {@code logs/3} or {@code logs/3/web-1:/var/log/app.log}; their number is the offset, from
 * 1. The lines of one text, which a shipper has put together, stay together.
 */
final class KafkaLines implements KafkaRecordDeserializationSchema<TextLine> {
    private static final long serialVersionUID = 1;

    private final RecordFormat format;
    private transient @Nullable RecordLines reader;

    KafkaLines(RecordFormat format) {
        this.format = format;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = new RecordLines(format, LogReader.DEFAULT_MAX_LINE_LENGTH);
    }

    private RecordLines reader() {
        RecordLines known = reader;
        if (known == null) {
            known = new RecordLines(format, LogReader.DEFAULT_MAX_LINE_LENGTH);
            reader = known;
        }
        return known;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> read, Collector<TextLine> out) {
        String partition = read.topic() + "/" + read.partition();
        Instant written =
                read.timestampType() == TimestampType.NO_TIMESTAMP_TYPE ? null : Instant.ofEpochMilli(read.timestamp());
        List<RecordedLine> lines = reader().of(read.value());
        int part = 0;
        for (int i = 0; i < lines.size(); ) {
            RecordedLine first = lines.get(i);
            int end = i + 1;
            while (end < lines.size() && isOfSameText(first, lines.get(end))) {
                end++;
            }
            out.collect(new TextLine(
                    new FileId(partition, first.host(), first.file()).input(),
                    read.offset() + 1,
                    part,
                    text(lines.subList(i, end)),
                    shipped(first, written)));
            part += end - i;
            i = end;
        }
    }

    /** The lines of one text share what the record says of it. */
    private static boolean isOfSameText(RecordedLine one, RecordedLine other) {
        return !one.whole() && one.equals(other.withText(one.text(), one.cut()));
    }

    private static String text(List<RecordedLine> lines) {
        return lines.size() == 1
                ? lines.get(0).text()
                : String.join("\n", lines.stream().map(RecordedLine::text).toList());
    }

    private static Shipped shipped(RecordedLine line, @Nullable Instant written) {
        return Shipped.of(
                line.whole(),
                line.time() == null ? written : line.time(),
                line.level(),
                line.component(),
                line.eventFields());
    }

    @Override
    public TypeInformation<TextLine> getProducedType() {
        return TypeInformation.of(TextLine.class);
    }
}
