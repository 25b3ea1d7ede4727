package io.deepsentry.live.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A message with one adaptive card, as webhooks of Teams' Workflows take it; the connectors before them, and their
 * cards, are retired. Texts are runs, which know no markdown, and mention nobody, as the card has no list of mentions.
 */
final class TeamsCard implements WebhookBody {
    private static final int LONGEST_TITLE = 300;
    /** Teams takes 28 KB a message; a character may need six bytes of it. */
    private static final int LONGEST_TEXT = 2000;

    private static final int LONGEST_REASON = 800;

    @Override
    public String of(Notice notice) {
        ObjectNode message = JSON.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments")
                .addObject()
                .put("contentType", "application/vnd.microsoft.card.adaptive")
                .putNull("contentUrl");
        ObjectNode card = attachment
                .putObject("content")
                .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.4")
                .put("fallbackText", Texts.line(notice.title(), LONGEST_TITLE));
        card.putObject("msteams").put("width", "Full");
        ArrayNode body = card.putArray("body");
        String colour = notice.ended() ? "Good" : notice.critical() ? "Attention" : "Warning";
        run(body, notice.title(), LONGEST_TITLE).put("weight", "Bolder").put("color", colour);
        if (!notice.ended()) {
            if (!notice.message().isBlank()) {
                run(body, notice.message(), LONGEST_TEXT).put("fontType", "Monospace");
            }
            if (!notice.reason().isBlank()) {
                run(body, notice.reason(), LONGEST_REASON);
            }
            run(body, notice.footer(), LONGEST_TITLE).put("size", "Small").put("isSubtle", true);
        }
        return WebhookBody.text(message);
    }

    private static ObjectNode run(ArrayNode body, String text, int most) {
        ObjectNode block = body.addObject().put("type", "RichTextBlock");
        return block.putArray("inlines")
                .addObject()
                .put("type", "TextRun")
                .put("text", Texts.cut(Texts.harmless(text), most));
    }
}
