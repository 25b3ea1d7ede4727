package io.deepsentry.text.identity;

import com.google.common.base.Splitter;
import io.deepsentry.text.token.MaskType;
import java.util.ArrayList;
import java.util.List;

/** The tokens of masked messages. */
final class Tokens {
    /** Marks the first token of a slot that also takes words, in what was learned. */
    static final char OPEN = '?';

    private static final Splitter SPACE = Splitter.on(' ');

    private Tokens() {}

    static String[] split(String text) {
        return SPACE.splitToList(text).toArray(String[]::new);
    }

    /** Whether this is a typed token, such as {@code <num>}. */
    static boolean isTyped(String token) {
        int last = token.length() - 1;
        return last > 1 && token.charAt(0) == '<' && token.charAt(last) == '>';
    }

    /** Whether this is the first token of an open slot. */
    static boolean isOpen(String token) {
        return token.length() > 3 && token.charAt(0) == OPEN && token.charAt(1) == '<';
    }

    /** The tokens with each type written once in a run of typed tokens, in the order of their first appearance. */
    static String[] withoutRepeats(String[] tokens) {
        List<String> out = new ArrayList<>(tokens.length);
        int run = 0;
        for (String token : tokens) {
            if (!isTyped(token)) {
                out.add(token);
                run = out.size();
            } else if (!out.subList(run, out.size()).contains(token)) {
                out.add(token);
            }
        }
        return out.size() == tokens.length ? tokens : out.toArray(String[]::new);
    }

    /** What a typed token is shown as in a message that training did not know, where types of one kind are one. */
    static String general(String token) {
        return switch (token) {
            case "<hex>", "<size>", "<duration>" -> MaskType.NUM.token();
            case "<ip>" -> MaskType.HOST.token();
            case "<uuid>", "<long>" -> MaskType.ID.token();
            default -> token;
        };
    }
}
