package io.deepsentry.tools.recordhdfs;

import java.util.List;
import java.util.Optional;

/**
 * The life of one file.
 *
 * @param strike what is done to it, if anything
 */
record Job(int id, long startMillis, String path, long dataSeed, List<Step> steps, Optional<Strike> strike) {

    /**
     * A fault and its place.
     *
     * @param step the step during which (while writing) or before which (on disk) it strikes
     * @param chunk the chunk of a write after which it strikes
     * @param pick chooses the replica, the bytes and how long
     */
    record Strike(Fault fault, int step, int chunk, long pick) {}

    Job {
        steps = List.copyOf(steps);
    }

    Job struckBy(Strike with) {
        return new Job(id, startMillis, path, dataSeed, steps, Optional.of(with));
    }
}
