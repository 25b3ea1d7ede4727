package io.deepsentry.cli.output;

import io.deepsentry.core.DeepSentryException;
import java.io.IOException;
import java.util.Locale;

/** Standard output takes no more: its reader has gone, which is nobody's mistake, or its disk is full. */
public final class ResultsException extends DeepSentryException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    public ResultsException(IOException cause) {
        super(
                "standard output cannot be written: " + cause.getMessage()
                        + "; free space where it is redirected to, or redirect it elsewhere",
                cause);
        String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        readerGone = reason.contains("broken pipe") || reason.contains("pipe is being closed");
    }

    /** Whether the program at the other end of the pipe has ended, as {@code head} does. */
    public boolean readerGone() {
        return readerGone;
    }
}
