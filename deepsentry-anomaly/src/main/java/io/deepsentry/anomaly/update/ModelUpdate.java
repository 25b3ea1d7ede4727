package io.deepsentry.anomaly.update;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentryStream;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.KnownFaults;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains the models of a data folder again, from the ones in use, and replaces these if the new ones are no worse on
 * the newest part of the log.
 *
 * <p>Everything is made in a folder {@code update} within the data folder, while the models in use may be in use. What
 * users acknowledged as normal stays so, and what they confirmed as a real fault is left out of training. Then both
 * judge the newest part, and the new ones take the place if they find no more there and miss no confirmed fault. What
 * was in use lies in {@code previous} afterwards.
 *
 * <pre>{@code
 * Path folder = Path.of("orders");
 * PipelineSettings next = ModelUpdate.settings(folder, null, Sources.none());
 * UpdateResult result = ModelUpdate.run(folder, next, false, RunContext.quiet());
 * System.out.println(result.replaced() ? "replaced" : result.fresh().count() + " more would be found");
 * }</pre>
 */
public final class ModelUpdate {
    /** The folder in which new models are made. */
    public static final String STAGING = "update";
    /** The folder of what was in use before. */
    public static final String PREVIOUS = "previous";

    private final Path folder;
    private final PipelineSettings next;
    private final RunContext context;

    private ModelUpdate(Path folder, PipelineSettings next, RunContext context) {
        this.folder = folder;
        this.next = next;
        this.context = context;
    }

    /**
     * {@return the settings of training a folder again: its inputs are read as before, and the text encoder starts from
     * the one in use}
     *
     * @param folder the data folder
     * @param file a configuration file, or null
     * @param sources what overrides both
     * @throws io.deepsentry.core.DataException if the folder was not prepared
     * @throws ConfigException if a setting is wrong
     */
    public static PipelineSettings settings(Path folder, @Nullable Path file, Sources sources) {
        PreparedMeta meta = PreparedData.open(folder.resolve("prepared_data")).meta();
        Map<String, Object> flags = new LinkedHashMap<>();
        put(flags, "session_key", meta.sessionKey());
        put(flags, "time_format", meta.timeFormat());
        put(flags, "custom_parser", meta.customParser());
        put(flags, "log_format", meta.customParser() == null ? meta.formatToRead() : null);
        flags.put("time_zone", meta.timeZone());
        flags.put("on_malformed", meta.onMalformed());
        flags.put("train_on", meta.trainOn());
        if (!meta.inputs().isEmpty()) {
            Path from = Path.of(meta.workingDir() == null ? "" : meta.workingDir());
            flags.put(
                    "raw_log_file",
                    meta.inputs().stream()
                            .map(input -> from.resolve(input).toString())
                            .toList());
        }
        flags.put("from_model", folder.resolve("text_autoencoder_model").toString());
        flags.putAll(sources.flags());
        if (sources.flags().containsKey("--input")) {
            flags.remove("raw_log_file");
        }
        flags.put("output_dir", folder.resolve(STAGING));
        PipelineSettings settings =
                PipelineSettings.load(file, new Sources(flags, sources.environment(), folder.resolve(STAGING)));
        if (!settings.prepare().normalizer().equals(meta.normalizer())) {
            throw new ConfigException("the data in " + folder + " was masked with other settings than these; give the"
                    + " configuration file that it was prepared with");
        }
        return settings;
    }

    private static void put(Map<String, Object> flags, String key, @Nullable Object value) {
        if (value != null) {
            flags.put(key, value);
        }
    }

    /**
     * Trains again, compares, and replaces the models if the new ones are no worse.
     *
     * @param folder the data folder
     * @param next as {@link #settings} returned them
     * @param evenIfWorse whether to replace the models however many more the new ones find
     * @param context takes reports of progress, and may cancel
     * @return what was trained and whether it is in place
     * @throws io.deepsentry.core.DeepSentryException if a stage fails; the models in use stay as they are
     */
    public static UpdateResult run(Path folder, PipelineSettings next, boolean evenIfWorse, RunContext context) {
        return new ModelUpdate(folder, next, context).run(evenIfWorse);
    }

    private UpdateResult run(boolean evenIfWorse) {
        Path staging = folder.resolve(STAGING);
        delete(staging);
        Path feedback = folder.resolve(Feedback.FILE);
        try {
            Files.createDirectories(staging);
            if (Files.exists(feedback)) {
                Files.copy(feedback, staging.resolve(Feedback.FILE));
            }
        } catch (IOException e) {
            throw AtomicFile.failure(staging, e);
        }
        Feedback said = Feedback.read(feedback);
        KnownFaults faults = said.hasConfirmed() ? confirmedFaults(said) : new KnownFaults();
        PipelineSummary summary = Pipeline.run(next, faults, context);
        Comparison comparison = new Comparison(PreparedData.open(next.prepare().preparedDataDir()), said);
        try (Sentry before = Sentry.open(folder);
                Sentry after = Sentry.open(staging)) {
            comparison.judge(before, after);
        }
        boolean replace = evenIfWorse || (comparison.fresh.count <= comparison.gone.count && comparison.missed == 0);
        if (replace) {
            replace(staging);
        }
        return new UpdateResult(
                summary,
                summary.eval().unit(),
                comparison.judged,
                comparison.alike.found(),
                comparison.gone.found(),
                comparison.fresh.found(),
                faults.count(),
                comparison.missed,
                replace);
    }

