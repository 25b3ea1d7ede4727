package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.bytes.Utf16;
import io.deepsentry.parse.internal.Counted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files that inputs stand for: a folder is every log below it, in the order of their paths. Hidden, empty and
 * binary files of a folder are left out, and so are archives. Immutable.
 *
 * @param files the inputs, with the files of each folder in its place; an input that is not a folder stays as it was
 *     given
 * @param folders the folders among the inputs
 * @param leftOut how many files of folders were left out, by reason
 */
public record InputFiles(List<Path> files, List<Path> folders, Map<String, Integer> leftOut) {
    private static final int SNIFFED = 8192;
    private static final int MOST_LEVELS = 64;
    private static final String BINARY = "binary";
    private static final String ARCHIVE = "archive";

    public InputFiles {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
        leftOut = Map.copyOf(leftOut);
    }

    /**
     * Finds the files of inputs.
     *
     * @param inputs files and folders; need not exist
     * @return the files
     * @throws LogParseException if a folder cannot be read or holds no log
     */
    public static InputFiles of(List<Path> inputs) {
        List<Path> files = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        Map<String, Integer> leftOut = new LinkedHashMap<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                folders.add(input);
                files.addAll(logsBelow(input, leftOut));
            } else {
                files.add(input);
            }
        }
        return new InputFiles(files, folders, leftOut);
    }

    private static List<Path> logsBelow(Path folder, Map<String, Integer> leftOut) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), MOST_LEVELS, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return !directory.equals(folder) && isHidden(directory)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (Files.isRegularFile(file)) {
                        String reason = isHidden(file) ? "hidden" : unfit(file);
                        if (reason.isEmpty()) {
                            found.add(file);
                        } else {
                            leftOut.merge(reason, 1, Integer::sum);
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof FileSystemLoopException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }
            });
        } catch (IOException e) {
            throw new LogParseException(Kind.UNREADABLE, "folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new LogParseException(
                    Kind.EMPTY,
                    "folder " + folder + " has no log" + (leftOut.isEmpty() ? "" : "; " + told(leftOut))
                            + "; name a folder that does");
        }
        found.sort(null);
        return found;
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    /**
     * Returns whether a file is not text, archives of texts included. A compressed file is decompressed first.
     *
     * @param file the file; only its beginning is read
     * @return true if it is binary
     * @throws IOException if it cannot be read
     */
    public static boolean isBinary(Path file) throws IOException {
        return Set.of(BINARY, ARCHIVE).contains(unfit(file));
    }

    /** Why a file is no log, or nothing. */
    private static String unfit(Path file) throws IOException {
        byte[] head;
        try (InputStream raw = Files.newInputStream(file)) {
            head = Utf16.decoded(Decompressed.open(raw)).readNBytes(SNIFFED);
        } catch (Decompressed.DamagedException e) {
            // The reader names the damage; the file is a log as far as anybody knows.
            return "";
        }
        if (head.length < SNIFFED && new String(head, StandardCharsets.UTF_8).isBlank()) {
            return "empty";
        }
        if (Input.isArchive(head)) {
            return ARCHIVE;
        }
        return Input.isBinary(head) ? BINARY : "";
    }

    /**
     * Returns a sentence about what was left out.
     *
     * @return the sentence; empty if nothing was left out
     */
    public Optional<String> note() {
        return leftOut.isEmpty() ? Optional.empty() : Optional.of(told(leftOut));
    }

    private static String told(Map<String, Integer> leftOut) {
        int all = leftOut.values().stream().mapToInt(Integer::intValue).sum();
        String reasons = leftOut.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(reason -> leftOut.size() == 1
                        ? reason.getKey()
                        : reason.getKey().equals(ARCHIVE)
                                ? Counted.of(reason.getValue(), ARCHIVE)
                                : String.format(Locale.ROOT, "%,d %s", reason.getValue(), reason.getKey()))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "left out %s (%s)", Counted.of(all, "file"), reasons);
    }
}
