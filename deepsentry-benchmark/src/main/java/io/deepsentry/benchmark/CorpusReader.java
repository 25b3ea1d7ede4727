package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.encode.TextEncoder;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads all parts of prepared data as one {@link Corpus}, each distinct message being encoded once. */
final class CorpusReader {
    private static final int ENCODE_CHUNK = 1024;
    private static final int CHECK_EVERY = 0xFFF;

    private final PreparedData prepared;
    private final boolean keyed;
    private final int windowLength;
    private final RunContext context;

    private final Map<String, Integer> messages = new HashMap<>();
    private final SessionTable groups = new SessionTable();
    private int[] groupOfRow = new int[1 << 12];
    private int[] messageOfRow = new int[1 << 12];
    private byte[] truthOfRow = new byte[1 << 12];
    private long[] timeOfRow = new long[1 << 12];
    private long[] firstTimes = new long[1 << 10];
    private int rows;

    private CorpusReader(PreparedData prepared, int windowLength, RunContext context) {
        this.prepared = prepared;
        this.keyed = prepared.meta().sessionKey() != null;
        this.windowLength = windowLength;
        this.context = context;
    }

    /**
     * Reads a data set that was prepared with anomalies left in.
     *
     * @param encoder gives the vectors; null: nobody asks for them
     * @param windowLength how many lines the sequence of a line has where there are no sessions
     * @throws DataException if it is corrupt, or too long
     */
    static Corpus read(PreparedData prepared, @Nullable TextEncoder encoder, int windowLength, RunContext context) {
        CorpusReader reader = new CorpusReader(prepared, windowLength, context);
        for (Split split : Split.values()) {
            reader.readPart(split);
        }
        VectorTable table = new VectorTable(encoder == null ? 1 : encoder.dimension());
        boolean done = false;
        try {
            int[] vectorOf = encoder == null ? new int[reader.messages.size()] : reader.encode(encoder, table);
            Corpus corpus = reader.corpus(table, vectorOf);
            done = true;
            return corpus;
        } finally {
            if (!done) {
                table.close();
            }
        }
    }

    private void readPart(Split split) {
        long lastTime = Long.MIN_VALUE;
        try (PreparedData.Rows<String> texts = prepared.messages(split);
                PreparedData.Rows<IndexRow> origins = prepared.origins(split);
                Progress.Stage stage =
                        context.progress().begin("read " + split.key() + " rows", prepared.rows(split), "rows")) {
            for (IndexRow origin = origins.next(); origin != null; origin = origins.next()) {
                String text = texts.next();
                if (text == null) {
                    throw new DataException(prepared.text(split) + " and " + prepared.index(split)
                            + " must have as many rows, but the texts end first; run again");
                }
                if ((rows & CHECK_EVERY) == 0) {
                    context.cancellation().check();
                }
                Instant time = origin.time();
                lastTime = time == null ? lastTime : time.toEpochMilli();
                add(origin, text, lastTime);
                stage.advance(1);
            }
        }
    }

    private void add(IndexRow origin, String text, long time) {
        String session = origin.session();
        int before = groups.size();
        int group = groups.add(SessionTable.hash(session == null ? origin.file() : session), 0);
        if (group == firstTimes.length) {
            firstTimes = Arrays.copyOf(firstTimes, larger(group));
        }
        if (group == before) {
            firstTimes[group] = time;
        }
        if (rows == groupOfRow.length) {
            groupOfRow = Arrays.copyOf(groupOfRow, larger(rows));
            messageOfRow = Arrays.copyOf(messageOfRow, groupOfRow.length);
            truthOfRow = Arrays.copyOf(truthOfRow, groupOfRow.length);
            timeOfRow = Arrays.copyOf(timeOfRow, keyed ? groupOfRow.length : 0);
        }
        groupOfRow[rows] = group;
        messageOfRow[rows] = messages.computeIfAbsent(text, unused -> messages.size());
        if (keyed) {
            timeOfRow[rows] = time;
        }
        truthOfRow[rows] = Corpus.code(origin.label());
        rows++;
    }

    private int larger(int length) {
        if (length > Integer.MAX_VALUE / 2) {
            throw new DataException("a benchmark takes at most " + Integer.MAX_VALUE / 2 + " lines, but "
                    + prepared.directory() + " has more; take a part of the log");
        }
        return length * 2;
    }

