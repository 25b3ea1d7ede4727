package io.deepsentry.appender.logback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.status.Status;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.Judged;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.appender.ShopLog;
import io.deepsentry.appender.ShopLog.Said;
import io.deepsentry.live.LiveRun;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeepSentryAppenderTest {
    private final Path folder;

    private final Path models = ShopModels.ofSessions();

    DeepSentryAppenderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static LogbackLog configured(String lines) throws JoranException {
        LogbackLog logback = new LogbackLog();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logback.context);
        configurator.doConfigure(new ByteArrayInputStream(
                ("<configuration>" + lines + "</configuration>").getBytes(StandardCharsets.UTF_8)));
        return logback;
    }

    private static LogWatch watch(LogbackLog logback) {
        return ((DeepSentryAppender)
                        logback.context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("DEEPSENTRY"))
                .watch()
                .orElseThrow();
    }

    private static LiveRun.Snapshot seen(LogWatch watch) {
        return Objects.requireNonNull(watch.run().snapshot());
    }

    @Test
    void two_lines_of_configuration_judge_the_sessions_of_the_mdc() throws JoranException {
        try (LogbackLog logback = configured("""
            <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender">
              <dataDir>%s</dataDir>
              <sessionMdc>request</sessionMdc>
              <findingsLogger>shop.odd</findingsLogger>
            </appender>
            <root level="DEBUG"><appender-ref ref="DEEPSENTRY"/></root>
            """.formatted(models))) {
            Judged judged = new Judged();
            watch(logback).run().addListener(judged);
            ListAppender<ILoggingEvent> findings = logback.findings("shop.odd");
            List<Said> said = ShopLog.faulty(40);
            logback.say(said);
            watch(logback).close();

            assertThat(judged.events).hasSameSizeAs(said);
            assertThat(findings.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(text -> assertThat(text).contains(" in r17: \"payment of order 17 refused"));
            assertThat(seen(watch(logback)).identified().withoutKey()).isZero();
        }
    }

    @Test
    void its_own_lines_are_not_judged_and_neither_are_findings_of_others() throws JoranException {
        try (LogbackLog logback = configured("""
            <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender"><dataDir>%s</dataDir></appender>
            <root level="TRACE"><appender-ref ref="DEEPSENTRY"/></root>
            """.formatted(models))) {
            Judged judged = new Judged();
            watch(logback).run().addListener(judged);
            logback.context.getLogger("io.deepsentry.live.LiveMonitor").warn("a line of the library");
            logback.context.getLogger(AppenderSettings.FINDINGS_LOGGER).warn("a finding");
            logback.context.getLogger("other.findings").warn(LogbackFindings.MARKER, "a finding of another program");
            logback.context.getLogger("shop").warn("a line of the program");
            watch(logback).close();

            assertThat(judged.events).extracting(event -> event.message()).containsExactly("a line of the program");
        }
    }

    @Test
    void lines_beyond_the_capacity_are_dropped_and_counted() throws JoranException {
        try (LogbackLog logback = configured("""
            <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender">
              <dataDir>%s</dataDir><capacity>50</capacity>
            </appender>
            <root level="DEBUG"><appender-ref ref="DEEPSENTRY"/></root>
            """.formatted(models))) {
            LogWatch watch = watch(logback);
            // The models are not loaded yet, and nobody waits for them.
            logback.say(ShopLog.normal(100));
            long dropped = watch.dropped();
            watch.close();

            assertThat(dropped).isPositive();
            assertThat(seen(watch).identified().messages() + dropped)
                    .isEqualTo(ShopLog.normal(100).size());
            assertThat(seen(watch).input().droppedLines()).isEqualTo(dropped);
        }
    }

    @Test
    void a_program_whose_models_are_missing_logs_on_and_is_told_once() throws JoranException {
        try (LogbackLog logback = configured("""
            <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender"><dataDir>%s</dataDir></appender>
            <root level="DEBUG"><appender-ref ref="DEEPSENTRY"/></root>
            """.formatted(folder.resolve("nowhere")))) {
            ListAppender<ILoggingEvent> own = logback.findings("io.deepsentry.appender");
            LogWatch watch = watch(logback);
            await().until(() -> watch.failure().isPresent() && !own.list.isEmpty());
            logback.say(ShopLog.normal(5));

            assertThat(watch.failure().orElseThrow()).contains("nowhere");
            assertThat(own.list).hasSize(1);
            assertThat(watch.waiting()).isZero();
            assertThat(logback.context.getStatusManager().getCopyOfStatusList())
                    .filteredOn(status -> status.getEffectiveLevel() == Status.ERROR)
                    .extracting(Status::getMessage)
                    .anySatisfy(message -> assertThat(message).contains("no longer watches this log"));
        }
    }

    @Test
    void a_wrong_setting_is_a_status_of_logback() throws JoranException {
        try (LogbackLog logback = configured("""
            <appender name="DEEPSENTRY" class="io.deepsentry.appender.logback.DeepSentryAppender"><capacity>0</capacity></appender>
            <root level="DEBUG"><appender-ref ref="DEEPSENTRY"/></root>
            """)) {
            assertThat(logback.context.getStatusManager().getCopyOfStatusList())
                    .extracting(Status::getMessage)
                    .anySatisfy(message -> assertThat(message).contains("capacity must be at least 1, but was 0"));
        }
    }

    @Test
    void an_attachment_stays_when_the_context_is_configured_again() {
        try (LogbackLog logback = new LogbackLog()) {
            AppenderSettings settings = AppenderSettings.builder()
                    .dataDir(models)
                    .sessionMdc("request")
                    .build();
            Judged judged = new Judged();
            try (LogbackAttachment attached = LogbackAttachment.attach(logback.context, "shop", settings)) {
                attached.watch().run().addListener(judged);
                logback.say(ShopLog.normal(3));
                logback.context.reset();
                logback.say(ShopLog.normal(3));
            }
            int said = 2 * ShopLog.normal(3).size();
            logback.say(ShopLog.normal(3));

            assertThat(judged.events).hasSize(said);
        }
    }
}
