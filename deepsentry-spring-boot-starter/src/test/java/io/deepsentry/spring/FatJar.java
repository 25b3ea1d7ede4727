package io.deepsentry.spring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/**
 * Makes of a project's sources and of this test's own class path the jar that its build with Spring Boot's plugin
 * makes.
 */
final class FatJar {
    /** What only tests need. */
    private static final List<String> NOT_IN = List.of(
            "spring-boot-starter-test",
            "spring-boot-test",
            "spring-test",
            "spring-boot-loader",
            "junit",
            "assertj",
            "mockito",
            "byte-buddy",
            "objenesis",
            "hamcrest",
            "jsonassert",
            "json-path",
            "json-smart",
            "accessors-smart",
            "xmlunit",
            "awaitility",
            "surefire",
            "log4j-core");

    private FatJar() {}

    static Path pack(Path project, Path work, String mainClass) throws IOException {
        Path classes = work.resolve("classes");
        compile(project.resolve("src/main/java"), classes);
        copy(project.resolve("src/main/resources"), classes);
        Path thin = work.resolve("thin.jar");
        jar(classes, thin);
        List<Library> libraries = new ArrayList<>();
        int number = 0;
        for (Path entry : classPath()) {
            Path library = entry;
            if (Files.isDirectory(entry)) {
                library = work.resolve("folder-" + number++ + ".jar");
                jar(entry, library);
            }
            libraries.add(new Library(library.toFile(), LibraryScope.COMPILE));
        }
        Path fat = work.resolve("shop.jar");
        Repackager repackager = new Repackager(thin.toFile());
        repackager.setMainClass(mainClass);
        repackager.repackage(fat.toFile(), callback -> {
            for (Library library : libraries) {
                callback.library(library);
            }
        });
        return fat;
    }

    /** The class path of an application with the starter. */
    static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1))
                .map(Path::of)
                .filter(entry -> !entry.toString().isEmpty() && Files.exists(entry))
                .filter(entry -> !entry.endsWith("test-classes")
                        && !entry.getFileName().toString().endsWith("-test"))
                .filter(entry -> NOT_IN.stream()
                        .noneMatch(name -> entry.getFileName().toString().startsWith(name)))
                .toList();
    }

    private static void compile(Path sources, Path classes) throws IOException {
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(sources)) {
            List<Path> java =
                    found.filter(file -> file.toString().endsWith(".java")).toList();
            List<String> options = List.of(
                    "-parameters",
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            null, files, null, options, null, files.getJavaFileObjectsFromPaths(java))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(sources + " does not compile");
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static void jar(Path folder, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Enable-Native-Access", "ALL-UNNAMED");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(each).toString().replace('\\', '/');
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(each, out);
                }
            }
        }
    }
}
