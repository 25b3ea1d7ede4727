package io.deepsentry.text.prepare;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.identity.MessageValue;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prepared data whose test part is the whole log, training and validation included: sessions one part after another,
 * and each stream in one piece. For one thread.
 */
public final class JoinedParts {
    private static final int CHECK_EVERY = 0xFFF;

    private JoinedParts() {}

    /** Takes where a row of the joined part came from. */
    public interface RowVisitor {
        /**
         * Takes a row.
         *
         * @param split the part it was in
         * @param row the number of the row in that part; numbers of a part only rise
         */
        void visit(Split split, long row);
    }

    /**
     * Writes the data to a folder, with the lines without a session key.
     *
     * @param data the prepared data
     * @param folder a folder that the caller deletes
     * @param visitor takes the rows in the order in which they are written
     * @param context takes reports of progress, and may cancel
     * @return the data as written
     * @throws io.deepsentry.core.DataException if the data is corrupt or the folder cannot be written
     */
    public static PreparedData write(PreparedData data, Path folder, RowVisitor visitor, RunContext context) {
        try {
            PreparedData keyless = data.keyless().orElse(null);
            if (keyless != null) {
                write(keyless, folder.resolve(PreparedData.KEYLESS), (split, row) -> {}, context);
            }
            Files.createDirectories(folder);
            Files.copy(data.vocabulary(), folder.resolve(PreparedData.VOCABULARY));
            Files.copy(data.identityFile(), folder.resolve(PreparedData.IDENTITY));
            for (Split split : Split.values()) {
                Files.createFile(folder.resolve(split.textFile()));
                index(folder, split).close();
            }
            join(data, folder, visitor, context);
            data.meta().joined().write(folder.resolve(PreparedData.META));
            return PreparedData.open(folder);
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
    }

    private static void join(PreparedData data, Path folder, RowVisitor visitor, RunContext context)
            throws IOException {
        boolean hasValues = Files.exists(data.valuesFile(Split.TEST));
        Map<Split, Reading> parts = new EnumMap<>(Split.class);
        OutputStream noValues = OutputStream.nullOutputStream();
        try (BufferedWriter text = writer(folder.resolve(Split.TEST.textFile()));
                IndexWriter index = index(folder, Split.TEST);
                ValuesWriter values = new ValuesWriter(
                        hasValues ? Files.newOutputStream(folder.resolve(Split.TEST.valuesFile())) : noValues)) {
            for (Split split : Split.values()) {
                parts.put(split, new Reading(data, split, hasValues));
            }
            boolean keyed = data.meta().sessionKey() != null;
            long written = 0;
            for (String stream = next(parts); stream != null; stream = next(parts)) {
                for (Split split : Split.values()) {
                    Reading part = Objects.requireNonNull(parts.get(split));
                    while (part.row != null && (keyed || part.row.file().equals(stream))) {
                        if ((written++ & CHECK_EVERY) == 0) {
                            context.cancellation().check();
                        }
                        visitor.visit(split, part.number);
                        text.write(part.message());
                        text.write('\n');
                        index.write(part.row);
                        if (hasValues) {
                            write(part.values(), values);
                        }
                        part.advance();
                    }
                }
            }
        } finally {
            parts.values().forEach(Reading::close);
        }
    }

    /** The stream of the first row that is left. */
    private static @Nullable String next(Map<Split, Reading> parts) {
        for (Reading part : parts.values()) {
            if (part.row != null) {
                return part.row.file();
            }
        }
        return null;
    }

    private static BufferedWriter writer(Path file) throws IOException {
        return Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    private static IndexWriter index(Path folder, Split split) throws IOException {
        return new IndexWriter(Files.newOutputStream(folder.resolve(split.indexFile())));
    }

    private static void write(List<MessageValue> values, ValuesWriter out) throws IOException {
        out.row(values.size());
        for (MessageValue value : values) {
            out.value(value.place(), value.type(), value.text(), value.number());
        }
    }

    /** A part that is being read, at one of its rows. */
    private static final class Reading implements AutoCloseable {
        private final PreparedData.Rows<IndexRow> origins;
        private final PreparedData.Rows<String> messages;
        private final PreparedData.@Nullable Rows<List<MessageValue>> values;
        private @Nullable IndexRow row;
        private long number = -1;

        @SuppressWarnings("MustBeClosedChecker") // closed with this
        Reading(PreparedData data, Split split, boolean hasValues) {
            origins = data.origins(split);
            messages = data.messages(split);
            values = hasValues ? data.values(split) : null;
            advance();
        }

        void advance() {
            row = origins.next();
            number++;
        }

        String message() {
            return Objects.requireNonNull(messages.next(), "each row has a message");
        }

        List<MessageValue> values() {
            return Objects.requireNonNull(
                    Objects.requireNonNull(values, "values").next(), "each row has its values");
        }

        @Override
        public void close() {
            origins.close();
            messages.close();
            if (values != null) {
                values.close();
            }
        }
    }
}
