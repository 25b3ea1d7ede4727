package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
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
 * @param webhookSecret {@code DEEPSENTRY_WEBHOOK_SECRET}: signs what is sent and is not sent itself
 */
record Secrets(
        @Nullable String elasticsearchApiKey,
        @Nullable String elasticsearchUser,
        @Nullable String elasticsearchPassword,
        @Nullable String webhookUrl,
        @Nullable String webhookToken,
        @Nullable String webhookSecret) {
    Secrets {
        if ((elasticsearchUser == null) != (elasticsearchPassword == null)) {
            throw new ConfigException(
                    "DEEPSENTRY_ELASTICSEARCH_USER and DEEPSENTRY_ELASTICSEARCH_PASSWORD must both be set, but only "
                            + (elasticsearchUser == null ? "the password" : "the user") + " is");
        }
        if (elasticsearchApiKey != null && elasticsearchUser != null) {
            throw new ConfigException("DEEPSENTRY_ELASTICSEARCH_API_KEY and DEEPSENTRY_ELASTICSEARCH_USER exclude each"
                    + " other, but both are set; unset one");
        }
    }

    /** Those of an environment; a variable that is empty counts as unset. */
    public static Secrets of(Map<String, String> environment) {
        return new Secrets(
                value(environment, "DEEPSENTRY_ELASTICSEARCH_API_KEY"),
                value(environment, "DEEPSENTRY_ELASTICSEARCH_USER"),
                value(environment, "DEEPSENTRY_ELASTICSEARCH_PASSWORD"),
                value(environment, "DEEPSENTRY_WEBHOOK_URL"),
                value(environment, "DEEPSENTRY_WEBHOOK_TOKEN"),
                value(environment, "DEEPSENTRY_WEBHOOK_SECRET"));
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
