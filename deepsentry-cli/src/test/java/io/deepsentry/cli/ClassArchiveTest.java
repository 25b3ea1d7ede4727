package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the launcher as distributed starts from, the archive of classes that it makes and the native libraries beside
 * it, for a program that says how Java was started.
 */
@EnabledOnOs(OS.LINUX)
class ClassArchiveTest {
    private static final String PROGRAM = """
            import java.lang.management.ManagementFactory;
            public final class Told {
                public static void main(String[] arguments) {
                    System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
                }
            }
            """;

    private static final Path LIST = Path.of("src", "dist", "lib", "classes.lst");

    private final Path folder;
    private final Path launcher;
    private final Path lib;
    private final Path jar;

    ClassArchiveTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        launcher = Launcher.layOut(folder.resolve("program")).toAbsolutePath();
        lib = folder.resolve("program/lib");
        jar = lib.resolve("deepsentry-cli-test.jar");
        Path source = Files.writeString(folder.resolve("Told.java"), PROGRAM);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), source.toString()))
                .isZero();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Told");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("Told.class"));
            out.write(Files.readAllBytes(folder.resolve("Told.class")));
        }
        Files.writeString(lib.resolve("classes.lst"), "java/lang/Object\njava/lang/String\nTold\nno/longer/There\n");
    }

    private String start(Map<String, String> environment, String... arguments) {
        List<String> command = Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                .toList();
        ProgramRun run = ProgramRun.startCommand(folder, environment, command).await();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out();
    }

    private List<Path> archives() {
        try (Stream<Path> files = Files.list(lib)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive that is made in the background, once it is the only one and not that of before. */
    private Path made(List<Path> before) {
        await().atMost(Duration.ofMinutes(3))
                .until(this::archives, found -> found.size() == 1 && !before.containsAll(found));
        return archives().get(0);
    }

    @Test
    void libraries_beside_the_program_are_used_unless_those_for_a_gpu_are_named(@TempDir Path named)
            throws IOException {
        Path libraries = Files.createDirectory(folder.resolve("program/native"));
        Map<String, String> environment = Map.of("DEEPSENTRY_NATIVE_DIR", named.toString());
        String property = "-Donnxruntime.native.path=" + libraries.toRealPath();
        assertThat(start(Map.of())).contains(property);
        assertThat(start(environment)).contains(property);

        Files.createFile(named.resolve("libonnxruntime_providers_cuda.so"));
        assertThat(start(environment)).doesNotContain("onnxruntime.native.path");
    }

    @Test
    void theFirstStartMakesAnArchiveAndLaterOnesStartFromIt() throws IOException {
        assertThat(start(Map.of(), "--version")).doesNotContain("SharedArchiveFile");
        Path archive = made(List.of());

        assertThat(start(Map.of(), "live")).contains("-XX:SharedArchiveFile=" + archive);
        assertThat(start(Map.of("DEEPSENTRY_JAVA_OPTS", "-Xlog:class+load"), "parse"))
                .containsPattern("Told source: shared objects file");
        assertThat(Files.getPosixFilePermissions(archive)).isEqualTo(Files.getPosixFilePermissions(jar));
    }

    @Test
    void anArchiveOfOtherJarsIsNotOpenedEvenIfTheirSizesAndTimesAgree() throws IOException {
        start(Map.of(), "--version");
        Path first = made(List.of());
        FileTime time = Files.getLastModifiedTime(jar);
        byte[] content = Files.readAllBytes(jar);
        Files.delete(jar);
        Files.write(jar, content);
        Files.setLastModifiedTime(jar, time);

        assertThat(start(Map.of(), "--version")).doesNotContain("SharedArchiveFile");
        assertThat(start(Map.of(), "live")).doesNotContain(first.toString());
        assertThat(made(List.of(first))).isNotEqualTo(first);
    }

    @Test
    void liveAndWhoeverDoesNotWantOneMakeNone() {
        start(Map.of(), "live");
        start(Map.of("DEEPSENTRY_CLASS_ARCHIVE", "off"), "--version");
        start(Map.of("DEEPSENTRY_JAVA_OPTS", "-Xshare:auto"), "--version");

        assertThat(lib).isDirectoryNotContaining(file -> !file.equals(jar) && !file.endsWith("classes.lst"));
    }

    @Test
    void mostOfTheListIsThere() throws IOException {
        List<String> own = Files.readAllLines(LIST).stream()
                .filter(line -> line.startsWith("io/deepsentry/"))
                .toList();
        ClassLoader loader = ClassArchiveTest.class.getClassLoader();
        long there = own.stream()
                .filter(name -> loader.getResource(name + ".class") != null)
                .count();

        assertThat(own).hasSizeGreaterThan(300);
        assertThat(there)
                .as("classes of %s that there are; record it again with tools/class-list/record", LIST)
                .isGreaterThan(own.size() * 3L / 4);
    }
}
