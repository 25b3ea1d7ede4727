package io.deepsentry.live.internal.tail;

import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How events are made of lines.
 *
 * @param format a preset, a layout or {@code auto}; not used where there is a parser
 * @param parser the program's own parser, or null
 * @param timeFormat how times are written, or null for what the format usually has
 * @param zone the zone of times that do not tell theirs
 * @param sessionKey finds the sessions of a line, or null
 * @param onMalformed what becomes of lines that do not fit
 * @param maxLineLength the length in chars beyond which the rest of a line is left out
 */
public record LineRules(
        String format,
        @Nullable LogParser parser,
        @Nullable String timeFormat,
        ZoneId zone,
        @Nullable SessionKey sessionKey,
        OnMalformed onMalformed,
        int maxLineLength) {
    /** Reads files from their beginning to their end by these rules, as the batch stages do. */
    LogReader reader(List<Path> files) {
        LogReader.Builder builder = LogReader.builder()
                .inputs(files)
                .timeFormat(timeFormat)
                .zone(zone)
                .sessionKey(sessionKey)
                .onMalformed(onMalformed)
                .maxLineLength(maxLineLength);
        return (parser == null ? builder.format(format) : builder.parser(parser)).open();
    }

    /** Begins what makes events of the lines of an input by these rules. */
    public EventAssembler.Builder assembler(String input) {
        return EventAssembler.of(input)
                .format(format)
                .parser(parser)
                .timeFormat(timeFormat)
                .zone(zone)
                .sessionKey(sessionKey)
                .onMalformed(onMalformed)
                .maxLineLength(maxLineLength);
    }
}
