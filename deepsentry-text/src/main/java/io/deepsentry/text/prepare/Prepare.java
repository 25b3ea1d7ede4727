package io.deepsentry.text.prepare;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.Labels;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.OpenLine;
import io.deepsentry.text.identity.SlotLearner;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.internal.token.WordCounter;
import io.deepsentry.text.session.KeyFinder;
import io.deepsentry.text.session.KeyProposal;
import io.deepsentry.text.token.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stage that reads raw logs, masks their messages, splits them by time and makes the vocabulary: {@code
 * prepared_data}.
 *
 * <pre>{@code
 * PrepareSettings settings =
 *         PrepareSettings.builder().inputs(Path.of("HDFS.log")).sessionKey("(blk_-?\\d+)").build();
 * PrepareResult result = Prepare.run(settings, RunContext.quiet());
 * }</pre>
 *
 * <p>Reads logs twice: once to know the sessions, once to write them. What varies in the messages is
 * learned from the rows of training and then applied to all rows, in a pass over what was written. Memory holds a few
 * numbers a session, the labels, and a bounded number of distinct masked messages.
 */
public final class Prepare {
    private static final System.Logger LOG = System.getLogger(Prepare.class.getName());
    private static final int REPORT_EVERY = 2048;
    private static final int MAX_SHOWN = 3;

    private final PrepareSettings settings;
    private final KnownFaults faults;
    private final List<KeyProposal> proposals;
    private final @Nullable SessionKey sessionKey;
    private final RunContext context;
    private final @Nullable Labels labels;
    private final SessionTable sessions = new SessionTable();
    private final SessionTable testSessions = new SessionTable();
    /** Those of the sessions that are known faults. */
    private final BitSet faulty = new BitSet();
    /** Events of each input, by name: a log that grows while it is read ends where the first pass saw its end. */
    private final Map<String, long[]> events = new LinkedHashMap<>();

    /** Of those the events without a session key; empty where there are none, or no sessions. */
    private final Map<String, long[]> keylessEvents = new LinkedHashMap<>();

    /** The stretch of the event that is being visited. */
    private int stretch;

    /** In which hour the test part of an input begins, where that is known. */
    private final Map<String, Long> testHours = new HashMap<>();

    private final List<String> firstSessions = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private long labelledSessions;
    private long linesLeftOut;

    private Prepare(PrepareSettings settings, KnownFaults faults, List<KeyProposal> proposals, RunContext context) {
        this.settings = settings;
        this.faults = faults;
        this.proposals = proposals;
        sessionKey = settings.sessionKey() == null ? null : SessionKey.of(settings.sessionKey());
        this.context = context;
        labels = settings.labels() == null ? null : Labels.load(settings.labels());
    }

    /**
     * Runs the stage.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was prepared
     * @throws io.deepsentry.parse.LogParseException when an input is missing, empty or does not fit the format
     * @throws ConfigException when the session key fits no line or the labels no session, when lines of a stream
     *     are not in the order of their time, or when no message of the training part comes again
     * @throws MissingDataException when there is too little to split
     * @throws io.deepsentry.core.DataException when the folder cannot be written
     */
    public static PrepareResult run(PrepareSettings settings, RunContext context) {
        return run(settings, new KnownFaults(), context);
    }

    /**
     * Runs the stage and leaves out of training and validation what is known to be faulty.
     *
     * @param settings the settings
     * @param faults what is known to be faulty
     * @param context takes reports of progress, and may cancel
     * @return what was prepared
     * @throws io.deepsentry.core.DeepSentryException as {@link #run(PrepareSettings, RunContext)}
     */
    public static PrepareResult run(PrepareSettings settings, KnownFaults faults, RunContext context) {
        if (settings.inputs().stream().anyMatch(LogSample::isSample)) {
            try (SampledEvents sample = SampledEvents.read(settings.inputs(), context)) {
                return of(settings.ofSample(sample.reading()), faults, sample, context)
                        .run(sample);
            }
        }
        try (ReplayableEvents inputs = ReplayableInputs.of(settings.inputs(), () -> reader(settings))) {
            return of(settings, faults, inputs, context).run(inputs);
        }
    }

    /**
     * Runs the stage on events that a program gives in place of the inputs of the settings. Sessions are those that the
     * events bring; {@code session_key}, where it is set, finds the keys of those that bring none in their messages.
     *
     * @param settings the settings
     * @param events in the order of their time; gone through once
     * @param context takes reports of progress, and may cancel
     * @return what was prepared
     * @throws ConfigException when they are not in the order of their time, or no message of the training part
     *     comes again
     * @throws MissingDataException when there is none, or too little to split
     */
    public static PrepareResult run(PrepareSettings settings, Iterator<LogEvent> events, RunContext context) {
        try (ReplayableEvents given = GivenEvents.keep(events, context)) {
            return of(settings, new KnownFaults(), given, context).run(given);
        }
    }

