package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.internal.evidence.WholeLog;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.prepare.Split;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of the test part of prepared data, read again from the log: streams or sessions, each in the order of its
 * lines.
 *
 * @param parts a list of lines for each stream or session
 * @param all how many lines the test part has; those beyond the first {@link #MOST_LINES} are left out
 */
record LaterPart(List<List<LaterLine>> parts, long all) {
    /** The most lines that a trial works on. */
    static final int MOST_LINES = 10_000;

    LaterPart {
        parts = parts.stream().map(List::copyOf).toList();
    }

    int lines() {
        return parts.stream().mapToInt(List::size).sum();
    }

    /**
     * Reads the lines.
     *
     * @param parserPath where the class of a parser of the user's own is, or null
     * @throws MissingDataException if a log is not where it was, or has not the lines any more
     */
    static LaterPart read(PreparedData prepared, @Nullable Path parserPath, RunContext context) {
        boolean keyed = prepared.meta().sessionKey() != null;
        return read(prepared, Wanted.of(prepared), prepared.rows(Split.TEST), keyed, parserPath, context);
    }

    /**
     * Reads the lines of a log of sessions as a whole, from the one on at which the test part begins.
     *
     * @param parserPath where the class of a parser of the user's own is, or null
     * @throws MissingDataException if a log is not where it was, or has not the lines any more
     */
    static LaterPart ofWholeLog(PreparedData prepared, @Nullable Path parserPath, RunContext context) {
        long[] all = {0};
        Wanted wanted = Wanted.ofWholeLog(prepared, all, context);
        return read(prepared, wanted, all[0], false, parserPath, context);
    }

    private static LaterPart read(
            PreparedData prepared,
            Wanted wanted,
            long all,
            boolean keyed,
            @Nullable Path parserPath,
            RunContext context) {
        Map<String, List<LaterLine>> parts = new LinkedHashMap<>();
        wanted.rows.keySet().forEach(name -> parts.put(name, new ArrayList<>()));
        MessageIdentity identity = prepared.identity();
        for (String file : wanted.files.keySet()) {
            int left = wanted.files.getOrDefault(file, 0);
            try (InputStream bytes = opened(prepared, file);
                    LogReader reader = open(prepared, file, bytes, parserPath);
                    Progress.Stage stage = context.progress().begin("reading the later part", left, "lines")) {
                for (LogEvent event : reader) {
                    List<String> names = keyed ? event.sessionKeys() : List.of(file);
                    for (String name : names) {
                        List<LaterLine> lines = parts.get(name);
                        if (lines != null
                                && wanted.has(
                                        name, lines.size(), file, event.origin().lineNumber())) {
                            lines.add(new LaterLine(event, identity.identify(event)));
                            left--;
                            stage.advance(1);
                        }
                    }
                    if (left == 0) {
                        break;
                    }
                }
            } catch (IOException e) {
                throw unreadable(file, e);
            }
            if (left > 0) {
                throw new MissingDataException("the lines of " + file + " that come after those that were learned from"
                        + " must be there, but " + left + " of them are not; is it another log now? Run again without"
                        + " the data folder, or name the log as it was");
            }
        }
        return new LaterPart(List.copyOf(parts.values()), all);
    }

    private static MissingDataException unreadable(String file, IOException e) {
        return new MissingDataException(
                file + " cannot be read again to inject faults into its lines: " + e.getMessage()
                        + "; check its permissions",
                e);
    }

    private static InputStream opened(PreparedData prepared, String file) throws IOException {
        Path log = Path.of(prepared.locate(file));
        if (!Files.isRegularFile(log)) {
            throw new MissingDataException(
                    file
                            + " must be a file that can be read again, to inject faults into its lines, but is none; give a file");
        }
        return new BufferedInputStream(Files.newInputStream(log));
    }

    /** Opens a log under the name that it had, as a session key may be a part of it. */
    private static LogReader open(PreparedData prepared, String file, InputStream bytes, @Nullable Path parserPath)
            throws IOException {
        PreparedMeta meta = prepared.meta();
        LogReader.Builder builder = LogReader.builder()
                .input(file, bytes)
                .reference(Files.getLastModifiedTime(Path.of(prepared.locate(file)))
                        .toInstant())
                .timeFormat(meta.timeFormat())
                .zone(ZoneId.of(meta.timeZone()))
                .sessionKey(meta.sessionKey())
                .onMalformed(OnMalformed.valueOf(meta.onMalformed().toUpperCase(Locale.ROOT)));
        return meta.customParser() == null
                ? builder.format(meta.formatToRead()).open()
                : builder.parserClass(meta.customParser())
                        .parserPath(parserPath)
                        .open();
    }

    /**
     * The lines to read.
     *
     * @param rows the lines of each stream or session in their order, as numbers of {@code places}
     * @param files how many lines of each file
     */
    private record Wanted(Map<String, List<Place>> rows, Map<String, Integer> files) {
        /** A line of a file. */
        private record Place(String file, long line) {}

        static Wanted of(PreparedData prepared) {
            Map<String, List<Place>> rows = new LinkedHashMap<>();
            Map<String, Integer> files = new LinkedHashMap<>();
            int share = share(prepared);
            int taken = 0;
            try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST)) {
                for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                    String session = origin.session();
                    String name = session == null ? origin.file() : session;
                    List<Place> known = rows.get(name);
                    boolean full = session == null
                            ? known != null && known.size() == share
                            : known == null && taken >= MOST_LINES;
                    if (full) {
                        continue;
                    }
                    rows.computeIfAbsent(name, unused -> new ArrayList<>())
                            .add(new Place(origin.file(), origin.line()));
                    files.merge(origin.file(), 1, Integer::sum);
                    taken++;
                }
            }
            return new Wanted(rows, files);
        }

        /** The first lines of the whole log; {@code all} becomes how many there are. */
        static Wanted ofWholeLog(PreparedData prepared, long[] all, RunContext context) {
            Map<String, List<Place>> rows = new LinkedHashMap<>();
            Map<String, Integer> files = new LinkedHashMap<>();
            WholeLog.forEachOfTest(prepared, "looking for the later part", context, (origin, line) -> {
                if (all[0]++ < MOST_LINES) {
                    rows.computeIfAbsent(origin.file(), unused -> new ArrayList<>())
                            .add(new Place(origin.file(), origin.line()));
                    files.merge(origin.file(), 1, Integer::sum);
                }
            });
            return new Wanted(rows, files);
        }

        /** How many lines of each stream: all streams have a part in the trial. */
        private static int share(PreparedData prepared) {
            Map<String, Integer> streams = new HashMap<>();
            if (prepared.meta().sessionKey() == null) {
                try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST)) {
                    for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                        streams.merge(origin.file(), 1, Integer::sum);
                    }
                }
            }
            return Math.max(1, MOST_LINES / Math.max(1, streams.size()));
        }

        /** Whether a line of a file is the next one of a stream or session. */
        boolean has(String name, int next, String file, long line) {
            List<Place> places = rows.getOrDefault(name, List.of());
            return next < places.size() && places.get(next).equals(new Place(file, line));
        }
    }
}
