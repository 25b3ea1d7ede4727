package io.deepsentry.text.pattern;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.pattern.PatternChange.Kind;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says how a log differs from one that was good: messages that are new, gone, more or less frequent, and numbers that
 * left their range. One pass over each, without training.
 *
 * <pre>{@code
 * LogComparison comparison = LogComparison.of(NormalizerSettings.DEFAULTS);
 * yesterday.forEach(comparison::addGood);
 * today.forEach(comparison::addBad);
 * comparison.diff().changes().forEach(change -> System.out.println(change.kind() + " " + change.message()));
 * }</pre>
 *
 * <p>The logs may differ in length and traffic: a message is compared with the ratio that most lines have. Counts that
 * differ as they would by chance are not reported, nor are those that differ by less than a factor of two. Chance is
 * that of a Poisson process (Williams' G statistic of the two counts, with the bound of Chernoff), made wider by as
 * much as the message comes in bursts in the good log, and by the number of messages. Every new message is reported.
 *
 * <p>Memory is bounded as in {@link LogPatterns}. One thread at a time.
 */
public final class LogComparison {
    /** Differences that are likelier than this to be chance are not reported. */
    public static final double MOST_CHANCE = 0.001;

    /** Messages whose frequency differs by less than this factor are not reported. */
    public static final double LEAST_FACTOR = 2;

    /** Numbers that are beyond the range by less than this share of it are not reported. */
    public static final double LEAST_MARGIN = 0.1;

    private static final int GOOD = 0;
    private static final int BAD = 1;

    /** Numbers from which a range is known. */
    private static final int FEWEST_NUMBERS = 20;

    private final PatternTable table;

    private LogComparison(PatternTable table) {
        this.table = table;
    }

    /**
     * Creates a comparison without events, which are masked with these settings.
     *
     * @param masking what is masked
     * @return a comparison without events
     */
    public static LogComparison of(NormalizerSettings masking) {
        return new LogComparison(new PatternTable(masking, 2, LogPatterns.MOST_PATTERNS));
    }

    /**
     * Adds an event of the log that was good.
     *
     * @param event the event
     */
    public void addGood(LogEvent event) {
        table.add(GOOD, event);
    }

    /**
     * Adds an event of the other log.
     *
     * @param event the event
     */
    public void addBad(LogEvent event) {
        table.add(BAD, event);
    }

    /** {@return how the logs differ} The last call: no event can be added after it. */
    public PatternDiff diff() {
        table.end();
        Map<String, PatternTable.Group> groups = table.groups();
        double scale = scale();
        List<PatternChange> changes = new ArrayList<>();
        groups.forEach((message, group) -> {
            PatternChange change = change(message, group.tally(GOOD), group.tally(BAD), scale, groups.size());
            if (change != null) {
                changes.add(change);
            }
        });
        changes.sort(
                Comparator.comparingDouble(LogComparison::weight).reversed().thenComparing(PatternChange::message));
        return new PatternDiff(
                table.totals(GOOD),
                table.totals(BAD),
                scale,
                changes,
                groups.size() - changes.size(),
                table.isSampled());
    }

    /** How telling a change is: what comes says more than what stays away, and errors say more than the rest. */
    private static double weight(PatternChange change) {
        double kind = change.kind() == Kind.NEW || change.kind() == Kind.MORE ? 2 : 1;
        return change.evidence() * kind * (Levels.isError(change.shown().level()) ? 2 : 1);
    }

    /** The ratio that most lines have, of messages of both logs: the median, each message counted by its lines. */
    private double scale() {
        record Ratio(double ratio, long lines) {}
        List<Ratio> ratios = new ArrayList<>();
        long lines = 0;
        for (PatternTable.Group group : table.groups().values()) {
            long good = group.tally(GOOD).count();
            long bad = group.tally(BAD).count();
            if (good > 0 && bad > 0) {
                ratios.add(new Ratio((double) bad / good, good + bad));
                lines += good + bad;
            }
        }
        ratios.sort(Comparator.comparingDouble(Ratio::ratio));
        long seen = 0;
        for (Ratio ratio : ratios) {
            seen += ratio.lines();
            if (2 * seen >= lines) {
                return ratio.ratio();
            }
        }
        return Math.max(1, table.lines(BAD)) / (double) Math.max(1, table.lines(GOOD));
    }

    private @Nullable PatternChange change(String message, Tally good, Tally bad, double scale, int messages) {
        double evidence = evidence(good.count(), bad.count(), scale) / good.dispersion(table.lines(GOOD));
        double times = bad.count() / (good.count() * scale);
        boolean differs = chance(evidence, messages) < MOST_CHANCE;
        List<ValueShift> shifts = new ArrayList<>();
        double shifted = shifts(good, bad, messages, shifts);
        Kind kind;
        if (good.count() == 0) {
            kind = Kind.NEW;
        } else if (differs && bad.count() == 0) {
            kind = Kind.GONE;
        } else if (differs && times >= LEAST_FACTOR) {
            kind = Kind.MORE;
        } else if (differs && times <= 1 / LEAST_FACTOR) {
            kind = Kind.LESS;
        } else if (!shifts.isEmpty()) {
            kind = Kind.VALUES;
            evidence = 0;
        } else {
            return null;
        }
        double strongest = Math.max(evidence, shifted);
        return new PatternChange(
                kind,
                message,
                good.count() == 0 ? null : good.pattern(message),
                bad.count() == 0 ? null : bad.pattern(message),
                times,
                chance(strongest, messages),
                strongest,
                shifts);
    }

    private static double chance(double evidence, int messages) {
        return Math.min(1, 2.0 * messages * Math.exp(-evidence));
    }

    /** Half of the G statistic: how much less likely the counts are at this scale than at their own ratio. */
    private static double evidence(long good, long bad, double scale) {
        double all = good + bad;
        return part((double) good, all / (1 + scale)) + part((double) bad, all * scale / (1 + scale));
    }

    private static double part(double seen, double expected) {
        return seen == 0 ? 0 : seen * Math.log(seen / expected);
    }

    /** Adds the variables whose numbers left their range, and returns the evidence of the strongest. */
    private static double shifts(Tally good, Tally bad, int messages, List<ValueShift> shifts) {
        double strongest = 0;
        for (Map.Entry<String, ValueSketch> entry : good.values().entrySet()) {
            ValueSketch after = bad.values().get(entry.getKey());
            NumberSketch before = entry.getValue().numbers();
            NumberSketch now = after == null ? null : after.numbers();
            if (after == null
                    || before == null
                    || now == null
                    || entry.getValue().isCounter()) {
                continue;
            }
            NumberRange range = before.range();
            NumberRange newRange = now.range();
            if (range == null || newRange == null || before.count() < FEWEST_NUMBERS) {
                continue;
            }
            double margin = LEAST_MARGIN * (range.max() - range.min());
            long above = now.above(range.max() + margin);
            long below = now.below(range.min() - margin);
            // Of numbers in any order, one in so many is beyond all those before.
            double usual = (double) now.count() / (before.count() + 1);
            double evidence = Math.max(beyond(above, usual), beyond(below, usual));
            if (chance(evidence, messages) < MOST_CHANCE) {
                PatternVariable variable = after.summary(entry.getKey());
                shifts.add(new ValueShift(entry.getKey(), variable.type(), range, newRange, above, below));
                strongest = Math.max(strongest, evidence);
            }
        }
        shifts.sort(Comparator.comparing(ValueShift::place));
        return strongest;
    }

    private static double beyond(long seen, double usual) {
        return seen <= usual ? 0 : seen * Math.log(seen / usual) - (seen - usual);
    }
}
