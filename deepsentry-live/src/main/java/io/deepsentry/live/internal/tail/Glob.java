package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of files with {@code *}, {@code ?}, {@code [...]} or {@code {...}} in them, as {@link java.nio.file.FileSystem#getPathMatcher} has them. */
final class Glob {
    private static final String SPECIAL = "*?[{";

    private final Path root;
    private final int depth;
    private final PathMatcher matcher;

    private Glob(Path root, int depth, PathMatcher matcher) {
        this.root = root;
        this.depth = depth;
        this.matcher = matcher;
    }

    /** Whether a path is to be understood as a glob: it looks like one, and is not the name of a file itself. */
    static boolean isGlob(Path path) {
        return isSpecial(path.toString()) && !Files.exists(path);
    }

    private static boolean isSpecial(String text) {
        return text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    static Glob of(Path pattern) {
        Path root = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
        int fixed = 0;
        while (fixed < pattern.getNameCount() - 1
                && !isSpecial(pattern.getName(fixed).toString())) {
            root = root.resolve(pattern.getName(fixed).toString());
            fixed++;
        }
        int depth = pattern.toString().contains("**") ? Integer.MAX_VALUE : pattern.getNameCount() - fixed;
        String text = pattern.toString().replace("\\", "\\\\");
        return new Glob(root, depth, FileSystems.getDefault().getPathMatcher("glob:" + text));
    }

    /** Whether a file's path fits. */
    boolean fits(Path file) {
        return matcher.matches(file);
    }

    /** The files that fit at the moment, by name. What cannot be looked into is noted and passed over. */
    List<Path> files(ReadFailures failures) {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && matcher.matches(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    if (!(e instanceof NoSuchFileException)) {
                        failures.note(file, e, "looking for logs in it again later");
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    if (e != null) {
                        failures.note(folder, e, "looking for logs in it again later");
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            failures.note(root, e, "looking for logs in it again later");
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** Those that are no compressed files, and not what another of them, or one of {@code named}, was rotated into. */
    static List<Path> withoutRotated(Collection<Path> found, Set<Path> named) {
        Set<Path> bases = new LinkedHashSet<>(found);
        bases.addAll(named);
        List<Path> logs = new ArrayList<>();
        for (Path file : new LinkedHashSet<>(found)) {
            boolean rotated = bases.stream()
                    .anyMatch(
                            base -> !base.equals(file) && sameFolder(base, file) && RotatedFiles.isRotated(file, base));
            if (!rotated && !RotatedFiles.isCompressed(file) && !named.contains(file)) {
                logs.add(file);
            }
        }
        return logs;
    }

    private static boolean sameFolder(Path a, Path b) {
        Path folder = a.toAbsolutePath().getParent();
        return folder != null && folder.equals(b.toAbsolutePath().getParent());
    }
}
