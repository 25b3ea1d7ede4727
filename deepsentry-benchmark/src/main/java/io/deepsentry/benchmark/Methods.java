package io.deepsentry.benchmark;

import io.deepsentry.text.prepare.PreparedData;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The methods that are compared. */
final class Methods {
    /** All but our own, which needs files. */
    static final List<Method> OTHERS = List.of(
            SequenceMethod.rule("flag_everything", (examples, lines, seed) -> new FlagEverything()),
            SequenceMethod.rule("new_event", (examples, lines, seed) -> NewEvents.learn(examples, lines)),
            SequenceMethod.rule("count_vector", (examples, lines, seed) -> CountVectors.learn(examples, lines)),
            SequenceMethod.graded("count_distance", (examples, lines, seed) -> NearestCounts.learn(examples)),
            SequenceMethod.rule("2_gram", (examples, lines, seed) -> Bigrams.learn(examples, lines)),
            SequenceMethod.graded("edit_distance", (examples, lines, seed) -> EditDistance.learn(examples)),
            SequenceMethod.graded("pca", (examples, lines, seed) -> CountPca.learn(examples)),
            SequenceMethod.graded(
                    "isolation_forest", (examples, lines, seed) -> IsolationForest.learn(examples, seed)));

    /** The names of all methods, in the order in which results show them. */
    static final List<String> NAMES = Stream.concat(OTHERS.stream().map(Method::name), Stream.of(DetectorMethod.NAME))
            .toList();

    private Methods() {}

    /**
     * The methods that the settings name; the detector as many times as it is to be trained.
     *
     * @param source the whole data set, prepared
     * @param folder for the files of a training
     */
    static List<Method> of(BenchmarkSettings settings, PreparedData source, Path folder) {
        Stream<Method> trainings = IntStream.range(0, settings.trainingSeeds())
                .mapToObj(training -> new DetectorMethod(settings, source, folder, training));
        return Stream.concat(OTHERS.stream(), trainings)
                .filter(method -> settings.methods().contains(method.name()))
                .toList();
    }
}
