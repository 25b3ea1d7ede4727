package io.deepsentry.flink;

import io.deepsentry.anomaly.Sentry;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * A release of models, as an element of a stream: they judge the sessions that begin at its time or later, until the
 * next release. Immutable.
 *
 * @param folder the data folder, which every task manager reaches under this name
 * @param digest {@link Sentry#modelDigest(Path)} of it; a folder with other models fails the job
 * @param from the event time from which it holds, in milliseconds since 1970
 */
public record ModelRelease(String folder, String digest, long from) implements Serializable {
    /**
     * Returns a release of the models that are in a folder now.
     *
     * @param dataFolder the data folder
     * @param from the event time from which it holds, in milliseconds since 1970
     * @return the release
     */
    public static ModelRelease of(Path dataFolder, long from) {
        return new ModelRelease(dataFolder.toAbsolutePath().toString(), Sentry.modelDigest(dataFolder), from);
    }

    /**
     * Returns a release that holds from the beginning.
     *
     * @param dataFolder the data folder
     * @return the release
     */
    public static ModelRelease first(Path dataFolder) {
        return of(dataFolder, Long.MIN_VALUE);
    }
}
