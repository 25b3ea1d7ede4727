package io.deepsentry.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.text.encode.PretrainedEncoders;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the programs of docs/embedding.md. */
class EmbeddingGuideTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void theProgramsWithAndWithoutArraysOfNd4jPrintOneScore() throws Exception {
        PretrainedEncoders.find("server-logs").copyTo(folder);
        Path detector = folder.resolve("detector.h5");
        KerasFile.write(detector, detector(), Map.of());
        Map<String, Path> programs = new LinkedHashMap<>();
        Matcher block = Pattern.compile("```java\n([^`]*?public class (\\w+)[^`]*)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", "embedding.md")));
        while (block.find()) {
            programs.put(block.group(2), Files.writeString(folder.resolve(block.group(2) + ".java"), block.group(1)));
        }
        assertThat(programs).containsKeys("ScoreWindow", "ScoreArray");
        String score = run("ScoreWindow", programs, detector);
        assertThat(Double.parseDouble(score)).isPositive();
        assertThat(run("ScoreArray", programs, detector)).isEqualTo(score);
    }

    /** A small detector of windows [10, 128]. */
    private static Model detector() {
        return Model.initialise(
                Network.builder("detector")
                        .input(new InputLayer("window", List.of(10, 128), false))
                        .add(new Dense("dense", 128, Activation.TANH, true))
                        .build(),
                1);
    }

    private String run(String name, Map<String, Path> programs, Path detector) throws Exception {
        String classPath = System.getProperty("java.class.path");
        Path source = Objects.requireNonNull(programs.get(name));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", classPath, source.toString());
        assertThat(compiled).as("%s compiles", name).isZero();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        folder + File.pathSeparator + classPath,
                        name,
                        folder.resolve("encoder.h5").toString(),
                        detector.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.strip();
    }
}
