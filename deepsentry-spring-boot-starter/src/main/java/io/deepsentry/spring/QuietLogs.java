package io.deepsentry.spring;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the libraries that read models quiet: they tell at the level INFO of each part of a file. Any
 * {@code logging.level} of the application goes before these.
 */
final class QuietLogs implements EnvironmentPostProcessor {
    private static final Map<String, Object> LEVELS =
            Map.of("logging.level.io.jhdf", "error", "logging.level.org.bytedeco", "warn");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("deepsentry-quiet-logs", LEVELS));
    }
}