    private int[] encode(TextEncoder encoder, VectorTable table) {
        String[] texts = new String[messages.size()];
        messages.forEach((text, number) -> texts[number] = text);
        int[] vectorOf = new int[texts.length];
        try (Progress.Stage stage = context.progress().begin("encode messages", texts.length, "distinct messages")) {
            for (int from = 0; from < texts.length; from += ENCODE_CHUNK) {
                context.cancellation().check();
                int to = Math.min(from + ENCODE_CHUNK, texts.length);
                Matrix vectors = encoder.encodeIdentities(Arrays.asList(texts).subList(from, to));
                for (int i = from; i < to; i++) {
                    vectorOf[i] = table.intern(vectors.row(i - from));
                }
                stage.advance(to - from);
            }
        }
        return vectorOf;
    }

    private Corpus corpus(VectorTable table, int[] vectorOf) {
        int[] starts = new int[groups.size() + 1];
        for (int row = 0; row < rows; row++) {
            starts[groupOfRow[row] + 1]++;
        }
        for (int group = 0; group < groups.size(); group++) {
            starts[group + 1] += starts[group];
        }
        int[] next = Arrays.copyOf(starts, groups.size());
        int[] grouped = new int[rows];
        byte[] truths = new byte[rows];
        long[] times = new long[keyed ? rows : 0];
        for (int row = 0; row < rows; row++) {
            int at = next[groupOfRow[row]]++;
            grouped[at] = messageOfRow[row];
            if (keyed) {
                times[at] = timeOfRow[row];
            }
            truths[at] = truthOfRow[row];
        }
        return keyed
                ? sessions(starts, grouped, truths, times, table, vectorOf)
                : lines(starts, grouped, truths, table, vectorOf);
    }

    private Corpus sessions(
            int[] starts, int[] grouped, byte[] truths, long[] times, VectorTable table, int[] vectorOf) {
        // Logs that were named out of the order of their time.
        int[] inTime = IntStream.range(0, groups.size())
                .boxed()
                .sorted(Comparator.comparingLong(group -> firstTimes[group]))
                .mapToInt(Integer::intValue)
                .toArray();
        Distinct distinct = new Distinct();
        int[] sequenceOf = new int[inTime.length];
        byte[] truth = new byte[inTime.length];
        long[][] timesOf = new long[inTime.length][];
        for (int i = 0; i < inTime.length; i++) {
            int group = inTime[i];
            for (int row = starts[group]; row < starts[group + 1]; row++) {
                truth[i] = (byte) Math.max(truth[i], truths[row]);
            }
            sequenceOf[i] = distinct.number(Arrays.copyOfRange(grouped, starts[group], starts[group + 1]));
            timesOf[i] = Arrays.copyOfRange(times, starts[group], starts[group + 1]);
        }
        return new Corpus(
                true, distinct.sequences, sequenceOf, timesOf, truth, new int[0], new boolean[0], table, vectorOf);
    }

    private Corpus lines(int[] starts, int[] grouped, byte[] truths, VectorTable table, int[] vectorOf) {
        Distinct distinct = new Distinct();
        int[] sequenceOf = new int[rows];
        int[] streamOf = new int[rows];
        boolean[] clean = new boolean[rows];
        for (int stream = 0; stream < groups.size(); stream++) {
            int lastAnomaly = Integer.MIN_VALUE / 2;
            for (int row = starts[stream]; row < starts[stream + 1]; row++) {
                int from = Math.max(starts[stream], row + 1 - windowLength);
                lastAnomaly = truths[row] == Corpus.ANOMALY ? row : lastAnomaly;
                sequenceOf[row] = distinct.number(Arrays.copyOfRange(grouped, from, row + 1));
                streamOf[row] = stream;
                clean[row] = lastAnomaly < from;
            }
        }
        return new Corpus(
                false, distinct.sequences, sequenceOf, new long[0][], truths, streamOf, clean, table, vectorOf);
    }

    /** Sequences, each once. */
    private static final class Distinct {
        private final Map<MessageSequence, Integer> numbers = new HashMap<>();
        private final List<MessageSequence> sequences = new ArrayList<>();

        int number(int[] messages) {
            MessageSequence sequence = new MessageSequence(messages);
            Integer known = numbers.get(sequence);
            if (known != null) {
                return known;
            }
            numbers.put(sequence, sequences.size());
            sequences.add(sequence);
            return sequences.size() - 1;
        }
    }
}
