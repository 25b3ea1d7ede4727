import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the lines of standard input to a topic, those of a session to one partition: BOOTSTRAP TOPIC SESSION_KEY
 * [LINES_A_SECOND]. A broker that is away is waited for.
 */
final class Send {
    private static final long NANOS = 1_000_000_000L;

    public static void main(String[] arguments) throws Exception {
        Pattern key = Pattern.compile(arguments[2]);
        double rate = arguments.length > 3 ? Double.parseDouble(arguments[3]) : Double.MAX_VALUE;
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", arguments[0], "delivery.timeout.ms", 600_000, "max.block.ms", 600_000, "linger.ms", 20,
                "max.in.flight.requests.per.connection", 1);
        long began = System.nanoTime();
        long sent = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            int partitions = producer.partitionsFor(arguments[1]).size();
            String line;
            while ((line = lines.readLine()) != null) {
                Matcher session = key.matcher(line);
                int partition = Math.floorMod((session.find() ? session.group(1) : line).hashCode(), partitions);
                producer.send(
                        new ProducerRecord<>(arguments[1], partition, null, line.getBytes(StandardCharsets.UTF_8)),
                        (where, problem) -> {
                            if (problem != null) {
                                problem.printStackTrace();
                                Runtime.getRuntime().halt(1);
                            }
                        });
                sent++;
                long ahead = (long) (sent / rate * NANOS) - (System.nanoTime() - began);
                if (ahead > NANOS / 50) {
                    Thread.sleep(ahead / 1_000_000);
                }
            }
        }
        System.err.printf("%,d lines sent in %.1f s%n", sent, (System.nanoTime() - began) / (double) NANOS);
    }
}
