package io.deepsentry.live.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * An event of PagerDuty's Events API v2. All of a finding have one {@code dedup_key}: what comes after the first
 * belongs to the same alert there, and the end resolves it.
 */
final class PagerDutyEvent implements WebhookBody {
    /** Where events go unless an address is named. Accounts in Europe have another. */
    static final String ADDRESS = "https://events.pagerduty.com/v2/enqueue";

    private static final int KEY_LENGTH = 32;
    private static final int LONGEST_KEY = 255;
    private static final int LONGEST_SUMMARY = 1024;
    private static final int LONGEST_DETAIL = 4000;

    private final String routingKey;

    /**
     * @param routingKey the integration key of a service
     * @throws ConfigException if it is none
     */
    PagerDutyEvent(@Nullable String routingKey) {
        if (routingKey == null) {
            throw new ConfigException("webhook_format pagerduty needs DEEPSENTRY_PAGERDUTY_ROUTING_KEY,"
                    + " the integration key of a service with an Events API v2 integration");
        }
        if (routingKey.length() != KEY_LENGTH) {
            throw new ConfigException(
                    "DEEPSENTRY_PAGERDUTY_ROUTING_KEY must have " + KEY_LENGTH + " characters, but has "
                            + routingKey.length() + "; copy the integration key of an Events API v2 integration");
        }
        this.routingKey = routingKey;
    }

    @Override
    public String of(Notice notice) {
        ObjectNode event = JSON.createObjectNode()
                .put("routing_key", routingKey)
                .put("event_action", notice.ended() ? "resolve" : "trigger")
                .put("dedup_key", key(notice));
        if (notice.ended()) {
            return WebhookBody.text(event);
        }
        event.put("client", "DeepSentry");
        String host = Texts.line(
                notice.host() == null || notice.host().isBlank() ? notice.system() : notice.host(), LONGEST_SUMMARY);
        ObjectNode payload = event.putObject("payload")
                .put("summary", Texts.line(notice.title() + ": " + notice.message(), LONGEST_SUMMARY))
                .put("source", host.isEmpty() ? "DeepSentry" : host)
                .put("severity", notice.critical() ? "critical" : "warning")
                .put("timestamp", notice.lastSeen().toString())
                .put("group", Texts.line(notice.system(), LONGEST_SUMMARY))
                .put("class", notice.kind());
        String component = notice.component();
        if (component != null) {
            payload.put("component", Texts.line(component, LONGEST_SUMMARY));
        }
        ObjectNode details = payload.putObject("custom_details");
        notice.fields().forEach((name, value) -> {
            if (value instanceof Number number) {
                details.put(name, number instanceof Long ? number.longValue() : number.doubleValue());
            } else if (!name.equals("title") && !name.equals("text")) {
                details.put(name, Texts.cut(Texts.harmless(String.valueOf(value)), LONGEST_DETAIL));
            }
        });
        return WebhookBody.text(event);
    }

    private static String key(Notice notice) {
        String end = "/" + notice.finding();
        return "deepsentry/" + Texts.line(notice.system(), LONGEST_KEY - end.length() - 20) + end;
    }
}
