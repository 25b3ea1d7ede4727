package io.deepsentry.core.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What overrides a file: the flags of the command line, the environment, and the data folder.
 *
 * @param flags the value of each flag that was given, under the name of its setting ({@code batch_size}) or of the flag
 *     ({@code --batch-size}). A value is a text, number, truth value or path, or a collection of them. A flag that the
 *     schema at hand does not know belongs to another stage and is left alone
 * @param environment the environment; only the variables {@code DEEPSENTRY_DATA_DIR}, {@code DEEPSENTRY_VERBOSE},
 *     {@code DEEPSENTRY_GPU} and {@code DEEPSENTRY_BATCH_SIZE} are looked at
 * @param dataDir the folder given by {@code --data-dir}, or {@code null}: then the environment's, then the file's
 *     {@code root_dir}, then {@code deepsentry-data}
 */
public record Sources(
        Map<String, ?> flags,
        Map<String, String> environment,
        @Nullable Path dataDir) {
    public Sources {
        flags = Map.copyOf(flags);
        environment = Map.copyOf(environment);
    }

    /**
     * Creates sources that override nothing: the file and the defaults alone count.
     *
     * @return sources without values
     */
    public static Sources none() {
        return new Sources(Map.of(), Map.of(), null);
    }

    /**
     * {@return the environment of this process, and a data folder if given}
     *
     * @param dataDir the data folder that a flag names; null for none
     */
    public static Sources ofProcess(@Nullable Path dataDir) {
        return new Sources(Map.of(), System.getenv(), dataDir);
    }
}
