package io.deepsentry.anomaly.report;

import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import java.nio.file.Path;

/**
 * Writes the report of an evaluation: {@value #FILE}, one page that opens in any browser and needs nothing else.
 *
 * <pre>{@code
 * EvalSettings settings = EvalSettings.builder().dataDir(Path.of("orders")).build();
 * EvalResult result = Evaluation.run(settings, RunContext.quiet());
 * Path page = Report.write(settings, RunContext.quiet());
 * }</pre>
 *
 * <p>Its size is bounded, however long the log is: lines are drawn by buckets, and the most important findings and the
 * most frequent messages are shown.
 */
public final class Report {
    /** The name of the page. */
    public static final String FILE = "report.html";

    private Report() {}

    /**
     * Writes the report of what {@code eval} or {@code analyze} wrote.
     *
     * @param settings the settings of that evaluation
     * @param context takes reports of progress, and may cancel
     * @return the page
     * @throws io.deepsentry.core.MissingDataException if the results or the prepared data are not there
     * @throws io.deepsentry.core.DataException if they are corrupt, or the page cannot be written
     */
    public static Path write(EvalSettings settings, RunContext context) {
        byte[] page = ReportPage.load().of(ReportData.read(settings, context));
        Path file = place(settings);
        AtomicFile.write(file, out -> out.write(page));
        return file;
    }

    /**
     * {@return where the report goes: into the data folder, or beside results that lie elsewhere}
     *
     * @param settings the settings
     */
    public static Path place(EvalSettings settings) {
        Path results = settings.outputDir().toAbsolutePath();
        Path data = settings.preparedDataDir().toAbsolutePath().getParent();
        boolean inDataFolder =
                data != null && data.normalize().equals(results.normalize().getParent());
        return inDataFolder
                ? settings.outputDir().resolveSibling(FILE)
                : settings.outputDir().resolve(FILE);
    }
}
