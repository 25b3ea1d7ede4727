package io.deepsentry.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.tensorflow.TensorFlow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class NativeFolderTest {
    private final Path folder;

    NativeFolderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path made(String name, String permissions) throws IOException {
        Path made = Files.createDirectory(folder.resolve(name));
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFolderThatOnlyThisUserCanChangeIsTrusted() throws IOException {
        Path own = made("own", "rwxr-xr-x");

        assertThatCode(() -> NativeFolder.requireTrusted(own, Files.getOwner(own)))
                .doesNotThrowAnyException();
    }

    @Test
    void aFolderBelowOneThatAnybodyCanChangeIsNotTrusted() throws IOException {
        Path below = Files.createDirectory(made("open", "rwxrwxrwx").resolve("below"));

        assertThatThrownBy(() -> NativeFolder.requireTrusted(below, Files.getOwner(below)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "other users can change " + folder.toRealPath().resolve("open"))
                .hasMessageContaining(NativeFolder.VARIABLE);
    }

    @Test
    void belowAStickyFolderLikeTheTemporaryOneIsTrusted() throws IOException {
        Path sticky = made("sticky", "rwxrwxrwx");
        Files.setAttribute(sticky, "unix:mode", 01777);
        Path below = Files.createDirectory(sticky.resolve("below"));

        assertThatCode(() -> NativeFolder.requireTrusted(below, Files.getOwner(below)))
                .doesNotThrowAnyException();
    }

    @Test
    void aFolderOfAnotherUserIsNotTrusted() throws IOException {
        Path theirs = made("theirs", "rwxr-xr-x");
        var us = Files.getOwner(theirs);
        assumeTrue((Integer) Files.getAttribute(theirs, "unix:uid") == 0, "only root can give a folder away");
        Files.setAttribute(theirs, "unix:uid", 12345);

        assertThatThrownBy(() -> NativeFolder.requireTrusted(theirs, us)).hasMessageContaining("which belongs to");
    }

    /** Loads TensorFlow, and says where from. */
    public static final class LoadsTensorFlow {
        private LoadsTensorFlow() {}

        public static void main(String[] args) {
            List<String> devices = TensorFlow.devices();
            System.out.println(devices + " loaded from " + System.getProperty("org.bytedeco.javacpp.cachedir"));
        }
    }

    @Test
    void withoutAHomeTensorFlowIsNotLoadedFromAFolderThatOthersCanForesee() throws Exception {
        Path temporary = made("tmp", "rwx------");
        String user = System.getProperty("user.name");
        Path planted = Files.createDirectories(temporary.resolve(".javacpp-" + user + "/cache"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-Duser.home=?",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadsTensorFlow.class.getName()))
                .redirectErrorStream(true)
                .directory(made("work", "rwx------").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("loaded from " + temporary + "/deepsentry-native-");
        assertThat(planted).isEmptyDirectory();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(each -> each.getFileName().toString())).containsExactly(".javacpp-" + user);
        }
    }
}
