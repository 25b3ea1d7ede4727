package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** The launcher as distributed, beside a jar that stands for all others. */
final class Launcher {
    private Launcher() {}

    /** Lays it out in a folder and returns the path of the program. */
    static Path layOut(Path folder) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path launcher = bin.resolve("deepsentry");
        Files.copy(Path.of("src/dist/bin/deepsentry"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.deepsentry.cli.Main");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        Path lib = Files.createDirectories(folder.resolve("lib"));
        new JarOutputStream(Files.newOutputStream(lib.resolve("deepsentry-cli-test.jar")), manifest).close();
        return launcher;
    }
}
