package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.ConfigException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is posted in each format, to servers that take what the products take. */
@Timeout(120)
class WebhookFormatsTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    /** A notice about a payment that timed out, with texts of the log replaced. */
    static Notice notice(String event, String text) {
        return new Notice(
                "5b0f4b2f1d3c9a77",
                "3f9a17c2",
                event,
                "critical",
                "shop",
                "new_message",
                412,
                0,
                Instant.parse("2026-11-16T14:02:11Z"),
                Instant.parse("2026-11-16T14:09:40Z"),
                text,
                text,
                text.isBlank() ? text : "Training never saw this message. Expected here: \"" + text + "\" (97%).",
                text,
                "/var/log/app.log:46120",
                text,
                3,
                text,
                9.5,
                1.25);
    }

    private static List<String> posted(WebhookBody format, Function<String, Receiver.Answer> product) throws Exception {
        List<Notice> notices = new ArrayList<>();
        for (String event : List.of("new", "again", "worse", "tenfold", "still", "ended")) {
            Products.NASTY.values().forEach(text -> notices.add(notice(event, text)));
        }
        HttpSender http = new HttpSender(TlsFiles.trusting(null), new Proxies(Map.of()));
        List<String> refusals = new ArrayList<>();
        try (Receiver receiver = new Receiver((exchange, body) -> product.apply(body))) {
            for (Notice notice : notices) {
                // The delivery reads a notice from an alert's JSON, so this one hands over its own.
                WebhookDelivery delivery = new WebhookDelivery(
                        http, URI.create(receiver.address()), null, null, "shop", ignored -> format.of(notice));
                Delivery.Outcome outcome = delivery.deliver(List.of(new DiskQueue.Entry(notice.id(), "{}", 0, 0)));
                refusals.addAll(outcome.refused().values());
                assertThat(outcome.again()).isEmpty();
            }
            assertThat(refusals).isEmpty();
            return receiver.taken();
        }
    }

    @Test
    void slackTakesEveryMessageAndObeysNoneOfItsTexts() throws Exception {
        List<String> messages = posted(new SlackMessage(), Products::slack);

        assertThat(messages).hasSize(6 * Products.NASTY.size());
        assertThat(String.join("\n", messages))
                .doesNotContain("@channel", "@here", "@everyone", "<!", "<@", "<http")
                .doesNotContain("\\u001b", "\u202e");
    }

    @Test
    void anAlertInSlackReadsAsFourLines() {
        JsonNode message = Products.read(new SlackMessage().of(notice("new", "Payment timed out after <duration>")));

        assertThat(message.path("text").asText()).isEqualTo("""
            [CRITICAL] shop: new message, 412 times in 7 min (3 hosts)
            Payment timed out after &lt;duration&gt;
            Training never saw this message. Expected here: "Payment timed out after &lt;duration&gt;" (97%).
            first 16 Nov 14:02:11 UTC app.log:46120 · last 14:09:40 · id 3f9a17c2\
            """);
        assertThat(message.findValuesAsText("type"))
                .containsExactly(
                        "header",
                        "plain_text",
                        "section",
                        "plain_text",
                        "section",
                        "plain_text",
                        "context",
                        "plain_text");
    }

    @Test
    void theEndOfAFindingIsOneLine() {
        Notice ended = notice("ended", "Payment timed out");

        assertThat(ended.text())
                .isEqualTo("[ENDED] shop: new message 3f9a17c2, 412 times, 16 Nov 14:02:11 to 14:09:40 UTC");
        assertThat(Products.read(new SlackMessage().of(ended)).path("blocks")).hasSize(1);
    }

    @Test
    void teamsTakesEveryCardHoweverLongTheLine() throws Exception {
        List<String> cards = posted(new TeamsCard(), Products::teams);

        assertThat(cards).hasSize(6 * Products.NASTY.size());
        assertThat(cards).noneMatch(card -> card.contains("\"entities\"") || card.contains("\"TextBlock\""));
        assertThat(Products.read(new TeamsCard().of(notice("ended", "x"))).findValuesAsText("color"))
                .containsExactly("Good");
    }

    @Test
    void pagerDutyTakesEveryEventAndResolvesUnderTheSameKey() throws Exception {
        List<String> events = posted(new PagerDutyEvent(KEY), Products::pagerDuty);

        assertThat(events).hasSize(6 * Products.NASTY.size());
        assertThat(events.stream()
                        .map(event -> Products.read(event).path("dedup_key").asText()))
                .containsOnly("deepsentry/shop/3f9a17c2");
        assertThat(events.stream().filter(event -> Products.read(event)
                        .path("event_action")
                        .asText()
                        .equals("resolve")))
                .hasSameSizeAs(Products.NASTY.keySet());
    }

    @Test
    void aKeyOfPagerDutyThatCannotBeOneIsAConfigErrorThatDoesNotShowIt() {
        assertThatThrownBy(() -> new PagerDutyEvent(null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DEEPSENTRY_PAGERDUTY_ROUTING_KEY");
        assertThatThrownBy(() -> new PagerDutyEvent("s3cret"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("32 characters, but has 6")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aTemplateOfJsonStaysJsonWhateverALogSays() {
        WebhookTemplate template = WebhookTemplate.of(
                "{\"content\": \"${title}\\n"
                        + "${message}\", \"n\": ${count}, \"literal\": \"$${count}\", \"host\": \"${host}\"}",
                "t");

        for (String text : Products.NASTY.values()) {
            JsonNode body = Products.read(template.of(notice("new", text)));
            assertThat(body.isObject())
                    .as(text.substring(0, Math.min(40, text.length())))
                    .isTrue();
            assertThat(body.properties()).hasSize(4);
            assertThat(body.path("n").asLong()).isEqualTo(412);
            assertThat(body.path("literal").asText()).isEqualTo("${count}");
        }
        assertThat(Products.read(template.of(notice("new", "a \"b\" ${count}")))
                        .path("content")
                        .asText())
                .endsWith("\na \"b\" ${count}");
        assertThat(template.contentType()).isEqualTo("application/json");
    }

    @Test
    void aTemplateMayBeAnyOtherText(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("t.txt"), "{{ ${level} ${kind} ${sessions}\n");
        WebhookTemplate template = WebhookTemplate.read(file);

        assertThat(template.of(notice("new", "x"))).isEqualTo("{{ critical new_message 0\n");
        assertThat(template.contentType()).startsWith("text/plain");
    }

    @Test
    void aTemplateWithAnUnknownFieldNamesTheNearestOfEach() {
        assertThatThrownBy(
                        () -> WebhookTemplate.of("{\"a\": \"${mesage}\",\n\"b\": \"${host}${levels}\"}", "hook.json"))
                .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                        .containsExactly(
                                "hook.json:1 names a field 'mesage' that does not exist; the nearest is message",
                                "hook.json:2 names a field 'levels' that does not exist; the nearest is level"));
    }

    @Test
    void aTemplateThatIsAlmostJsonSaysWhere() {
        assertThatThrownBy(() -> WebhookTemplate.of("{\n\"a\": ${message}\n}", "hook.json"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("hook.json begins as JSON")
                .hasMessageContaining("line 2")
                .hasMessageContaining("quotes");
        assertThatThrownBy(() -> WebhookTemplate.of("{\"a\": 1} x", "hook.json"))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> WebhookTemplate.read(Path.of("no/such/file")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void theTemplatesOfTheDocsWorkAndEveryFieldIsListed() throws Exception {
        String docs = Files.readString(Path.of("..", "docs", "alerting.md"));
        List<MatchResult> templates = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(docs)
                .results()
                .toList();
        assertThat(templates).hasSizeGreaterThan(2);
        for (MatchResult template : templates) {
            WebhookTemplate.of(template.group(1), "docs");
        }
        for (String field : Notice.fieldNames()) {
            assertThat(docs.lines().filter(line -> line.startsWith("|") && line.contains("`" + field + "`")))
                    .as(field)
                    .hasSize(1);
        }
    }

    @Test
    void formatsAskForWhatTheyNeed() {
        assertThatThrownBy(() -> WebhookSink.body(WebhookFormat.TEMPLATE, null, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook_template");
        assertThatThrownBy(() -> WebhookSink.body(WebhookFormat.SLACK, Path.of("t"), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("but it is slack");
    }
}
