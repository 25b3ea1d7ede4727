package io.deepsentry.parse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the real logs are, which are not part of the project. */
final class RealData {
    private RealData() {}

    /** A folder of them; the test is skipped where it is not. */
    static Path folder(String name) {
        String root = System.getenv("DEEPSENTRY_TEST_DATA");
        Assumptions.assumeTrue(root != null, "DEEPSENTRY_TEST_DATA is not set: the test on real logs is skipped");
        Path folder = Path.of(root, name);
        Assumptions.assumeTrue(Files.isDirectory(folder), folder + " is not there: the test on real logs is skipped");
        return folder;
    }
}
