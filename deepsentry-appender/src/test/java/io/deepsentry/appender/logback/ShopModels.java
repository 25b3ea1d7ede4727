package io.deepsentry.appender.logback;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentryTraining;
import io.deepsentry.appender.ShopLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Small models of the shop's log, learnt once from a file that Logback wrote, and so no better than they need to be.
 */
public final class ShopModels {
    private static final Supplier<Path> STREAM = Suppliers.memoize(() -> learn(LogbackLog.PATTERN, null));
    private static final Supplier<Path> SESSIONS = Suppliers.memoize(
            () -> learn("%d{ISO8601} [%thread] [%X{request}] %-5level %logger - %msg%n", "\\[(r\\d+)\\]"));

    private ShopModels() {}

    /** Of the log as one stream. */
    public static Path ofStream() {
        return Objects.requireNonNull(STREAM.get());
    }

    /** Of requests, whose number is in the header of the log file and in the MDC of the program. */
    static Path ofSessions() {
        return Objects.requireNonNull(SESSIONS.get());
    }

    private static Path learn(String pattern, @Nullable String sessionKey) {
        try {
            Path folder = Files.createTempDirectory("shop-models");
            folder.toFile().deleteOnExit();
            Path log = folder.resolve("train.log");
            try (LogbackLog logback = new LogbackLog().toFile(log, pattern)) {
                logback.say(ShopLog.normal(250));
            }
            SentryTraining training = Sentry.trainOnFiles(log).epochs(2).seed(3).settings(all -> all.textTraining(
                            text -> text.embeddingSize(8).encoderHiddenSize(16).encoderOutputSize(16))
                    .detectorTraining(detector -> detector.lstmHiddenSize(8)));
            if (sessionKey != null) {
                training.sessionKey(sessionKey);
            }
            training.into(folder).close();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
