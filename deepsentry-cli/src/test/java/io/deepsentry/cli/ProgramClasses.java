package io.deepsentry.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The class path of the tests as a program has it, as jars, and an archive of its classes as the launcher makes one:
 * hundreds of processes start from it in about half the time.
 */
final class ProgramClasses {
    private static final Path LIST = Path.of("src", "dist", "lib", "classes.lst");
    private static final Path TESTS = Path.of("target", "test-classes").toAbsolutePath();
    private static final long LIMIT_MINUTES = 2;

    /** The options of Java: the class path, and the archive if there could be one. */
    static final List<String> OPTIONS = options();

    private ProgramClasses() {}

    private static List<String> options() {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "program-classes-");
            folder.toFile().deleteOnExit();
            List<String> entries = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                Path path = Path.of(entry).toAbsolutePath();
                if (Files.isDirectory(path) && !path.equals(TESTS)) {
                    entries.add(
                            jar(path, folder.resolve(entries.size() + ".jar")).toString());
                } else if (Files.isRegularFile(path)) {
                    entries.add(path.toString());
                }
            }
            List<String> options = new ArrayList<>(List.of("-cp", String.join(File.pathSeparator, entries)));
            Path archive = folder.resolve("classes.jsa").toAbsolutePath();
            if (isDumped(options, archive)) {
                archive.toFile().deleteOnExit();
                options.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off"));
            }
            return List.copyOf(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.setLevel(0);
            for (Path file : files) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                out.putNextEntry(new JarEntry(name));
                Files.copy(file, out);
            }
        }
        jar.toFile().deleteOnExit();
        return jar.toAbsolutePath();
    }

    private static boolean isDumped(List<String> classPath, Path archive) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:dump",
                "-Xmx256m",
                "-XX:+UseG1GC",
                "-XX:SharedClassListFile=" + LIST,
                "-XX:SharedArchiveFile=" + archive));
        command.addAll(classPath);
        Process dump = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            boolean ended = dump.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            dump.destroyForcibly();
            return ended && dump.exitValue() == 0 && Files.exists(archive);
        } catch (InterruptedException e) {
            dump.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
