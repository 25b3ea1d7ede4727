package embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentryTraining;
import java.io.File;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs the code of the README and of the guide for Java as it stands there, with models trained on a small
 * log.
 */
class ReadmeCodeTest {
    @TempDir
    Path folder;

    @Test
    void the_code_of_the_readme_judges_messages_by_sessions_and_by_a_stream() throws Exception {
        Path log = log();
        Path sessions = folder.resolve("sessions");
        Path stream = folder.resolve("stream");
        training(log).sessionKey("(req-\\d+)").into(sessions).close();
        training(log).into(stream).close();

        String name = compile(block(readme(), "java", 0));
        for (Path data : List.of(sessions, stream)) {
            String printed = run(name, withoutTensorFlow(), data);
            assertTrue(
                    printed.strip().matches("[0-9.E-]+ (anomalous: .+|normal)"), () -> "not a verdict: " + printed);
        }
        assertTrue(run(name, withoutTensorFlow(), sessions).contains(" anomalous: "));
    }

    @Test
    void the_guide_learns_from_code_judges_messages_as_they_come_and_acknowledges_what_was_normal() throws Exception {
        Path orders = folder.resolve("orders");
        assertFalse(runGuide("LearnOrders", orders).isBlank(), "a reason");

        List<String> followed = runGuide("FollowOrders", orders).lines().toList();
        assertEquals(7, followed.size(), () -> "a verdict a message, and one at each end: " + followed);
        assertTrue(followed.contains("order 7: training never saw this message"), followed::toString);
        assertTrue(followed.contains("order 8 at its end: normal"), followed::toString);

        assertEquals(
                List.of("acknowledged: false", "revoked: true"),
                runGuide("AcknowledgeRefusal", orders).lines().toList());
    }

    @Test
    void the_guide_learns_from_a_log_and_follows_another() throws Exception {
        Path log = log();
        Path learned = folder.resolve("learned");
        String printed = runGuide("LearnLog", log, learned).strip();
        assertTrue(printed.matches("lines above [0-9.E-]+ are anomalous"), printed);

        List<String> lines = new ArrayList<>(Files.readAllLines(log).subList(0, 20));
        lines.add("220116 000000 disk error on req-7");
        Path other = Files.write(folder.resolve("other.log"), lines);
        String found = runGuide("FollowLog", learned, other);
        assertTrue(found.contains("21: disk error on req-7: training never saw this message"), found);
    }

    @Test
    void the_guide_stops_a_training() throws Exception {
        String stopped = runGuide("LearnInTime", log(), folder.resolve("stopped"), "PT0S");
        assertTrue(stopped.startsWith("stopped: "), stopped);
    }

    /** Runs a program of the guide, with TensorFlow. */
    private String runGuide(String program, Object... arguments) throws Exception {
        Path guide = readme().resolveSibling("docs/embedding.md");
        Matcher block = Pattern.compile("```java\n([^`]*public class " + program + " [^`]*)```")
                .matcher(Files.readString(guide));
        assertTrue(block.find(), guide + " has the program " + program);
        return run(compile(block.group(1)), System.getProperty("java.class.path"), arguments);
    }

    @Test
    void the_dependencies_of_the_readme_are_those_of_this_project() throws Exception {
        String pom = Files.readString(Path.of("pom.xml")).replaceAll("\\s+", "");
        String version = System.getProperty("version.deepsentry");
        String platform = pom.replaceAll(".*<artifactId>(deepsentry-natives-[^<]*)</artifactId>.*", "$1");
        String readme = block(readme(), "xml", 0)
                .replaceAll("\\s+", "")
                .replace("deepsentry-natives-linux-x86_64", platform)
                .replace("<version>" + version + "</version>", "<version>${deepsentry.version}</version>");
        Matcher dependency = Pattern.compile("<dependency>.*?</dependency>").matcher(readme);
        int count = 0;
        while (dependency.find()) {
            assertTrue(pom.contains(dependency.group()), () -> dependency.group() + " is not in the test's POM");
            count++;
        }
        assertEquals(3, count);
    }

    @Test
    void a_program_gets_the_versions_that_were_tested() {
        String classPath = System.getProperty("java.class.path");
        int seen = 0;
        for (String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith("version.") && !property.equals("version.deepsentry")) {
                String jar = property.substring("version.".length()) + "-" + System.getProperty(property) + ".jar";
                assertTrue(classPath.contains(File.separator + jar), () -> jar + " is not among " + classPath);
                seen++;
            }
        }
        assertEquals(9, seen);
    }

    /**
     * Spring and Jackson ask a class for all its methods, which fails if one of them names a class that is not there.
     */
    @Test
    void reflection_over_the_public_classes_meets_no_missing_class() throws Exception {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.nd4j.linalg.api.ndarray.INDArray"));
        int seen = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.matches(".*deepsentry-[a-z]+-[^/\\\\]*[.]jar")) {
                continue;
            }
            try (JarFile jar = new JarFile(entry)) {
                String module = jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name");
                assertTrue(module.matches("io[.]deepsentry[.][a-z0-9]+"), () -> entry + " is module " + module);
                for (String name : jar.stream().map(JarEntry::getName).toList()) {
                    if (name.endsWith(".class") && !name.endsWith("-info.class")) {
                        Class<?> type = Class.forName(
                                name.replace('/', '.').replace(".class", ""), false, getClass().getClassLoader());
                        if (Modifier.isPublic(type.getModifiers())) {
                            type.getMethods();
                            type.getConstructors();
                            type.getFields();
                            seen++;
                        }
                    }
                }
            }
        }
        assertTrue(seen > 100, "public classes: " + seen);
    }

    private static Path readme() {
        return Path.of(System.getProperty("readme")).toAbsolutePath();
    }

    private static String block(Path file, String language, int number) throws Exception {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(file));
        for (int i = 0; i <= number; i++) {
            assertTrue(block.find(), file + " has a block of " + language);
        }
        return block.group(1);
    }

    private static SentryTraining training(Path log) {
        return Sentry.trainOnFiles(log)
                .epochs(1)
                .settings(all -> all.prepare(prepare -> prepare.format("utah")));
    }

    private Path log() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int session = 0; session < 40; session++) {
            for (String step : List.of("opened", "read 5 pages of", "wrote", "closed")) {
                int second = lines.size();
                lines.add(String.format(
                        "220115 %02d%02d%02d %s req-%d", second / 3600, second / 60 % 60, second % 60, step, session));
            }
        }
        return Files.write(folder.resolve("app.log"), lines);
    }

    /** Compiles a program and returns the name of its class. */
    private String compile(String code) throws Exception {
        Matcher name = Pattern.compile("public class (\\w+)").matcher(code);
        assertTrue(name.find(), "a class");
        Path source = folder.resolve(name.group(1) + ".java");
        Files.writeString(source, code);
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
        assertEquals(0, compiled, () -> "must compile: " + source.getFileName());
        return name.group(1);
    }

    /** A class path that has no TensorFlow to compute with: to score, none is needed. */
    private static String withoutTensorFlow() {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*(tensorflow-core-native|javacpp)-[^/\\\\]*-[a-z]+-[^/\\\\]*[.]jar"))
                .collect(Collectors.joining(File.pathSeparator));
        assertNotEquals(System.getProperty("java.class.path"), classPath);
        return classPath;
    }

    /** Runs a program in a process of its own. */
    private String run(String name, String classPath, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                folder + File.pathSeparator + classPath,
                name));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return printed;
    }
}