    /**
     * Goes through the events of files as this stage reads them.
     *
     * @param settings the settings
     * @param files the logs, or samples of logs
     * @param what what the progress calls it
     * @param context takes reports of progress, and may cancel
     * @param action takes each event
     * @throws io.deepsentry.parse.LogParseException when a file is missing, empty or does not fit the format
     */
    public static void forEachEvent(
            PrepareSettings settings, List<Path> files, String what, RunContext context, Consumer<LogEvent> action) {
        Prepare prepare = new Prepare(settings, new KnownFaults(), List.of(), context);
        try (ReplayableEvents inputs = files.stream().anyMatch(LogSample::isSample)
                ? SampledEvents.read(files, context)
                : ReplayableInputs.of(files, () -> reader(settings))) {
            Seen unused = prepare.read(inputs, what, action::accept);
        }
    }

    /** Looks what would make sessions, unless the settings say it. */
    private static Prepare of(
            PrepareSettings settings, KnownFaults faults, ReplayableEvents inputs, RunContext context) {
        String key = settings.sessionKey();
        boolean auto = SessionKey.AUTO.equals(key);
        if (key != null && !auto) {
            return new Prepare(settings, faults, List.of(), context);
        }
        KeyFinder finder = new KeyFinder();
        try (ReplayableEvents.Reading reader = inputs.open(SessionKey.ofLine())) {
            finder.addAll(reader);
        }
        if (!auto) {
            return new Prepare(settings, faults, finder.proposals(), context);
        }
        KeyProposal best = finder.best().orElse(null);
        if (best == null && settings.labels() != null) {
            throw new ConfigException("session_key auto must find what the labels of " + settings.labels()
                    + " name, but no identifier of the log makes sessions; name the key");
        }
        PrepareSettings chosen = settings.withSessionKey(best == null ? null : best.key());
        Prepare prepare = new Prepare(chosen, faults, finder.proposals(), context);
        if (best == null) {
            prepare.warn("session_key auto found no identifier that most lines have and that makes sessions;"
                    + " each input is judged as one stream");
        }
        return prepare;
    }

    private PrepareResult run(ReplayableEvents inputs) {
        Path test = settings.test();
        try (ReplayableEvents tests =
                ReplayableInputs.of(test == null ? List.of() : List.of(test), () -> reader(settings))) {
            inputs.note().ifPresent(this::warn);
            tests.note().ifPresent(this::warn);
            scan(inputs, "looking for sessions", sessions, 0);
            if (test != null) {
                // Its format is checked here, before anything long is done.
                scan(tests, "looking for sessions in the test log", testSessions, 1);
            }
            requireLabelsThatMatch();
            return write(inputs, test == null ? null : tests);
        } catch (UncheckedIOException e) {
            throw AtomicFile.failure(settings.preparedDataDir(), Objects.requireNonNull(e.getCause()));
        }
    }

    static LogReader.Builder reader(PrepareSettings settings) {
        LogReader.Builder builder = LogReader.builder()
                .timeFormat(settings.timeFormat())
                .zone(settings.zone())
                .onMalformed(settings.onMalformed());
        if (settings.customParser() != null) {
            builder.parserClass(settings.customParser()).parserPath(settings.parserPath());
        } else if (!settings.format().equals(LogFormat.AUTO)) {
            builder.format(settings.format());
        }
        return builder;
    }

    private void warn(String text) {
        warnings.add(text);
        LOG.log(System.Logger.Level.WARNING, text);
    }

    /** What is done with each event of an input. */
    private interface Visitor {
        void visit(LogEvent event);
    }

    private Seen read(ReplayableEvents inputs, String what, Visitor visitor) {
        try (ReplayableEvents.Reading reader = inputs.open(sessionKey)) {
            long total = reader.totalBytes().orElse(Progress.UNKNOWN);
            try (Progress.Stage stage = context.progress().begin(what, total, "bytes")) {
                long reported = 0;
                long count = 0;
                while (reader.hasNext()) {
                    LogEvent event = reader.next();
                    stretch = reader.stretch();
                    visitor.visit(event);
                    if (++count % REPORT_EVERY == 0) {
                        context.cancellation().check();
                        long bytes = reader.bytesRead();
                        stage.advance(bytes - reported);
                        reported = bytes;
                    }
                }
                stage.advance(reader.bytesRead() - reported);
            }
            return new Seen(reader.stats(), reader.formatName(), reader.detection());
        }
    }

