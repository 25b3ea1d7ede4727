package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A format given as a {@link Layout}. A line whose time fields hold no time does not fit. */
final class LayoutParser implements LogParser {
    /** More words than any known way of writing a time has. */
    private static final int MAX_TIME_WORDS = 6;

    /** Which characters a header field of a preset may hold. */
    private enum Kind {
        ANY,
        WORD,
        /** A word that no colon ends: that is a program. */
        HOST,
        DIGITS,
        /** Seconds since 1970, of a time after 1973: what sets them apart from a six-digit date. */
        EPOCH,
        LETTERS;

        /** Whether it may hold a character of ASCII. */
        @SuppressWarnings("ImmutableEnumChecker") // private, and never changed
        private final boolean[] ascii = new boolean[128];
        /** Whether it may hold other characters. */
        private final boolean beyondAscii;

        Kind() {
            beyondAscii = Set.of("ANY", "WORD", "HOST").contains(name());
            for (char c = 0; c < ascii.length; c++) {
                ascii[c] = switch (name()) {
                    case "WORD", "HOST" -> c > ' ';
                    case "DIGITS", "EPOCH" -> c >= '0' && c <= '9';
                    case "LETTERS" -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                    default -> true;
                };
            }
        }
    }

    private final Layout layout;
    private final int message;
    private final int level;
    private final int priority;
    private final int component;
    private final int host;
    private final int process;
    private final int thread;
    private final int label;
    private final int[] time;
    private final boolean timeIsOneSpan;
    private final boolean timeIsFirst;
    private final boolean findWords;
    private final int wordsIn;
    private final Kind[] kinds;
    private final @Nullable TimeParser timeParser;
    private volatile int lastWords;

    private LayoutParser(Layout layout, TimeParser timeParser, boolean explicitTime, boolean strict) {
        this.layout = layout;
        List<String> names = layout.names();
        this.message = layout.indexOf(Fields.MESSAGE);
        this.level = layout.indexOf(Fields.LEVEL);
        this.priority = layout.indexOf(Fields.PRIORITY);
        this.component = layout.indexOf(Fields.COMPONENT);
        this.host = layout.indexOf(Fields.HOST) >= 0 ? layout.indexOf(Fields.HOST) : layout.indexOf(Fields.PLACE);
        this.process = layout.indexOf(Fields.PROCESS);
        this.thread = layout.indexOf(Fields.THREAD);
        this.label = layout.indexOf(Fields.LABEL);
        this.time =
                Fields.timeFields(names).stream().mapToInt(Integer::intValue).toArray();
        this.timeParser = time.length == 0 ? null : timeParser;
        boolean oneSpan = true;
        for (int k = 0; k + 1 < time.length; k++) {
            oneSpan &= time[k + 1] == time[k] + 1 && (explicitTime || layout.blankBetween(time[k], time[k + 1]));
        }
        this.timeIsOneSpan = oneSpan;
        this.timeIsFirst = oneSpan && time.length > 0 && layout.beginsWith(time[0]);
        boolean alone = time.length == 1 && layout.isFollowed(time[0]);
        this.wordsIn = alone ? time[0] : -1;
        this.findWords = alone && timeParser.words() == 0;
        this.lastWords = Math.max(1, timeParser.words());
        this.kinds = new Kind[names.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = strict ? kindOf(names.get(i)) : Kind.ANY;
        }
    }

    /** A layout of the user's: fields hold anything. */
    static LayoutParser of(String layout, LogFormat.Options options) {
        Layout compiled = Layout.compile(layout);
        if (options.timeFormat() != null && Fields.timeFields(compiled.names()).isEmpty()) {
            throw LogParseException.badArgument(
                    "layout '" + Excerpt.of(layout)
                            + "' has no time field, so a time format has nothing to apply to: name one <Date>, <Time> or <Timestamp>");
        }
        return new LayoutParser(compiled, options.timeParser(), options.timeFormat() != null, false);
    }

    /** A layout of a preset: numbers are numbers, levels letters, components single words. */
    static LayoutParser strict(String layout, String timeFormat, LogFormat.Options options) {
        boolean explicit = options.timeFormat() != null || !timeFormat.isEmpty();
        TimeParser times = options.timeFormat() != null || timeFormat.isEmpty()
                ? options.timeParser()
                : options.timeParser(timeFormat);
        return new LayoutParser(Layout.compile(layout), times, explicit, true);
    }

