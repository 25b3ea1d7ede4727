package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What servers are told to prove who we are. It comes from the environment only, and is never shown.
 *
 * @param elasticsearchApiKey {@code DEEPSENTRY_ELASTICSEARCH_API_KEY}: the encoded key
 * @param elasticsearchUser {@code DEEPSENTRY_ELASTICSEARCH_USER}
 * @param elasticsearchPassword {@code DEEPSENTRY_ELASTICSEARCH_PASSWORD}
 * @param webhookUrl {@code DEEPSENTRY_WEBHOOK_URL}: the address, where it is itself a secret
 * @param webhookToken {@code DEEPSENTRY_WEBHOOK_TOKEN}: sent as a bearer token
 * @param webhookUser {@code DEEPSENTRY_WEBHOOK_USER}: basic authentication instead
 * @param webhookPassword {@code DEEPSENTRY_WEBHOOK_PASSWORD}
 * @param webhookSecret {@code DEEPSENTRY_WEBHOOK_SECRET}: signs what is sent and is not sent itself
 * @param pagerDutyRoutingKey {@code DEEPSENTRY_PAGERDUTY_ROUTING_KEY}: the integration key of a service
 */
record Secrets(
        @Nullable String elasticsearchApiKey,
        @Nullable String elasticsearchUser,
        @Nullable String elasticsearchPassword,
        @Nullable String webhookUrl,
        @Nullable String webhookToken,
        @Nullable String webhookUser,
        @Nullable String webhookPassword,
        @Nullable String webhookSecret,
        @Nullable String pagerDutyRoutingKey) {
    Secrets {
        requireBoth("DEEPSENTRY_ELASTICSEARCH", elasticsearchUser, elasticsearchPassword);
        requireBoth("DEEPSENTRY_WEBHOOK", webhookUser, webhookPassword);
        if (webhookToken != null && webhookUser != null) {
            throw new ConfigException("DEEPSENTRY_WEBHOOK_TOKEN and DEEPSENTRY_WEBHOOK_USER exclude each other,"
                    + " but both are set; unset one");
        }
        if (elasticsearchApiKey != null && elasticsearchUser != null) {
            throw new ConfigException("DEEPSENTRY_ELASTICSEARCH_API_KEY and DEEPSENTRY_ELASTICSEARCH_USER exclude each"
                    + " other, but both are set; unset one");
        }
    }

    private static void requireBoth(String name, @Nullable String user, @Nullable String password) {
        if ((user == null) != (password == null)) {
            throw new ConfigException(name + "_USER and " + name + "_PASSWORD must both be set, but only "
                    + (user == null ? "the password" : "the user") + " is");
        }
    }

    /** The value of {@code Authorization} for a user with a password. */
    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Those of an environment; a variable that is empty counts as unset. */
    public static Secrets of(Map<String, String> environment) {
        return new Secrets(
                value(environment, "DEEPSENTRY_ELASTICSEARCH_API_KEY"),
                value(environment, "DEEPSENTRY_ELASTICSEARCH_USER"),
                value(environment, "DEEPSENTRY_ELASTICSEARCH_PASSWORD"),
                value(environment, "DEEPSENTRY_WEBHOOK_URL"),
                value(environment, "DEEPSENTRY_WEBHOOK_TOKEN"),
                value(environment, "DEEPSENTRY_WEBHOOK_USER"),
                value(environment, "DEEPSENTRY_WEBHOOK_PASSWORD"),
                value(environment, "DEEPSENTRY_WEBHOOK_SECRET"),
                value(environment, "DEEPSENTRY_PAGERDUTY_ROUTING_KEY"));
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    @Override
    public String toString() {
        return "Secrets[...]";
    }
}
