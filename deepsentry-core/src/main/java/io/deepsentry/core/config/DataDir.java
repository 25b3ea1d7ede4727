package io.deepsentry.core.config;

import java.nio.file.Path;

/**
 * The folder that {@code {ROOT_DATA_DIR}} stands for.
 *
 * @param path the folder
 */
record DataDir(Path path) {
    static final String PLACEHOLDER = "{ROOT_DATA_DIR}";
    static final Path DEFAULT = Path.of("deepsentry-data");

    String resolve(String text) {
        return text.replace(PLACEHOLDER, path.toString());
    }
}
