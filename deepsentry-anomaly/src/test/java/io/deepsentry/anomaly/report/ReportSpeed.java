package io.deepsentry.anomaly.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prints how large a report is and how long a browser takes to show it, and takes pictures of it: for who works on the
 * page. {@code tools/report/measure} runs it.
 *
 * <pre>{@code
 * java -cp ... io.deepsentry.anomaly.report.ReportSpeed report.html pictures
 * }</pre>
 */
final class ReportSpeed {
    private static final int TIMES = 5;

    private ReportSpeed() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        Path page = Path.of(arguments[0]).toAbsolutePath();
        int[] loaded = new int[TIMES];
        int[] painted = new int[TIMES];
        try (Browser browser = Browser.start()) {
            for (int i = 0; i < TIMES; i++) {
                browser.open(page, 1400, "light");
                browser.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(1), 50)))");
                loaded[i] = browser.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
                        .asInt();
                painted[i] = browser.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                        .asInt();
            }
            if (arguments.length > 1) {
                Path folder = Files.createDirectories(Path.of(arguments[1]));
                Files.write(folder.resolve("light.png"), browser.picture());
                browser.open(page, 1400, "dark");
                Files.write(folder.resolve("dark.png"), browser.picture());
                browser.open(page, 400, "light");
                Files.write(folder.resolve("phone.png"), browser.picture());
                Files.write(folder.resolve("print.pdf"), browser.print());
            }
            System.out.printf(
                    Locale.ROOT,
                    "%,d bytes; loaded after %d ms, painted after %d ms (medians of %d); %d messages in the console%n",
                    Files.size(page),
                    median(loaded),
                    median(painted),
                    TIMES,
                    browser.console().size());
            browser.console().forEach(System.out::println);
        }
    }

    private static int median(int[] values) {
        return IntStream.of(values).sorted().toArray()[values.length / 2];
    }
}
