package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Names of files with {@code *}, {@code ?}, {@code [...]} or {@code {...}} in them, as {@link java.nio.file.FileSystem#getPathMatcher} has them. */
final class Glob {
    private static final System.Logger LOG = System.getLogger(Glob.class.getName());
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

    /** The files that fit at the moment, by name. */
    List<Path> files() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(root, depth, FileVisitOption.FOLLOW_LINKS)) {
            return walk.filter(matcher::matches)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "looking for logs in {0} failed: {1}; trying again",
                    root,
                    IoErrors.describe(e));
            return List.of();
        }
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
