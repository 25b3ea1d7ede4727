package io.deepsentry.anomaly.evaluation;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.text.prepare.JoinedParts;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** All parts of prepared data and their vectors as one test part, in a folder that is deleted on closing. */
final class JoinedTestPart implements AutoCloseable {
    private final Path folder;
    private final EvalSettings settings;

    private JoinedTestPart(Path folder, EvalSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /**
     * Joins the parts.
     *
     * @throws io.deepsentry.core.MissingDataException if a part or its vectors are missing
     * @throws io.deepsentry.core.DataException if data is corrupt or the folder cannot be written
     */
    static JoinedTestPart of(EvalSettings settings, RunContext context) {
        PreparedData prepared = PreparedData.open(settings.preparedDataDir());
        Path folder = null;
        boolean done = false;
        try {
            Files.createDirectories(settings.outputDir());
            folder = Files.createTempDirectory(settings.outputDir(), ".whole-log-");
            Path vectors = folder.resolve(settings.encodedTestData().getFileName());
            Path joined = folder.resolve("prepared_data");
            join(settings, prepared, joined, vectors, context);
            Path metadata = settings.encodedTestData().resolveSibling(ModelDirectory.METADATA);
            if (Files.exists(metadata)) {
                Files.copy(metadata, vectors.resolveSibling(ModelDirectory.METADATA));
            }
            done = true;
            return new JoinedTestPart(folder, settings.in(vectors, joined));
        } catch (IOException e) {
            throw AtomicFile.failure(settings.outputDir(), e);
        } finally {
            if (!done && folder != null) {
                delete(folder);
            }
        }
    }

    private static void join(
            EvalSettings settings, PreparedData prepared, Path joined, Path vectors, RunContext context) {
        Map<Split, VectorFile> parts = new EnumMap<>(Split.class);
        try {
            long rows = 0;
            for (Split split : Split.values()) {
                Path file = split == Split.TEST
                        ? settings.encodedTestData()
                        : settings.encodedTestData().resolveSibling(split.encodedFile());
                parts.put(split, VectorFile.open(file));
                rows += prepared.rows(split);
            }
            int columns = Objects.requireNonNull(parts.get(Split.TEST)).columns();
            VectorFileWriter writer = VectorFileWriter.createDistinct(vectors, rows, columns);
            try {
                float[] vector = new float[columns];
                JoinedParts.write(
                        prepared,
                        joined,
                        (split, row) -> {
                            Objects.requireNonNull(parts.get(split)).read(row, vector, 0);
                            writer.write(vector);
                        },
                        context);
                writer.close();
            } finally {
                writer.abort();
            }
        } finally {
            parts.values().forEach(VectorFile::close);
        }
    }

    /** Returns the settings that judge all of it. */
    EvalSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        delete(folder);
    }

    private static void delete(Path folder) {
        try {
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        } catch (IOException e) {
            System.getLogger(JoinedTestPart.class.getName())
                    .log(System.Logger.Level.WARNING, "the temporary folder " + folder + " was not deleted", e);
        }
    }
}
