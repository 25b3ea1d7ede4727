package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import io.deepsentry.parse.internal.TerminalCodes;
import io.deepsentry.parse.members.JsonMembers;
import io.deepsentry.parse.members.LogfmtMembers;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of named members, JSON objects or logfmt: time, level, message and component under the names that libraries
 * use, nested ones by their path; the other members are fields.
 */
final class MembersParser implements LogParser {
    private static final String OWN = "json:";
    private static final List<String> TIME = names("""
            @timestamp timestamp time ts datetime date asctime eventtime event_time @t t.$date t __realtime_timestamp
            _source_realtime_timestamp timeunixnano observedtimeunixnano fields.time fields.timestamp log.timestamp
            event.created created created_at createdat timecreated timegenerated date_time timemillis instant.epochsecond
            receivetimestamp start_time starttime edgestarttimestamp edgeendtimestamp when dt logtime log_time
            date_and_time""");
    private static final List<String> MESSAGE = names("""
            message msg @m @mt fields.message textpayload jsonpayload.message jsonpayload.msg short_message
            body.stringvalue body log log.message text renderedmessage messagetemplate event.original event line content""");
    private static final List<String> LEVEL = names("""
            level severity levelname loglevel log_level log.level lvl @l severitytext level_name log.syslog.severity.name
            jsonpayload.level fields.level severitynumber priority levelno leveldisplayname error_severity entrytype s""");
    private static final List<String> COMPONENT = names("""
            logger logger_name loggername log.logger target component sourcecontext properties.sourcecontext module
            syslog_identifier _comm name service.name resource.attributes.service.name service source providername
            provider caller c""");
    /** What says most about an object without a message, in the order in which it is told. */
    private static final List<String> TELLING = names("""
            eventname event_name event_type eventtype eventsource action operation type method clientrequestmethod
            http_method request.method cs-method host uri url path clientrequesturi request.uri cs-uri-stem cs-uri request
            query proto conn_state status status_code statuscode response_code edgeresponsestatus sc-status error errorcode
            errormessage reason result""");

    /** The column of W3C extended logs that gives a row its level. Elsewhere status means anything. */
    private static final String STATUS = "sc-status";

    private static final Set<String> NESTED = Set.of("message", "msg", "level", "lvl", "severity", "loglevel");

    private static final Pattern HOLE = Pattern.compile("\\{[@$]?([A-Za-z0-9_.]+)(?:[,:][^{}]*)?\\}");
    /** What entries of systemd's journal have beside their fields, and nothing else does. */
    private static final Set<String> JOURNAL = Set.of("__realtime_timestamp", "__cursor");

    /** The message of a journal entry that has none, or one too large for journalctl. Its own fields are addresses. */
    private static final String NO_MESSAGE = "(no message)";

    private static final int MAX_TOLD = 12;
    private static final int MAX_SHAPES = 256;
    /** The names of longer lines are not kept. */
    private static final int MAX_KNOWN_LENGTH = 8192;
    /** From 100 to 600 in steps of 50. */
    private static final List<String> MONOLOG = List.of(
            "debug",
            "debug",
            "info",
            "notice",
            "warning",
            "warning",
            "error",
            "error",
            "critical",
            "alert",
            "emergency");

    private final String name;
    private final Function<String, @Nullable Map<String, String>> members;
    private final Function<String, @Nullable Instant> times;
    private final boolean mustTell;
    private final Roles roles;
    private final Map<List<String>, Shape> shapes = new ConcurrentHashMap<>();

    /** The names of the members with a meaning, the first that is there counts. */
    private record Roles(List<String> time, List<String> level, List<String> message, List<String> component) {
        /** Those that are among names. */
        Roles among(Set<String> names) {
            return new Roles(kept(time, names), kept(level, names), kept(message, names), kept(component, names));
        }

        private static List<String> kept(List<String> all, Set<String> names) {
            return all.stream().filter(names::contains).toList();
        }
    }

    /** What the names of a line's members mean: the names by their usual spelling, and those of them with a meaning. */
    private record Shape(Map<String, String> byName, Roles present, boolean needsAll) {
        Shape(Map<String, String> byName, Roles present) {
            // A template names members that have a meaning too, and a user may give one member two.
            this(
                    byName,
                    present,
                    present.message.stream().anyMatch(MembersParser::isTemplate)
                            || !Collections.disjoint(present.time, present.level));
        }
    }

    private MembersParser(
            String name,
            Function<String, @Nullable Map<String, String>> members,
            boolean mustTell,
            Roles roles,
            Function<String, @Nullable Instant> times) {
        this.name = name;
        this.members = members;
        this.mustTell = mustTell;
        this.roles = roles;
        this.times = times;
    }

    /** One JSON object a line. */
    static MembersParser json(LogFormat.Options options) {
        return new MembersParser(
                "json",
                JsonMembers::of,
                false,
                new Roles(TIME, LEVEL, MESSAGE, COMPONENT),
                options.timeParser()::parse);
    }

