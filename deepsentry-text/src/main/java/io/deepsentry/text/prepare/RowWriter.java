package io.deepsentry.text.prepare;

import com.google.common.hash.HashCode;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.identity.LearnedSlots;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.identity.OpenLine;
import io.deepsentry.text.identity.OpenMessage;
import io.deepsentry.text.identity.OpenValue;
import io.deepsentry.text.identity.SlotLearner;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.internal.token.WordCounter;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of the three parts, counts their words and digests their text. Rows are given before anything is
 * learned of their messages, and kept in that form until {@link #identify} writes what they are. One thread at a time.
 */
final class RowWriter {
    private static final int REPORT_EVERY = 8192;
    /** Begins the place of an open value that is one of a field. */
    private static final String FIELD = "@";

    private final StagedFolder folder;
    private final NormalizerSettings masking;
    private final SlotLearner learner;
    private final Map<Split, Part> parts = new EnumMap<>(Split.class);
    private final WordCounter words;
    private final SessionTable distinct = new SessionTable();
    private final Learnable learnable = new Learnable();

    private LearnedSlots learned = LearnedSlots.NONE;
    private boolean labelled;

    private static final class Part {
        private final BufferedWriter open;
        private final ValuesWriter openValues;
        private final IndexWriter index;
        private final MessageDigest digest = sha256();
        private long rows;
        private @Nullable TimeSpan span;

        Part(StagedFolder folder, Split split) throws IOException {
            open = folder.packed(openFile(split));
            openValues = folder.values(openValuesFile(split));
            index = folder.index(split.indexFile());
        }
    }

    /**
     * Begins to write.
     *
     * @param learner learns what varies in messages, from the rows of training of all writers that share it
     */
    RowWriter(StagedFolder folder, NormalizerSettings masking, WordCounter words, SlotLearner learner)
            throws IOException {
        this.folder = folder;
        this.masking = masking;
        this.words = words;
        this.learner = learner;
        for (Split split : Split.values()) {
            parts.put(split, new Part(folder, split));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String openFile(Split split) {
        return split.textFile() + ".open";
    }

    private static String openValuesFile(Split split) {
        return split.valuesFile() + ".open";
    }

    void write(Split split, OpenLine line, IndexRow row) {
        Part part = part(split);
        try {
            part.open.write(line.message().text());
            part.open.write('\n');
            part.openValues.row(line.values().size());
            for (OpenValue value : line.values()) {
                part.openValues.value(openPlace(value), value.type(), value.text(), value.number());
            }
            part.index.write(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        part.rows++;
        part.span = TimeSpan.including(part.span, row.time());
        labelled |= row.label() != null;
        if (split == Split.TRAIN) {
            learner.add(line.message());
        }
    }

    private static String openPlace(OpenValue value) {
        return value.field() == null ? String.valueOf(value.token()) : FIELD + value.field();
    }

    private static OpenValue openValue(MessageValue value) {
        boolean field = value.place().startsWith(FIELD);
        return new OpenValue(
                field ? Integer.MAX_VALUE : Integer.parseInt(value.place()),
                field ? value.place().substring(FIELD.length()) : null,
                value.type(),
                value.text(),
                value.number());
    }

    /** Learns from the rows of training, and writes the messages of all rows. */
    void identify(RunContext context) throws IOException {
        learned = learner.learn();
        if (learner.isSample()) {
            System.getLogger(RowWriter.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "the log has more than " + SlotLearner.MOST_FORMS
                                    + " distinct masked messages; what varies in them was learned from a sample");
        }
        MessageIdentity identity = MessageIdentity.of(masking, learned);
        long total = parts.values().stream().mapToLong(part -> part.rows).sum();
        try (Progress.Stage stage = context.progress().begin("telling messages apart", total, "rows")) {
            for (Split split : Split.values()) {
                identify(split, identity, stage, context);
            }
        }
    }

    private void identify(Split split, MessageIdentity identity, Progress.Stage stage, RunContext context)
            throws IOException {
        Part part = part(split);
        part.open.close();
        part.openValues.close();
        Path openFile = folder.path(openFile(split));
        Path openValuesFile = folder.path(openValuesFile(split));
        long count = 0;
        try (InputStream file = Files.newInputStream(openFile);
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(file, 1 << 15), StandardCharsets.UTF_8));
                ValuesReader lineValues = new ValuesReader(openValuesFile);
                BufferedWriter text = folder.writer(split.textFile(), part.digest);
                ValuesWriter values = folder.values(split.valuesFile())) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                OpenMessage open = new OpenMessage(line);
                String message = identity.of(open);
                text.write(message);
                text.write('\n');
                writeValues(identity, open, lineValues, values);
                if (split == Split.TRAIN) {
                    words.add(message);
                    learnable.add(message);
                }
                if (distinct.size() < PrepareResult.MOST_DISTINCT) {
                    distinct.add(SessionTable.hash(message), 0);
                }
                if (++count % REPORT_EVERY == 0) {
                    context.cancellation().check();
                    stage.advance(REPORT_EVERY);
                }
            }
        }
        stage.advance(count % REPORT_EVERY);
        Files.delete(openFile);
        Files.delete(openValuesFile);
    }

    private static void writeValues(
            MessageIdentity identity, OpenMessage message, ValuesReader lineValues, ValuesWriter out)
            throws IOException {
        List<OpenValue> open =
                Objects.requireNonNull(lineValues.next(), "the values of every row were written").stream()
                        .map(RowWriter::openValue)
                        .toList();
        List<MessageValue> values = identity.values(new OpenLine(message, open));
        out.row(values.size());
        for (MessageValue value : values) {
            out.value(value.place(), value.type(), value.text(), value.number());
        }
    }

    /** What was learned. */
    LearnedSlots learned() {
        return learned;
    }

    private Part part(Split split) {
        return Objects.requireNonNull(parts.get(split));
    }

    long rows(Split split) {
        return part(split).rows;
    }

    /** Returns the time of each part; a part whose lines have no time has none. */
    Map<Split, TimeSpan> spans() {
        Map<Split, TimeSpan> spans = new EnumMap<>(Split.class);
        parts.forEach((split, part) -> {
            if (part.span != null) {
                spans.put(split, part.span);
            }
        });
        return spans;
    }

    /** Whether any row has a label. */
    boolean labelled() {
        return labelled;
    }

    int distinctMessages() {
        return distinct.size();
    }

    /** What the training part offers to learn. */
    Learnable learnable() {
        return learnable;
    }

    /** A digest of the text of all parts, of what was masked and of what was learned. */
    String fingerprint() {
        MessageDigest all = sha256();
        for (Split split : Split.values()) {
            all.update(part(split).digest.digest());
        }
        all.update(masking.canonical().getBytes(StandardCharsets.UTF_8));
        all.update(learned.toJson().getBytes(StandardCharsets.UTF_8));
        return HashCode.fromBytes(all.digest()).toString();
    }
}
