package io.deepsentry.live.alert;

import io.deepsentry.anomaly.explain.Explanation;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How an alert is written as one line of text. */
public enum AlertFormat {
    /**
     * {@code TIMESTAMP=... SCORE=... THRESHOLD=... MESSAGE="..." CONTEXT_WINDOW="a -> b -> c" SESSION=... ID=... SOURCE=file:line} and, where it can be told why,
     * {@code BYTE_OFFSET=... LINES=file:from-to REASON="..." ODD_LINE=... ODD_TEXT="..." EXPECTED="..." NEAREST="..."}.
     *
     * <p>What stands in quotes is escaped as JSON escapes strings. Inside {@code CONTEXT_WINDOW} the {@code >} of an
     * arrow that belongs to a message is escaped too, so that {@code " -> "} always separates two messages.
     * {@code SESSION} and {@code SOURCE} are put in quotes only if they need it; a stream's session is a bare {@code -}.
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
                    + explained(alert);
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

    /** One JSON object (RFC 8259), with the keys of the record in lower case {@code byte_offset} and, where it can be told why, {@code explanation}. */
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
                    + '}';
        }
    };

    /** The alert as one line, without a line terminator and without any control character. */
    public abstract String write(Alert alert);

    /** The name a config file has for it: {@code record} or {@code json}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String bareOrQuoted(@Nullable String value) {
        if (value == null) {
            return "-";
        }
        return value.equals("-") || !Escaping.isPlain(value) ? Escaping.quote(value) : value;
    }
}
