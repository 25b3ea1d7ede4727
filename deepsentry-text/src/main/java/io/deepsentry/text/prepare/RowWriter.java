package io.deepsentry.text.prepare;

import com.google.common.hash.HashCode;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.internal.token.WordCounter;
import io.deepsentry.text.token.NormalizerSettings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Writes the rows of the three parts, counts their words and digests their text. One thread at a time. */
final class RowWriter {
    private final NormalizerSettings masking;
    private final Map<Split, Part> parts = new EnumMap<>(Split.class);
    private final IndexLines json = new IndexLines();
    private final WordCounter words;
    private final SessionTable distinct = new SessionTable();
    private final Learnable learnable = new Learnable();

    private boolean labelled;

    private static final class Part {
        private final BufferedWriter text;
        private final BufferedWriter index;
        private final MessageDigest digest;
        private long rows;

        Part(StagedFolder folder, Split split) throws IOException {
            digest = sha256();
            text = folder.writer(split.textFile(), digest);
            index = folder.writer(split.indexFile(), sha256());
        }
    }

    RowWriter(StagedFolder folder, NormalizerSettings masking, WordCounter words) throws IOException {
        this.masking = masking;
        this.words = words;
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

    void write(Split split, String message, IndexRow row) {
        Part part = part(split);
        try {
            part.text.write(message);
            part.text.write('\n');
            part.index.write(json.write(row));
            part.index.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        part.rows++;
        labelled |= row.label() != null;
        if (split == Split.TRAIN) {
            words.add(message);
            learnable.add(message);
        }
        if (distinct.size() < PrepareResult.MOST_DISTINCT) {
            distinct.add(SessionTable.hash(message), 0);
        }
    }

    private Part part(Split split) {
        return Objects.requireNonNull(parts.get(split));
    }

    long rows(Split split) {
        return part(split).rows;
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

    /** A digest of the text of all parts and of what was masked. */
    String fingerprint() {
        MessageDigest all = sha256();
        for (Split split : Split.values()) {
            all.update(part(split).digest.digest());
        }
        all.update(masking.canonical().getBytes(StandardCharsets.UTF_8));
        return HashCode.fromBytes(all.digest()).toString();
    }
}
