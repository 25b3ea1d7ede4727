package io.deepsentry.live.internal.tail;

import io.deepsentry.parse.InputFiles;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands for several files: names with {@code *}, {@code ?}, {@code [...]} or <code>{...}</code> in them, as
 * {@link java.nio.file.FileSystem#getPathMatcher} has them, and folders, which stand for the logs below. For one
 * thread.
 */
final class Glob {
    private static final String SPECIAL = "*?[{";
    private static final int MOST_LEVELS = 64;

    private final Path root;
    private final int depth;
    private final PathMatcher matcher;
    private final boolean folder;
    /** Whether files of the folder are text, by path and identity, so that each is looked into once. */
    private Map<String, Boolean> texts = new HashMap<>();

    private Glob(Path root, int depth, PathMatcher matcher, boolean folder) {
        this.root = root;
        this.depth = depth;
        this.matcher = matcher;
        this.folder = folder;
    }

    /**
     * Whether a path is to be understood as a glob: it is a folder, or looks like one and is not the name of a file
     * itself.
     */
    static boolean isGlob(Path path) {
        return Files.isDirectory(path) || (isSpecial(path.toString()) && !Files.exists(path));
    }

    private static boolean isSpecial(String text) {
        return text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
    }

    static Glob of(Path pattern) {
        if (Files.isDirectory(pattern)) {
            return new Glob(pattern, MOST_LEVELS, file -> isBelow(file, pattern), true);
        }
        Path root = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
        int fixed = 0;
        while (fixed < pattern.getNameCount() - 1
                && !isSpecial(pattern.getName(fixed).toString())) {
            root = root.resolve(pattern.getName(fixed).toString());
            fixed++;
        }
        int depth = pattern.toString().contains("**") ? Integer.MAX_VALUE : pattern.getNameCount() - fixed;
        String text = pattern.toString().replace("\\", "\\\\");
        return new Glob(root, depth, FileSystems.getDefault().getPathMatcher("glob:" + text), false);
    }

    /** Whether no name on the way from the folder to the file is hidden. */
    private static boolean isBelow(Path file, Path folder) {
        if (!file.startsWith(folder)) {
            return false;
        }
        for (int i = folder.getNameCount(); i < file.getNameCount(); i++) {
            if (file.getName(i).toString().startsWith(".")) {
                return false;
            }
        }
        return true;
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
        Map<String, Boolean> seen = new HashMap<>();
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), depth, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()
                            && matcher.matches(file)
                            && (!folder || isText(file, attributes, seen, failures))) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    if (!(e instanceof NoSuchFileException || e instanceof FileSystemLoopException)) {
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
        texts = seen;
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private boolean isText(
            Path file, BasicFileAttributes attributes, Map<String, Boolean> seen, ReadFailures failures) {
        if (attributes.size() == 0) {
            return true;
        }
        String key = file + " " + attributes.fileKey();
        Boolean known = texts.get(key);
        try {
            boolean text = known == null ? !InputFiles.isBinary(file) : known;
            seen.put(key, text);
            return text;
        } catch (IOException e) {
            failures.note(file, e, "trying again");
            return false;
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
