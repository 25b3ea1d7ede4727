package io.deepsentry.parse;

import io.deepsentry.parse.internal.SimpleKey;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The rule that finds the sessions of a line.
 *
 * <table>
 * <caption>The three kinds</caption>
 * <tr><td>{@code (blk_-?\d+)}<td>a regular expression with exactly one group: what it finds in the line
 * <tr><td>{@code trace_id}<td>a name: the field of a structured line, such as JSON or {@code key=value}
 * <tr><td>{@code path:jobs/([^/]+)/}<td>{@code path:} and a regular expression: what it finds first in the path of
 * the input, its group or, without one, the whole match. Every line of a file then belongs to one session
 * </table>
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SessionKey {
    /** The most keys of an event; further keys in it are ignored. */
    public static final int MOST_KEYS = 1_000;

    /** Asks {@code parse}, {@code prepare} and {@code run} to choose the key. It is not a key itself. */
    public static final String AUTO = "auto";

    private static final String PATH = "path:";
    private static final Pattern NAME = Pattern.compile("[\\p{L}_@][\\p{L}\\p{N}_.@-]*");
    /** Stands for an absent value in many structured logs. */
    private static final String NO_VALUE = "-";

    private enum Kind {
        LINE,
        FIELD,
        PATH,
        WHOLE_LINE
    }

    private final Kind kind;
    private final String text;
    private final Pattern pattern;
    /** A text every match begins with; empty if none is known. Lines without it are passed over without the regex. */
    private final String prefix;
    /** Finds what the regex would, where that is simple; null where it is not. */
    private final @Nullable SimpleKey simple;

    private SessionKey(Kind kind, String text, Pattern pattern) {
        this.kind = kind;
        this.text = text;
        this.pattern = pattern;
        this.prefix = literalPrefix(pattern.pattern());
        this.simple = kind == Kind.LINE ? SimpleKey.of(pattern.pattern()) : null;
    }

    /**
     * Returns whether a session key, as it is written, names sessions by the paths of inputs. Then each input is one
     * session, or part of one.
     *
     * @param key the key as written
     * @return true if it begins with {@code path:}
     */
    public static boolean isOfPath(String key) {
        return key.startsWith(PATH);
    }

    /**
     * Returns a session key.
     *
     * @param key a {@link Pattern} with one capturing group, for HDFS {@code (blk_-?\d+)}; the name of a field; or
     *     {@code path:} and a {@link Pattern} with at most one group
     * @return the session key
     * @throws LogParseException if it is none of them, or {@link #AUTO}
     */
    public static SessionKey of(String key) {
        if (key.equals(AUTO)) {
            throw LogParseException.badArgument("session key 'auto' is chosen by parse, prepare and run; name the key"
                    + " that they chose, or leave it out where a trained model has one");
        }
        if (NAME.matcher(key).matches()) {
            return new SessionKey(Kind.FIELD, key, Pattern.compile(Pattern.quote(key)));
        }
        boolean ofPath = isOfPath(key);
        Pattern pattern = compiled(key, ofPath ? key.substring(PATH.length()) : key);
        int groups = pattern.matcher("").groupCount();
        if (ofPath ? groups > 1 : groups != 1) {
            throw LogParseException.badArgument(
                    "session key '" + Excerpt.of(key) + "' must have " + (ofPath ? "at most" : "exactly")
                            + " one group, the key, but has " + groups
                            + (groups == 0
                                    ? ": put the key in parentheses, as in (blk_-?\\d+)"
                                    : ": write those that are not the key as (?:...)"));
        }
        return new SessionKey(ofPath ? Kind.PATH : Kind.LINE, key, pattern);
    }

    /**
     * Returns a key that is the first line of each event itself, including its header. It is for callers that need
     * the line beside the event.
     *
     * @return the session key
     */
    public static SessionKey ofLine() {
        return new SessionKey(Kind.WHOLE_LINE, "(.+)", Pattern.compile("(?s)(.+)"));
    }

    private static Pattern compiled(String key, String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw LogParseException.badArgument(
                    "session key '" + Excerpt.of(key) + "' is not a regular expression: " + e.getDescription()
                            + " at position " + e.getIndex(),
                    e);
        }
    }

    /**
     * Returns the distinct keys in a text.
     *
     * @param text the text of a line
     * @return at most {@value #MOST_KEYS} keys, in order of appearance; empty if there is none, or keys are not taken
     *     from text
     */
    public List<String> keysOf(String text) {
        return List.copyOf(collect(text, List.of()));
    }

    /**
     * Returns the distinct keys of an event: its session keys, or else those found in its message, its fields or the
     * path of its input.
     *
     * @param event the event
     * @return the keys, in order of appearance; empty if there is none
     */
    public List<String> keysOf(LogEvent event) {
        if (!event.sessionKeys().isEmpty()) {
            return event.sessionKeys();
        }
        Collection<String> inMessage = collect(event.message(), List.of());
        return List.copyOf(collect(event.fields(), event.origin().file(), inMessage));
    }

    /**
     * Returns the text that this was made from: a regular expression, a name, or {@code path:} and a regular
     * expression.
     *
     * @return the text
     */
    public String regex() {
        return text;
    }

    /**
     * Returns whether it takes a key from the path of an input.
     *
     * @return true for a key with {@code path:}
     */
    public boolean isOfPath() {
        return kind == Kind.PATH;
    }

    /** The keys that an event has beside those of its lines. What is returned takes the place of {@code known}. */
    Collection<String> collect(Map<String, String> fields, String input, Collection<String> known) {
        if (kind == Kind.FIELD) {
            String value = fields.get(text);
            return value == null || value.isBlank() || value.equals(NO_VALUE) ? known : with(known, value);
        }
        if (kind == Kind.PATH) {
            Matcher matcher = pattern.matcher(input);
            if (matcher.find()) {
                String key = matcher.group(matcher.groupCount());
                return key == null || key.isEmpty() ? known : with(known, key);
            }
        }
        return known;
    }

    /**
     * The distinct keys of known ones and of a line, in order of appearance. What is returned takes the place of
     * {@code known}.
     */
    Collection<String> collect(String text, Collection<String> known) {
        if (kind == Kind.WHOLE_LINE) {
            return known.isEmpty() && !text.isEmpty() ? List.of(text) : known;
        }
        if (kind != Kind.LINE) {
            return known;
        }
        int from = prefix.isEmpty() ? 0 : text.indexOf(prefix);
        if (from < 0) {
            return known;
        }
        Collection<String> keys = known;
        if (simple != null) {
            while (from >= 0 && keys.size() < MOST_KEYS) {
                int end = simple.end(text, from);
                if (end > 0) {
                    keys = with(keys, text.substring(from, end));
                }
                from = text.indexOf(prefix, end > 0 ? end : from + 1);
            }
            return keys;
        }
        try {
            Matcher matcher = pattern.matcher(text);
            while (keys.size() < MOST_KEYS && next(matcher, text, from)) {
                String key = matcher.group(1);
                if (key != null && !key.isEmpty()) {
                    keys = with(keys, key);
                }
                // As Matcher.find does: one further after an empty match.
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
        if (keys.size() >= MOST_KEYS) {
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
