package io.deepsentry.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A header layout in the notation log research uses, {@code <Date> <Time> <Level> <Component>: <Content>}, compiled to
 * a matcher that goes over a line once.
 *
 * <p>A field runs to the first place where the text after it in the layout stands; a blank stands for any run of white
 * space; {@code ( ... )?} is optional; a backslash takes the next character literally. Fields inside an optional part
 * hold no white space. A header field longer than {@value #MAX_FIELD} characters does not fit, which bounds the work on
 * any line.
 */
final class Layout {
    static final int MAX_FIELD = 1000;
    private static final int MAX_OPTIONAL_PARTS = 4;

    private sealed interface Node permits Literal, Blank, Field {}

    private record Literal(String text) implements Node {}

    private record Blank() implements Node {}

    private record Field(int index) implements Node {}

    private record OptionalPart(List<Node> nodes) {}

    /** What stands between two fields: the ways it may be written, the longest first. */
    private static final class Segment {
        private final List<List<Node>> ways;
        /** The same, for going over it without a check of bounds at each step. */
        private final Node[][] steps;

        private final boolean startsWithBlank;
        private final @Nullable String plainStart;

        Segment(List<List<Node>> ways) {
            this.ways = ways;
            steps = ways.stream().map(way -> way.toArray(new Node[0])).toArray(Node[][]::new);
            startsWithBlank =
                    !ways.isEmpty() && ways.stream().allMatch(way -> !way.isEmpty() && way.get(0) instanceof Blank);
            plainStart =
                    ways.size() == 1 && !ways.get(0).isEmpty() && ways.get(0).get(0) instanceof Literal literal
                            ? literal.text()
                            : null;
        }

        List<List<Node>> ways() {
            return ways;
        }
    }

    private final String source;
    private final List<String> names;
    /** Indexes into {@link #names} of the fields outside optional parts, in order. */
    private final int[] main;
    /** {@code segments[k]} stands before main field k; the last one closes the line. */
    private final Segment[] segments;

    private Layout(String source, List<String> names, int[] main, List<Segment> segments) {
        this.source = source;
        this.names = names;
        this.main = main;
        this.segments = segments.toArray(new Segment[0]);
    }

    static Layout compile(String source) {
        return new Compiler(source).compile();
    }

    /** The field names, in order of appearance, as written. */
    List<String> names() {
        return names;
    }

    /** The position of a field by one of its names, case ignored; -1 if it has none of them. The first name wins. */
    int indexOf(String... anyOf) {
        for (String wanted : anyOf) {
            for (int i = 0; i < names.size(); i++) {
                if (names.get(i).equalsIgnoreCase(wanted)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Whether only white space stands between two fields that follow each other. */
    boolean blankBetween(int field, int next) {
        for (int k = 0; k + 1 < main.length; k++) {
            if (main[k] == field && main[k + 1] == next) {
                Segment between = segments[k + 1];
                return between.ways().size() == 1 && between.ways().get(0).equals(List.of(new Blank()));
            }
        }
        return false;
    }

    /** Whether lines begin with a field. */
    boolean beginsWith(int field) {
        return main[0] == field && segments[0].ways().equals(List.of(List.of()));
    }

    /** Whether a field is outside optional parts and followed by another. */
    boolean isFollowed(int field) {
        for (int k = 0; k + 1 < main.length; k++) {
            if (main[k] == field) {
                return true;
            }
        }
        return false;
    }

    /**
     * Matches a line.
     *
     * @param line without white space at its end
     * @param wordsIn a field that holds several blank-separated words, or -1
     * @param words how many
     * @return begin and end of every field, two entries each, -1 for one left out; null if the line does not fit
     */
    int @Nullable [] match(String line, int wordsIn, int words) {
        int[] bounds = new int[names.size() * 2];
        Arrays.fill(bounds, -1);
        int at = skip(segments[0], line, 0, bounds, main.length == 1);
        if (at < 0) {
            return null;
        }
        for (int k = 0; k < main.length; k++) {
            int field = main[k];
            bounds[2 * field] = at;
            boolean last = k == main.length - 1;
            if (last) {
                int end = closing(line, at);
                if (end < 0) {
                    return null;
                }
                bounds[2 * field + 1] = end;
                return bounds;
            }
            Segment next = segments[k + 1];
            boolean nextIsLast = k + 1 == main.length - 1;
            int from = field == wordsIn ? afterWords(line, at, words - 1) : at;
            if (from < 0) {
                return null;
            }
            int limit = Math.min(line.length(), from + MAX_FIELD);
            boolean blank = next.startsWithBlank;
            if (blank && from < line.length() && line.charAt(from) <= ' ') {
                return null;
            }
            String plain = next.plainStart;
            int end = blank ? from + 1 : from;
            int after = -1;
            for (; end <= limit; end++) {
                if (plain != null) {
                    end = line.indexOf(plain, end);
                    if (end < 0 || end > limit) {
                        return null;
                    }
                } else if (blank && end < line.length() && (line.charAt(end) > ' ' || line.charAt(end - 1) <= ' ')) {
                    // Within white space the same follows as at its start, where it did not fit.
                    continue;
                }
                after = skip(next, line, end, bounds, nextIsLast);
                if (after >= 0) {
                    break;
                }
            }
            if (after < 0) {
                return null;
            }
            bounds[2 * field + 1] = end;
            at = after;
        }
        return bounds;
    }

    private int closing(String line, int at) {
        List<Node> closing = segments[main.length].ways().get(0);
        if (closing.isEmpty()) {
            return line.length();
        }
        String text = ((Literal) closing.get(0)).text();
        int end = line.length() - text.length();
        return end >= at && line.endsWith(text) ? end : -1;
    }

    private static int afterWords(String line, int at, int blanks) {
        int i = at;
        for (int n = 0; n < blanks; n++) {
            while (i < line.length() && line.charAt(i) > ' ') {
                i++;
            }
            while (i < line.length() && line.charAt(i) <= ' ') {
                i++;
            }
        }
        return i < line.length() ? i : -1;
    }

    /** The position after a segment that stands at a position, or -1. */
    private static int skip(Segment segment, String line, int at, int[] bounds, boolean beforeLast) {
        for (Node[] way : segment.steps) {
            int after = skip(way, line, at, bounds, beforeLast);
            if (after >= 0) {
                return after;
            }
        }
        return -1;
    }

    private static int skip(Node[] way, String line, int start, int[] bounds, boolean beforeLast) {
        int at = start;
        for (int n = 0; n < way.length; n++) {
            Node node = way[n];
            if (node instanceof Literal literal) {
                if (!line.startsWith(literal.text(), at)) {
                    return forget(way, bounds);
                }
                at += literal.text().length();
            } else if (node instanceof Blank) {
                int begin = at;
                while (at < line.length() && line.charAt(at) <= ' ') {
                    at++;
                }
                // White space at the end of the line is gone, so a header without content ends before its last blank.
                boolean emptyContent = beforeLast && at == line.length() && n == way.length - 1;
                if (at == begin && !emptyContent) {
                    return forget(way, bounds);
                }
            } else if (node instanceof Field field) {
                int end = endOfWord(way, n, line, at);
                if (end < 0) {
                    return forget(way, bounds);
                }
                bounds[2 * field.index()] = at;
                bounds[2 * field.index() + 1] = end;
                at = end;
            }
        }
        return at;
    }

    private static int forget(Node[] way, int[] bounds) {
        for (Node node : way) {
            if (node instanceof Field field) {
                bounds[2 * field.index()] = -1;
                bounds[2 * field.index() + 1] = -1;
            }
        }
        return -1;
    }

    private static int endOfWord(Node[] way, int field, String line, int at) {
        Node next = way[field + 1];
        int limit = Math.min(line.length(), at + MAX_FIELD);
        for (int i = at; i < limit; i++) {
            boolean white = line.charAt(i) <= ' ';
            if (next instanceof Literal literal && line.startsWith(literal.text(), i)) {
                return i > at ? i : -1;
            }
            if (white) {
                return next instanceof Blank && i > at ? i : -1;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return source;
    }

    /** Takes the notation apart; every problem names the layout and the position. */
    private static final class Compiler {
        private final String source;
        private final List<String> names = new ArrayList<>();
        private final List<Integer> main = new ArrayList<>();
        private final List<Segment> segments = new ArrayList<>();
        /** The parts of the segment being collected: {@link Node}s and {@link OptionalPart}s. */
        private List<Object> segment = new ArrayList<>();

        private final StringBuilder literal = new StringBuilder();
        private @Nullable List<Node> optional;
        private int optionalStart;

        Compiler(String source) {
            this.source = source;
        }

        Layout compile() {
            for (int i = 0; i < source.length(); ) {
                i = step(i);
            }
            if (optional != null) {
                throw bad(
                        "the optional part that begins at character " + (optionalStart + 1) + " is not closed by ')?'");
            }
            endSegment();
            check();
            return new Layout(
                    source,
                    List.copyOf(names),
                    main.stream().mapToInt(Integer::intValue).toArray(),
                    segments);
        }

        private int step(int i) {
            char c = source.charAt(i);
            if (c == '\\' && i + 1 < source.length()) {
                addCharacter(source.charAt(i + 1));
                return i + 2;
            }
            if (c == '<') {
                int close = source.indexOf('>', i);
                if (close > i + 1 && isName(source.substring(i + 1, close))) {
                    addField(source.substring(i + 1, close), i);
                    return close + 1;
                }
            }
            if (c == '(' && closesOptional(i)) {
                if (optional != null) {
                    throw bad("optional parts cannot be nested (character " + (i + 1) + ")");
                }
                flushLiteral();
                optional = new ArrayList<>();
                optionalStart = i;
                return i + 1;
            }
            if (c == ')' && optional != null && source.startsWith(")?", i)) {
                flushLiteral();
                List<Node> part = optional;
                optional = null;
                if (part.isEmpty()) {
                    throw bad("the optional part that ends at character " + (i + 1) + " is empty");
                }
                segment.add(new OptionalPart(List.copyOf(part)));
                return i + 2;
            }
            addCharacter(c);
            return i + 1;
        }

        /** Whether the parenthesis at a position has its partner followed by a question mark; otherwise it is text. */
        private boolean closesOptional(int open) {
            int depth = 0;
            for (int i = open; i < source.length(); i++) {
                char c = source.charAt(i);
                if (c == '\\') {
                    i++;
                } else if (c == '(') {
                    depth++;
                } else if (c == ')' && --depth == 0) {
                    return source.startsWith(")?", i);
                }
            }
            return false;
        }

        private static boolean isName(String text) {
            return text.chars().allMatch(ch -> Character.isLetterOrDigit(ch) || ch == '_' || ch == '-' || ch == '.');
        }

        private void addCharacter(char c) {
            if (c > ' ') {
                literal.append(c);
                return;
            }
            flushLiteral();
            List<? super Node> target = target();
            if (target.isEmpty() || !(target.get(target.size() - 1) instanceof Blank)) {
                target.add(new Blank());
            }
        }

        @SuppressWarnings("unchecked")
        private List<? super Node> target() {
            return optional != null ? optional : (List<? super Node>) (List<?>) segment;
        }

        private void flushLiteral() {
            if (literal.length() > 0) {
                target().add(new Literal(literal.toString()));
                literal.setLength(0);
            }
        }

        private void addField(String name, int at) {
            flushLiteral();
            for (String known : names) {
                if (known.equalsIgnoreCase(name)) {
                    throw bad("the field <" + name + "> appears twice");
                }
            }
            names.add(name);
            int index = names.size() - 1;
            if (optional != null) {
                if (Fields.isMessage(name)) {
                    throw bad("<" + name + "> must be the last field and not optional");
                }
                List<Node> part = optional;
                if (!part.isEmpty() && part.get(part.size() - 1) instanceof Field) {
                    throw adjacent(name, at);
                }
                part.add(new Field(index));
                return;
            }
            boolean first = main.isEmpty();
            endSegment();
            Segment before = segments.get(segments.size() - 1);
            if (!first && before.ways().stream().anyMatch(List::isEmpty)) {
                throw adjacent(name, at);
            }
            main.add(index);
        }

        private void endSegment() {
            flushLiteral();
            List<List<Node>> ways = new ArrayList<>();
            ways.add(List.of());
            int parts = 0;
            for (Object piece : segment) {
                List<List<Node>> longer = new ArrayList<>();
                if (piece instanceof OptionalPart part) {
                    if (++parts > MAX_OPTIONAL_PARTS) {
                        throw bad("at most " + MAX_OPTIONAL_PARTS + " optional parts may follow each other");
                    }
                    for (List<Node> way : ways) {
                        longer.add(joined(way, part.nodes()));
                        longer.add(way);
                    }
                } else {
                    for (List<Node> way : ways) {
                        longer.add(joined(way, List.of((Node) piece)));
                    }
                }
                ways = longer;
            }
            for (List<Node> way : ways) {
                checkOptionalFields(way);
            }
            segments.add(new Segment(List.copyOf(ways)));
            segment = new ArrayList<>();
        }

        private void checkOptionalFields(List<Node> way) {
            for (int n = 0; n < way.size(); n++) {
                boolean textFollows = n + 1 < way.size() && !(way.get(n + 1) instanceof Field);
                if (way.get(n) instanceof Field field && !textFollows) {
                    throw bad("the optional field <" + names.get(field.index())
                            + "> must be followed by text that marks its end");
                }
            }
        }

        /** Two lists of nodes as one, neighbouring literals and blanks run together. */
        private static List<Node> joined(List<Node> left, List<Node> right) {
            List<Node> all = new ArrayList<>(left);
            for (Node node : right) {
                Node previous = all.isEmpty() ? null : all.get(all.size() - 1);
                if (previous instanceof Literal a && node instanceof Literal b) {
                    all.set(all.size() - 1, new Literal(a.text() + b.text()));
                } else if (!(previous instanceof Blank && node instanceof Blank)) {
                    all.add(node);
                }
            }
            return List.copyOf(all);
        }

        private void check() {
            int content = -1;
            for (int i = 0; i < names.size(); i++) {
                if (Fields.isMessage(names.get(i))) {
                    content = i;
                }
            }
            if (content < 0) {
                throw bad("it needs the field <Content>, the message"
                        + (names.isEmpty() ? "; it has no field at all" : ""));
            }
            if (main.isEmpty() || main.get(main.size() - 1) != content) {
                throw bad("<" + names.get(content) + "> must be the last field and not optional");
            }
            List<List<Node>> closing = segments.get(segments.size() - 1).ways();
            boolean plain = closing.size() == 1
                    && (closing.get(0).isEmpty()
                            || (closing.get(0).size() == 1 && closing.get(0).get(0) instanceof Literal));
            if (!plain) {
                throw bad("after <" + names.get(content) + "> only plain text without blanks may follow");
            }
        }

        private LogParseException adjacent(String name, int at) {
            return bad("the field <" + name + "> at character " + (at + 1)
                    + " follows another without text between them, so the end of the first is unclear");
        }

        private LogParseException bad(String problem) {
            return LogParseException.badArgument(String.format(
                    Locale.ROOT,
                    "layout '%s' is wrong: %s. Example: <Date> <Time> <Level> <Component>: <Content>",
                    Excerpt.of(source),
                    problem));
        }
    }
}
