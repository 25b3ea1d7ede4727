package io.deepsentry.text.prepare;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The lines of samples, merged. They have their session keys already. */
final class SampledEvents implements ReplayableEvents {
    private final LogSample sample;
    private final List<Path> files;
    private final List<Stretches.Placed> lines;

    private SampledEvents(LogSample sample, List<Path> files) {
        this.sample = sample;
        this.files = files;
        this.lines = sample.isOfStreams()
                ? sample.linesOfStreams()
                : sample.events().stream()
                        .map(event -> new Stretches.Placed(event, 0))
                        .toList();
    }

    /**
     * Reads samples.
     *
     * @throws ConfigException if a file is a log, or a sample without times is not whole
     */
    static SampledEvents read(List<Path> files, RunContext context) {
        LogSample all = null;
        for (Path file : files) {
            context.cancellation().check();
            if (!LogSample.isSample(file)) {
                throw new ConfigException("the inputs must be either logs or samples of logs, but " + file
                        + " is not a sample and others are; sample it as well");
            }
            LogSample next = LogSample.read(file);
            if (all == null) {
                all = next;
            } else {
                all.merge(next);
            }
        }
        if (all == null) {
            throw new IllegalArgumentException("files must name at least one");
        }
        SampledEvents read = new SampledEvents(all, files);
        if (!all.isWhole()
                && !all.isOfStreams()
                && read.lines.stream().anyMatch(line -> line.event().time() == null)) {
            throw new ConfigException(
                    "a sample must contain all of a log whose lines have no times, because the ages of its sessions"
                            + " are counted in lines, but " + files + " holds "
                            + percent(all.share()) + "; give 'sample' a larger size");
        }
        return read;
    }

    LogSample.Reading reading() {
        return sample.reading();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2g%%", 100 * share);
    }

    @Override
    public double share() {
        return sample.share();
    }

    @Override
    public Optional<LogSample> sampleOfStreams() {
        return sample.isWhole() || !sample.isOfStreams() ? Optional.empty() : Optional.of(sample);
    }

    @Override
    public Optional<String> note() {
        if (sample.isOfStreams() && !sample.isWhole()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "the sample has %,d stretches of up to %,d lines, %s of %,d lines; training says which"
                            + " kinds of evidence these do not teach",
                    sample.keptStretches(),
                    sample.reading().stretch(),
                    percent(sample.share()),
                    sample.lines()));
        }
        return sample.isWhole()
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "the sample has %d whole sessions, %s of those in %d lines; how often lines come, and which"
                                + " stop coming, is not learned from it",
                        sample.keptSessions(),
                        percent(sample.share()),
                        sample.lines()));
    }

    @Override
    public Reading open(@Nullable SessionKey sessionKey) {
        return new Pass();
    }

    @Override
    public String description() {
        return (sample.isOfStreams() ? "the lines of " : "the sessions of ") + files;
    }

    @Override
    public String keyAdvice(String format) {
        return "no line of the log has the key: sample it again with another one";
    }

    @Override
    public void close() {}

    /** One pass over the events. */
    private final class Pass implements Reading {
        private final Iterator<Stretches.Placed> left = lines.iterator();
        private int stretch;
        private long read;
        private long withoutKey;

        @Override
        public boolean hasNext() {
            return left.hasNext();
        }

        @Override
        public LogEvent next() {
            Stretches.Placed line = left.next();
            LogEvent event = line.event();
            stretch = line.stretch();
            read++;
            withoutKey += event.sessionKeys().isEmpty() ? 1 : 0;
            return event;
        }

        @Override
        public int stretch() {
            return stretch;
        }

        @Override
        public OptionalLong totalBytes() {
            return OptionalLong.empty();
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public ReadStats stats() {
            return new ReadStats(read, read, 0, 0, 0, 0, 0, 0, withoutKey, 0, 0, List.of());
        }

        @Override
        public String formatName() {
            return sample.reading().format();
        }

        @Override
        public @Nullable String detection() {
            return null;
        }

        @Override
        public void close() {}
    }
}
