package io.deepsentry.live.alert;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.finding.Occurrence;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The forms in which an alert is written as one line of text. */
public enum AlertFormat {
    /**
     * Writes {@code TIMESTAMP=... SCORE=... THRESHOLD=... MESSAGE="..." CONTEXT_WINDOW="a -> b -> c" SESSION=...
     * ID=... SOURCE=file:line} and, if the reason is known, {@code BYTE_OFFSET=... LINES=file:from-to REASON="..."
     * ODD_LINE=... ODD_TEXT="..." EXPECTED="..." NEAREST="..."}, then what is known of its finding: {@code
     * LEVEL=critical STATUS=firing NOTIFICATION=new COUNT=1 FINDING=3f9a01bc KIND=new_message FIRST_SEEN=...
     * LAST_SEEN=... SESSIONS=0 GROUP=3f9a01bc SEVERITY=ERROR COMPONENT=shop HOST=- FIELDS="{}"}.
     *
     * <p>Quoted text is escaped as JSON escapes strings. Inside {@code CONTEXT_WINDOW} the {@code >} of an arrow that
     * belongs to a message is escaped too, so that {@code " -> "} always separates two messages. {@code SESSION} and
     * {@code SOURCE} are quoted only if they need it; a stream's session is a bare {@code -}.
     */
    RECORD {
        @Override
        public String write(Alert alert) {
            String context = alert.contextWindow().stream()
                    .map(message -> Escaping.escape(message).replace("->", "-\\u003e"))
                    .collect(Collectors.joining(" -> "));
            return "TIMESTAMP=" + alert.time()
                    + " SCORE=" + alert.score()
                    + " THRESHOLD=" + alert.threshold()
                    + " MESSAGE=" + Escaping.quote(alert.message())
                    + " CONTEXT_WINDOW=\"" + context + '"'
                    + " SESSION=" + bareOrQuoted(alert.session())
                    + " ID=" + alert.id()
                    + " SOURCE=" + bareOrQuoted(alert.source().toString())
                    + explained(alert)
                    + counted(alert);
        }

        private String counted(Alert alert) {
            Notification told = alert.notification();
            if (told == null) {
                return "";
            }
            Finding finding = told.finding();
            Occurrence line = told.occurrence();
            return " LEVEL=" + finding.level().key()
                    + " STATUS=" + finding.status().key()
                    + " NOTIFICATION=" + told.reason().key()
                    + " COUNT=" + finding.count()
                    + " FINDING=" + finding.id()
                    + " KIND=" + finding.key().kind().key()
                    + " FIRST_SEEN=" + bareOrQuoted(text(finding.firstSeen()))
                    + " LAST_SEEN=" + bareOrQuoted(text(finding.lastSeen()))
                    + " SESSIONS=" + finding.sessions().number()
                    + " GROUP=" + finding.group()
                    + " SEVERITY=" + bareOrQuoted(line.severity())
                    + " COMPONENT=" + bareOrQuoted(line.component())
                    + " HOST=" + bareOrQuoted(line.host())
                    + " FIELDS=" + Escaping.quote(fields(line));
        }

        private String explained(Alert alert) {
            Explanation explanation = alert.explanation();
            if (explanation == null) {
                return "";
            }
            String line = explanation.step().text();
            return " BYTE_OFFSET=" + alert.source().byteOffset()
                    + " LINES=" + bareOrQuoted(explanation.placeText())
                    + " REASON=" + Escaping.quote(explanation.reason())
                    + " ODD_LINE=" + explanation.step().line()
                    + " ODD_TEXT=" + Escaping.quote(line == null ? "" : line)
                    + " EXPECTED=" + Escaping.quote(explanation.expectedText())
                    + " NEAREST=" + Escaping.quote(explanation.nearestText());
        }
    },

    /**
     * Writes one JSON object (RFC 8259), with the keys of the record in lower case, {@code byte_offset} and, if the
     * reason is known, {@code explanation}, then what is known of its finding.
     */
    JSON {
        @Override
        public String write(Alert alert) {
            String session = alert.session();
            return "{\"timestamp\":\"" + alert.time()
                    + "\",\"score\":" + alert.score()
                    + ",\"threshold\":" + alert.threshold()
                    + ",\"message\":" + Escaping.quote(alert.message())
                    + ",\"context_window\":"
                    + alert.contextWindow().stream().map(Escaping::quote).collect(Collectors.joining(",", "[", "]"))
                    + ",\"session\":" + (session == null ? "null" : Escaping.quote(session))
                    + ",\"id\":" + Escaping.quote(alert.id())
                    + ",\"source\":" + Escaping.quote(alert.source().toString())
                    + ",\"byte_offset\":" + alert.source().byteOffset()
                    + (alert.explanation() == null
                            ? ""
                            : ",\"explanation\":"
                                    + Escaping.json(alert.explanation().toJson()))
                    + counted(alert)
                    + '}';
        }

        private String counted(Alert alert) {
            Notification told = alert.notification();
            if (told == null) {
                return "";
            }
            Finding finding = told.finding();
            Occurrence line = told.occurrence();
            return ",\"level\":\"" + finding.level().key()
                    + "\",\"status\":\"" + finding.status().key()
                    + "\",\"notification\":\"" + told.reason().key()
                    + "\",\"count\":" + finding.count()
                    + ",\"finding\":\"" + finding.id()
                    + "\",\"kind\":\"" + finding.key().kind().key()
                    + "\",\"first_seen\":" + quoted(text(finding.firstSeen()))
                    + ",\"last_seen\":" + quoted(text(finding.lastSeen()))
                    + ",\"sessions\":" + finding.sessions().number()
                    + ",\"hosts\":" + finding.hosts().number()
                    + ",\"reason\":" + Escaping.quote(finding.reason())
                    + ",\"group\":\"" + finding.group()
                    + "\",\"severity\":" + quoted(line.severity())
                    + ",\"component\":" + quoted(line.component())
                    + ",\"host\":" + quoted(line.host())
                    + ",\"fields\":" + fields(line);
        }
    };

    /**
     * Returns an alert as one line, without a line terminator and without any control character.
     *
     * @param alert the alert to write
     * @return the line
     */
    public abstract String write(Alert alert);

    /**
     * Returns the name that configuration files use.
     *
     * @return {@code record} or {@code json}
     */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String fields(Occurrence line) {
        return line.fields().entrySet().stream()
                .map(field -> Escaping.quote(field.getKey()) + ":" + Escaping.quote(field.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : Escaping.quote(text);
    }

    private static String bareOrQuoted(@Nullable String value) {
        if (value == null) {
            return "-";
        }
        return value.equals("-") || !Escaping.isPlain(value) ? Escaping.quote(value) : value;
    }
}