    /** One line of logfmt, with at least one of a time, a level and a message. */
    static MembersParser logfmt(LogFormat.Options options) {
        return new MembersParser(
                "logfmt",
                LogfmtMembers::of,
                true,
                new Roles(TIME, LEVEL, MESSAGE, COMPONENT),
                options.timeParser()::parse);
    }

    /** Rows of columns, with at least one of a time, a level and a message. */
    static MembersParser columns(
            String name,
            Function<String, @Nullable Map<String, String>> members,
            Function<String, @Nullable Instant> times) {
        return new MembersParser(name, members, true, new Roles(TIME, LEVEL, MESSAGE, COMPONENT), times);
    }

    /** Whether a time, and a message or a level, are among names of columns. */
    static boolean nameTimeAndText(List<String> columns) {
        List<String> names = columns.stream().map(MembersParser::plain).toList();
        return names.stream().anyMatch(TIME::contains)
                && names.stream().anyMatch(one -> MESSAGE.contains(one) || LEVEL.contains(one));
    }

    /** The text of the first member that is named as times are; null if there is none. */
    @Nullable
    String timeText(Map<String, String> members) {
        Map<String, String> byName = new HashMap<>();
        members.forEach((key, value) -> byName.putIfAbsent(plain(key), value));
        return roles.time.stream()
                .filter(byName::containsKey)
                .findFirst()
                .map(byName::get)
                .orElse(null);
    }

    /** A name without what its spelling varies in: case and blanks. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace(' ', '_');
    }

    /** Whether a format is JSON with names of the user's own. */
    static boolean isOwn(String format) {
        return format.startsWith(OWN);
    }

    /**
     * JSON with names of the user's own, {@code json:message=eventName,time=eventTime}; those not given stay as they
     * are.
     *
     * @throws LogParseException if a part is no {@code role=path} or a role is unknown
     */
    static MembersParser own(String format, LogFormat.Options options) {
        Map<String, List<String>> given = new HashMap<>();
        for (String part : format.substring(OWN.length()).split(",", -1)) {
            int equals = part.indexOf('=');
            String role = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            String path = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (path.isEmpty()
                    || !List.of("time", "level", "message", "component").contains(role)) {
                throw LogParseException.badArgument("format '" + Excerpt.of(format)
                        + "' must name members as in json:time=eventTime,level=log.level,message=eventName,component=source,"
                        + " but has '" + Excerpt.of(part) + "'");
            }
            given.put(role, List.of(path.toLowerCase(Locale.ROOT)));
        }
        Roles roles = new Roles(
                given.getOrDefault("time", TIME),
                given.getOrDefault("level", LEVEL),
                given.getOrDefault("message", MESSAGE),
                given.getOrDefault("component", COMPONENT));
        return new MembersParser(format, JsonMembers::of, false, roles, options.timeParser()::parse);
    }

    private static List<String> names(String text) {
        return Stream.of(text.strip().split("\\s+")).toList();
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        Map<String, String> found = members.apply(line);
        if (found == null || found.isEmpty()) {
            return Optional.empty();
        }
        Shape shape = shape(line, found);
        Map<String, String> byName = shape.byName;
        Map<String, String> rest = shape.needsAll ? new LinkedHashMap<>(found) : found;

        Instant time = time(shape, found, rest);
        String level = level(shape, found, rest);
        String message = null;
        for (String candidate : shape.present.message) {
            String key = byName.get(candidate);
            String text = key == null ? null : rest.get(key);
            if (key != null && text != null) {
                message = isTemplate(candidate) ? filled(text, found) : text;
                rest.remove(key);
                break;
            }
        }
        if (mustTell && time == null && level == null && message == null) {
            return Optional.empty();
        }
        String component = first(shape.present.component, byName, rest);
        if (message == null) {
            message = rest.isEmpty() && level != null ? "level=" + level : told(byName, rest);
        }
        String status = level == null ? byName.get(STATUS) : null;
        if (status != null) {
            level = Severities.ofStatus(found.get(status));
        }
        return Optional.of(new ParsedLine(
                time, TerminalCodes.removed(message).stripTrailing(), level, component, null, FieldMap.of(rest)));
    }

    /** Lines of a program have few shapes: what their names mean is found out once. */
    private Shape shape(String line, Map<String, String> found) {
        if (line.length() > MAX_KNOWN_LENGTH) {
            return shape(found);
        }
        List<String> names = List.copyOf(found.keySet());
        Shape known = shapes.get(names);
        if (known == null) {
            known = shape(found);
            if (shapes.size() >= MAX_SHAPES) {
                shapes.clear();
            }
            shapes.put(names, known);
        }
        return known;
    }

    private Shape shape(Map<String, String> found) {
        Map<String, String> byName = new HashMap<>();
        found.keySet().forEach(key -> byName.putIfAbsent(plain(key), key));
        found.keySet().forEach(key -> nested(key, byName));
        return new Shape(byName, roles.among(byName.keySet()));
    }

