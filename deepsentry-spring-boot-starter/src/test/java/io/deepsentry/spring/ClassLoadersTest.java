package io.deepsentry.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Applications with class loaders of their own in one JVM, as an application server has them. */
class ClassLoadersTest {
    private final ExampleShop shop = ExampleShop.open();

    /** What an application has, and the tests' own classes. */
    private static List<Path> classPath() {
        List<Path> path = new ArrayList<>(FatJar.classPath());
        Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1))
                .map(Path::of)
                .filter(entry -> Files.exists(entry.resolve("io/deepsentry/spring/IsolatedApplication.class")))
                .forEach(path::add);
        return path;
    }

    /** Log4j in place of Logback. */
    private static List<Path> log4jClassPath() throws IOException {
        List<Path> path = new ArrayList<>(classPath());
        path.removeIf(entry -> name(entry).startsWith("logback-") || name(entry).startsWith("log4j-to-slf4j"));
        Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1))
                .map(Path::of)
                .filter(entry -> name(entry).startsWith("log4j-core"))
                .forEach(path::add);
        try (Stream<Path> bridge = Files.list(Path.of(System.getProperty("log4j.bridge")))) {
            bridge.forEach(path::add);
        }
        return path;
    }

    private static String name(Path entry) {
        return entry.toString().isEmpty() ? "" : entry.getFileName().toString();
    }

    private String run(List<Path> path, long order) throws IOException, ReflectiveOperationException {
        List<URL> urls = new ArrayList<>();
        for (Path entry : path) {
            urls.add(entry.toUri().toURL());
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            return (String) loader.loadClass(IsolatedApplication.class.getName())
                    .getMethod("run", String.class, long.class)
                    .invoke(null, shop.models().toString(), order);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void two_applications_and_one_with_log4j_each_find_their_own_fault() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<String> first = threads.submit(() -> run(classPath(), 1));
            Future<String> second = threads.submit(() -> run(classPath(), 2));
            Future<String> third = threads.submit(() -> run(log4jClassPath(), 3));

            assertThat(first.get())
                    .startsWith("ch.qos.logback.classic.LoggerContext: ")
                    .endsWith("gateway does not answer, giving up order 1");
            assertThat(second.get()).endsWith("gateway does not answer, giving up order 2");
            assertThat(third.get())
                    .startsWith("org.apache.logging.slf4j.Log4jLoggerFactory: ")
                    .endsWith("gateway does not answer, giving up order 3");
        } finally {
            threads.shutdownNow();
        }
    }
}
