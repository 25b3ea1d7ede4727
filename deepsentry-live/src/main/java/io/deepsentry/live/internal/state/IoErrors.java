package io.deepsentry.live.internal.state;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** What a failure of the system says, in words. */
public final class IoErrors {
    private IoErrors() {}

    public static String describe(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    /** The same without the name of the file, which is all that some failures say. */
    public static String reason(Exception failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "no such file";
        }
        if (failure instanceof FileSystemLoopException) {
            return "its links form a circle";
        }
        return failure instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : describe(failure);
    }
}
