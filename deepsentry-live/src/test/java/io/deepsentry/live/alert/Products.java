package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.Iterators;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What products answer to what is posted to them, by their published rules. */
final class Products {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern ENTITY = Pattern.compile("&(?!amp;|lt;|gt;)");

    private Products() {}

    /**
     * Slack's incoming webhooks:
     * <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">request</a>,
     * <a href="https://docs.slack.dev/reference/block-kit/blocks">blocks</a> and
     * <a href="https://docs.slack.dev/reference/block-kit/composition-objects/text-object">texts</a>.
     */
    static Receiver.Answer slack(String body) {
        JsonNode message = read(body);
        if (!message.isObject()) {
            return new Receiver.Answer(400, "invalid_payload");
        }
        List<String> problems = new ArrayList<>();
        only(message, "message", Set.of("text", "blocks"), problems);
        if (!message.path("text").isTextual() || message.path("text").asText().length() > 4_000) {
            return new Receiver.Answer(400, "no_text");
        }
        slackText(message.path("text").asText(), "text", problems);
        JsonNode blocks = message.path("blocks");
        if (!blocks.isArray() || blocks.size() > 50) {
            return new Receiver.Answer(400, "invalid_blocks_format");
        }
        for (JsonNode block : blocks) {
            String type = block.path("type").asText();
            switch (type) {
                case "header", "section" -> {
                    only(block, type, Set.of("type", "text"), problems);
                    slackObject(block.path("text"), type, type.equals("header") ? 150 : 3_000, problems);
                }
                case "context" -> {
                    only(block, type, Set.of("type", "elements"), problems);
                    JsonNode elements = block.path("elements");
                    if (elements.isEmpty() || elements.size() > 10) {
                        problems.add("context must have 1 to 10 elements");
                    }
                    elements.forEach(each -> slackObject(each, type, 3_000, problems));
                }
                default -> problems.add("unknown block " + type);
            }
        }
        return problems.isEmpty()
                ? new Receiver.Answer(200, "ok")
                : new Receiver.Answer(400, "invalid_blocks " + problems);
    }

    private static void slackObject(JsonNode text, String where, int most, List<String> problems) {
        only(text, where, Set.of("type", "text", "emoji"), problems);
        if (!text.path("type").asText().equals("plain_text")) {
            problems.add(where + " must be plain text, in which nothing is markup");
        }
        String value = text.path("text").asText();
        if (value.isEmpty() || value.length() > most) {
            problems.add(where + " must have 1 to " + most + " characters, but has " + value.length());
        }
        slackText(value, where, problems);
    }

    private static void slackText(String text, String where, List<String> problems) {
        if (text.contains("<") || text.contains(">") || ENTITY.matcher(text).find()) {
            problems.add(where + " has a control character that is no entity: " + text);
        }
    }

    /**
     * Teams' Workflows ("When a Teams webhook request is received"): <a
     * href="https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook">request</a>,
     * <a href="https://adaptivecards.io/explorer/">cards</a>. At most 28 KB.
     */
    static Receiver.Answer teams(String body) {
        JsonNode message = read(body);
        List<String> problems = new ArrayList<>();
        if (!message.path("type").asText().equals("message")) {
            return new Receiver.Answer(400, "{\"error\":{\"code\":\"TriggerInputSchemaMismatch\"}}");
        }
        if (body.getBytes(StandardCharsets.UTF_8).length > 28 * 1024) {
            return new Receiver.Answer(413, "RequestEntityTooLarge");
        }
        JsonNode attachments = message.path("attachments");
        if (attachments.size() != 1) {
            problems.add("attachments must hold one card");
        }
        JsonNode attachment = attachments.path(0);
        only(attachment, "attachment", Set.of("contentType", "contentUrl", "content"), problems);
        if (!attachment.path("contentType").asText().equals("application/vnd.microsoft.card.adaptive")
                || !attachment.path("contentUrl").isNull()) {
            problems.add("attachment must be an adaptive card");
        }
        JsonNode card = attachment.path("content");
        only(card, "card", Set.of("$schema", "type", "version", "fallbackText", "msteams", "body"), problems);
        if (!card.path("type").asText().equals("AdaptiveCard")
                || !card.path("version").asText().matches("1\\.[0-5]")) {
            problems.add("card must have a version that Teams knows");
        }
        if (card.path("body").isEmpty()) {
            problems.add("card must have a body");
        }
        for (JsonNode block : card.path("body")) {
            only(block, "block", Set.of("type", "inlines"), problems);
            if (!block.path("type").asText().equals("RichTextBlock")
                    || block.path("inlines").isEmpty()) {
                problems.add("block must be text without markdown");
            }
            for (JsonNode run : block.path("inlines")) {
                only(run, "run", Set.of("type", "text", "weight", "color", "fontType", "size", "isSubtle"), problems);
                in(run, "type", Set.of("TextRun"), problems);
                in(run, "weight", Set.of("", "Default", "Lighter", "Bolder"), problems);
                in(
                        run,
                        "color",
                        Set.of("", "Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"),
                        problems);
                in(run, "fontType", Set.of("", "Default", "Monospace"), problems);
                in(run, "size", Set.of("", "Default", "Small", "Medium", "Large", "ExtraLarge"), problems);
                if (run.path("text").asText().isEmpty()) {
                    problems.add("run must have a text");
                }
            }
        }
        return problems.isEmpty()
                ? new Receiver.Answer(202, "")
                : new Receiver.Answer(400, "{\"error\":" + problems + "}");
    }

