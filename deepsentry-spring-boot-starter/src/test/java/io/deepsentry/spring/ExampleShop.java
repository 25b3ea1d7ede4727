package io.deepsentry.spring;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * The example of the guide, packed as its build packs it, which has run once and has learnt its log. Everything is done
 * once, in processes of its own.
 *
 * @param jar its fat jar
 * @param folder where it ran
 * @param models what it has learnt
 */
record ExampleShop(Path jar, Path folder, Path models) {
    static final Duration LONG = Duration.ofMinutes(2);

    private static final Path PROJECT = Path.of("..", "examples", "spring-boot-shop");
    private static final Supplier<ExampleShop> SHOP = Suppliers.memoize(ExampleShop::learnt);

    /** The shop. */
    static ExampleShop open() {
        return Objects.requireNonNull(SHOP.get());
    }

    private static ExampleShop learnt() {
        try {
            Path folder = Path.of("target", "example-shop").toAbsolutePath();
            FileSystemUtils.deleteRecursively(folder);
            Files.createDirectories(folder);
            Path jar = FatJar.pack(PROJECT, folder, "com.example.shop.ShopApplication");
            ExampleShop shop = new ExampleShop(jar, folder, folder.resolve("deepsentry-data"));
            shop.run("traffic.txt", "--deepsentry.enabled=false", "--shop.orders=100", "--server.port=0");
            shop.run("learn.txt", "learn", "logs/shop.log", "deepsentry-data");
            return shop;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it; what it prints goes into a file of its folder. */
    Process start(String output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder process =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        return process.redirectOutput(folder.resolve(output).toFile()).start();
    }

    private void run(String output, String... arguments) throws IOException, InterruptedException {
        Process process = start(output, arguments);
        try {
            boolean ended = process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(Files.readString(folder.resolve(output)));
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
