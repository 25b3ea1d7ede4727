package io.deepsentry.flink.job;

import io.deepsentry.flink.TextLine;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record is a line. Its source is its partition, such as {@code logs/3}, and its number its offset, from 1. */
final class KafkaLines implements KafkaRecordDeserializationSchema<TextLine> {
    private static final long serialVersionUID = 1;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> read, Collector<TextLine> out) {
        byte[] value = read.value();
        String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
        out.collect(new TextLine(read.topic() + "/" + read.partition(), read.offset() + 1, text));
    }

    @Override
    public TypeInformation<TextLine> getProducedType() {
        return TypeInformation.of(TextLine.class);
    }
}
