package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The address of the forge is said in one place, {@code forge} of {@code pom.xml}, and the files that cannot read it
 * there repeat it.
 */
class ForgeAddressTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern FORGE = Pattern.compile("<forge>(.*)</forge>");

    private static String forge() throws IOException {
        Matcher said = FORGE.matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(said.find()).isTrue();
        return said.group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONTRIBUTING.md", "mkdocs.yml", ".github/ISSUE_TEMPLATE/config.yml", "docs/releasing.md"})
    void isRepeatedAsItIs(String file) throws IOException {
        String forge = forge();
        String project = forge.substring(forge.lastIndexOf('/'));
        List<String> addresses = Pattern.compile("https?://[^\\s`)>\"]*" + Pattern.quote(project) + "[^\\s`)>\"]*")
                .matcher(Files.readString(ROOT.resolve(file)))
                .results()
                .map(found -> found.group())
                .toList();
        assertThat(addresses).isNotEmpty().allMatch(address -> address.startsWith(forge));
    }

    @Test
    void whoReportsAVulnerabilityIsToldWhenToExpectAnAnswer() throws IOException {
        assertThat(Files.readString(ROOT.resolve("SECURITY.md")))
                .contains("| confirm that we have your report | two working days |")
                .contains("Report a vulnerability");
    }
}
