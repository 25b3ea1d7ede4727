package io.deepsentry.parse;

import io.deepsentry.parse.internal.DateOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes header readers: {@code header}, with what the text of a line leaves open named behind it, as in {@code
 * header:dmy} for dates that begin with the day and {@code header:epoch} for lines that begin with seconds since 1970.
 */
final class Headers {
    private static final String EPOCH = "epoch";
    /** How far lines may run backward before their order speaks against a reading of their dates. */
    private static final Duration SLACK = Duration.ofDays(1);

    private static final Duration NEAR = Duration.ofDays(400);
    /** How near the file's date the last line must lie for its dates to be read by it. */
    private static final Duration SAME = Duration.ofDays(3);

    private static final Pattern DATE = Pattern.compile("\\d{1,2}([/.-])\\d{1,2}\\1(\\d{2,4})(,?)");
    private static final Pattern SHORT_DATE =
            Pattern.compile("(\\d{1,2})/(\\d{1,2})/\\d{4},? \\d{1,2}:\\d\\d(?::\\d\\d)?\\s[AP]M\\b");

    private Headers() {}

    /** Whether a name means a header reader. */
    static boolean isName(String name) {
        return name.equals("header") || name.startsWith("header:");
    }

    /** The reader of a name. */
    static HeaderParser parser(String name, LogFormat.Options options) {
        String suffix = name.contains(":") ? name.substring(name.indexOf(':') + 1) : "";
        if (options.timeFormat() != null) {
            return HeaderParser.timed(name, new TimeScanner(options.timeParser()), true);
        }
        if (suffix.isEmpty() || suffix.equals(EPOCH)) {
            return HeaderParser.timed(name, scanner(options, Optional.empty()), suffix.equals(EPOCH));
        }
        for (DateOrder order : DateOrder.values()) {
            if (order.label().equals(suffix)) {
                return HeaderParser.timed(name, scanner(options, Optional.of(order)), false);
            }
        }
        throw LogParseException.badArgument("format '" + Excerpt.of(name)
                + "' is not known: after 'header:' comes dmy, mdy or ymd, the order of dates, or epoch");
    }

    /** The reader of lines that begin with a severity and no time. */
    static HeaderParser untimed(String name, LogFormat.Options options) {
        return HeaderParser.untimed(name, scanner(options, Optional.empty()));
    }

    /** The reader of RFC 5424. */
    static LogParser rfc5424(LogFormat.Options options) {
        return new SyslogParser(
                options.timeFormat() == null
                        ? scanner(options, Optional.empty())
                        : new TimeScanner(options.timeParser()));
    }

    private static TimeScanner scanner(LogFormat.Options options, Optional<DateOrder> order) {
        return new TimeScanner(options.zone(), options.clock(), order.orElse(null));
    }

    /**
     * Chooses the reader for lines.
     *
     * @throws LogParseException of kind {@code BAD_FORMAT} if their dates can be read in several orders
     */
    static HeaderParser choose(List<String> lines, LogFormat.Options options) {
        HeaderParser plain = parser("header", options);
        if (options.timeFormat() != null) {
            return plain;
        }
        List<String> open = lines.stream().filter(plain::isAmbiguous).toList();
        if (open.size() > times(plain, lines).size()) {
            return parser("header:" + order(open, options).label(), options);
        }
        HeaderParser counts = parser("header:" + EPOCH, options);
        List<Instant> times = times(counts, lines);
        if (times.size() * 2 >= lines.size()
                && !times.isEmpty()
                && times(plain, lines).size() < times.size()) {
            if (lookLikeTimes(times, options.clock().instant())) {
                return counts;
            }
        }
        return plain;
    }

    /** Numbers of ten digits are times if they lie near the file's date, or stand still as identifiers never do. */
    private static boolean lookLikeTimes(List<Instant> times, Instant reference) {
        boolean near = true;
        boolean forward = true;
        boolean repeated = false;
        for (int i = 0; i < times.size(); i++) {
            near &= isNear(times.get(i), reference);
            forward &= i == 0 || !times.get(i).isBefore(times.get(i - 1));
            repeated |= i > 0 && times.get(i).equals(times.get(i - 1));
        }
        return near || (forward && repeated);
    }

