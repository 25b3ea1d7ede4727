package io.deepsentry.live.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/**
 * A message for Slack's incoming webhooks: blocks of plain text, and {@code text} for notifications and for products
 * that know no blocks. Nothing in it is markup: Slack's three control characters are entities, and what would call
 * people is broken by an invisible character.
 */
final class SlackMessage implements WebhookBody {
    /** The longest text of a header block. */
    private static final int LONGEST_HEADER = 150;
    /** The longest text of other blocks. */
    private static final int LONGEST_TEXT = 3000;

    /** An at sign that begins a word, which some products turn into a call for everybody. */
    private static final Pattern MENTION = Pattern.compile("(?<![\\w.])@(?=\\w)");

    @Override
    public String of(Notice notice) {
        ObjectNode message = JSON.createObjectNode();
        message.put("text", escaped(notice.text(), LONGEST_TEXT));
        ArrayNode blocks = message.putArray("blocks");
        block(blocks, "header", notice.title(), LONGEST_HEADER);
        if (notice.ended()) {
            return WebhookBody.text(message);
        }
        block(blocks, "section", Texts.harmless(notice.message()), LONGEST_TEXT);
        block(blocks, "section", Texts.harmless(notice.reason()), LONGEST_TEXT);
        ObjectNode context = blocks.addObject().put("type", "context");
        plain(context.putArray("elements").addObject(), escaped(notice.footer(), LONGEST_TEXT));
        return WebhookBody.text(message);
    }

    private static void block(ArrayNode blocks, String type, String text, int most) {
        // Slack refuses a text without a character.
        if (!text.isBlank()) {
            plain(blocks.addObject().put("type", type).putObject("text"), escaped(text, most));
        }
    }

    private static void plain(ObjectNode into, String text) {
        into.put("type", "plain_text").put("text", text).put("emoji", false);
    }

    /** No longer than so many characters when escaped. */
    static String escaped(String text, int most) {
        String inert = MENTION.matcher(text).replaceAll("@\u200b");
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < inert.length(); ) {
            int c = inert.codePointAt(i);
            i += Character.charCount(c);
            String next =
                    switch (c) {
                        case '&' -> "&amp;";
                        case '<' -> "&lt;";
                        case '>' -> "&gt;";
                        default -> Character.toString(c);
                    };
            if (out.length() + next.length() > most - (i < inert.length() ? 1 : 0)) {
                return out.append('\u2026').toString();
            }
            out.append(next);
        }
        return out.toString();
    }
}
