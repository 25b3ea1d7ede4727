package io.deepsentry.benchmark.inject;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What became of the injections of one kind.
 *
 * @param kind the kind
 * @param possible how many places the later part has for it
 * @param outcomes what became of those that were made; empty if there is no place
 */
public record InjectionRow(InjectionKind kind, int possible, List<InjectionOutcome> outcomes) {
    public InjectionRow {
        outcomes = List.copyOf(outcomes);
    }

    /** Returns how many were found. */
    public int found() {
        return (int) outcomes.stream().filter(InjectionOutcome::found).count();
    }

    /** Returns the share that was found; empty if none was made. */
    public OptionalDouble share() {
        return outcomes.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of((double) found() / outcomes.size());
    }

    /** Returns the median delay in lines of those that were found. */
    public OptionalDouble medianDelayLines() {
        return median(outcomes.stream()
                .map(InjectionOutcome::delayLines)
                .filter(Objects::nonNull)
                .mapToDouble(Integer::doubleValue)
                .toArray());
    }

    /** Returns the median delay in seconds of those that were found; empty where the log has no times. */
    public OptionalDouble medianDelaySeconds() {
        return median(outcomes.stream()
                .map(InjectionOutcome::delaySeconds)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    private static OptionalDouble median(double[] values) {
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        Arrays.sort(values);
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }

    /** Returns why the log does not allow this kind; null if it does. */
    public @Nullable String notPossible() {
        return possible == 0 ? kind.obstacle() : null;
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("kind", kind.key());
        map.put("possible", possible);
        map.put("not_possible", notPossible());
        map.put("injected", outcomes.size());
        map.put("found", found());
        map.put("share", boxed(share()));
        map.put("median_delay_lines", boxed(medianDelayLines()));
        map.put("median_delay_seconds", boxed(medianDelaySeconds()));
        map.put("injections", outcomes.stream().map(InjectionOutcome::toMap).toList());
        return map;
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
