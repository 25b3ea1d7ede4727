package io.deepsentry.cli;

import io.deepsentry.core.DeepSentryException;
import io.deepsentry.parse.LogParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What a user is told of a failure.
 *
 * @param message one line: what is wrong and what to do about it
 * @param exitCode the code the program exits with
 * @param expected whether the program foresaw it; the stack trace of one that it did not is worth a report
 */
record Failure(String message, int exitCode, boolean expected) {
    static Failure of(Throwable failure) {
        if (failure instanceof DeepSentryException known) {
            return new Failure(text(known), known.exitCode(), true);
        }
        if (failure instanceof LogParseException known) {
            return new Failure(text(known), known.exitCode(), true);
        }
        if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return ofFile(unchecked.getCause());
        }
        if (failure instanceof IOException io) {
            return ofFile(io);
        }
        if (failure instanceof OutOfMemoryError) {
            return new Failure(
                    "out of memory at a heap limit of "
                            + Runtime.getRuntime().maxMemory() / (1 << 20)
                            + " MB; give it more with DEEPSENTRY_JAVA_OPTS=-Xmx2g, or lower batch_size",
                    ExitCode.FAILED,
                    true);
        }
        if (failure instanceof UnsatisfiedLinkError) {
            return new Failure(
                    "a native library cannot be loaded on this platform (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + text(failure)
                            + "; use a distribution built for it",
                    ExitCode.FAILED,
                    true);
        }
        if (isOfShutdown(failure)) {
            return new Failure("stopped while it was starting", ExitCode.FAILED, true);
        }
        return new Failure(
                "internal error: " + failure + "; please report it with what --verbose prints", ExitCode.FAILED, false);
    }

    /**
     * Whether somebody ended the process while a library, such as that of a runtime, still registered what it does at
     * the end.
     */
    private static boolean isOfShutdown(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    /** The message of a file system failure is often the bare name of the file. */
    private static Failure ofFile(IOException failure) {
        if (failure instanceof NoSuchFileException missing) {
            return new Failure("no such file: " + missing.getFile() + "; check the path", ExitCode.MISSING_DATA, true);
        }
        if (failure instanceof AccessDeniedException denied) {
            return new Failure(
                    "no permission for " + denied.getFile() + "; change its mode or choose another place",
                    ExitCode.FAILED,
                    true);
        }
        if (failure instanceof FileAlreadyExistsException exists) {
            return new Failure(
                    exists.getFile() + " exists already and is not a folder; choose another place",
                    ExitCode.FAILED,
                    true);
        }
        if (failure instanceof NotDirectoryException file) {
            return new Failure(file.getFile() + " is not a folder; choose another place", ExitCode.FAILED, true);
        }
        if (failure instanceof FileSystemException named && named.getReason() != null) {
            return new Failure(named.getFile() + ": " + named.getReason(), ExitCode.FAILED, true);
        }
        return new Failure(text(failure), ExitCode.FAILED, true);
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }
}
