package io.deepsentry.appender.logback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.Judged;
import io.deepsentry.appender.ShopLog;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The appender gives the verdicts that {@code live} gives for the log file that Logback writes beside it. */
class LogbackJudgesAsFileTest {
    @TempDir
    static Path folder;

    private final Path models = ShopModels.ofStream();

    @Test
    void verdicts_and_findings_are_those_of_the_log_file() {
        Path log = folder.resolve("faulty.log");
        Judged appended = new Judged();
        List<ILoggingEvent> logged;
        try (LogbackLog logback = new LogbackLog().toFile(log, LogbackLog.PATTERN)) {
            DeepSentryAppender appender = new DeepSentryAppender();
            appender.setDataDir(models.toString());
            ListAppender<ILoggingEvent> findings = logback.findings(AppenderSettings.FINDINGS_LOGGER);
            logback.to(appender);
            appender.watch().orElseThrow().run().addListener(appended);
            logback.say(ShopLog.faulty(60));
            appender.stop();
            logged = findings.list;
        }
        Judged read = Judged.file(log, models);

        assertThat(appended.scores).isEqualTo(read.scores).hasSizeGreaterThan(200);
        assertThat(appended.findings).isEqualTo(read.findings).isNotEmpty();
        assertThat(logged).hasSameSizeAs(appended.findings);
        assertThat(logged)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(text -> assertThat(text).contains("payment of order 17 refused"))
                .noneSatisfy(text -> assertThat(text).contains("\n"));
        assertThat(logged.get(0).getLevel()).isIn(Level.WARN, Level.ERROR);
        assertThat(logged.get(0).getMarkerList()).extracting(Object::toString).containsExactly(FindingLine.MARKER);
        assertThat(logged.get(0).getKeyValuePairs())
                .extracting(pair -> pair.key)
                .contains("deepsentry.finding", "deepsentry.kind", "deepsentry.count");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LogbackLog.PATTERN,
                "%d{ISO8601} %-5level [%thread] %logger{36} - %m%n%ex",
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %5p 4711 --- [shop] [%15.15t] %-40.40logger{39} : %m%n%n%ex",
                "%d{yyyy-MM-dd HH:mm:ss.SSS} [%t] [%X{request}] %p %c - %m%n",
            })
    void an_event_is_what_reading_the_log_file_gives(String pattern, @TempDir Path files) {
        Path log = files.resolve("app.log");
        List<LogEvent> appended = new ArrayList<>();
        try (LogbackLog logback = new LogbackLog().toFile(log, pattern)) {
            LogbackEvents events =
                    new LogbackEvents(AppenderSettings.builder().dataDir(folder).build(), logback.context);
            logback.to(new ch.qos.logback.core.AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    appended.add(events.event(event, new Origin("log", 1, 0)));
                }
            });
            logback.say(ShopLog.faulty(40));
        }
        List<LogEvent> read = new ArrayList<>();
        try (LogReader reader = LogReader.builder().input(log).open()) {
            reader.forEach(read::add);
        }

        assertThat(appended)
                .usingRecursiveFieldByFieldElementComparatorOnFields("time", "message", "level")
                .containsExactlyElementsOf(read);
        assertThat(appended).anySatisfy(event -> assertThat(event.message()).contains("\nCaused by: "));
    }
}
