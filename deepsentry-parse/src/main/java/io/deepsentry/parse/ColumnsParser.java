package io.deepsentry.parse;

import io.deepsentry.parse.internal.StateReader;
import io.deepsentry.parse.internal.StateWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose columns a heading in the log names: W3C extended logs (IIS) with {@code #Fields:}, Zeek's (Bro's) with
 * {@code #fields}, and values separated by commas, semicolons or tabs whose first line is names. Time, level, message
 * and component are found by their names, as in JSON; the other columns are fields.
 *
 * <p>A heading counts from where it stands, so a log may change its columns. Confined to one thread.
 */
final class ColumnsParser implements LogParser {
    private static final String NAME = "columns";
    private static final String W3C_FIELDS = "#fields:";
    private static final String W3C_DATE = "#date:";
    private static final String ZEEK_FIELDS = "#fields\t";
    private static final int FEWEST = 3;
    private static final int MOST_HEADINGS = 20;

    /** Names are part of saved states. */
    private enum Style {
        W3C,
        ZEEK,
        CSV,
        SEMICOLONS,
        TABS;

        /** Whether it has values that may be quoted between separators. */
        boolean isCsv() {
            return this != W3C && this != ZEEK;
        }

        char separator() {
            return switch (this) {
                case SEMICOLONS -> ';';
                case TABS, ZEEK -> '\t';
                case CSV -> ',';
                case W3C -> ' ';
            };
        }

        static List<Style> ofCsv() {
            return Stream.of(values()).filter(Style::isCsv).toList();
        }
    }

    private final String name;
    private final LogParser times;
    private final LogParser utcTimes;
    private final MembersParser rows;

    private @Nullable Style style;
    private List<String> columns = List.of();
    /** The day of the rows that have only a time of day; null if no heading tells it. */
    private @Nullable String date;

    private ColumnsParser(String name, LogFormat.Options options) {
        this.name = name;
        String suffix = name.substring(NAME.length());
        this.times = Headers.parser("header" + suffix, options);
        // W3C extended logs are in UTC, whatever the zone of the machine.
        this.utcTimes = Headers.parser(
                "header" + suffix, new LogFormat.Options(options.timeFormat(), ZoneOffset.UTC, options.reference()));
        this.rows = MembersParser.columns(name, this::members, this::time);
    }

    /** Whether a name means rows with a heading: {@code columns}, or {@code columns:dmy} as for {@code header}. */
    static boolean isName(String name) {
        return name.equals(NAME) || name.startsWith(NAME + ":");
    }

    /** The parser of a name. */
    static ColumnsParser of(String name, LogFormat.Options options) {
        return new ColumnsParser(name, options);
    }

    /**
     * The name of the format of lines that begin with a heading; empty if they do not.
     *
     * @throws LogParseException of kind {@code BAD_FORMAT} if the dates of the rows can be read in several orders
     */
    static Optional<String> named(List<String> lines, LogFormat.Options options) {
        ColumnsParser parser = of(NAME, options);
        List<String> texts = new ArrayList<>();
        int headings = 0;
        for (String line : lines) {
            boolean heading = parser.heading(line);
            if (parser.columns.isEmpty() && (!heading || ++headings > MOST_HEADINGS)) {
                return Optional.empty();
            }
            if (!heading) {
                Map<String, String> members = parser.members(line);
                String text = members == null ? null : parser.rows.timeText(members);
                if (text != null) {
                    texts.add(text);
                }
            }
        }
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(NAME + Headers.choose(texts, options).toString().substring("header".length()));
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        return heading(line) ? Optional.of(ParsedLine.HEADING) : rows.parse(line);
    }

    /** Takes a line that says how rows are written; false if it is none. */
    private boolean heading(String line) {
        String text = line.strip();
        if (text.startsWith("#")) {
            return directive(text);
        }
        Style used = style;
        if (used != null && !used.isCsv()) {
            return false;
        }
        if (isSeparator(text)) {
            return true;
        }
        if (used == null) {
            return Style.ofCsv().stream().anyMatch(each -> isHeading(text, each));
        }
        if (!text.regionMatches(0, columns.get(0), 0, columns.get(0).length()) && text.charAt(0) != '"') {
            return false;
        }
        return names(text, used).equals(columns);
    }

    /** Whether a line tells a spreadsheet what separates the values, as in {@code sep=;}. */
    private static boolean isSeparator(String text) {
        return text.startsWith("sep=") && text.length() <= "sep=".length() + 1;
    }

    private boolean isHeading(String text, Style each) {
        List<String> names = names(text, each);
        if (!isHeading(names)) {
            return false;
        }
        style = each;
        columns = names;
        return true;
    }

    private static List<String> names(String text, Style style) {
        return CsvRow.values(text, 0, style.separator()).stream()
                .map(String::strip)
                .toList();
    }

    private boolean directive(String text) {
        String lower = text.substring(0, Math.min(text.length(), 20)).toLowerCase(Locale.ROOT);
        if (lower.startsWith(ZEEK_FIELDS)) {
            style = Style.ZEEK;
            columns = List.of(text.substring(ZEEK_FIELDS.length()).split("\t", -1));
        } else if (lower.startsWith(W3C_FIELDS)) {
            style = Style.W3C;
            columns = List.of(text.substring(W3C_FIELDS.length()).strip().split("\\s+", -1));
        } else if (lower.startsWith(W3C_DATE)) {
            String value = text.substring(W3C_DATE.length()).strip();
            date = value.length() >= 10 ? value.substring(0, 10) : null;
        }
        // Other directives tell of the file, not of its rows.
        return style == null || !style.isCsv();
    }

    /** Whether values are names of columns, among them one of a time and one of a message or a level. */
    private static boolean isHeading(List<String> names) {
        boolean words = names.stream()
                .allMatch(one -> !one.isEmpty()
                        && one.length() <= 60
                        && Character.isLetter(
                                one.charAt(0) == '@' && one.length() > 1 ? one.charAt(1) : one.charAt(0)));
        return words && names.size() >= FEWEST && MembersParser.nameTimeAndText(names);
    }

    /** The columns of a row that have a value, by name; null if it is no such row. */
    private @Nullable Map<String, String> members(String line) {
        Style used = style;
        if (used == null || columns.isEmpty()) {
            return null;
        }
        boolean csv = used.isCsv();
        List<String> values =
                switch (used) {
                    case W3C -> words(line);
                    case ZEEK -> List.of(line.split("\t", -1));
                    case CSV, SEMICOLONS, TABS -> CsvRow.values(line, 0, used.separator());
                };
        boolean cut = csv && CsvRow.isOpen(line);
        // Event Viewer writes the message behind the columns that it names.
        boolean more = !csv || values.size() <= columns.size() + 1;
        boolean enough = cut || values.size() >= (csv ? columns.size() : Math.min(2, columns.size()));
        if (!more || !enough) {
            return null;
        }
        Map<String, String> members = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            boolean unset = value.isEmpty() || (!csv && (value.equals("-") || value.equals("(empty)")));
            if (!unset) {
                String column = i < columns.size() ? columns.get(i) : csv ? "message" : "more";
                members.merge(column, value, (a, b) -> a + " " + b);
            }
        }
        if (used == Style.W3C) {
            joinTime(members);
        }
        return members;
    }

    private void joinTime(Map<String, String> members) {
        String clock = members.remove("time");
        String day = members.remove("date");
        String known = day != null ? day : date;
        if (clock != null && known != null) {
            members.put("date", known + " " + clock);
        } else if (clock != null) {
            members.put("time", clock);
        }
    }

    private @Nullable Instant time(String text) {
        return (style == Style.W3C ? utcTimes : times)
                .parse(text)
                .map(ParsedLine::time)
                .orElse(null);
    }

    /** Words between blanks; quotes hold blanks together. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c <= ' ') {
                at++;
                continue;
            }
            int close = c == '"' ? line.indexOf('"', at + 1) : -1;
            int end = close < 0 ? at : close + 1;
            while (close < 0 && end < line.length() && line.charAt(end) > ' ') {
                end++;
            }
            words.add(close < 0 ? line.substring(at, end) : line.substring(at + 1, close));
            at = end;
        }
        return words;
    }

    /** Writes what headings said, for {@link #read}. */
    void write(StateWriter out) {
        out.text(name);
        out.text(style == null ? null : style.name());
        out.texts(columns);
        out.text(date);
    }

    static ColumnsParser read(StateReader in, LogFormat.Options options) throws IOException {
        ColumnsParser parser = of(in.text(), options);
        String style = in.textOrNull();
        parser.style = style == null ? null : Style.valueOf(style);
        parser.columns = in.texts();
        parser.date = in.textOrNull();
        return parser;
    }

    @Override
    public String toString() {
        return name;
    }
}
