package io.deepsentry.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.deepsentry.parse.internal.TerminalCodes;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What container runtimes and terminals put around the lines of a program. */
enum Wrapper {
    /** Kubernetes: {@code 2026-03-02T08:00:00.123Z stdout F text}, where {@code P} marks a part of a line. */
    CRI("a Kubernetes container log (CRI)") {
        @Override
        @Nullable
        Inside unwrap(String line) {
            TimeScanner.Hit hit = new TimeScanner.Hit();
            if (line.length() < 30 || line.charAt(4) != '-' || !TIMES.scan(line, 0, hit)) {
                return null;
            }
            int at = hit.end;
            String stream =
                    line.startsWith(" stdout ", at) ? "stdout" : line.startsWith(" stderr ", at) ? "stderr" : null;
            if (stream == null || at + 9 > line.length()) {
                return null;
            }
            char flag = line.charAt(at + 8);
            int text = line.indexOf(' ', at + 9);
            if ((flag != 'P' && flag != 'F') || (text < 0 && line.length() > at + 9)) {
                return null;
            }
            String inside = text < 0 ? "" : line.substring(text + 1);
            return new Inside(inside, hit.time, null, stream, flag == 'P');
        }
    },
    /** Docker's json-file driver: {@code {"log":"text\n","stream":"stdout","time":"..."}}. */
    DOCKER("Docker's json-file") {
        @Override
        @Nullable
        Inside unwrap(String line) {
            if (!line.startsWith("{") || !line.contains("\"log\"") || !line.contains("\"stream\"")) {
                return null;
            }
            try (com.fasterxml.jackson.core.JsonParser json = JSON.createParser(line)) {
                return docker(json);
            } catch (IOException e) {
                return null;
            }
        }
    },
    /** Docker compose: {@code web-1  | text}. */
    COMPOSE("docker compose") {
        @Override
        @Nullable
        Inside unwrap(String line) {
            int end = 0;
            while (end < line.length() && end < 80 && isNamePart(line.charAt(end))) {
                end++;
            }
            int bar = end;
            while (bar < line.length() && line.charAt(bar) == ' ') {
                bar++;
            }
            if (end == 0 || bar == end || bar >= line.length() || line.charAt(bar) != '|') {
                return null;
            }
            int text = bar + 1 < line.length() && line.charAt(bar + 1) == ' ' ? bar + 2 : bar + 1;
            String name = line.substring(0, end);
            return new Inside(line.substring(text), null, name, name, false);
        }
    };

    private static final JsonFactory JSON = new JsonFactory();
    private static final TimeScanner TIMES = new TimeScanner(ZoneOffset.UTC, InstantSource.system(), null);

    private final String source;

    Wrapper(String source) {
        this.source = source;
    }

    /**
     * The line of a program without what was around it.
     *
     * @param time the time the wrapper has, null if none
     * @param name the container, null if the wrapper does not name it
     * @param stream what parts of one line have in common
     * @param partial whether the line continues in the next of its stream
     */
    record Inside(
            String text, @Nullable Instant time, @Nullable String name, String stream, boolean partial) {}

    /** Takes the wrapper off a line; null if it has none. */
    abstract @Nullable Inside unwrap(String line);

    /** Who writes such lines, in words. */
    String source() {
        return source;
    }

    /** The name in formats, as in {@code cri/logback}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Wrapper> named(String label) {
        for (Wrapper wrapper : values()) {
            if (wrapper.label().equals(label)) {
                return Optional.of(wrapper);
            }
        }
        return Optional.empty();
    }

    /** The wrapper that most of these lines have. */
    static Optional<Wrapper> around(List<String> lines) {
        for (Wrapper wrapper : values()) {
            long wrapped =
                    lines.stream().filter(line -> wrapper.unwrap(line) != null).count();
            if (wrapped * 2 >= lines.size() && wrapped > 0 && (wrapper != COMPOSE || wrapped > 1)) {
                return Optional.of(wrapper);
            }
        }
        return Optional.empty();
    }

    /** Reads lines by what is inside, and those without the wrapper as they are. */
    LogParser reading(LogParser inner) {
        return line -> {
            Inside inside = unwrap(line);
            if (inside == null) {
                return inner.parse(line);
            }
            String text = TerminalCodes.removed(inside.text());
            boolean undated = inside.time() != null && inner instanceof HeaderParser header && header.isUndated(text);
            return inner.parse(text).map(parsed -> (undated ? parsed.at(null) : parsed).inside(inside));
        };
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
    }

    private static @Nullable Inside docker(com.fasterxml.jackson.core.JsonParser json) throws IOException {
        String log = null;
        String stream = null;
        Instant time = null;
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                json.skipChildren();
            } else if (name.equals("log")) {
                log = json.getText();
            } else if (name.equals("stream")) {
                stream = json.getText();
            } else if (name.equals("time")) {
                TimeScanner.Hit hit = new TimeScanner.Hit();
                time = TIMES.scan(json.getText(), 0, hit) ? hit.time : null;
            }
        }
        if (log == null || stream == null || json.currentToken() != JsonToken.END_OBJECT) {
            return null;
        }
        boolean partial = !log.endsWith("\n");
        return new Inside(log.stripTrailing(), time, null, stream, partial);
    }
}
