package io.deepsentry.core;

import org.jspecify.annotations.Nullable;

/** A file or folder of data that is not there, cannot be read or is empty. Exit code 3. */
public class MissingDataException extends DataException {
    private static final long serialVersionUID = 1L;

    public MissingDataException(String message) {
        super(message);
    }

    public MissingDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public int exitCode() {
        return 3;
    }
}