    private record Seen(
            ReadStats stats, String format, @Nullable String detection) {}

    /** The first pass. {@code part} is 0 for the inputs, 1 for the test log, which may be the same file. */
    private void scan(ReplayableEvents inputs, String what, SessionTable table, int part) {
        long[] lastTime = {Long.MIN_VALUE};
        @Nullable String[] first = {null};
        InputOrder order = new InputOrder(inputs instanceof GivenEvents, inputs.folders(), settings);
        Seen seen = read(inputs, what, event -> {
            first[0] = first[0] == null ? Excerpt.of(event.message()) : first[0];
            if (stretch != IndexRow.ALONE) {
                events.computeIfAbsent(event.origin().file(), name -> new long[2])[part]++;
            }
            Instant time = event.time();
            if (time != null) {
                lastTime[0] = time.toEpochMilli();
                order.add(event, time);
            }
            for (String key : event.sessionKeys()) {
                session(table, key, lastTime[0], event.label());
            }
            if (isKeyless(event)) {
                keylessEvents.computeIfAbsent(event.origin().file(), name -> new long[2])[part]++;
            }
        });
        seen.stats().warning().ifPresent(this::warn);
        // Sessions are put in order by their times; lines of a stream stay in the order in which they come.
        if (settings.sessionKey() == null) {
            order.require().ifPresent(this::warn);
        }
        if (settings.sessionKey() != null && table.size() == 0) {
            throw new ConfigException("session_key '" + settings.sessionKey() + "' must match " + inputs.description()
                    + ", but matches none of " + seen.stats().events()
                    + (first[0] == null ? "" : ", of which the first is \"" + first[0] + '"') + "; "
                    + inputs.keyAdvice(seen.format()));
        }
    }

    private void session(SessionTable table, String key, long time, @Nullable Label lineLabel) {
        int before = table.size();
        int ordinal = table.add(SessionTable.hash(key), time);
        if (ordinal == before && faults.hasSession(key)) {
            faulty.set(ordinal);
        }
        if (labels == null) {
            if (lineLabel == Label.ANOMALY) {
                table.markAnomaly(ordinal);
            }
            return;
        }
        if (ordinal == before) {
            if (firstSessions.size() < MAX_SHOWN) {
                firstSessions.add(key);
            }
            Label label = labels.of(key).orElse(null);
            if (label != null) {
                labelledSessions++;
            }
            if (label == Label.ANOMALY) {
                table.markAnomaly(ordinal);
            }
        }
    }

    private void requireLabelsThatMatch() {
        if (labels != null && labelledSessions == 0) {
            throw new ConfigException(
                    "the labels of " + settings.labels() + " must name sessions of the log, but none of "
                            + labels.size() + " does: they name "
                            + labels.asMap().keySet().stream().limit(MAX_SHOWN).toList() + ", and session_key '"
                            + settings.sessionKey() + "' finds " + firstSessions + "; check both");
        }
    }

