package io.deepsentry.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration or an argument that is wrong; the message names every problem that was found. Exit code 2. */
public class ConfigException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> problems;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public ConfigException(String message) {
        super(message);
        this.problems = new ArrayList<>(List.of(message));
    }

    /**
     * Several problems at once, or one.
     *
     * @param problems what is wrong, each with its place
     */
    public ConfigException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.size() + " settings are wrong:\n  " + String.join("\n  ", problems));
        this.problems = new ArrayList<>(problems);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problems = new ArrayList<>(List.of(message));
    }

    /** {@return what is wrong, each with its place; at least one} */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    @Override
    public int exitCode() {
        return 2;
    }
}
