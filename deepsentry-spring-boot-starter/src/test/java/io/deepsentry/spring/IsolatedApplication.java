package io.deepsentry.spring;

import io.deepsentry.appender.LogWatch;
import java.time.Duration;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application that is loaded by a class loader of its own, finds a fault and says what it found. */
public final class IsolatedApplication {
    private static final long LONG = Duration.ofMinutes(2).toNanos();

    private IsolatedApplication() {}

    /** The application. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** Returns the logging system, and the line of what was found. */
    public static String run(String models, long order) throws InterruptedException {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(Map.of("deepsentry.data-dir", models, "deepsentry.live.batch-interval", "0"));
        try (ConfigurableApplicationContext context = application.run()) {
            LogWatch watch = context.getBean(LogWatch.class);
            LoggerFactory.getLogger("com.example.shop.PaymentService")
                    .error("gateway does not answer, giving up order {}", order);
            long begin = System.nanoTime();
            while (watch.findings().isEmpty() && watch.failure().isEmpty() && System.nanoTime() - begin < LONG) {
                Thread.sleep(20);
            }
            String found = watch.failure()
                    .orElseGet(() -> watch.findings().isEmpty()
                            ? "nothing"
                            : watch.findings().get(0).line());
            return LoggerFactory.getILoggerFactory().getClass().getName() + ": " + found;
        }
    }
}