    private PrepareResult write(ReplayableEvents inputs, @Nullable ReplayableEvents tests) {
        double fraction = tests == null ? settings.trainFraction() : 1;
        boolean keyed = settings.sessionKey() != null;
        SessionSplit sessionSplit =
                SessionSplit.of(sessions, SplitSizes.of(sessions.size(), fraction, settings.validationSplit()));
        Map<Split, Long> sessionCounts = countSessions(sessionSplit, tests != null);
        Map<String, SplitSizes> streams = new HashMap<>();
        (keyed ? keylessEvents : events)
                .forEach((name, counts) ->
                        streams.put(name, SplitSizes.of(counts[0], fraction, settings.validationSplit())));
        MessageIdentity masking = MessageIdentity.of(settings.normalizer());
        Map<String, long[]> positions = new HashMap<>();
        Map<String, Long> keylessPositions = new HashMap<>();
        WordCounter words = WordCounter.forVocabularyOf(settings.maxVocabSize());
        Path keylessDir = settings.preparedDataDir().resolve(PreparedData.KEYLESS);
        try (StagedFolder folder = StagedFolder.in(settings.preparedDataDir());
                StagedFolder keylessFolder = keylessEvents.isEmpty() ? null : StagedFolder.in(keylessDir)) {
            SlotLearner learner = SlotLearner.of(settings.normalizer());
            RowWriter rows = new RowWriter(folder, settings.normalizer(), words, learner);
            // Nothing is encoded of lines without a key: they add nothing to the vocabulary.
            RowWriter keyless = keylessFolder == null
                    ? null
                    : new RowWriter(
                            keylessFolder,
                            settings.normalizer(),
                            WordCounter.forVocabularyOf(settings.maxVocabSize()),
                            learner);
            Seen seen = read(inputs, "masking and splitting", event -> {
                long position = position(positions, event, 0);
                if (position < 0) {
                    return;
                }
                OpenLine line = masking.openLine(event);
                String file = event.origin().file();
                SplitSizes sizes = streams.get(file);
                if (!keyed && sizes != null) {
                    writeOfStream(rows, event, line, sizes.of(position), tests == null);
                } else if (keyless != null && isKeyless(event) && sizes != null) {
                    writeLine(keyless, event, line, sizes.of(keylessPositions.merge(file, 1L, Long::sum) - 1));
                } else {
                    writeSessions(rows, event, line, sessions, sessionSplit);
                }
            });
            ReadStats testStats = null;
            if (tests != null) {
                Seen testSeen = read(tests, "masking the test log", event -> {
                    if (position(positions, event, 1) < 0) {
                        return;
                    }
                    OpenLine line = masking.openLine(event);
                    if (!keyed) {
                        writeLine(rows, event, line, Split.TEST);
                    } else if (keyless != null && isKeyless(event)) {
                        writeLine(keyless, event, line, Split.TEST);
                    } else {
                        writeSessions(rows, event, line, testSessions, null);
                    }
                });
                testStats = testSeen.stats();
            }
            requireRows(rows);
            rows.identify(context);
            if (!settings.learnAnyway()) {
                rows.learnable().require();
            }
            rows.learnable().warning().ifPresent(this::warn);
            Files.writeString(folder.path(PreparedData.IDENTITY), rows.learned().toJson() + "\n");
            Vocabulary vocabulary = words.vocabulary(settings.minWordCount(), settings.maxVocabSize());
            vocabulary.save(folder.path(PreparedData.VOCABULARY));
            long leftOut = keyed ? countLeftOut(sessionSplit) : linesLeftOut;
            Map<Split, Long> rowCounts = new EnumMap<>(Split.class);
            for (Split split : Split.values()) {
                rowCounts.put(split, rows.rows(split));
            }
            PrepareResult result = new PrepareResult(
                    settings.preparedDataDir(),
                    seen.format(),
                    seen.detection(),
                    seen.stats(),
                    testStats,
                    sessionCounts,
                    rowCounts,
                    rows.spans(),
                    labelledSessions,
                    leftOut,
                    vocabulary.size(),
                    rows.distinctMessages(),
                    settings.sessionKey(),
                    proposals,
                    warnings);
            folder.closeWriters();
            PreparedMeta meta = PreparedMeta.of(settings, result, rows.fingerprint(), rows.labelled(), inputs.share());
            meta.write(folder.path(PreparedData.META));
            Files.deleteIfExists(settings.preparedDataDir().resolve(PreparedData.META));
            PreparedData.deleteUnpacked(settings.preparedDataDir());
            if (keyless == null || keylessFolder == null) {
                PreparedData.deleteKeyless(settings.preparedDataDir());
            } else {
                keyless.identify(context);
                keylessFolder.closeWriters();
                Files.writeString(
                        keylessFolder.path(PreparedData.IDENTITY),
                        keyless.learned().toJson() + "\n");
                vocabulary.save(keylessFolder.path(PreparedData.VOCABULARY));
                meta.ofKeyless(keyless, streams.size()).write(keylessFolder.path(PreparedData.META));
                keylessFolder.commit(PreparedData.FILES, PreparedData.META);
            }
            LogSample sample = inputs.sampleOfStreams().orElse(null);
            if (sample == null) {
                Files.deleteIfExists(settings.preparedDataDir().resolve(HourFile.NAME));
                folder.commit(PreparedData.FILES, PreparedData.META);
            } else {
                HourFile.write(
                        folder.path(HourFile.NAME),
                        sample,
                        MessageIdentity.of(settings.normalizer(), rows.learned()),
                        testHours);
                folder.commit(PreparedData.FILES_OF_SAMPLE, PreparedData.META);
            }
            return result;
        } catch (IOException e) {
            throw AtomicFile.failure(settings.preparedDataDir(), e);
        }
    }

    private boolean isKeyless(LogEvent event) {
        return settings.sessionKey() != null && event.sessionKeys().isEmpty();
    }

