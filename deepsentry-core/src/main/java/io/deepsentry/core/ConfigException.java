package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A configuration or an argument that is wrong; the message names every problem that was found. Exit code 2. */
public class ConfigException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 2;
    }
}
