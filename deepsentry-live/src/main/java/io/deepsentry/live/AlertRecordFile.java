package io.deepsentry.live;

import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.core.DataException;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.FileAlertSink;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Remembers alerts as JSON for {@code deepsentry feedback}, whatever format users get them in. A session's alert is
 * written again when more is known of it. The file starts over when it grows too large; the one before is kept.
 */
final class AlertRecordFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AlertRecordFile.class.getName());
    private static final long LARGEST = 32L << 20;

    private final Path file;
    private final long largest;
    private FileAlertSink sink;
    private boolean failing;

    AlertRecordFile(Path file) {
        this(file, LARGEST);
    }

    AlertRecordFile(Path file, long largest) {
        this.file = file;
        this.largest = largest;
        this.sink = FileAlertSink.open(file, AlertFormat.JSON);
    }

    /** Remembers an alert. If it cannot be, feedback does not know it; that is said once, and the run continues. */
    void write(Alert alert) {
        try {
            append(alert);
            failing = false;
        } catch (DataException e) {
            if (!failing) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}; feedback will not know this alert by its id",
                        e.getMessage());
            }
            failing = true;
        }
    }

    private void append(Alert alert) {
        try {
            if (Files.exists(file) && Files.size(file) > largest) {
                sink.close();
                Files.move(file, FeedbackSettings.earlier(file), StandardCopyOption.REPLACE_EXISTING);
                sink = FileAlertSink.open(file, AlertFormat.JSON);
            }
        } catch (IOException e) {
            throw new DataException("alert_records " + file + " cannot be started again: " + IoErrors.describe(e), e);
        }
        sink.write(alert);
    }

    @Override
    public void close() {
        sink.close();
    }
}
