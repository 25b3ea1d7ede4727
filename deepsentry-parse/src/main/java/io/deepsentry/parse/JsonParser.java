package io.deepsentry.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One JSON object a line; of its top-level members those with the usual names are taken, nested values are passed over. */
final class JsonParser implements LogParser {
    private static final List<String> TIME = List.of(
            "@timestamp",
            "timestamp",
            "time",
            "ts",
            "datetime",
            "date",
            "asctime",
            "eventtime",
            "event_time",
            "@t",
            "t");
    private static final List<String> MESSAGE =
            List.of("message", "msg", "log", "text", "event", "@m", "short_message", "content", "body");
    private static final List<String> LEVEL =
            List.of("level", "severity", "levelname", "loglevel", "log_level", "log.level", "lvl", "@l");
    private static final List<String> COMPONENT = List.of(
            "logger", "logger_name", "log.logger", "component", "name", "module", "source", "service", "caller");

    private final JsonFactory factory = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(1000)
                    .build())
            .build();
    private final TimeParser timeParser;

    JsonParser(LogFormat.Options options) {
        this.timeParser = options.timeParser();
    }

    @Override
    public Optional<ParsedLine> parse(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) <= ' ') {
            start++;
        }
        if (start == line.length() || line.charAt(start) != '{') {
            return Optional.empty();
        }
        try (com.fasterxml.jackson.core.JsonParser json = factory.createParser(line)) {
            return object(json);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<ParsedLine> object(com.fasterxml.jackson.core.JsonParser json) throws IOException {
        Found message = new Found(MESSAGE);
        Found level = new Found(LEVEL);
        Found component = new Found(COMPONENT);
        Found time = new Found(TIME);
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName().toLowerCase(Locale.ROOT);
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                json.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                String value = json.getText();
                message.offer(name, value);
                level.offer(name, value);
                component.offer(name, value);
                if (time.wants(name)) {
                    Instant instant = timeParser.parse(value.strip());
                    if (instant != null && !instant.equals(TimePattern.NO_DATE)) {
                        time.instant = instant;
                        time.offer(name, value);
                    }
                }
            }
        }
        // A second value on the line, or an object that breaks off, is no log record.
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null || message.value == null) {
            return Optional.empty();
        }
        return Optional.of(
                new ParsedLine(time.instant, message.value.stripTrailing(), level.value, component.value, null));
    }

    /** The value of the member whose name comes first in a list of names. */
    private static final class Found {
        private final List<String> names;
        private int rank = Integer.MAX_VALUE;
        private @Nullable String value;
        private @Nullable Instant instant;

        Found(List<String> names) {
            this.names = names;
        }

        boolean wants(String name) {
            int at = names.indexOf(name);
            return at >= 0 && at < rank;
        }

        void offer(String name, String text) {
            if (wants(name)) {
                rank = names.indexOf(name);
                value = text;
            }
        }
    }

    @Override
    public String toString() {
        return "json";
    }
}
