import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes topics: BOOTSTRAP NAME:PARTITIONS... */
final class Topics {
    public static void main(String[] arguments) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0], "default.api.timeout.ms", 600_000))) {
            admin.createTopics(Arrays.stream(arguments)
                            .skip(1)
                            .map(each -> each.split(":"))
                            .map(each -> new NewTopic(each[0], Integer.parseInt(each[1]), (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }
}
