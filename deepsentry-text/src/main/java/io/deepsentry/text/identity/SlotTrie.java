package io.deepsentry.text.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the learned message that a masked message is. A slot takes a run of typed tokens; an open slot also takes one
 * word among them. Words that a message has come before slots. Immutable after construction.
 */
final class SlotTrie {
    /**
     * Steps after which a message counts as unknown: slots next to each other could otherwise be tried in many ways.
     */
    private static final int MOST_STEPS = 4096;

    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> words = new HashMap<>(2);
        private @Nullable Node slot;
        private @Nullable Node open;
        private @Nullable String text;
    }

    /**
     * A learned message.
     *
     * @param text its identity
     * @param slots the content of its slots
     */
    record Match(String text, List<Slot> slots) {}

    /**
     * Tokens that stand in a slot.
     *
     * @param from the first of them
     * @param to the one after the last
     * @param before the slot before it, or null
     */
    record Slot(int from, int to, @Nullable Slot before) {
        private static List<Slot> inOrder(@Nullable Slot last) {
            List<Slot> slots = new ArrayList<>();
            for (Slot slot = last; slot != null; slot = slot.before) {
                slots.add(slot);
            }
            Collections.reverse(slots);
            return List.copyOf(slots);
        }
    }

    SlotTrie(List<String> templates) {
        for (String template : templates) {
            add(Tokens.split(template));
        }
    }

    private void add(String[] tokens) {
        Node node = root;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens.length; ) {
            String token = tokens[i];
            boolean open = Tokens.isOpen(token);
            if (!open && !Tokens.isTyped(token)) {
                node = node.words.computeIfAbsent(token, word -> new Node());
                append(text, token);
                i++;
                continue;
            }
            append(text, open ? token.substring(1) : token);
            i++;
            while (i < tokens.length && Tokens.isTyped(tokens[i])) {
                append(text, tokens[i++]);
            }
            if (open) {
                node.open = node.open == null ? new Node() : node.open;
                node = node.open;
            } else {
                node.slot = node.slot == null ? new Node() : node.slot;
                node = node.slot;
            }
        }
        if (node.text == null) {
            node.text = text.toString();
        }
    }

    private static void append(StringBuilder text, String token) {
        if (text.length() > 0) {
            text.append(' ');
        }
        text.append(token);
    }

    /** The learned message that these tokens are, or null. */
    @Nullable
    Match find(String[] tokens, int from) {
        return new Search(tokens).find(root, from, null);
    }

    private static final class Search {
        private final String[] tokens;
        private int steps;

        Search(String[] tokens) {
            this.tokens = tokens;
        }

        private @Nullable Match find(Node node, int at, @Nullable Slot before) {
            if (at == tokens.length) {
                return node.text == null ? null : new Match(node.text, Slot.inOrder(before));
            }
            if (++steps > MOST_STEPS) {
                return null;
            }
            String token = tokens[at];
            if (!Tokens.isTyped(token)) {
                Node next = node.words.get(token);
                Match found = next == null ? null : find(next, at + 1, before);
                return found != null || TellingWords.tells(token) ? found : fill(node.open, at, run(at + 1), before);
            }
            int end = run(at);
            Match found = fill(node.slot, at, end, before);
            if (found == null) {
                found = fill(node.open, at, end, before);
            }
            if (found == null && end < tokens.length && !TellingWords.tells(tokens[end])) {
                found = fill(node.open, at, run(end + 1), before);
            }
            return found;
        }

        private @Nullable Match fill(@Nullable Node slot, int from, int to, @Nullable Slot before) {
            return slot == null ? null : find(slot, to, new Slot(from, to, before));
        }

        /** The end of the run of typed tokens that begins here. */
        private int run(int from) {
            int end = from;
            while (end < tokens.length && Tokens.isTyped(tokens[end])) {
                end++;
            }
            return end;
        }
    }
}