    /** A line that stands by itself, to show that there is such a message, would distort a test. */
    private void writeOfStream(RowWriter rows, LogEvent event, OpenLine line, Split part, boolean cut) {
        Instant time = event.time();
        if (part == Split.TEST && cut && time != null && stretch != IndexRow.ALONE) {
            testHours.putIfAbsent(event.origin().file(), HourSum.hourOf(time.getEpochSecond()));
        }
        if (part != Split.TEST || stretch != IndexRow.ALONE) {
            writeLine(rows, event, line, part);
        }
    }

    /**
     * How many events of its input came before, or -1 for one that the first pass did not see. A line that stands by
     * itself does not count.
     */
    private long position(Map<String, long[]> positions, LogEvent event, int part) {
        String file = event.origin().file();
        long[] seen = events.get(file);
        if (stretch == IndexRow.ALONE) {
            long before = positions.getOrDefault(file, new long[2])[part];
            return seen == null ? -1 : Math.min(before, seen[part] - 1);
        }
        long position = positions.computeIfAbsent(file, name -> new long[2])[part]++;
        return seen != null && position < seen[part] ? position : -1;
    }

    private void writeSessions(
            RowWriter rows, LogEvent event, OpenLine line, SessionTable table, @Nullable SessionSplit split) {
        for (String key : event.sessionKeys()) {
            int ordinal = table.find(SessionTable.hash(key));
            if (ordinal == SessionTable.ABSENT) {
                continue;
            }
            Split part = split == null ? Split.TEST : split.of(ordinal);
            if (split == null || !isLeftOut(part, ordinal)) {
                Label label = labels == null ? event.label() : labels.of(key).orElse(null);
                rows.write(part, line, row(event, key, label));
            }
        }
    }

    private void writeLine(RowWriter rows, LogEvent event, OpenLine line, Split part) {
        if (isLeftOut(part, event.label() == Label.ANOMALY, faults.hasLine(event))) {
            linesLeftOut++;
        } else {
            rows.write(part, line, row(event, null, event.label()));
        }
    }

    /** Whether a session of the inputs is. */
    private boolean isLeftOut(Split part, int ordinal) {
        return isLeftOut(part, sessions.isAnomaly(ordinal), faulty.get(ordinal));
    }

    private boolean isLeftOut(Split part, boolean anomaly, boolean fault) {
        return part != Split.TEST && (fault || (anomaly && settings.trainOn() == TrainOn.NORMAL));
    }

    private IndexRow row(LogEvent event, @Nullable String session, @Nullable Label label) {
        return new IndexRow(
                event.time(),
                session,
                event.origin().file(),
                event.origin().lineNumber(),
                event.origin().byteOffset(),
                label,
                event.level(),
                event.component(),
                event.thread(),
                stretch);
    }

    private Map<Split, Long> countSessions(SessionSplit split, boolean testLog) {
        Map<Split, Long> counts = new EnumMap<>(Split.class);
        if (settings.sessionKey() == null) {
            long streams =
                    events.values().stream().filter(count -> count[0] > 0).count();
            long tests = testLog ? 1 : streams;
            counts.putAll(Map.of(Split.TRAIN, streams, Split.VAL, streams, Split.TEST, tests));
            return counts;
        }
        counts.putAll(Map.of(Split.TRAIN, 0L, Split.VAL, 0L, Split.TEST, (long) testSessions.size()));
        for (int ordinal = 0; ordinal < sessions.size(); ordinal++) {
            Split part = split.of(ordinal);
            if (!isLeftOut(part, ordinal)) {
                counts.merge(part, 1L, Long::sum);
            }
        }
        return counts;
    }

    private long countLeftOut(SessionSplit split) {
        long count = 0;
        for (int ordinal = 0; ordinal < sessions.size(); ordinal++) {
            if (isLeftOut(split.of(ordinal), ordinal)) {
                count++;
            }
        }
        return count;
    }

    private void requireRows(RowWriter rows) {
        for (Split split : List.of(Split.TRAIN, Split.VAL)) {
            if (rows.rows(split) == 0) {
                String unit = settings.sessionKey() == null ? "lines" : "sessions";
                long found = settings.sessionKey() == null
                        ? events.values().stream().mapToLong(count -> count[0]).sum()
                        : sessions.size();
                throw new MissingDataException(
                        "the log must hold enough " + unit + " for training and validation, but of "
                                + found + " " + unit + " none is left for " + split.key() + " ("
                                + (settings.trainOn() == TrainOn.NORMAL ? "labelled anomalies are left out; " : "")
                                + "training_log_data_fraction " + settings.trainFraction() + ", validation_split "
                                + settings.validationSplit() + "); give a longer log");
            }
        }
    }
}
