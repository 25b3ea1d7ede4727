package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published and given away names what there is. */
class ReleaseFilesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path LICENSES = Path.of("src", "dist", "licenses");

    private static Set<String> all(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String version() throws IOException {
        return all("(?m)^  <version>(.*)</version>$", ROOT.resolve("pom.xml"))
                .iterator()
                .next();
    }

    @Test
    void the_bom_has_every_module_that_a_program_may_depend_on() throws IOException {
        Set<String> modules = all("<module>(.*)</module>", ROOT.resolve("pom.xml"));
        modules.removeAll(List.of("deepsentry-bom", "deepsentry-natives", "deepsentry-cli", "deepsentry-flink-job"));
        for (String platform : all("<module>(.*)</module>", ROOT.resolve("deepsentry-natives/pom.xml"))) {
            modules.add("deepsentry-natives-" + platform);
        }

        assertThat(all("<artifactId>(deepsentry-.*)</artifactId>", ROOT.resolve("deepsentry-bom/pom.xml")))
                .filteredOn(name -> !name.equals("deepsentry-bom"))
                .as("modules in deepsentry-bom/pom.xml")
                .containsExactlyInAnyOrderElementsOf(modules);
    }

    @Test
    void each_licence_that_libraries_may_have_has_its_text() throws IOException {
        try (Stream<Path> texts = Files.list(LICENSES)) {
            assertThat(texts.map(text -> text.getFileName().toString().replaceFirst("\\.txt$", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            all("<includedLicense>(.*)</includedLicense>", Path.of("pom.xml")));
        }
    }

    @Test
    void the_changelog_speaks_of_this_version() throws IOException {
        assertThat(Files.readString(ROOT.resolve("CHANGELOG.md")))
                .containsPattern("(?m)^## .*" + Pattern.quote(version().replace("-SNAPSHOT", "")) + "( |$)");
    }

    @Test
    void pages_name_the_version_of_the_project() throws IOException {
        for (String page : List.of("README.md", "docs/embedding.md")) {
            assertThat(Files.readString(ROOT.resolve(page))).as(page).contains(version());
        }
    }

    @Test
    void commands_of_the_pages_run_in_an_unpacked_archive(@TempDir Path folder) throws Exception {
        assertThat(all("<directory>(src/dist/[a-z]*)</directory>", Path.of("src/assembly/files.xml")))
                .contains("src/dist/root");
        Path archive = folder.resolve("the archive");
        Files.createDirectories(archive.resolve("bin"));
        Path program = Files.writeString(archive.resolve("bin/deepsentry"), "#!/bin/sh\necho \"$#\" \"$@\"\nexit 3\n");
        Path launcher = Files.copy(Path.of("src/dist/root/deepsentry"), archive.resolve("deepsentry"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("the archive/deepsentry"));

        for (Path called : List.of(launcher, link)) {
            Process process = new ProcessBuilder(called.toString(), "parse", "a log")
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("2 parse a log\n");
            assertThat(process.waitFor()).isEqualTo(3);
        }
    }

    /** Nobody runs the other one on this system, so at least the two say the same. */
    @Test
    void the_launcher_of_windows_starts_java_as_that_of_other_systems_does() throws IOException {
        Path shell = Path.of("src/dist/bin/deepsentry");
        Path batch = Path.of("src/dist/bin/deepsentry.bat");
        String quick = "(?:^|[ (])((?:--?)?[a-zA-Z]+)(?=[ )])";

        Set<String> flags = all("[ (\"=](-(?:XX:|D)[^\\s$\")=]*)", batch);
        flags.removeIf(flag -> flag.startsWith("-Djdk.console") || flag.contains(".*"));
        assertThat(all("[ (\"'](-(?:XX:|D)[^\\s$\"')=]*)", shell)).containsAll(flags);
        assertThat(flags).hasSizeGreaterThan(8);
        assertThat(words(quick, Files.readString(batch), "for %%c in (", ")"))
                .isEqualTo(words(quick, Files.readString(shell), "case ${1:---help} in\n", ") command").stream()
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (Path each : List.of(batch, ROOT.resolve("deepsentry.bat"))) {
            assertThat(Files.readString(each).replace("\r\n", ""))
                    .as(each.toString())
                    .doesNotContain("\n");
        }
    }

    /** Those of the launchers of the checkout: what is missing, and how it ended. */
    @Test
    void the_launcher_of_windows_says_of_a_build_what_that_of_other_systems_says() throws IOException {
        String batch = Files.readString(ROOT.resolve("deepsentry.bat"));
        for (String said : List.of(
                "Maven is needed to build, and there is no mvn on the PATH; install Maven 3.8 or newer, or run ",
                "a JDK is needed to build, and there is no javac",
                "install JDK 17 or newer, or set JAVA_HOME to it",
                "JDK 17 or newer is needed to build, but ",
                "; install one, or set JAVA_HOME to it",
                "building (the first time also downloads the libraries, about 390 MB) ...",
                "the build failed; its whole output is in ",
                "deepsentry: built in ",
                " -pl deepsentry-cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true")) {
            assertThat(Files.readString(ROOT.resolve("deepsentry"))).contains(said);
            assertThat(batch).contains(said);
        }
    }

    private static Set<String> words(String pattern, String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return Pattern.compile(pattern)
                .matcher(" " + text.substring(start, text.indexOf(to, start)) + " ")
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
