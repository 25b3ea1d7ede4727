package io.deepsentry.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A data folder with prepared and encoded data of its own: parts of a {@link Corpus} in the files that the stages of the pipeline read, so that what is measured is what a
 * user runs. It carries no labels. For one thread.
 */
final class SplitFolder {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    static final String ENCODED = "encoded_dataset";
    private static final long NO_TIME = Long.MIN_VALUE;
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
        void next(String group, int message, long time) throws IOException;
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
            for (int i = 0; i < sessions.size(); i++) {
                String name = "\"session\":\"" + i + "\",";
                for (int message : sessions.get(i).messages()) {
                    rows.next(name, message, NO_TIME);
                }
            }
        });
    }

    /** Writes a part of cases: sessions, or lines of streams. */
    void write(Split split, Division.Cases cases) {
        long count = 0;
        for (int i = 0; i < cases.size(); i++) {
            count += corpus.keyed() ? sequence(cases.get(i)).length : 1;
        }
        write(split, count, cases.size(), rows -> {
            for (int i = 0; i < cases.size(); i++) {
                int number = cases.get(i);
                if (corpus.keyed()) {
                    String name = "\"session\":\"" + number + "\",";
                    int[] messages = sequence(number);
                    long[] times = corpus.times(number);
                    for (int j = 0; j < messages.length; j++) {
                        rows.next(name, messages[j], times[j]);
                    }
                } else {
                    rows.next("", corpus.message(number), NO_TIME);
                }
            }
        });
    }

    private int[] sequence(int number) {
        return corpus.sequence(corpus.sequenceOf(number)).messages();
    }

    private void write(Split split, long count, long groupCount, Source part) {
        rows.put(split, count);
        groups.put(split, groupCount);
        try {
            Files.createDirectories(prepared());
            try (BufferedWriter text =
                            Files.newBufferedWriter(prepared().resolve(split.textFile()), StandardCharsets.UTF_8);
                    BufferedWriter index =
                            Files.newBufferedWriter(prepared().resolve(split.indexFile()), StandardCharsets.UTF_8);
                    VectorFileWriter vectors = VectorFileWriter.create(encoded(split), count, corpus.dimension())) {
                long[] line = new long[1];
                part.each((group, message, time) -> {
                    String at = time == NO_TIME ? "" : "\"time\":\"" + Instant.ofEpochMilli(time) + "\",";
                    text.write("message " + message + "\n");
                    index.write("{" + at + group + "\"file\":\"benchmark\",\"line\":" + ++line[0] + ",\"offset\":0}\n");
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

    /** Removes a folder with all that is in it. */
    static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (NoSuchFileException e) {
            // Nothing was written.
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }
}
