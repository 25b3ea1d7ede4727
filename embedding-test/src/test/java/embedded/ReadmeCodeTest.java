package embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import java.io.File;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the code of the README as it stands there, with models trained on a small log. */
class ReadmeCodeTest {
    private static final String CLASS = "ScoreSession";

    @TempDir
    Path folder;

    @Test
    void the_code_of_the_readme_scores_a_session() throws Exception {
        Path data = folder.resolve("data");
        train(data);

        Path source = folder.resolve(CLASS + ".java");
        Files.writeString(source, blockOfReadme("java"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
        assertEquals(0, compiled, "the README's code must compile");

        String printed = run(data);
        assertTrue(printed.strip().matches("-?[0-9.E-]+ (anomalous|normal)"), () -> "not a verdict: " + printed);
    }

    @Test
    void the_dependencies_of_the_readme_are_those_of_this_project() throws Exception {
        String pom = Files.readString(Path.of("pom.xml")).replaceAll("\\s+", "");
        Matcher dependency =
                Pattern.compile("<dependency>.*?</dependency>", Pattern.DOTALL).matcher(blockOfReadme("xml"));
        int count = 0;
        while (dependency.find()) {
            String artifact = dependency.group().replaceAll("\\s+", "").replaceAll("<version>.*", "");
            assertTrue(pom.contains(artifact), () -> artifact + " is not in the test's POM");
            count++;
        }
        assertEquals(5, count);
    }

    /** Spring and Jackson ask a class for all its methods, which fails if one of them names a class that is not there. */
    @Test
    void reflection_over_the_public_classes_meets_no_missing_class() throws Exception {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.nd4j.linalg.api.ndarray.INDArray"));
        int seen = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.matches(".*deepsentry-[a-z]+-[^/\\\\]*[.]jar")) {
                continue;
            }
            try (JarFile jar = new JarFile(entry)) {
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

    private static String blockOfReadme(String language) throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("readme")));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertTrue(block.find(), "the README has a block of " + language);
        return block.group(1);
    }

    private static void train(Path data) throws Exception {
        Files.createDirectories(data);
        List<String> lines = new ArrayList<>();
        for (int session = 0; session < 40; session++) {
            for (String step : List.of("opened", "read 5 pages of", "wrote", "closed")) {
                int second = lines.size();
                lines.add(String.format(
                        "220115 %02d%02d%02d %s req-%d", second / 3600, second / 60 % 60, second % 60, step, session));
            }
        }
        Path log = Files.write(data.resolve("app.log"), lines);
        Sources sources = new Sources(
                Map.of("--input", log, "--format", "utah", "--session-key", "(req-\\d+)", "--epochs", 1), Map.of(), data);
        RunContext context = RunContext.quiet();
        Prepare.run(PrepareSettings.from(Config.defaults(PrepareSettings.SCHEMA, sources)), context);
        TextTraining.run(TextTrainSettings.from(Config.defaults(TextTrainSettings.SCHEMA, sources)), context);
        DatasetEncoding.run(EncodeSettings.from(Config.defaults(EncodeSettings.SCHEMA, sources)), context);
        DetectorTraining.run(DetectorTrainSettings.from(Config.defaults(DetectorTrainSettings.SCHEMA, sources)), context);
    }

    /** In a process of its own, which has no TensorFlow to compute with: to score, none is needed. */
    private String run(Path data) throws Exception {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*(tensorflow-core-native|javacpp)-[^/\\\\]*-[a-z]+-[^/\\\\]*[.]jar"))
                .collect(Collectors.joining(File.pathSeparator));
        assertNotEquals(System.getProperty("java.class.path"), classPath);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + File.pathSeparator + classPath,
                        CLASS,
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return printed;
    }
}
