package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Indexes alerts in Elasticsearch (7.8 and later) or OpenSearch, over {@code _bulk}. Each alert is a document under
 * the alert's id, with the fields {@code @timestamp}, {@code message}, {@code anomaly_score} and {@code is_anomaly}
 * among others. It lies on disk until the server has it, and arrives exactly once.
 *
 * <pre>{@code
 * try (AlertSink sink = ElasticsearchSink.builder("https://search.example:9200")
 *         .index("deepsentry")
 *         .apiKey(System.getenv("SEARCH_KEY"))
 *         .spool(Path.of("spool/search"))
 *         .open()) {
 *     LiveMonitor.run(settings, sink, end -> {}, RunContext.quiet());
 * }
 * }</pre>
 *
 * <p>Alerts are written by one thread at a time; {@link #stats} may be called by any.
 */
public final class ElasticsearchSink extends ServerSink {
    /** The index unless set otherwise. */
    public static final String DEFAULT_INDEX = "deepsentry";

    private static final Pattern INDEX = Pattern.compile("[a-z0-9][a-z0-9._-]{0,200}");

    private ElasticsearchSink(QueuedAlertSink queue) {
        super(queue);
    }

    /**
     * Returns a builder with the defaults.
     *
     * @param address such as {@code http://localhost:9200}, without user and password
     * @return a new builder; set a spool before you call {@link Builder#open}
     */
    public static Builder builder(String address) {
        return new Builder(address);
    }

    static String requireIndex(String index) {
        if (!INDEX.matcher(index).matches()) {
            throw new ConfigException(
                    "elasticsearch_index must be lower case letters, digits, dots, dashes and underscores,"
                            + " and begin with a letter or digit, but was '" + index + "'");
        }
        return index;
    }

    /** Collects the settings of an {@link ElasticsearchSink}. A spool must be set. Not thread-safe. */
    public static final class Builder extends ServerSink.Builder<Builder> {
        private final String address;
        private String index = DEFAULT_INDEX;
        private boolean installTemplate = true;
        private @Nullable String apiKey;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable Path tlsAuthorities;

        private Builder(String address) {
            super("elasticsearch");
            this.address = Objects.requireNonNull(address, "address");
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets the index.
         *
         * @param newIndex lower case letters, digits, dots, dashes and underscores, beginning with a letter or digit;
         *     {@value #DEFAULT_INDEX} unless set
         * @return this builder
         * @throws ConfigException if it is anything else
         */
        public Builder index(String newIndex) {
            index = requireIndex(newIndex);
            return this;
        }

        /**
         * Sets whether to install an index template for it.
         *
         * @param install true unless set
         * @return this builder
         */
        public Builder installTemplate(boolean install) {
            installTemplate = install;
            return this;
        }

        /**
         * Sets the API key to log in with.
         *
         * @param encodedKey the key as the server encodes it; null, the default, for none
         * @return this builder
         */
        public Builder apiKey(@Nullable String encodedKey) {
            apiKey = encodedKey;
            return this;
        }

        /**
         * Sets the user to log in as. Excludes an API key.
         *
         * @param name the user's name
         * @param newPassword the user's password
         * @return this builder
         */
        public Builder user(String name, String newPassword) {
            user = Objects.requireNonNull(name, "name");
            password = Objects.requireNonNull(newPassword, "newPassword");
            return this;
        }

        /**
         * Sets the authorities to trust for https, beside those of the Java runtime.
         *
         * @param pemFile a PEM file; null, the default, for none
         * @return this builder
         */
        public Builder tlsAuthorities(@Nullable Path pemFile) {
            tlsAuthorities = pemFile;
            return this;
        }

        /**
         * Opens the sink and begins to send what an earlier run left in the spool.
         *
         * @return the open sink; close it
         * @throws IllegalArgumentException if both an API key and a user were set
         * @throws ConfigException if the address is invalid
         * @throws io.deepsentry.core.DataException if the server refuses the credentials, or cannot be reached and
         *     never was before
         */
        public ElasticsearchSink open() {
            URI server = HttpSender.address("elasticsearch", address, false);
            String authorization = authorization();
            if (authorization != null) {
                HttpSender.warnOfPlainSecrets(server, "the password or key for Elasticsearch");
            }
            return new ElasticsearchSink(queue(new ElasticsearchDelivery(
                    new HttpSender(TlsFiles.trusting(tlsAuthorities), proxies()),
                    server,
                    index,
                    installTemplate,
                    authorization)));
        }

        private @Nullable String authorization() {
            if (apiKey != null && user != null) {
                throw new IllegalArgumentException("apiKey and user exclude each other, but both were set");
            }
            if (apiKey != null) {
                return "ApiKey " + apiKey;
            }
            return user == null || password == null ? null : Secrets.basic(user, password);
        }
    }
}
