package io.deepsentry.live.alert;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.STRING;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.tail.Overload;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where alerts go.
 *
 * @param file the file to which they are appended, or null
 * @param format how they are written to the file, to standard output and into syslog messages
 * @param standardOutput whether they are written to standard output; null: only if they go nowhere else
 * @param syslog {@code udp://host:port} or {@code tcp://host:port}, or null
 * @param webhook an address to which each is posted, or null
 * @param elasticsearch the address of Elasticsearch or OpenSearch, or null
 * @param elasticsearchIndex the index there
 * @param elasticsearchTemplate whether to install an index template
 * @param tlsAuthorities a PEM file of the authorities to trust, or null for those of the Java runtime
 * @param spoolDir the folder in which alerts wait for servers
 * @param spoolLimit bytes that may wait there, for each server
 * @param whenFull what becomes of an alert for which there is no room there: reading waits, or it is dropped and counted
 * @param drainLimit how long the end of a run waits for servers that take alerts
 * @param redacted what is replaced in every alert
 */
public record AlertOutputs(
        @Nullable Path file,
        AlertFormat format,
        @Nullable Boolean standardOutput,
        @Nullable String syslog,
        @Nullable String webhook,
        @Nullable String elasticsearch,
        String elasticsearchIndex,
        boolean elasticsearchTemplate,
        @Nullable Path tlsAuthorities,
        Path spoolDir,
        long spoolLimit,
        Overload whenFull,
        Duration drainLimit,
        Set<Redaction.Kind> redacted) {
    /** The value of {@code redact} that replaces nothing. */
    public static final String NOTHING = "nothing";

    public AlertOutputs {
        redacted = Set.copyOf(redacted);
        ElasticsearchSink.requireIndex(elasticsearchIndex);
        if (syslog != null) {
            URI unused = SyslogDelivery.address(syslog);
        }
        if (webhook != null) {
            URI unused = HttpSender.address("webhook", webhook, false);
        }
        if (elasticsearch != null) {
            URI unused = HttpSender.address("elasticsearch", elasticsearch, false);
        }
    }

    /** Adds the keys of these settings to a schema. */
    public static ConfigSchema.Builder declare(ConfigSchema.Builder schema) {
        return schema.key("output_file", PATH, null)
                .doc("The file to append alerts to. None: standard output, unless they go to a server.")
                .key("alert_format", ENUM, AlertFormat.RECORD)
                .doc("The form of each alert: one line of KEY=value pairs (record), or one JSON object (json).")
                .key("standard_output", BOOLEAN, null)
                .doc("Whether alerts go to standard output; none: only if they go nowhere else.")
                .key("syslog", STRING, null)
                .label("ADDRESS")
                .doc("A syslog server (RFC 5424) that alerts are sent to: udp://host:514 or tcp://host:601.")
                .key("webhook", STRING, null)
                .label("URL")
                .doc("An address that each alert is posted to as JSON. DEEPSENTRY_WEBHOOK_URL where it is a secret.")
                .key("elasticsearch", STRING, null)
                .label("URL")
                .doc(
                        "Elasticsearch or OpenSearch, such as http://host:9200; the environment alone has the credentials.")
                .key("elasticsearch_index", STRING, ElasticsearchSink.DEFAULT_INDEX)
                .doc("The index there.")
                .key("elasticsearch_template", BOOLEAN, true)
                .doc("Whether to install an index template for it.")
                .key("tls_ca", PATH, null)
                .doc("A PEM file of the authorities to trust for https; none: those of the Java runtime.")
                .key("spool_dir", PATH, "{ROOT_DATA_DIR}/spool")
                .doc("The folder in which alerts wait for servers that do not take them.")
                .key("spool_limit_mb", INT, (int) (ServerSink.DEFAULT_SPOOL_LIMIT >> 20))
                .range(1, 1_000_000)
                .doc("Megabytes that may wait there, for each server.")
                .key("spool_full", ENUM, Overload.WAIT)
                .doc("What happens when it is full: reading the log waits, or alerts are dropped and counted.")
                .key("redact", STRING_LIST, List.of("keys", "passwords", "emails", "cards"))
                .doc("What is replaced in alerts: keys, passwords, emails, cards; or nothing.")
                .key("stop_timeout", DOUBLE, (double) ServerSink.DEFAULT_STOP_TIMEOUT.toSeconds())
                .range(0, 25)
                .doc(
                        "Seconds that a stop waits for servers; what they have not taken by then is sent after the next start.");
    }

    /** The settings of a configuration that has the keys of {@link io.deepsentry.live.LiveSettings#SCHEMA}. */
    public static AlertOutputs from(Config config) {
        return new AlertOutputs(
                config.findPath("output_file").orElse(null),
                config.getEnum("alert_format", AlertFormat.class),
                config.findBoolean("standard_output").orElse(null),
                config.findString("syslog").orElse(null),
                config.findString("webhook").orElse(null),
                config.findString("elasticsearch").orElse(null),
                config.getString("elasticsearch_index"),
                config.getBoolean("elasticsearch_template"),
                config.findPath("tls_ca").orElse(null),
                config.getPath("spool_dir"),
                (long) config.getInt("spool_limit_mb") << 20,
                config.getEnum("spool_full", Overload.class),
                Duration.ofNanos(Math.round(config.getDouble("stop_timeout") * 1e9)),
                kinds(config));
    }

    private static Set<Redaction.Kind> kinds(Config config) {
        List<String> names = config.getStrings("redact");
        Set<Redaction.Kind> kinds = EnumSet.noneOf(Redaction.Kind.class);
        for (Redaction.Kind kind : Redaction.Kind.values()) {
            if (names.contains(kind.configName())) {
                kinds.add(kind);
            }
        }
        if (kinds.size() != Set.copyOf(names).size() && !names.equals(List.of(NOTHING))) {
            throw config.problem("redact", "must be some of keys, passwords, emails and cards, or nothing");
        }
        return kinds;
    }

    /**
     * Whether alerts go somewhere else than to standard output.
     *
     * @param environment the environment variables
     */
    public boolean elsewhere(Map<String, String> environment) {
        return file != null || syslog != null || elasticsearch != null || webhook(Secrets.of(environment)) != null;
    }

    /** The address where it is a secret goes before the one in the settings. */
    private @Nullable String webhook(Secrets secrets) {
        return secrets.webhookUrl() == null ? webhook : secrets.webhookUrl();
    }

    /**
     * Opens all of them as one sink.
     *
     * @param environment the environment variables, which hold what servers are told to prove who we are: {@code DEEPSENTRY_ELASTICSEARCH_API_KEY} or {@code _USER} and
     *     {@code _PASSWORD}, {@code DEEPSENTRY_WEBHOOK_URL}, {@code _TOKEN} and {@code _SECRET}
     * @param standardOut what alerts for standard output are given to; it is closed with the rest
     * @throws io.deepsentry.core.DeepSentryException if one cannot be written to or reached, or refuses who we are
     */
    public SeveralAlertSinks open(Map<String, String> environment, AlertSink standardOut) {
        Secrets secrets = Secrets.of(environment);
        Map<String, AlertSink> sinks = new LinkedHashMap<>();
        boolean opened = false;
        try {
            if (file != null) {
                sinks.put(
                        "file",
                        PipeAlertSink.isPipe(file)
                                ? PipeAlertSink.open(file, format)
                                : FileAlertSink.open(file, format));
            }
            if (syslog != null) {
                SyslogSink.Builder builder = SyslogSink.builder(syslog).format(format);
                sinks.put("syslog", spooled(builder, "syslog").open());
            }
            if (webhook(secrets) != null) {
                sinks.put("webhook", webhookSink(secrets).open());
            }
            if (elasticsearch != null) {
                sinks.put(
                        "elasticsearch",
                        elasticsearchSink(elasticsearch, secrets).open());
            }
            if (standardOutput == null ? !elsewhere(environment) : standardOutput) {
                sinks.put("stdout", standardOut);
            }
            opened = true;
            return new SeveralAlertSinks(sinks);
        } finally {
            if (!opened) {
                sinks.values().forEach(AlertSink::close);
            }
        }
    }

    private WebhookSink.Builder webhookSink(Secrets secrets) {
        String secretAddress = secrets.webhookUrl();
        WebhookSink.Builder builder = secretAddress == null
                ? WebhookSink.builder(Objects.requireNonNull(webhook, "webhook"))
                : WebhookSink.builder(secretAddress, "DEEPSENTRY_WEBHOOK_URL", true);
        return spooled(builder, "webhook")
                .token(secrets.webhookToken())
                .signingSecret(secrets.webhookSecret())
                .tlsAuthorities(tlsAuthorities);
    }

    private ElasticsearchSink.Builder elasticsearchSink(String address, Secrets secrets) {
        ElasticsearchSink.Builder builder = spooled(ElasticsearchSink.builder(address), "elasticsearch")
                .index(elasticsearchIndex)
                .installTemplate(elasticsearchTemplate)
                .apiKey(secrets.elasticsearchApiKey())
                .tlsAuthorities(tlsAuthorities);
        String user = secrets.elasticsearchUser();
        String password = secrets.elasticsearchPassword();
        return user == null || password == null ? builder : builder.user(user, password);
    }

    private <B extends ServerSink.Builder<B>> B spooled(B builder, String name) {
        return builder.spool(spoolDir.resolve(name))
                .spoolLimit(spoolLimit)
                .whenFull(whenFull)
                .stopTimeout(drainLimit);
    }
}