    /** Returns a JSON record that breaks off: its text as the message, with the time and the level before the break. */
    Optional<ParsedLine> cutOff(String line) {
        if (!line.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        Map<String, String> found = JsonMembers.upToBreak(line);
        Shape shape = shape(found);
        Map<String, String> rest = new LinkedHashMap<>(found);
        Instant time = time(shape, found, rest);
        return Optional.of(new ParsedLine(time, line.strip(), level(shape, found, rest), null, null));
    }

    /** Lets a usual name one level down, as in {@code @fields.lvl}, stand for itself where no other member has it. */
    private void nested(String key, Map<String, String> byName) {
        int dot = key.lastIndexOf('.');
        String last = key.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (dot > 0 && key.indexOf('.') == dot && NESTED.contains(last)) {
            boolean message = last.startsWith("m");
            List<String> usual = message ? roles.message : roles.level;
            if (usual.stream().noneMatch(byName::containsKey)) {
                byName.put(last, key);
            }
        }
    }

    private @Nullable Instant time(Shape shape, Map<String, String> found, Map<String, String> rest) {
        for (String candidate : shape.present.time) {
            String key = shape.byName.get(candidate);
            String text = key == null ? null : found.get(key);
            if (key != null && text != null) {
                Instant instant = times.apply(text.strip());
                if (instant != null && !instant.equals(TimePattern.NO_DATE)) {
                    rest.remove(key);
                    return instant;
                }
            }
        }
        return null;
    }

    private @Nullable String level(Shape shape, Map<String, String> found, Map<String, String> rest) {
        for (String candidate : shape.present.level) {
            String key = shape.byName.get(candidate);
            String text = key == null ? null : found.get(key);
            if (key == null || text == null || text.isBlank()) {
                continue;
            }
            String value = text.strip();
            boolean ownScale = candidate.equals("level") && shape.byName.containsKey("reqid");
            String level = isNumber(value) ? ofNumber(candidate, Integer.parseInt(value), ownScale) : value;
            if (candidate.equals("s")) {
                // One letter of MongoDB's; elsewhere the name means anything.
                level = value.length() == 1 || value.matches("D[1-5]") ? Severities.ofLetter(value.charAt(0)) : null;
            }
            if (level != null) {
                rest.remove(key);
                return level;
            }
        }
        return null;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * The level a number stands for: syslog's and GELF's below ten, pino's and Python's in tens, Monolog's in hundreds,
     * OpenTelemetry's by name.
     */
    private static @Nullable String ofNumber(String name, int number, boolean ownScale) {
        if (ownScale && number <= 4) {
            // Nextcloud counts upwards; its records carry the id of a request.
            return List.of("debug", "info", "warning", "error", "fatal").get(number);
        }
        if (name.equals("severitynumber")) {
            List<String> ranges = List.of("trace", "debug", "info", "warn", "error", "fatal");
            return number >= 1 && number <= 24 ? ranges.get((number - 1) / 4) : null;
        }
        if (number <= 7) {
            return Severities.ofPriority(Integer.toString(number));
        }
        if (number >= 100) {
            return number > 600 || number % 50 != 0 ? null : MONOLOG.get((number - 100) / 50);
        }
        int tens = number / 10;
        List<String> steps = name.equals("levelno")
                ? List.of("debug", "info", "warning", "error", "critical")
                : List.of("trace", "debug", "info", "warn", "error", "fatal");
        return tens >= 1 && tens <= steps.size() ? steps.get(tens - 1) : null;
    }

    private static @Nullable String first(List<String> names, Map<String, String> byName, Map<String, String> rest) {
        for (String candidate : names) {
            String key = byName.get(candidate);
            if (key != null && rest.containsKey(key)) {
                return rest.remove(key);
            }
        }
        return null;
    }

    private static boolean isTemplate(String candidate) {
        return candidate.equals("@mt") || candidate.equals("messagetemplate");
    }

    /** A message template with the members in their places. */
    private static String filled(String template, Map<String, String> found) {
        Matcher hole = HOLE.matcher(template);
        return hole.replaceAll(match -> Matcher.quoteReplacement(found.getOrDefault(match.group(1), match.group())));
    }

    /** A message made of the members that tell most; of all of them if none of those is there. */
    private static String told(Map<String, String> byName, Map<String, String> rest) {
        StringBuilder message = new StringBuilder();
        for (String candidate : TELLING) {
            String key = byName.get(candidate);
            if (key != null && rest.containsKey(key)) {
                append(message, key, rest.get(key));
            }
        }
        if (message.isEmpty() && !Collections.disjoint(byName.keySet(), JOURNAL)) {
            return NO_MESSAGE;
        }
        if (message.isEmpty()) {
            rest.entrySet().stream().limit(MAX_TOLD).forEach(e -> append(message, e.getKey(), e.getValue()));
        }
        return message.toString();
    }

    private static void append(StringBuilder message, String key, @Nullable String value) {
        message.append(message.isEmpty() ? "" : " ").append(key).append('=').append(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
