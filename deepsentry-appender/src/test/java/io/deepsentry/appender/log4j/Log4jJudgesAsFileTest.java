package io.deepsentry.appender.log4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.FindingLine;
import io.deepsentry.appender.Judged;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.appender.ShopLog;
import io.deepsentry.appender.ShopLog.Said;
import io.deepsentry.appender.logback.ShopModels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.MarkerManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The appender gives the verdicts that {@code live} gives for the log file that Log4j writes beside it. */
class Log4jJudgesAsFileTest {
    @TempDir
    static Path folder;

    /** Learnt from what Logback wrote: a message is the same, whoever writes it. */
    private final Path models = ShopModels.ofStream();

    private static String file(Path log) {
        return "<File name='file' fileName='" + log + "'><PatternLayout pattern='%d [%t] %-5p %c - %m%n'/></File>";
    }

    private static LoggerContext context(String appenders, String references) throws IOException {
        LoggerContext context = new LoggerContext("shop");
        context.start(configuration(context, appenders, references));
        return context;
    }

    private static Configuration configuration(LoggerContext context, String appenders, String references)
            throws IOException {
        String xml = """
                <Configuration status='error'>
                  <Appenders>%s<File name='findings' fileName='%s'><PatternLayout pattern='%%p %%marker %%X{deepsentry.kind} %%m%%n'/></File></Appenders>
                  <Loggers>
                    <Logger name='deepsentry.findings' additivity='false'><AppenderRef ref='findings'/></Logger>
                    <Root level='debug'>%s</Root>
                  </Loggers>
                </Configuration>
                """.formatted(appenders, folder.resolve("findings.log"), references);
        return new XmlConfiguration(
                context, new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))));
    }

    private static void say(LoggerContext context, Said said) {
        SortedArrayStringMap mdc = new SortedArrayStringMap();
        said.mdc().forEach(mdc::putValue);
        context.getConfiguration()
                .getLoggerConfig(said.logger())
                .log(Log4jLogEvent.newBuilder()
                        .setLoggerName(said.logger())
                        .setLevel(Level.valueOf(said.level()))
                        .setMessage(new SimpleMessage(said.message()))
                        .setThrown(said.thrown())
                        .setThreadName(said.thread())
                        .setContextData(mdc)
                        .setTimeMillis(said.time().toEpochMilli())
                        .build());
    }

    @Test
    void verdicts_and_findings_are_those_of_the_log_file() throws IOException {
        Path log = folder.resolve("faulty.log");
        Judged appended = new Judged();
        try (LoggerContext context = context(
                file(log) + "<DeepSentry name='deepsentry' dataDir='" + models + "'/>",
                "<AppenderRef ref='file'/><AppenderRef ref='deepsentry'/>")) {
            DeepSentryLog4jAppender appender = context.getConfiguration().getAppender("deepsentry");
            appender.watch().run().addListener(appended);
            ShopLog.faulty(60).forEach(said -> say(context, said));
            appender.stop();
        }
        Judged read = Judged.file(log, models);

        assertThat(appended.scores).isEqualTo(read.scores).hasSizeGreaterThan(200);
        assertThat(appended.findings).isEqualTo(read.findings).isNotEmpty();
        assertThat(appended.events)
                .usingRecursiveFieldByFieldElementComparatorOnFields("time", "message", "level", "component", "thread")
                .containsExactlyElementsOf(read.events);
        assertThat(Files.readAllLines(folder.resolve("findings.log")))
                .hasSameSizeAs(appended.findings)
                .allSatisfy(line -> assertThat(line).contains(" " + FindingLine.MARKER + " "))
                .anySatisfy(line -> assertThat(line).contains(" new_message ", "payment of order 17 refused"));
    }

    @Test
    void its_own_lines_are_not_judged_and_an_attachment_stays_when_the_context_is_configured_again()
            throws IOException {
        Judged judged = new Judged();
        try (LoggerContext context = context("", "")) {
            AppenderSettings settings =
                    AppenderSettings.builder().dataDir(models).build();
            try (Log4jAttachment attached = Log4jAttachment.attach(context, "shop", settings)) {
                LogWatch watch = attached.watch();
                watch.run().addListener(judged);
                context.getLogger("io.deepsentry.live.LiveMonitor").warn("a line of the library");
                context.getLogger("other.findings")
                        .warn(MarkerManager.getMarker(FindingLine.MARKER), "a finding of another program");
                context.getLogger("shop").info("order {} sent", 1);
                context.reconfigure(configuration(context, "", ""));
                context.getLogger("shop").info("order {} sent", 2);
            }
            context.getLogger("shop").info("order {} sent", 3);
        }

        assertThat(judged.events)
                .extracting(event -> event.message())
                .isEqualTo(List.of("order 1 sent", "order 2 sent"));
    }
}
