package io.deepsentry.parse;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The rule that says which sessions a line belongs to: a regular expression with exactly one group.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SessionKey {
    private final Pattern pattern;
    /** A text every match begins with; empty if none is known. Lines without it are passed over without the regex. */
    private final String prefix;

    private SessionKey(Pattern pattern) {
        this.pattern = pattern;
        this.prefix = literalPrefix(pattern.pattern());
    }

    /**
     * Compiles a session key.
     *
     * @param regex a {@link Pattern} with one capturing group, for HDFS {@code (blk_-?\d+)}
     * @throws LogParseException if it is no regular expression or has not exactly one group
     */
    public static SessionKey of(String regex) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw LogParseException.badArgument(
                    "session key '" + Excerpt.of(regex) + "' is not a regular expression: " + e.getDescription()
                            + " at position " + e.getIndex(),
                    e);
        }
        int groups = pattern.matcher("").groupCount();
        if (groups != 1) {
            throw LogParseException.badArgument("session key '" + Excerpt.of(regex)
                    + "' must have exactly one group, the key, but has " + groups
                    + (groups == 0
                            ? ": put the key in parentheses, as in (blk_-?\\d+)"
                            : ": write those that are not the key as (?:...)"));
        }
        return new SessionKey(pattern);
    }

    /** The distinct keys in a text, in order of appearance; empty if there is none. */
    public List<String> keysOf(String text) {
        return List.copyOf(collect(text, List.of()));
    }

    /** The regular expression this was made from. */
    public String regex() {
        return pattern.pattern();
    }

    /** The distinct keys of known ones and of a text, in order of appearance. What is returned takes the place of {@code known}. */
    Collection<String> collect(String text, Collection<String> known) {
        int from = prefix.isEmpty() ? 0 : text.indexOf(prefix);
        if (from < 0) {
            return known;
        }
        Collection<String> keys = known;
        try {
            Matcher matcher = pattern.matcher(text);
            while (next(matcher, text, from)) {
                String key = matcher.group(1);
                if (key != null && !key.isEmpty()) {
                    keys = with(keys, key);
                }
                // As Matcher.find goes on: one further after a match of nothing.
                from = matcher.end() == matcher.start() ? matcher.end() + 1 : matcher.end();
                if (from > text.length()) {
                    break;
                }
            }
        } catch (StackOverflowError e) {
            // Alternations under a star recurse once a character: a very long line exhausts the stack, not the program.
            System.getLogger(SessionKey.class.getName())
                    .log(System.Logger.Level.DEBUG, "session key gave up on a line of {0} characters", text.length());
        }
        return keys;
    }

    /** Finds the next match. Where all begin with a text, only its places are tried. */
    private boolean next(Matcher matcher, String text, int from) {
        if (prefix.isEmpty()) {
            return matcher.find(from);
        }
        matcher.useAnchoringBounds(false).useTransparentBounds(true);
        for (int at = text.indexOf(prefix, from); at >= 0; at = text.indexOf(prefix, at + 1)) {
            if (matcher.region(at, text.length()).lookingAt()) {
                return true;
            }
        }
        return false;
    }

    /** Most lines have one key, and no set is made for it. */
    private static Collection<String> with(Collection<String> keys, String key) {
        if (keys.isEmpty()) {
            return List.of(key);
        }
        if (keys.contains(key)) {
            return keys;
        }
        Collection<String> more = keys instanceof LinkedHashSet ? keys : new LinkedHashSet<>(keys);
        more.add(key);
        return more;
    }

    /** The literal characters at the start of a simple regex; empty wherever that is not plain to see. */
    private static String literalPrefix(String regex) {
        if (regex.contains("|") || regex.contains("(?")) {
            return "";
        }
        StringBuilder literal = new StringBuilder();
        int start = regex.startsWith("(") ? 1 : 0;
        for (int i = start; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if ("?*{".indexOf(c) >= 0) {
                literal.setLength(Math.max(0, literal.length() - 1));
                break;
            }
            if (!Character.isLetterOrDigit(c) && "_-:/=@#% ".indexOf(c) < 0) {
                break;
            }
            literal.append(c);
        }
        // A quantifier on the group itself, as in (abc)?, would make the literal optional.
        int close = regex.indexOf(')');
        boolean quantified =
                start == 1 && close >= 0 && close + 1 < regex.length() && "?*{".indexOf(regex.charAt(close + 1)) >= 0;
        return quantified ? "" : literal.toString();
    }

    @Override
    public String toString() {
        return regex();
    }
}
