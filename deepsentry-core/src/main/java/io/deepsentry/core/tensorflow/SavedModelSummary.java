package io.deepsentry.core.tensorflow;

import java.util.List;
import java.util.Map;

/**
 * What a SavedModel folder says of itself.
 *
 * @param signatures the names by which it can be run, sorted
 * @param takesIds whether its input is ids instead of values
 * @param inputShape of a row
 * @param tensorFlowVersion that wrote it; empty if it does not say
 * @param extras the texts it carries, by name; see {@link SavedModelFolder#extras}
 */
public record SavedModelSummary(
        List<String> signatures,
        boolean takesIds,
        List<Integer> inputShape,
        String tensorFlowVersion,
        Map<String, String> extras) {
    public SavedModelSummary {
        signatures = signatures.stream().sorted().toList();
        inputShape = List.copyOf(inputShape);
        extras = Map.copyOf(extras);
    }
}
