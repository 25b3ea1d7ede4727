package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.parse.internal.Counted;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alert in the words of receivers for people. It is read from the alert's JSON, which is what waits in a spool: what
 * waits is sent in the format of the day.
 *
 * @param id the alert's, which no other has
 * @param finding what the alert is about; the same in all alerts about it
 * @param event why it is sent: {@code new}, {@code again}, {@code worse}, {@code tenfold}, {@code still} or
 *     {@code ended}
 * @param level {@code critical} or {@code warning}
 * @param system the name of what is watched
 * @param kind the kind of evidence
 * @param count how often it was seen
 * @param sessions in how many sessions; 0 in a stream
 * @param firstSeen when it was seen first
 * @param lastSeen when it was seen last
 * @param message what was logged, masked where the finding is
 * @param line what was logged, as it was
 * @param reason why it is odd
 * @param session one session, or null
 * @param source where its line was read
 * @param host one host, or null
 * @param hosts how many hosts
 * @param component the part of the system, or null
 * @param score how odd it is
 * @param threshold the score from which on it is odd
 */
record Notice(
        String id,
        String finding,
        String event,
        String level,
        String system,
        String kind,
        long count,
        long sessions,
        Instant firstSeen,
        Instant lastSeen,
        String message,
        String line,
        String reason,
        @Nullable String session,
        String source,
        @Nullable String host,
        long hosts,
        @Nullable String component,
        double score,
        double threshold) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM ", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH);
    private static final int LONGEST_TITLE_PART = 60;
    private static final int LONGEST_MESSAGE = 1000;
    private static final int LONGEST_REASON = 500;

    /** Reads an alert as {@link AlertFormat#JSON} writes it. */
    static Notice read(String json, String system) {
        JsonNode alert;
        try {
            alert = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an alert's own JSON cannot be read", e);
        }
        JsonNode why = alert.path("explanation");
        Instant time = instant(alert.path("timestamp"), Instant.EPOCH);
        String id = alert.path("id").asText();
        String line = alert.path("message").asText();
        boolean ended = alert.path("status").asText().equals("ended");
        return new Notice(
                id,
                text(alert.path("finding"), id),
                ended ? "ended" : text(alert.path("notification"), "new"),
                text(alert.path("level"), "warning"),
                system,
                text(alert.path("kind"), text(why.path("kinds").path(0), "anomaly")),
                alert.path("count").asLong(1),
                alert.path("sessions").asLong(0),
                instant(alert.path("first_seen"), time),
                instant(alert.path("last_seen"), time),
                text(why.path("message"), line),
                line,
                text(alert.path("reason"), why.path("reason").asText()),
                alert.path("session").textValue(),
                alert.path("source").asText(),
                alert.path("host").textValue(),
                alert.path("hosts").asLong(0),
                alert.path("component").textValue(),
                alert.path("score").asDouble(),
                alert.path("threshold").asDouble());
    }

    private static String text(JsonNode node, String otherwise) {
        return node.isTextual() && !node.textValue().isBlank() ? node.textValue() : otherwise;
    }

    private static Instant instant(JsonNode node, Instant otherwise) {
        try {
            return node.isTextual() ? Instant.parse(node.textValue()) : otherwise;
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    /** The state of what it is about: {@code firing}, {@code repeated} or {@code ended}. */
    String status() {
        return ended() ? "ended" : event.equals("new") ? "firing" : "repeated";
    }

    /** Whether what it is about is over. */
    boolean ended() {
        return event.equals("ended");
    }

    boolean critical() {
        return level.equals("critical");
    }

    /**
     * The first line: what, how bad and how much, such as
     * {@code [CRITICAL] shop: new message, 412 times in 7 min (3 hosts)}.
     */
    String title() {
        String name = Texts.cut(Texts.harmless(system).replace('\n', ' '), LONGEST_TITLE_PART);
        String what = kind.replace('_', ' ');
        if (ended()) {
            return "[ENDED] " + name + ": " + what + " " + finding + ", " + times() + ", " + span();
        }
        String how =
                switch (event) {
                    case "worse" -> ", worse";
                    case "again" -> ", again";
                    case "still" -> ", still there";
                    default -> "";
                };
        Duration took = Duration.between(firstSeen, lastSeen);
        return "[" + level.toUpperCase(Locale.ROOT) + "] " + name + ": " + what + how + ", " + times()
                + (count > 1 && took.toSeconds() > 0 ? " in " + words(took) : "") + among();
    }

    private String times() {
        return count == 1 ? "once" : Counted.of(count, "time");
    }

    private String among() {
        if (hosts > 1) {
            return " (" + Counted.of(hosts, "host") + ")";
        }
        return sessions > 1 ? " (" + Counted.of(sessions, "session") + ")" : "";
    }

    /** The last line: when and where, and the name by which it can be acknowledged. */
    String footer() {
        String last = lastSeen.equals(firstSeen) ? "" : " · last " + clock(lastSeen, day(firstSeen));
        return "first " + clock(firstSeen, null) + " UTC " + place() + last + " · id " + finding;
    }

    /** All of it as lines. */
    String text() {
        if (ended()) {
            return title();
        }
        String why = Texts.cut(Texts.harmless(reason), LONGEST_REASON);
        return title() + "\n" + Texts.cut(Texts.harmless(message), LONGEST_MESSAGE) + (why.isEmpty() ? "" : "\n" + why)
                + "\n" + footer();
    }

    private String place() {
        return Texts.harmless(source.substring(source.lastIndexOf('/') + 1)).replace('\n', ' ');
    }

    private String span() {
        return clock(firstSeen, null) + " to " + clock(lastSeen, day(firstSeen)) + " UTC";
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    private static String clock(Instant time, @Nullable LocalDate known) {
        return (day(time).equals(known) ? "" : DAY.format(day(time))) + TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private static String words(Duration took) {
        if (took.toMinutes() < 2) {
            return took.toSeconds() + " s";
        }
        if (took.toHours() < 2) {
            return took.toMinutes() + " min";
        }
        return took.toDays() < 2 ? took.toHours() + " h" : took.toDays() + " days";
    }

    /** What a template may name. Numbers are numbers; what is not known is the empty text. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("finding", finding);
        fields.put("event", event);
        fields.put("level", level);
        fields.put("system", system);
        fields.put("kind", kind);
        fields.put("count", count);
        fields.put("sessions", sessions);
        fields.put("hosts", hosts);
        fields.put("first_seen", firstSeen.toString());
        fields.put("last_seen", lastSeen.toString());
        fields.put("message", message);
        fields.put("line", line);
        fields.put("reason", reason);
        fields.put("session", session == null ? "" : session);
        fields.put("source", source);
        fields.put("host", host == null ? "" : host);
        fields.put("component", component == null ? "" : component);
        fields.put("score", score);
        fields.put("threshold", threshold);
        fields.put("title", title());
        fields.put("text", text());
        return fields;
    }

    /** The names of {@link #fields}. */
    static List<String> fieldNames() {
        return List.copyOf(SAMPLE.fields().keySet());
    }

    /** One with a value everywhere, to try a template with. */
    static final Notice SAMPLE = new Notice(
            "5b0f4b2f1d3c9a77",
            "3f9a17c2",
            "new",
            "critical",
            "shop",
            "new_message",
            412,
            1,
            Instant.parse("2026-11-16T14:02:11Z"),
            Instant.parse("2026-11-16T14:09:40Z"),
            "Payment gateway \"east\" timed out after <duration>",
            "Payment gateway \"east\" timed out after 30s",
            "training never saw this message",
            "order-17",
            "app.log:46120",
            "web-1",
            3,
            "payments",
            9.5,
            1.25);
}
