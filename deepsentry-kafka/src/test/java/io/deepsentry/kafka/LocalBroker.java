package io.deepsentry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka of one node, in this process. It can be stopped and started again on the same ports with the same data.
 *
 * <p>Beside a port without rules it has one with TLS and SASL, for the user {@link #USER}, who may do what the
 * documentation asks for and no more.
 */
final class LocalBroker implements AutoCloseable {
    static final String USER = "deepsentry";
    static final String PASSWORD = "not-a-secret";
    private static final String KEYS_PASSWORD = "changeit";

    private final Properties properties = new Properties();
    private final Path authority;
    private final String bootstrap;
    private final String secured;
    private @Nullable KafkaRaftServer server;

    LocalBroker(Path folder) throws IOException {
        int clients;
        int securedClients;
        int controllers;
        // All at once, or some may be the same.
        try (ServerSocket one = freePort();
                ServerSocket other = freePort();
                ServerSocket third = freePort()) {
            clients = one.getLocalPort();
            controllers = other.getLocalPort();
            securedClients = third.getLocalPort();
        }
        bootstrap = "127.0.0.1:" + clients;
        secured = "127.0.0.1:" + securedClients;
        Path keys = folder.resolve("broker.p12");
        keytool("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=broker", "-ext", "SAN=ip:127.0.0.1")
                .accept(keys);
        authority = folder.resolve("ca.pem");
        keytool("-exportcert", "-alias", "broker", "-rfc", "-file", authority.toString())
                .accept(keys);
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", 1),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllers),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://" + bootstrap + ",SECURED://" + secured + ",CONTROLLER://127.0.0.1:"
                                + controllers),
                Map.entry(
                        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", keys),
                Map.entry("ssl.keystore.password", KEYS_PASSWORD),
                Map.entry("ssl.key.password", KEYS_PASSWORD),
                Map.entry("listener.name.secured.sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512"),
                Map.entry(
                        "listener.name.secured.plain.sasl.jaas.config",
                        PlainLoginModule.class.getName() + " required user_" + USER + "=\"" + PASSWORD + "\";"),
                Map.entry(
                        "listener.name.secured.scram-sha-512.sasl.jaas.config",
                        ScramLoginModule.class.getName() + " required;"),
                Map.entry("authorizer.class.name", StandardAuthorizer.class.getName()),
                Map.entry("super.users", "User:ANONYMOUS"),
                Map.entry("log.dirs", folder.resolve("data")),
                Map.entry("num.partitions", 1),
                Map.entry("auto.create.topics.enable", false),
                Map.entry("group.initial.rebalance.delay.ms", 0),
                Map.entry("group.min.session.timeout.ms", 1000),
                Map.entry("offsets.topic.replication.factor", 1),
                Map.entry("offsets.topic.num.partitions", 1),
                Map.entry("transaction.state.log.replication.factor", 1),
                Map.entry("transaction.state.log.min.isr", 1),
                Map.entry("transaction.state.log.num.partitions", 1),
                Map.entry("log.cleaner.enable", false),
                Map.entry("controlled.shutdown.enable", false));
        settings.forEach((name, value) -> properties.setProperty(name, String.valueOf(value)));
        Path file = folder.resolve("server.properties");
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        StorageTool.execute(
                new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()},
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
        start();
    }

    private static ServerSocket freePort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    void start() {
        KafkaRaftServer next = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        next.startup();
        server = next;
    }

    void stop() {
        KafkaRaftServer running = server;
        server = null;
        if (running != null) {
            running.shutdown();
        }
    }

    /** Runs {@code keytool} on a key store. */
    private static IOConsumer<Path> keytool(String... arguments) {
        return keys -> {
            List<String> command = new ArrayList<>();
            command.add(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
            command.addAll(List.of(arguments));
            command.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", KEYS_PASSWORD));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw new IOException("keytool: " + said);
            }
        };
    }

    private interface IOConsumer<T> {
        void accept(T value) throws IOException;
    }

    String bootstrap() {
        return bootstrap;
    }

    /** Where clients need TLS and a password. */
    String secured() {
        return secured;
    }

    /** The certificate that clients there must trust, PEM. */
    Path authority() {
        return authority;
    }

    /**
     * Gives the user a password for SCRAM too, and lets it read a topic as a member of a group, and write alerts to
     * another.
     */
    void permit(String topic, String group, String alertTopic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
                    .all()
                    .get();
            admin.createAcls(List.of(
                            allow(ResourceType.TOPIC, topic, PatternType.LITERAL, AclOperation.READ),
                            allow(ResourceType.GROUP, group, PatternType.LITERAL, AclOperation.READ),
                            allow(ResourceType.TOPIC, alertTopic, PatternType.LITERAL, AclOperation.READ),
                            allow(ResourceType.TOPIC, alertTopic, PatternType.LITERAL, AclOperation.WRITE),
                            allow(
                                    ResourceType.TRANSACTIONAL_ID,
                                    "deepsentry-",
                                    PatternType.PREFIXED,
                                    AclOperation.WRITE)))
                    .all()
                    .get();
        }
    }

    private static AclBinding allow(ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW));
    }

    void topic(String name, int partitions) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    Map<TopicPartition, Long> offsets(String group) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().offset()));
        }
    }

    KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                bootstrap,
                "key.serializer",
                ByteArraySerializer.class.getName(),
                "value.serializer",
                ByteArraySerializer.class.getName()));
    }

    /** Sends lines, those of a session to one partition. */
    void send(String topic, int partitions, List<String> lines) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (String line : lines) {
                Future<RecordMetadata> unused = producer.send(
                        new ProducerRecord<>(topic, Transfers.number(line) % partitions, null, line.getBytes(UTF_8)));
            }
            producer.flush();
        }
    }

    void sendValues(String topic, List<byte @Nullable []> values) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (byte @Nullable [] value : values) {
                Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, 0, null, value));
            }
            producer.flush();
        }
    }

    /** The values that committed transactions have written to a topic. */
    List<String> values(String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("isolation.level", "read_committed");
        settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
        settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            Set<TopicPartition> all = new HashSet<>();
            consumer.partitionsFor(topic).forEach(each -> all.add(new TopicPartition(topic, each.partition())));
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
                    values.add(new String(each.value(), UTF_8));
                }
            }
        }
        return values;
    }

    @Override
    public void close() {
        stop();
    }
}
