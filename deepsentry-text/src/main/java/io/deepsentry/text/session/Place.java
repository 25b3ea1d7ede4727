package io.deepsentry.text.session;

import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where lines have an identifier.
 *
 * @param kind what it stands beside
 * @param text the name of the field, what the identifier begins with, what stands before it, the name that all of it
 *     has, or the bracket around it
 */
record Place(Kind kind, String text) {
    /** From the clearest to the vaguest. */
    enum Kind {
        /** The value of a field of a structured line. */
        FIELD,
        /** Letters that the identifier begins with, as in {@code blk_17}. */
        PREFIX,
        /** A word before it, as in {@code order 17} or {@code sshd[17]}. */
        WORD,
        /**
         * One name that is written in several ways, as in {@code order 17}, {@code order_id=17} and {@code [Order:
         * 17]}.
         */
        NAME,
        /** Brackets alone. */
        BRACKET
    }

    private static final Pattern META = Pattern.compile("[\\[\\](){}.*+?^$|\\\\]");

    /**
     * What {@code --session-key} takes.
     *
     * @param before what stands before the identifier, in all ways that were seen
     */
    String key(Shape shape, Collection<String> before) {
        return switch (kind) {
            case FIELD -> text;
            case PREFIX -> (endsWithLetter() ? "\\b" : "") + "(" + literal(text) + shape.regex() + ")";
            case NAME ->
                before.stream().map(Place::literal).collect(Collectors.joining("|", "(?:", ")")) + "(" + shape.regex()
                        + ")";
            case WORD, BRACKET -> literal(text) + "(" + shape.regex() + ")" + closing();
        };
    }

    private boolean endsWithLetter() {
        return Character.isLetter(text.charAt(text.length() - 1));
    }

    private String closing() {
        return switch (text.charAt(text.length() - 1)) {
            case '[' -> "\\]";
            case '(' -> "\\)";
            default -> "";
        };
    }

    private static String literal(String text) {
        return META.matcher(text).replaceAll("\\\\$0");
    }
}
