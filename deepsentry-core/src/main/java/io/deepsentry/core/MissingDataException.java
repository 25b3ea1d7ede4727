package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A file or folder of data that is not there, cannot be read or is empty. Exit code 3. */
public class MissingDataException extends DataException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one with a message for the user.
     *
     * @param message the problem and how to mend it
     */
    public MissingDataException(String message) {
        super(message);
    }

    /**
     * Creates one with a message for the user and, where there is one, its cause.
     *
     * @param message the problem and how to mend it
     * @param cause what brought it about; null for nothing
     */
    public MissingDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 3;
    }
}