    /** What the models in use find in the inputs, and users said was a real fault. */
    private KnownFaults confirmedFaults(Feedback said) {
        KnownFaults faults = new KnownFaults();
        PrepareSettings settings = next.prepare();
        String what = "looking for confirmed faults";
        try (Sentry before = Sentry.open(folder)) {
            if (settings.sessionKey() != null) {
                new WholeSessions(settings, settings.inputs(), what, context)
                        .judge(key -> true, List.of(before), (key, verdicts) -> {
                            if (isConfirmed(said, verdicts.get(0))) {
                                faults.addSession(key);
                            }
                        });
                return faults;
            }
            Map<String, SentryStream> streams = new HashMap<>();
            Prepare.forEachEvent(settings, settings.inputs(), what, context, event -> {
                Verdict verdict = streams.computeIfAbsent(event.origin().file(), unused -> before.beginStream())
                        .add(event);
                if (isConfirmed(said, verdict)) {
                    faults.addLine(event);
                }
            });
        }
        return faults;
    }

    private static boolean isConfirmed(Feedback said, Verdict verdict) {
        return said.hasConfirmed()
                && verdict.isAnomalous()
                && verdict.explanation().filter(said::confirms).isPresent();
    }

    /** What both sets of models find in the newest part. For one thread. */
    private final class Comparison {
        private final PreparedData prepared;
        private final Group alike = new Group();
        private final Group gone = new Group();
        private final Group fresh = new Group();
        private final Feedback said;
        private long judged;
        /** Confirmed faults that are gone. */
        private long missed;

        Comparison(PreparedData prepared, Feedback said) {
            this.prepared = prepared;
            this.said = said;
        }

        void judge(Sentry before, Sentry after) {
            if (prepared.meta().sessionKey() == null) {
                judgeLines(before, after);
            } else {
                judgeSessions(before, after);
            }
        }

        private void add(String name, Verdict before, Verdict after) {
            judged++;
            if (before.isAnomalous() && after.isAnomalous()) {
                alike.add(name, after);
            } else if (before.isAnomalous()) {
                gone.add(name, before);
                missed += isConfirmed(said, before) ? 1 : 0;
            } else if (after.isAnomalous()) {
                fresh.add(name, after);
            }
        }

        private void judgeLines(Sentry before, Sentry after) {
            Map<String, Long> firsts = firstRows();
            Map<String, SentryStream> olds = new HashMap<>();
            Map<String, SentryStream> news = new HashMap<>();
            Prepare.forEachEvent(next.prepare(), newestFiles(), "comparing", context, event -> {
                String file = event.origin().file();
                Long first = firsts.get(file);
                if (first != null && event.origin().byteOffset() >= first) {
                    Verdict old = olds.computeIfAbsent(file, unused -> before.beginStream())
                            .add(event);
                    Verdict now = news.computeIfAbsent(file, unused -> after.beginStream())
                            .add(event);
                    add(file + ":" + event.origin().lineNumber(), old, now);
                }
            });
        }

        /** Where the newest part of each input begins. */
        private Map<String, Long> firstRows() {
            Map<String, Long> firsts = new HashMap<>();
            try (PreparedData.Rows<IndexRow> rows = prepared.origins(Split.TEST)) {
                for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                    firsts.putIfAbsent(row.file(), row.offset());
                }
            }
            return firsts;
        }

        private void judgeSessions(Sentry before, Sentry after) {
            Set<String> newest = new HashSet<>();
            try (PreparedData.Rows<IndexRow> rows = prepared.origins(Split.TEST)) {
                for (IndexRow row = rows.next(); row != null; row = rows.next()) {
                    if (row.session() != null) {
                        newest.add(row.session());
                    }
                }
            }
            new WholeSessions(next.prepare(), newestFiles(), "comparing", context)
                    .judge(
                            newest::contains,
                            List.of(before, after),
                            (key, verdicts) -> add(key, verdicts.get(0), verdicts.get(1)));
        }

        /** The files that hold the test part: the test log, or else all inputs. */
        private List<Path> newestFiles() {
            Path test = next.prepare().test();
            return test == null ? next.prepare().inputs() : List.of(test);
        }
    }

    /** What one of them, or both, found. */
    private static final class Group {
        private long count;
        private final Map<String, UpdateResult.Example> examples = new LinkedHashMap<>();

        void add(String name, Verdict verdict) {
            count++;
            if (examples.size() < UpdateResult.MOST_EXAMPLES) {
                Explanation why = verdict.explanation().orElse(null);
                String message = why == null || why.message() == null ? "" : why.message();
                examples.putIfAbsent(message, new UpdateResult.Example(name, message, verdict.reason()));
            }
        }

        UpdateResult.Found found() {
            return new UpdateResult.Found(count, List.copyOf(examples.values()));
        }
    }

    /** Puts what was made into the place of what was in use. */
    private void replace(Path staging) {
        Path previous = folder.resolve(PREVIOUS);
        delete(previous);
        try {
            Files.createDirectories(previous);
            List<Path> made = new ArrayList<>();
            try (Stream<Path> all = Files.list(staging)) {
                all.filter(path -> !path.endsWith(Feedback.FILE)).forEach(made::add);
            }
            for (Path path : made) {
                Path place = folder.resolve(path.getFileName());
                if (Files.exists(place)) {
                    Files.move(place, previous.resolve(path.getFileName()), StandardCopyOption.ATOMIC_MOVE);
                }
                Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw AtomicFile.failure(folder, e);
        }
        delete(staging);
    }

    private static void delete(Path tree) {
        try (Stream<Path> children = Files.isSymbolicLink(tree) ? Stream.empty() : Files.list(tree)) {
            for (Path child : children.toList()) {
                delete(child);
            }
        } catch (NotDirectoryException | NoSuchFileException e) {
            // A file, or nothing: deleted below.
        } catch (IOException e) {
            throw AtomicFile.failure(tree, e);
        }
        try {
            Files.deleteIfExists(tree);
        } catch (IOException e) {
            throw AtomicFile.failure(tree, e);
        }
    }
}
