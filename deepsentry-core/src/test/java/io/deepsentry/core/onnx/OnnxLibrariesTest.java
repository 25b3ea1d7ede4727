package io.deepsentry.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime's native libraries, in processes of their own: a virtual machine loads them once. */
@DisabledOnOs(OS.WINDOWS)
class OnnxLibrariesTest {
    /** As often as this test has time for; {@code -Ddeepsentry.loaderRounds=20} for more. */
    private static final int ROUNDS = Integer.getInteger("deepsentry.loaderRounds", 3);

    private final Path folder;

    OnnxLibrariesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private record Ended(int status, String output) {}

    private static Ended run(Path temporary, @Nullable Path natives, int loaders)
            throws IOException, InterruptedException {
        return run(temporary, natives, ClassLoaders.class, Integer.toString(loaders));
    }

    private static Ended run(Path temporary, @Nullable Path natives, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("DEEPSENTRY_NATIVE_DIR");
        if (natives != null) {
            builder.environment().put("DEEPSENTRY_NATIVE_DIR", natives.toString());
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Path open(String name, String permissions) throws IOException {
        Path made = Files.createDirectory(folder.resolve(name));
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void severalClassLoadersAtOnceScoreAndLeaveNothingBehind() throws Exception {
        Path temporary = open("tmp", "rwx------");
        for (int round = 0; round < ROUNDS; round++) {
            Ended ended = run(temporary, null, 6);
            assertThat(ended.output()).contains("scored 6");
            assertThat(ended.status()).isZero();
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(each -> each.toString().contains("deepsentry")))
                    .isEmpty();
        }
    }

    @Test
    void aTemporaryFolderInWhichOthersCanExchangeFilesIsRefused() throws Exception {
        Ended ended = run(open("shared", "rwxrwxrwx"), null, 1);

        assertThat(ended.output())
                .contains(
                        "scored 0",
                        "other users can change " + folder.toRealPath() + "/shared",
                        "DEEPSENTRY_NATIVE_DIR");
    }

    @Test
    void theNamedFolderIsUsedInstead() throws Exception {
        Ended ended = run(open("shared", "rwxrwxrwx"), folder.resolve("own/natives"), 1);

        assertThat(ended.output()).contains("scored 1");
        assertThat(Files.getPosixFilePermissions(folder.resolve("own/natives")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aBuildWithCudaInTheNamedFolderIsUsedIfItIsComplete() throws Exception {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "the names of the files are those of Linux");
        Path natives = open("natives", "rwx------");
        Path provider = Files.writeString(natives.resolve("libonnxruntime_providers_cuda.so"), "no library");
        Files.writeString(natives.resolve("libonnxruntime.so." + OnnxRuntime.VERSION), "no library");
        assertThat(run(folder, natives, 1).output()).contains("scored 1");

        Files.copy(provider, natives.resolve("libonnxruntime_providers_shared.so"));
        assertThat(run(folder, natives, 1).output())
                .contains("scored 0", natives.toRealPath() + "/libonnxruntime.so." + OnnxRuntime.VERSION);
        try (Stream<Path> left = Files.list(natives)) {
            assertThat(left).hasSize(3);
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws Exception {
        Path temporary = open("tmp", "rwx------");
        Path left = Files.createDirectory(temporary.resolve("deepsentry-native-123"));
        Files.writeString(left.resolve("lock"), "");
        Files.writeString(left.resolve("libonnxruntime.so"), "no library");

        assertThat(run(temporary, null, 1).output()).contains("scored 1");
        assertThat(left).doesNotExist();
    }

    @Test
    void whatEndsAProgramsWorkStillScores() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Ended ended = run(open("tmp" + round, "rwx------"), null, ScoringAtExit.class);

            assertThat(ended.output()).contains("all scored");
            assertThat(ended.status()).isZero();
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedWithTheRemedy() throws Exception {
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root can write everywhere");
        Ended ended = run(open("sealed", "r-x------"), null, 1);

        assertThat(ended.output())
                .contains("nothing can be written to", "set the environment variable DEEPSENTRY_NATIVE_DIR");
    }
}
