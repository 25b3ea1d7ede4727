package io.deepsentry.live.internal.tail;

import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.FormatDetector;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ParsedLine;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.ReadStats.MalformedLine;
import io.deepsentry.parse.SessionKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of lines that arrive one by one, by the rules of the batch reader. Where the format is to be found out, the
 * first lines are held back until there are enough of them or no more come.
 */
final class EventAssembler {
    private final String file;
    private final FormatChoice format;
    private final @Nullable SessionKey sessionKey;
    private final OnMalformed onMalformed;
    private final int maxLineLength;

    private final List<RawLine> undecided = new ArrayList<>();
    private @Nullable Draft draft;
    private boolean fitted;
    private long linesTried;
    private @Nullable MalformedLine firstUnfit;

    private long lines;
    private long events;
    private long malformed;
    private long attached;
    private long blank;
    private long cut;
    private long withoutKey;
    private final List<MalformedLine> firstMalformed = new ArrayList<>();

    /** @param fitted whether lines of the input are known to fit the format */
    EventAssembler(
            String file,
            FormatChoice format,
            @Nullable SessionKey sessionKey,
            OnMalformed onMalformed,
            int maxLineLength,
            boolean fitted) {
        this.file = file;
        this.format = format;
        this.sessionKey = sessionKey;
        this.onMalformed = onMalformed;
        this.maxLineLength = maxLineLength;
        this.fitted = fitted;
    }

    /** The first line that did not become an event yet; null if there is none. */
    @Nullable
    RawLine oldestHeld() {
        Draft held = draft;
        return held != null ? held.first : undecided.isEmpty() ? null : undecided.get(0);
    }

    void accept(RawLine line, Consumer<LogEvent> out) {
        lines++;
        if (line.cut()) {
            cut++;
        }
        if (line.text().isBlank()) {
            blank++;
            return;
        }
        if (format.isOpen()) {
            undecided.add(line);
            if (undecided.size() >= FormatDetector.LINES) {
                decide(out);
            }
            return;
        }
        take(line, out);
    }

    boolean holdsBack() {
        return draft != null || !undecided.isEmpty();
    }

    /** Hands out the event to which lines might still be attached, and settles the format by the lines there are. */
    void release(Consumer<LogEvent> out) {
        decide(out);
        complete(out);
    }

    /** Nothing more will come. */
    void end(Consumer<LogEvent> out) {
        release(out);
        if (!fitted && firstUnfit != null) {
            throw badFormat(firstUnfit);
        }
    }

    private void decide(Consumer<LogEvent> out) {
        if (!undecided.isEmpty()) {
            format.decide(undecided.stream().map(RawLine::text).toList());
            List<RawLine> waiting = List.copyOf(undecided);
            undecided.clear();
            waiting.forEach(line -> take(line, out));
        }
    }

    private void take(RawLine line, Consumer<LogEvent> out) {
        linesTried++;
        Optional<ParsedLine> parsed = format.parser().parse(line.text());
        if (parsed.isEmpty()) {
            unfit(line);
            return;
        }
        if (firstUnfit != null && onMalformed == OnMalformed.FAIL) {
            throw malformedLine(firstUnfit);
        }
        fitted = true;
        complete(out);
        draft = new Draft(parsed.get(), line, origin(line));
        draft.addKeys(sessionKey, line.text());
        if (onMalformed != OnMalformed.ATTACH) {
            complete(out);
        }
    }

    private void unfit(RawLine line) {
        malformed++;
        MalformedLine bad = new MalformedLine(origin(line), Excerpt.of(line.text()));
        if (firstMalformed.size() < ReadStats.MAX_REPORTED) {
            firstMalformed.add(bad);
        }
        if (firstUnfit == null) {
            firstUnfit = bad;
        }
        if (!fitted) {
            // Whether this is one bad line or the wrong format is told by the lines that follow.
            if (linesTried >= LogReader.FIRST_LINES) {
                throw badFormat(firstUnfit);
            }
        } else if (onMalformed == OnMalformed.FAIL) {
            throw malformedLine(bad);
        } else if (onMalformed == OnMalformed.ATTACH && draft != null) {
            attached++;
            if (!draft.attach(line.text(), maxLineLength)) {
                cut++;
            }
            draft.addKeys(sessionKey, line.text());
        }
    }

    private Origin origin(RawLine line) {
        return new Origin(file, line.number(), line.offset());
    }

    private void complete(Consumer<LogEvent> out) {
        Draft done = draft;
        if (done == null) {
            return;
        }
        draft = null;
        events++;
        if (sessionKey != null && done.keys.isEmpty()) {
            withoutKey++;
        }
        out.accept(done.event());
    }

    Optional<String> detection() {
        return format.detection();
    }

    ReadStats stats(long bytes) {
        return new ReadStats(lines, events, malformed, attached, blank, cut, withoutKey, bytes, firstMalformed);
    }

    private LogParseException badFormat(MalformedLine first) {
        return new LogParseException(
                Kind.BAD_FORMAT,
                "format '" + Excerpt.of(format.name()) + "' fits none of the first " + linesTried + " lines of " + file
                        + ". Line " + first.origin().lineNumber() + " is \"" + first.excerpt()
                        + "\". Name another log_format, or auto");
    }

    private LogParseException malformedLine(MalformedLine bad) {
        return new LogParseException(
                Kind.MALFORMED_LINE,
                bad.origin() + ": this line does not fit format '" + Excerpt.of(format.name()) + "': \"" + bad.excerpt()
                        + "\". To go on past such lines, set on_malformed to skip or attach");
    }

    /** An event to which lines may still be attached. */
    private static final class Draft {
        private final ParsedLine line;
        private final RawLine first;
        private final Origin origin;
        private final Set<String> keys = new LinkedHashSet<>(2);
        private @Nullable StringBuilder longer;

        Draft(ParsedLine line, RawLine first, Origin origin) {
            this.line = line;
            this.first = first;
            this.origin = origin;
        }

        void addKeys(@Nullable SessionKey sessionKey, String text) {
            if (sessionKey != null) {
                keys.addAll(sessionKey.keysOf(text));
            }
        }

        /** Adds a line as far as the limit allows, and says whether that was all of it. */
        boolean attach(String text, int maxLength) {
            StringBuilder message = longer == null ? new StringBuilder(line.message()) : longer;
            longer = message;
            int room = maxLength - message.length() - 1;
            if (room <= 0) {
                return false;
            }
            String kept = LineSplitter.cut(text.stripTrailing(), room);
            message.append('\n').append(kept);
            return kept.length() == text.stripTrailing().length();
        }

        LogEvent event() {
            return new LogEvent(
                    line.time(),
                    longer == null ? line.message() : longer.toString(),
                    line.level(),
                    line.component(),
                    origin,
                    List.copyOf(keys),
                    line.label());
        }
    }
}
