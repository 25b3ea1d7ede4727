import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints the values that committed transactions have written to a topic so far: BOOTSTRAP TOPIC. */
final class Read {
    public static void main(String[] arguments) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(arguments[1]).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(each -> System.out.println(new String(each.value(), StandardCharsets.UTF_8)));
            }
        }
    }
}