    private static Kind kindOf(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "pid", "tid" -> Kind.DIGITS;
            case "epoch" -> Kind.EPOCH;
            case "level", "severity" -> Kind.LETTERS;
            case "content", "thread", "tag", "context", "time" -> Kind.ANY;
            case "host" -> Kind.HOST;
            default -> Kind.WORD;
        };
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        String text = line.isEmpty() || isVisible(line.charAt(line.length() - 1)) ? line : line.stripTrailing();
        TimeParser times = timeParser;
        if (times == null) {
            int[] bounds = layout.match(text, -1, 1);
            return bounds == null ? Optional.empty() : Optional.ofNullable(parsed(text, bounds, null));
        }
        if (timeIsFirst && !times.mayBegin(text)) {
            return Optional.empty();
        }
        if (!findWords) {
            return Optional.ofNullable(attempt(text, times, times.words()));
        }
        int before = lastWords;
        ParsedLine parsed = attempt(text, times, before);
        for (int words = MAX_TIME_WORDS; parsed == null && words > 0; words--) {
            parsed = words == before ? null : attempt(text, times, words);
            if (parsed != null) {
                lastWords = words;
            }
        }
        return Optional.ofNullable(parsed);
    }

    private @Nullable ParsedLine attempt(String text, TimeParser times, int words) {
        int[] bounds = layout.match(text, words > 1 ? wordsIn : -1, words);
        if (bounds == null) {
            return null;
        }
        Instant instant = times.parse(timeText(text, bounds));
        if (instant == null) {
            return null;
        }
        return parsed(text, bounds, instant.equals(TimePattern.NO_DATE) ? null : instant);
    }

    private String timeText(String text, int[] bounds) {
        int first = time[0];
        int last = time[time.length - 1];
        if (timeIsOneSpan) {
            int begin = bounds[2 * first];
            return begin < 0 ? "" : stripped(text, begin, Math.max(begin, bounds[2 * last + 1]));
        }
        StringBuilder joined = new StringBuilder();
        for (int field : time) {
            String part = field(text, bounds, field);
            if (part != null) {
                joined.append(joined.isEmpty() ? "" : " ").append(part);
            }
        }
        return joined.toString();
    }

    private @Nullable ParsedLine parsed(String text, int[] bounds, @Nullable Instant instant) {
        for (int i = 0; i < kinds.length; i++) {
            if (kinds[i] != Kind.ANY
                    && bounds[2 * i] >= 0
                    && !holds(kinds[i], text, bounds[2 * i], bounds[2 * i + 1])) {
                return null;
            }
        }
        String labelText = field(text, bounds, label);
        return new ParsedLine(
                instant,
                text.substring(bounds[2 * message], bounds[2 * message + 1]),
                level >= 0 ? field(text, bounds, level) : Severities.ofPriority(field(text, bounds, priority)),
                field(text, bounds, component),
                Fields.thread(
                        host == component ? null : field(text, bounds, host),
                        field(text, bounds, process),
                        field(text, bounds, thread)),
                labelText == null ? null : Label.ofColumn(labelText),
                Map.of());
    }

    private static boolean holds(Kind kind, String text, int begin, int end) {
        if (begin == end || (kind == Kind.EPOCH && end - begin != 9 && end - begin != 10)) {
            return false;
        }
        for (int i = begin; i < end; i++) {
            char c = text.charAt(i);
            if (c < 128 ? !kind.ascii[c] : !kind.beyondAscii) {
                return false;
            }
            if (c == ':' && kind == Kind.HOST && i + 1 == end) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String field(String text, int[] bounds, int field) {
        if (field < 0 || bounds[2 * field] < 0) {
            return null;
        }
        return stripped(text, bounds[2 * field], bounds[2 * field + 1]);
    }

    /** A part of a line without white space around it, which few fields have. */
    private static String stripped(String text, int begin, int end) {
        String part = text.substring(begin, end);
        boolean bare = begin < end && isVisible(text.charAt(begin)) && isVisible(text.charAt(end - 1));
        return bare ? part : part.strip();
    }

    /** Whether a character is sure to be no white space, without asking Unicode. */
    private static boolean isVisible(char c) {
        return c > ' ' && c < 128;
    }

    @Override
    public String toString() {
        return layout.toString();
    }
}
