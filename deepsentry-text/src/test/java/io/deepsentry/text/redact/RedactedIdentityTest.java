package io.deepsentry.text.redact;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.RedactionRules;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What is learned of a message has no secrets, and the message is the same whether they were taken out before or not.
 */
class RedactedIdentityTest {
    private static LogEvent event(String message, Map<String, String> fields) {
        return new LogEvent(null, message, "INFO", null, new Origin("log", 1, 0), List.of(), null, fields);
    }

    @Test
    void neitherIdentitiesNorValuesHaveSecrets() {
        MessageIdentity identity = MessageIdentity.of(NormalizerSettings.DEFAULTS);
        LogEvent event =
                event("login of bob with password=hunter at postgres://u:swordfish@h/db", Map.of("api_key", "k7"));
        assertThat(identity.identify(event).toString())
                .doesNotContain("hunter", "swordfish", "k7")
                .contains("<redacted>");
        assertThat(identity.openLine(event).toString()).doesNotContain("hunter", "swordfish", "k7");
        LogEvent redacted = event.redacted(NormalizerSettings.DEFAULTS.redaction());
        assertThat(redacted.toString()).doesNotContain("hunter", "swordfish", "k7");
        assertThat(identity.identify(redacted).text())
                .isEqualTo(identity.identify(event).text());
        assertThat(identity.of(event.message())).isEqualTo("login of bob with password <id> at <url>");
    }

    @Test
    void rulesOfUsersCountAndAreKeptWithTheMasking() {
        NormalizerSettings own =
                NormalizerSettings.DEFAULTS.withSecrets(new RedactionRules(List.of("door"), List.of("ACME-[a-z]+")));
        assertThat(MessageIdentity.of(own).of("door=blue for ACME-smith")).doesNotContain("blue", "smith");
        assertThat(own.canonical()).isNotEqualTo(NormalizerSettings.DEFAULTS.canonical());
    }
}
