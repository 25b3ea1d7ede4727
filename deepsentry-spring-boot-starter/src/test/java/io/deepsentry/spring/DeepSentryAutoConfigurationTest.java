package io.deepsentry.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.appender.LogWatch;
import io.deepsentry.core.MissingDataException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Real application contexts, on what the example's shop has learnt. */
@ExtendWith(OutputCaptureExtension.class)
class DeepSentryAutoConfigurationTest {
    private final ExampleShop shop = ExampleShop.open();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private ConfigurableApplicationContext start(String... properties) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(Map.of(
                "deepsentry.data-dir",
                shop.models().toString(),
                "deepsentry.live.batch-interval",
                "0",
                "management.endpoints.web.exposure.include",
                "*",
                "management.endpoints.jmx.exposure.include",
                "*"));
        return application.run(
                Stream.of(properties).map(property -> "--" + property).toArray(String[]::new));
    }

    private static void fail(long order) {
        LoggerFactory.getLogger("com.example.shop.PaymentService")
                .error("gateway does not answer, giving up order {}", order);
    }

    private static List<String> appenders() {
        LoggerContext logback = (LoggerContext) LoggerFactory.getILoggerFactory();
        List<String> names = new ArrayList<>();
        logback.getLogger("ROOT").iteratorForAppenders().forEachRemaining(each -> names.add(each.getName()));
        names.removeIf(name -> !name.startsWith("deepsentry-"));
        return names;
    }

    private static LogWatch watching(ConfigurableApplicationContext context) {
        LogWatch watch = context.getBean(LogWatch.class);
        DeepSentryHealthIndicator health = context.getBean(DeepSentryHealthIndicator.class);
        await().atMost(ExampleShop.LONG).until(() -> health.health().getStatus().equals(Status.UP));
        return watch;
    }

    @Test
    @SuppressWarnings("unchecked")
    void finds_what_the_application_logs_and_tells_of_it_everywhere() {
        try (ConfigurableApplicationContext context =
                start("spring.application.name=shop", "deepsentry.findings-logger=shop.odd")) {
            LogWatch watch = watching(context);
            ListAppender<ILoggingEvent> logged = new ListAppender<>();
            logged.start();
            ((LoggerContext) LoggerFactory.getILoggerFactory())
                    .getLogger("shop.odd")
                    .addAppender(logged);
            fail(77);
            await().atMost(ExampleShop.LONG).until(() -> !watch.findings().isEmpty());

            DeepSentryEndpoint endpoint = context.getBean(DeepSentryEndpoint.class);
            Map<String, Object> found = endpoint.findings();
            List<Map<String, Object>> findings =
                    (List<Map<String, Object>>) Objects.requireNonNull(found.get("findings"));
            String id = String.valueOf(findings.get(0).get("id"));
            assertThat(found).containsEntry("state", "watching").containsEntry("system", "shop");
            assertThat(endpoint.finding(id)).containsEntry("severity", "ERROR").containsEntry("count", 1L);
            assertThat(endpoint.finding("0")).isNull();
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(text -> assertThat(text).contains("giving up order 77", id));
            assertThat(context.getBean(MeterRegistry.class)
                            .get("deepsentry.messages.processed")
                            .tag("system", "shop")
                            .functionCounter()
                            .count())
                    .isPositive();
            Health health = context.getBean(DeepSentryHealthIndicator.class).health();
            assertThat(health.getDetails()).containsEntry("state", "watching").containsEntry("dropped", 0L);
        }
        assertThat(appenders()).isEmpty();
    }

    @Test
    @SuppressWarnings("try")
    void two_contexts_watch_one_log_and_do_not_find_each_others_findings() {
        try (ConfigurableApplicationContext first = start("deepsentry.findings-logger=first.odd");
                ConfigurableApplicationContext second = start("deepsentry.findings-logger=second.odd")) {
            LogWatch one = watching(first);
            LogWatch other = watching(second);
            assertThat(appenders()).hasSize(2);
            fail(78);
            await().atMost(ExampleShop.LONG)
                    .until(() -> !one.findings().isEmpty() && !other.findings().isEmpty());
            first.close();
            assertThat(appenders()).hasSize(1);
            fail(79);
            await().atMost(ExampleShop.LONG)
                    .until(() -> other.findings().stream().anyMatch(finding -> finding.count() == 2));

            assertThat(other.findings())
                    .allSatisfy(finding -> assertThat(finding.line()).startsWith("gateway does not"));
        }
    }

    @Test
    void the_sentry_is_opened_when_it_is_first_used_and_closed_with_the_context() {
        Sentry sentry;
        try (ConfigurableApplicationContext context = start("deepsentry.watch=false")) {
            assertThat(context.getBeanNamesForType(LogWatch.class)).isEmpty();
            assertThat(context.getBeanFactory().containsSingleton("sentry")).isFalse();
            sentry = context.getBean(Sentry.class);
            assertThat(sentry.judgesSessions()).isTrue();
        }
        assertThat(catchThrowable(sentry::judgesSessions)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void says_what_to_do_where_the_models_are_missing(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start("deepsentry.data-dir=nowhere"));

        assertThat(failure).hasRootCauseInstanceOf(MissingDataException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("there is no model ")
                .contains("deepsentry run --input logs/app.log --output-dir nowhere")
                .contains("deepsentry.enabled=false");
        assertThat(appenders()).isEmpty();
    }

    @Test
    void says_which_property_is_wrong(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start("deepsentry.live.idle-timeot=3"));

        assertThat(failure).isNotNull();
        assertThat(output).contains("idle_timeot is no setting of live_monitoring_config.yml");
    }

    @Test
    void is_not_there_where_it_is_switched_off() {
        try (ConfigurableApplicationContext context =
                start("deepsentry.enabled=false", "deepsentry.data-dir=nowhere")) {
            assertThat(context.getBeanNamesForType(Sentry.class)).isEmpty();
            assertThat(context.getBeanNamesForType(LogWatch.class)).isEmpty();
            assertThat(context.getBeanNamesForType(DeepSentryEndpoint.class)).isEmpty();
        }
    }

    @Test
    void each_property_is_described_for_editors() throws IOException {
        List<URL> metadata = Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"));
        List<String> texts = new ArrayList<>();
        for (URL each : metadata) {
            texts.add(new String(each.openStream().readAllBytes(), StandardCharsets.UTF_8));
        }

        assertThat(texts).anySatisfy(text -> {
            for (var component : DeepSentryProperties.class.getRecordComponents()) {
                String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
                assertThat(text).contains("\"deepsentry." + name + "\"");
            }
            assertThat(text).contains("\"description\": \"Folder with the models");
        });
    }
}