    private static boolean isNear(Instant time, Instant reference) {
        return isWithin(time, reference, NEAR);
    }

    private static boolean isWithin(Instant time, Instant reference, Duration bound) {
        return Duration.between(time, reference).abs().compareTo(bound) <= 0;
    }

    private static DateOrder order(List<String> lines, LogFormat.Options options) {
        Set<DateOrder> fitting = EnumSet.noneOf(DateOrder.class);
        Set<DateOrder> forward = EnumSet.noneOf(DateOrder.class);
        Set<DateOrder> near = EnumSet.noneOf(DateOrder.class);
        for (DateOrder order : DateOrder.values()) {
            List<Instant> times = times(parser("header:" + order.label(), options), lines);
            if (times.size() == lines.size()) {
                fitting.add(order);
                if (runForward(times)) {
                    forward.add(order);
                    if (isWithin(times.get(times.size() - 1), options.clock().instant(), SAME)) {
                        near.add(order);
                    }
                }
            }
        }
        Set<DateOrder> left = !near.isEmpty() ? near : !forward.isEmpty() ? forward : fitting;
        if (left.size() > 1 && near.isEmpty()) {
            // A year of two digits at the front is the rarest way of writing a date.
            left.remove(DateOrder.YMD);
        }
        boolean halfDays = lines.stream().allMatch(Headers::hasHalfDays);
        if (left.size() > 1 && halfDays && isAmerican(lines)) {
            left.remove(DateOrder.DMY);
        }
        if (left.size() == 1) {
            return left.iterator().next();
        }
        String open = lines.get(0);
        List<String> ways = new ArrayList<>();
        for (DateOrder order : left.isEmpty() ? EnumSet.of(DateOrder.DMY, DateOrder.MDY) : left) {
            ways.add("'" + timeFormat(order, open, halfDays) + "' (format header:" + order.label() + ")");
        }
        throw new LogParseException(
                LogParseException.Kind.BAD_FORMAT,
                String.format(
                        Locale.ROOT,
                        "the dates can be read in several ways, as in \"%s\", and no line decides; name one as time"
                                + " format: %s",
                        Excerpt.of(lines.get(0)),
                        String.join(" or ", ways)));
    }

    /** The time format of an order for dates written as in a line. */
    private static String timeFormat(DateOrder order, String line, boolean halfDays) {
        Matcher date = DATE.matcher(line);
        boolean found = date.find();
        String separator = found ? date.group(1) : "/";
        String year = found && date.group(2).length() == 2 ? "yy" : "yyyy";
        String comma = found ? date.group(3) : "";
        return order.date(separator, year) + comma + (halfDays ? " h:mm:ss a" : " H:mm:ss");
    }

    private static boolean hasHalfDays(String line) {
        String start = line.substring(0, Math.min(line.length(), 40)).toUpperCase(Locale.ROOT);
        return start.contains(" AM") || start.contains(" PM");
    }

    /**
     * Whether dates are in the short form of the United States, {@code 3/2/2026 8:00:00 PM}. Of the places that write
     * AM and PM in capitals it alone leaves the zero off the second number too.
     */
    private static boolean isAmerican(List<String> lines) {
        boolean bare = false;
        for (String line : lines) {
            Matcher date = SHORT_DATE.matcher(line);
            if (!date.find() || date.group(1).startsWith("0") || date.group(2).startsWith("0")) {
                return false;
            }
            bare |= date.group(2).length() == 1;
        }
        return bare;
    }

    private static boolean runForward(List<Instant> times) {
        for (int i = 1; i < times.size(); i++) {
            if (times.get(i).plus(SLACK).isBefore(times.get(i - 1))) {
                return false;
            }
        }
        return true;
    }

    private static List<Instant> times(LogParser parser, List<String> lines) {
        List<Instant> times = new ArrayList<>();
        for (String line : lines) {
            parser.parse(line).map(ParsedLine::time).ifPresent(times::add);
        }
        return times;
    }
}
