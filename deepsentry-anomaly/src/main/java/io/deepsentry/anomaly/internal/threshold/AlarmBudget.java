package io.deepsentry.anomaly.internal.threshold;

import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ConfigException;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Objects;

/**
 * Finds the threshold that normal data exceeds a given number of times a day, from validation scores and the number of
 * cases a day.
 *
 * <p>Where at least ten scores lie above the wanted quantile, it is read off them. Beyond that, a generalised Pareto
 * distribution is fitted to the upper tail by probability-weighted moments (Hosking and Wallis, 1987, "Parameter and
 * quantile estimation for the generalized Pareto distribution"): one or two of a few hundred scores decide an extreme
 * quantile, but not the shape of the tail. Immutable, safe for use by several threads.
 */
public final class AlarmBudget {
    /** The number of scores above a quantile from which it is trusted. */
    private static final int ENOUGH = 10;

    private static final double TAIL_SHARE = 0.1;
    private static final int LEAST_TAIL = 20;
    /** A fit of few scores may find a tail that ends, or one without a mean; both are ruled out. */
    private static final double MOST_SHAPE = 0.5;

    private final double[] sorted;
    private final double casesPerDay;

    /**
     * Creates a budget.
     *
     * @param scores the scores of normal validation cases
     * @param casesPerDay the number of validation cases a day; 0 if they have no times
     */
    AlarmBudget(double[] scores, double casesPerDay) {
        this.sorted = scores.clone();
        Arrays.sort(sorted);
        this.casesPerDay = casesPerDay;
    }

    /**
     * Creates a budget.
     *
     * @param validation scores with their times
     * @param cases the number of validation cases that they represent
     */
    public static AlarmBudget of(ValidationScores validation, long cases) {
        LongSummaryStatistics times = validation.scores().stream()
                .map(ValidationScores.Scored::time)
                .filter(Objects::nonNull)
                .mapToLong(Instant::toEpochMilli)
                .summaryStatistics();
        double days = times.getCount() == 0
                ? 0
                : (times.getMax() - times.getMin())
                        / (double) Duration.ofDays(1).toMillis();
        return new AlarmBudget(validation.values(), days > 0 ? cases / days : 0);
    }

    /**
     * Refuses data that is too little for a budget, before a training that would be in vain.
     *
     * @throws ConfigException if its validation part has too few cases, or their times do not differ
     */
    public static void requireEnough(PreparedData prepared) {
        boolean keyed = prepared.meta().sessionKey() != null;
        long cases = keyed ? prepared.meta().sessions().getOrDefault(Split.VAL, 0L) : prepared.rows(Split.VAL);
        require(cases, hasTimes(prepared), "the validation part of " + prepared.directory() + " has");
    }

    private static boolean hasTimes(PreparedData prepared) {
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.VAL)) {
            Instant first = null;
            for (IndexRow row = origins.next(); row != null; row = origins.next()) {
                Instant time = row.time();
                if (time != null && first != null && !time.equals(first)) {
                    return true;
                }
                first = first == null ? time : first;
            }
        }
        return false;
    }

    private static void require(long cases, boolean timed, String subject) {
        if (cases < LEAST_TAIL || !timed) {
            throw new ConfigException("max_alarms_per_day needs " + LEAST_TAIL
                    + " or more validation cases with times to learn from, but " + subject + " " + cases
                    + (timed ? "" : " without times") + "; give a threshold instead, or train on "
                    + (timed ? "more data" : "a log, or on events, with times"));
        }
    }

    /**
     * Returns the threshold for a budget.
     *
     * @param alarmsPerDay false alarms a day, above 0
     * @throws ConfigException if validation data is missing or has no times
     */
    public Threshold threshold(double alarmsPerDay) {
        require(sorted.length, casesPerDay > 0, "the detector was trained with");
        double rate = Math.min(1, alarmsPerDay / casesPerDay);
        String method =
                String.format(Locale.ROOT, "at most %s false alarms a day of %.0f cases: ", alarmsPerDay, casesPerDay);
        int n = sorted.length;
        if (n * rate >= ENOUGH) {
            int above = (int) Math.floor(n * rate);
            return new Threshold(above >= n ? Math.nextDown(sorted[0]) : sorted[n - 1 - above], method + "quantile", n);
        }
        return new Threshold(tail(rate), method + "generalised Pareto tail", n);
    }

    private double tail(double rate) {
        int n = sorted.length;
        int size = Math.min(n - 1, Math.max(LEAST_TAIL, (int) (n * TAIL_SHARE)));
        double base = sorted[n - 1 - size];
        double mean = 0;
        double weighted = 0;
        for (int i = 0; i < size; i++) {
            double excess = sorted[n - size + i] - base;
            mean += excess / size;
            weighted += excess * (size - 1 - i) / (size - 1) / size;
        }
        if (mean == 0) {
            return base;
        }
        double shape = Math.max(0, Math.min(MOST_SHAPE, 2 - mean / (mean - 2 * weighted)));
        // With the shape held, the mean of the excesses gives the scale.
        double scale = mean * (1 - shape);
        double times = Math.max(1, size / (n * rate));
        return base + (shape < 1e-9 ? scale * Math.log(times) : scale / shape * (Math.pow(times, shape) - 1));
    }
}
