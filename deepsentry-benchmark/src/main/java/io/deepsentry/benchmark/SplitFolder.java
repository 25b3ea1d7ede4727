package io.deepsentry.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.core.DataException;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PartWriter;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A data folder with prepared and encoded data of its own: parts of a {@link Corpus} in the files that the stages of
 * the pipeline read, so that what is measured is what a user runs. It carries no labels. For one thread.
 */
final class SplitFolder {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    static final String ENCODED = "encoded_dataset";
    private static final String PREPARED_META = "prepared.json";

    private final Path folder;
    private final PreparedData source;
    private final Corpus corpus;
    private final Map<Split, Long> rows = new EnumMap<>(Split.class);
    private final Map<Split, Long> groups = new EnumMap<>(Split.class);

    /**
     * A folder to be filled.
     *
     * @param folder where; what an earlier one left there is overwritten
     * @param source the whole data set, prepared
     */
    SplitFolder(Path folder, PreparedData source, Corpus corpus) {
        this.folder = folder;
        this.source = source;
        this.corpus = corpus;
    }

    Path path() {
        return folder;
    }

    Path prepared() {
        return folder.resolve("prepared_data");
    }

    Path encoded(Split split) {
        return folder.resolve(ENCODED).resolve(split.encodedFile());
    }

    /** Takes the rows of a part, one after the other. */
    private interface Rows {
        void next(IndexRow origin, List<MessageValue> values, int message) throws IOException;
    }

    /** Hands over the rows of a part. */
    private interface Source {
        void each(Rows rows) throws IOException;
    }

    /** Writes a part of sessions. */
    void writeSessions(Split split, List<MessageSequence> sessions) {
        long count = 0;
        for (MessageSequence session : sessions) {
            count += session.messages().length;
        }
        write(split, count, sessions.size(), rows -> {
            SessionRows all = new SessionRows(rows);
            for (int i = 0; i < sessions.size(); i++) {
                all.write(i, sessions.get(i).messages(), null);
            }
        });
    }

    /** Writes a part of cases: sessions, or lines of streams in their order. */
    void write(Split split, Division.Cases cases) {
        if (!corpus.keyed()) {
            write(split, cases.size(), cases.size(), rows -> writeLines(cases, rows));
            return;
        }
        long count = 0;
        for (int i = 0; i < cases.size(); i++) {
            count += sequence(cases.get(i)).length;
        }
        write(split, count, cases.size(), rows -> {
            SessionRows all = new SessionRows(rows);
            for (int i = 0; i < cases.size(); i++) {
                all.write(cases.get(i), sequence(cases.get(i)), corpus.times(cases.get(i)));
            }
        });
    }

    /** Rows of sessions, which have no lines of the log, as equal sessions are one. */
    private static final class SessionRows {
        private final Rows rows;
        private long line;

        SessionRows(Rows rows) {
            this.rows = rows;
        }

        /** @param times when each message was logged, in milliseconds since 1970; null if none is known */
        void write(int session, int[] messages, long @Nullable [] times) throws IOException {
            String name = Integer.toString(session);
            for (int i = 0; i < messages.length; i++) {
                Instant time = times == null || times[i] == Long.MIN_VALUE ? null : Instant.ofEpochMilli(times[i]);
                rows.next(
                        new IndexRow(time, name, "benchmark", ++line, 0, null, null, null, null),
                        List.of(),
                        messages[i]);
            }
        }
    }

    /**
     * Reads the lines again, with all that is known of them but their labels; each stream takes a pass over the data
     * set.
     */
    private void writeLines(Division.Cases cases, Rows rows) throws IOException {
        int next = 0;
        while (next < cases.size()) {
            int stream = corpus.stream(cases.get(next));
            int line = cases.get(next);
            while (line > 0 && corpus.stream(line - 1) == stream) {
                line--;
            }
            Map<String, Integer> streams = new HashMap<>();
            for (Split split : Split.values()) {
                try (PreparedData.Rows<IndexRow> origins = source.origins(split);
                        PreparedData.Rows<List<MessageValue>> values = source.values(split)) {
                    for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                        List<MessageValue> of = values.next();
                        if (streams.computeIfAbsent(origin.file(), unused -> streams.size()) != stream) {
                            continue;
                        }
                        if (of != null && next < cases.size() && cases.get(next) == line) {
                            rows.next(unlabelled(origin), of, corpus.message(line));
                            next++;
                        }
                        line++;
                    }
                }
            }
            if (next < cases.size() && corpus.stream(cases.get(next)) == stream) {
                throw new DataException(source.directory() + " must have the lines that were read of it before, but has"
                        + " not line " + cases.get(next) + " of its stream; run again");
            }
        }
    }

    private static IndexRow unlabelled(IndexRow origin) {
        return new IndexRow(
                origin.time(),
                null,
                origin.file(),
                origin.line(),
                origin.offset(),
                null,
                origin.level(),
                origin.component(),
                origin.thread());
    }

    private int[] sequence(int number) {
        return corpus.sequence(corpus.sequenceOf(number)).messages();
    }

    private void write(Split split, long count, long groupCount, Source from) {
        rows.put(split, count);
        groups.put(split, groupCount);
        try {
            Files.createDirectories(prepared());
            try (PartWriter part = PartWriter.create(prepared(), split);
                    VectorFileWriter vectors =
                            VectorFileWriter.createDistinct(encoded(split), count, corpus.dimension())) {
                from.each((origin, values, message) -> {
                    part.write("message " + message, origin, values);
                    vectors.write(corpus.vector(message));
                });
            }
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    /**
     * Completes the folder with the parts that are left empty, the vocabulary, what was learned, and a description.
     *
     * @param normalOnly whether labels kept anomalies out
     */
    void complete(boolean normalOnly) {
        for (Split split : Split.values()) {
            if (!rows.containsKey(split)) {
                writeSessions(split, List.of());
            }
        }
        try {
            for (Path file : List.of(source.vocabulary(), source.identityFile())) {
                Files.copy(file, prepared().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            JsonNode meta =
                    JSON.readTree(source.directory().resolve(PREPARED_META).toFile());
            ObjectNode own = meta.deepCopy();
            own.set("rows", counts(rows));
            own.set("sessions", counts(groups));
            own.put("train_on", normalOnly ? "normal" : "all");
            own.put("labelled", true);
            JSON.writeValue(prepared().resolve(PREPARED_META).toFile(), own);
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    private static ObjectNode counts(Map<Split, Long> of) {
        ObjectNode counts = JSON.createObjectNode();
        of.forEach((split, count) -> counts.put(split.key(), count));
        return counts;
    }
}
