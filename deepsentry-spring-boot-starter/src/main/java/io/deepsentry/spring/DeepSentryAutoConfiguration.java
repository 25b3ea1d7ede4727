package io.deepsentry.spring;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.appender.LogWatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Lets a Spring Boot application judge its own log.
 *
 * <p>It brings a {@link Sentry} that is opened when it is first used, and a {@link LogWatch} on the logging system in
 * use, Logback or Log4j 2, from the refresh of the context to its close. Where the actuator is there, it adds health,
 * metrics and an endpoint.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnProperty(prefix = "deepsentry", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(DeepSentryProperties.class)
public class DeepSentryAutoConfiguration {
    /**
     * Opens the models of the data folder when the bean is first requested.
     *
     * @param properties the properties, which name the data folder
     * @return the open models; closed with the context
     */
    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    public Sentry sentry(DeepSentryProperties properties) {
        return Sentry.open(properties.dataDir());
    }

    /** What is there where the log is judged. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(prefix = "deepsentry", name = "watch", matchIfMissing = true)
    static class Watching {
        @Bean
        AttachedWatch deepSentryAttachedWatch(DeepSentryProperties properties, ApplicationContext context) {
            return AttachedWatch.attach(properties, context);
        }

        /** Closed by what it is attached by. */
        @Bean(destroyMethod = "")
        LogWatch deepSentryWatch(AttachedWatch attached) {
            return attached.watch();
        }
    }

    /** Metrics go to the registries of the application. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnProperty(prefix = "deepsentry", name = "watch", matchIfMissing = true)
    static class Metrics {
        @Bean
        MeterBinder deepSentryMetrics(LogWatch watch) {
            return new DeepSentryMetrics(watch);
        }
    }

    /** Health, under the name {@code deepSentry}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("deepsentry")
    @ConditionalOnProperty(prefix = "deepsentry", name = "watch", matchIfMissing = true)
    static class Health {
        @Bean
        DeepSentryHealthIndicator deepsentryHealthIndicator(LogWatch watch) {
            return new DeepSentryHealthIndicator(watch);
        }
    }

    /** The endpoint. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    @ConditionalOnAvailableEndpoint(endpoint = DeepSentryEndpoint.class)
    @ConditionalOnProperty(prefix = "deepsentry", name = "watch", matchIfMissing = true)
    static class Findings {
        @Bean
        DeepSentryEndpoint deepSentryEndpoint(LogWatch watch) {
            return new DeepSentryEndpoint(watch);
        }
    }
}