    /**
     * PagerDuty's Events API v2: <a href="https://developer.pagerduty.com/docs/send-alert-event">events</a>. At most
     * 512 KB.
     */
    static Receiver.Answer pagerDuty(String body) {
        JsonNode event = read(body);
        List<String> problems = new ArrayList<>();
        if (!event.isObject() || body.getBytes(StandardCharsets.UTF_8).length > 512 * 1024) {
            return new Receiver.Answer(400, "{\"status\":\"invalid event\"}");
        }
        only(event, "event", Set.of("routing_key", "event_action", "dedup_key", "client", "payload"), problems);
        if (event.path("routing_key").asText().length() != 32) {
            problems.add("Length of 'routing_key' is incorrect (should be 32 characters)");
        }
        if (event.path("dedup_key").asText().isEmpty()
                || event.path("dedup_key").asText().length() > 255) {
            problems.add("'dedup_key' must have 1 to 255 characters");
        }
        switch (event.path("event_action").asText()) {
            case "trigger" -> payload(event.path("payload"), problems);
            case "resolve" -> {}
            default -> problems.add("'event_action' must be trigger, acknowledge or resolve");
        }
        return problems.isEmpty()
                ? new Receiver.Answer(
                        202,
                        "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":"
                                + event.path("dedup_key") + "}")
                : new Receiver.Answer(
                        400,
                        "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\",\"errors\":\"" + problems
                                + "\"}");
    }

    private static void payload(JsonNode payload, List<String> problems) {
        only(
                payload,
                "payload",
                Set.of("summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"),
                problems);
        if (payload.path("summary").asText().isEmpty()
                || payload.path("summary").asText().length() > 1024) {
            problems.add("'payload.summary' must have 1 to 1024 characters");
        }
        if (payload.path("source").asText().isEmpty()) {
            problems.add("'payload.source' is missing or blank");
        }
        in(payload, "severity", Set.of("critical", "error", "warning", "info"), problems);
        try {
            Instant unused = Instant.parse(payload.path("timestamp").asText());
        } catch (DateTimeException e) {
            problems.add("'payload.timestamp' must be ISO 8601");
        }
        if (!payload.path("custom_details").isObject()) {
            problems.add("'payload.custom_details' must be an object");
        }
    }

    /** A body as a tree, or the missing node if it is no JSON. */
    static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static void only(JsonNode node, String where, Set<String> names, List<String> problems) {
        Iterators.filter(node.fieldNames(), name -> !names.contains(name))
                .forEachRemaining(name -> problems.add(where + " has a field " + name));
    }

    private static void in(JsonNode node, String name, Set<String> values, List<String> problems) {
        if (!values.contains(node.path(name).asText())) {
            problems.add(name + " is " + node.path(name).asText());
        }
    }

    /** Texts that stand in logs and are more than text to some product. */
    static final Map<String, String> NASTY = Map.ofEntries(
            Map.entry(
                    "calls for everybody", "<!channel> <!here> @channel @here @everyone <@U123> <#C123> <at>all</at>"),
            Map.entry("entities", "a & b &lt;c&gt; <d> &amp;amp; \"e\" 'f'"),
            Map.entry("markdown", "*b* _i_ ~s~ `c` ```d``` [l](http://e) ![i](http://e) # h\n> q\n- l"),
            Map.entry("links", "http://evil.example <http://evil.example|click> mailto:a@b.example"),
            Map.entry("terminal", "\u001b[31mred\u001b[0m \u0007 \u202egnp.exe \u200b \ufeff \u0000 \u0085 \u2028"),
            Map.entry("half characters", "\ud83d lone, \udc00 lone, \ud83d\ude00 whole"),
            Map.entry("JSON", "\"}],\"text\":\"forged\",\"x\":[{\"\\u0022\\"),
            Map.entry("templates", "${message} $${x} {{ .Labels }} {{message}} %s $1 \\$2"),
            Map.entry("long", "x<&>\u00e9\ud83d\ude00 ".repeat(20_000)),
            Map.entry("long line of mentions", "@a".repeat(3_000) + " @b".repeat(3_000)),
            Map.entry("several lines", "Exception\n\tat a.B.c(D.java:1)\r\n\tat e\r"),
            Map.entry("blank", "   "),
            Map.entry("empty", ""));
}
