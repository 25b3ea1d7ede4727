package io.deepsentry.live.alert;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.STRING;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import com.google.common.collect.Iterables;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.parse.redact.RedactionRules;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings for where alerts go. Immutable.
 *
 * @param file the file to append them to, or null
 * @param format the form of alerts in the file, on standard output and in syslog messages
 * @param standardOutput whether they are written to standard output; null: only if they go nowhere else
 * @param system the name of the watched system, as receivers show it
 * @param syslog {@code udp://host:port}, {@code tcp://host:port} or {@code tls://host:port}, or null
 * @param webhook an address to which each is posted, or null
 * @param webhookFormat the body of the posted request
 * @param webhookTemplate the file of {@link WebhookFormat#TEMPLATE}, or null
 * @param elasticsearch the address of Elasticsearch or OpenSearch, or null
 * @param elasticsearchIndex the index there
 * @param elasticsearchTemplate whether to install an index template
 * @param kafka the broker of the topic to which each is written, or null
 * @param tls the files for TLS
 * @param spoolDir the folder in which alerts wait for servers
 * @param spoolLimit the most bytes that may wait there, for each server
 * @param whenFull what happens to an alert when there is no room: reading waits, or it is dropped and counted
 * @param drainLimit how long the end of a run waits for servers that take alerts
 * @param redaction what is replaced in every alert
 */
public record AlertOutputs(
        @Nullable Path file,
        AlertFormat format,
        @Nullable Boolean standardOutput,
        String system,
        @Nullable String syslog,
        @Nullable String webhook,
        WebhookFormat webhookFormat,
        @Nullable Path webhookTemplate,
        @Nullable String elasticsearch,
        String elasticsearchIndex,
        boolean elasticsearchTemplate,
        @Nullable BrokerSettings kafka,
        Tls tls,
        Path spoolDir,
        long spoolLimit,
        Overload whenFull,
        Duration drainLimit,
        Redaction redaction) {
    /** The value of {@code redact} that replaces nothing. */
    public static final String NOTHING = "nothing";

    /**
     * The files for TLS, all PEM. Authorities are trusted beside those of the Java runtime.
     *
     * @param authorities for every server that has none of its own here, or null
     * @param webhookAuthorities for the webhook, or null
     * @param syslogAuthorities for the syslog server, or null
     * @param elasticsearchAuthorities for Elasticsearch, or null
     * @param syslogCertificate the client certificate for the syslog server, or null
     * @param syslogKey the private key of that certificate, or null
     */
    public record Tls(
            @Nullable Path authorities,
            @Nullable Path webhookAuthorities,
            @Nullable Path syslogAuthorities,
            @Nullable Path elasticsearchAuthorities,
            @Nullable Path syslogCertificate,
            @Nullable Path syslogKey) {
        private @Nullable Path orCommon(@Nullable Path own) {
            return own == null ? authorities : own;
        }
    }

    public AlertOutputs {
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

    /**
     * Creates the settings without a broker.
     *
     * @deprecated use the constructor that takes {@code kafka} and {@code redaction}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    @SuppressWarnings("removal")
    public AlertOutputs(
            @Nullable Path file,
            AlertFormat format,
            @Nullable Boolean standardOutput,
            String system,
            @Nullable String syslog,
            @Nullable String webhook,
            WebhookFormat webhookFormat,
            @Nullable Path webhookTemplate,
            @Nullable String elasticsearch,
            String elasticsearchIndex,
            boolean elasticsearchTemplate,
            Tls tls,
            Path spoolDir,
            long spoolLimit,
            Overload whenFull,
            Duration drainLimit,
            Set<io.deepsentry.live.alert.Redaction.Kind> redacted) {
        this(
                file,
                format,
                standardOutput,
                system,
                syslog,
                webhook,
                webhookFormat,
                webhookTemplate,
                elasticsearch,
                elasticsearchIndex,
                elasticsearchTemplate,
                null,
                tls,
                spoolDir,
                spoolLimit,
                whenFull,
                drainLimit,
                io.deepsentry.live.alert.Redaction.current(redacted));
    }

    /**
     * Returns the kinds that are replaced in every alert. They do not show the names and patterns that a user added.
     *
     * @return the kinds, unmodifiable
     * @deprecated use {@link Redaction#kinds()} of {@link #redaction()}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    @SuppressWarnings("removal")
    public Set<io.deepsentry.live.alert.Redaction.Kind> redacted() {
        return io.deepsentry.live.alert.Redaction.kinds(redaction);
    }

    /**
     * Adds the keys of these settings to a schema.
     *
     * @param schema the schema to extend
     * @return the extended schema
     */
    public static ConfigSchema.Builder declare(ConfigSchema.Builder schema) {
        return schema.key("output_file", PATH, null)
                .doc("The file to append alerts to. None: standard output, unless they go to a server.")
                .key("alert_format", ENUM, AlertFormat.RECORD)
                .doc("The format of each alert: one line of KEY=value pairs (record), or one JSON object (json).")
                .key("standard_output", BOOLEAN, null)
                .doc("Whether alerts go to standard output. None: only if they go nowhere else.")
                .key("syslog", STRING, null)
                .label("ADDRESS")
                .doc("A syslog server (RFC 5424) to send alerts to: udp://host:514, tcp://host:601 or tls://host:6514.")
                .key("webhook", STRING, null)
                .label("URL")
                .doc("The URL to post each alert to. If it is a secret, set DEEPSENTRY_WEBHOOK_URL instead.")
                .key("webhook_format", ENUM, WebhookFormat.DEEPSENTRY)
                .label("FORMAT")
                .doc("The format of the request body: the alert's own JSON (deepsentry), slack, teams, pagerduty,"
                        + " alertmanager, or webhook_template filled in (template).")
                .key("webhook_template", PATH, null)
                .doc("The template to fill in with the alert's fields, which docs/alerting.md lists.")
                .key("elasticsearch", STRING, null)
                .label("URL")
                .doc("Elasticsearch or OpenSearch, such as http://host:9200; credentials come from the environment.")
                .key("elasticsearch_index", STRING, ElasticsearchSink.DEFAULT_INDEX)
                .doc("The Elasticsearch index for alerts.")
                .key("elasticsearch_template", BOOLEAN, true)
                .doc("Whether to install an index template for that index.")
                .key("tls_ca", PATH, null)
                .doc("A PEM file of authorities to trust in addition to those of the Java runtime, for every server.")
                .key("webhook_tls_ca", PATH, null)
                .doc("The same for the webhook, instead of tls_ca.")
                .key("syslog_tls_ca", PATH, null)
                .doc("The same for the syslog server, instead of tls_ca.")
                .key("elasticsearch_tls_ca", PATH, null)
                .doc("The same for Elasticsearch, instead of tls_ca.")
                .key("syslog_tls_cert", PATH, null)
                .doc("A PEM file with the client certificate for the syslog server.")
                .key("syslog_tls_key", PATH, null)
                .doc("Its private key: PEM, PKCS #8, without a password.")
                .key("spool_dir", PATH, "{ROOT_DATA_DIR}/spool")
                .doc("The folder in which alerts wait for servers that cannot be reached.")
                .key("spool_limit_mb", INT, (int) (ServerSink.DEFAULT_SPOOL_LIMIT >> 20))
                .range(1, 1_000_000)
                .doc("How many megabytes of alerts may wait there for each server.")
                .key("spool_full", ENUM, Overload.WAIT)
                .doc("What to do when the spool is full: stop reading the log until there is room (wait), or drop and"
                        + " count alerts (drop).")
                .key("redact", STRING_LIST, List.of("keys", "passwords", "emails", "cards"))
                .doc("What to redact in alerts: keys, passwords, emails, cards; or nothing.")
                .key("redact_names", STRING_LIST, List.of())
                .doc("More names whose values to redact, such as member_no.")
                .key("redact_patterns", STRING_LIST, List.of())
                .doc("More patterns to redact, in the syntax of RE2: the first group, or the whole match.")
                .key("stop_timeout", DOUBLE, (double) ServerSink.DEFAULT_STOP_TIMEOUT.toSeconds())
                .range(0, 25)
                .doc("How many seconds to wait for servers when stopping. Alerts that they have not accepted by then"
                        + " are sent after the next start.");
    }

    /**
     * Returns the settings of a configuration.
     *
     * @param config a configuration that has the keys of {@link io.deepsentry.live.LiveSettings#SCHEMA}
     * @return the settings
     * @throws ConfigException if a value is invalid
     */
    public static AlertOutputs from(Config config) {
        return new AlertOutputs(
                config.findPath("output_file").orElse(null),
                config.getEnum("alert_format", AlertFormat.class),
                config.findBoolean("standard_output").orElse(null),
                system(config),
                config.findString("syslog").orElse(null),
                config.findString("webhook").orElse(null),
                config.getEnum("webhook_format", WebhookFormat.class),
                config.findPath("webhook_template").orElse(null),
                config.findString("elasticsearch").orElse(null),
                config.getString("elasticsearch_index"),
                config.getBoolean("elasticsearch_template"),
                BrokerSettings.from(config),
                new Tls(
                        config.findPath("tls_ca").orElse(null),
                        config.findPath("webhook_tls_ca").orElse(null),
                        config.findPath("syslog_tls_ca").orElse(null),
                        config.findPath("elasticsearch_tls_ca").orElse(null),
                        config.findPath("syslog_tls_cert").orElse(null),
                        config.findPath("syslog_tls_key").orElse(null)),
                config.getPath("spool_dir"),
                (long) config.getInt("spool_limit_mb") << 20,
                config.getEnum("spool_full", Overload.class),
                Duration.ofNanos(Math.round(config.getDouble("stop_timeout") * 1e9)),
                Redaction.of(kinds(config)).with(rules(config)));
    }

    private static RedactionRules rules(Config config) {
        try {
            return new RedactionRules(config.getStrings("redact_names"), config.getStrings("redact_patterns"));
        } catch (IllegalArgumentException e) {
            throw config.problem("redact_patterns", "and redact_names must fit: " + e.getMessage());
        }
    }

    private static String system(Config config) {
        List<String> topics = config.getStrings("topic");
        if (!topics.isEmpty()) {
            return config.findString("system").orElse(topics.get(0));
        }
        Path log = Iterables.getFirst(config.getPaths("log_file"), null);
        Path name = log == null ? null : log.getFileName();
        return config.findString("system").orElse(name == null ? "log" : name.toString());
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
     * Returns whether alerts go somewhere else than to standard output.
     *
     * @param environment the environment variables
     * @return true if at least one other place is set
     */
    public boolean elsewhere(Map<String, String> environment) {
        return file != null
                || syslog != null
                || elasticsearch != null
                || toTopic()
                || webhook(Secrets.of(environment)) != null;
    }

    private boolean toTopic() {
        return kafka != null && kafka.alertTopic() != null;
    }

    /** The address where it is a secret goes before the one in the settings. That of PagerDuty is known. */
    private @Nullable String webhook(Secrets secrets) {
        if (secrets.webhookUrl() != null) {
            return secrets.webhookUrl();
        }
        return webhook == null && webhookFormat == WebhookFormat.PAGERDUTY ? PagerDutyEvent.ADDRESS : webhook;
    }

    /**
     * Opens all of them as one sink.
     *
     * @param environment the environment variables. They hold the credentials for servers:
     *     {@code DEEPSENTRY_ELASTICSEARCH_API_KEY} or {@code _USER} and {@code _PASSWORD},
     *     {@code DEEPSENTRY_WEBHOOK_URL}, {@code _TOKEN} or {@code _USER} and {@code _PASSWORD}, {@code _SECRET}, and
     *     {@code DEEPSENTRY_PAGERDUTY_ROUTING_KEY}; and the proxies: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
     *     {@code NO_PROXY}
     * @param standardOut takes the alerts for standard output; it is closed with the rest
     * @return the open sinks; close them
     * @throws io.deepsentry.core.DeepSentryException if one cannot be written to or reached, or refuses the
     *     credentials
     */
    public SeveralAlertSinks open(Map<String, String> environment, AlertSink standardOut) {
        Secrets secrets = Secrets.of(environment);
        String address = webhook(secrets);
        if (address == null && webhookFormat != WebhookFormat.DEEPSENTRY) {
            throw new ConfigException("webhook_format " + webhookFormat.name().toLowerCase(Locale.ROOT)
                    + " needs the address to post to: webhook, or DEEPSENTRY_WEBHOOK_URL in the environment");
        }
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
                SyslogSink.Builder builder = SyslogSink.builder(syslog)
                        .format(format)
                        .system(system)
                        .tlsAuthorities(tls.orCommon(tls.syslogAuthorities()))
                        .tlsCertificate(tls.syslogCertificate(), tls.syslogKey());
                sinks.put("syslog", spooled(builder, "syslog").open());
            }
            if (address != null) {
                sinks.put(
                        "webhook",
                        webhookSink(address, secrets).environment(environment).open());
            }
            if (elasticsearch != null) {
                sinks.put(
                        "elasticsearch",
                        elasticsearchSink(elasticsearch, secrets)
                                .environment(environment)
                                .open());
            }
            if (kafka != null && kafka.alertTopic() != null) {
                sinks.put("kafka", AlertTopic.installed().open(kafka));
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

    private WebhookSink.Builder webhookSink(String address, Secrets secrets) {
        WebhookSink.Builder builder = secrets.webhookUrl() == null
                ? WebhookSink.builder(address)
                : WebhookSink.builder(address, "DEEPSENTRY_WEBHOOK_URL", true);
        String user = secrets.webhookUser();
        String password = secrets.webhookPassword();
        if (user != null && password != null) {
            builder.user(user, password);
        } else {
            builder.token(secrets.webhookToken());
        }
        return spooled(builder, "webhook")
                .format(webhookFormat)
                .template(webhookTemplate)
                .routingKey(secrets.pagerDutyRoutingKey())
                .system(system)
                .signingSecret(secrets.webhookSecret())
                .tlsAuthorities(tls.orCommon(tls.webhookAuthorities()));
    }

    private ElasticsearchSink.Builder elasticsearchSink(String address, Secrets secrets) {
        ElasticsearchSink.Builder builder = spooled(ElasticsearchSink.builder(address), "elasticsearch")
                .index(elasticsearchIndex)
                .installTemplate(elasticsearchTemplate)
                .apiKey(secrets.elasticsearchApiKey())
                .tlsAuthorities(tls.orCommon(tls.elasticsearchAuthorities()));
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
