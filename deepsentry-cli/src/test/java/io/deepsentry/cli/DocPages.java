package io.deepsentry.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of the documentation, and the code in them. */
final class DocPages {
    static final Path ROOT = Path.of("..");
    static final Path DOCS = ROOT.resolve("docs");

    private static final Pattern FENCED = Pattern.compile("(?ms)^( *)```(\\w*)\n(.*?)^ *```$");
    private static final Pattern INLINE = Pattern.compile("`([^`\n]+(?:\n[^`\n]+)?)`");

    /** The language of a fence that names none: what a program said. */
    private static final String OUTPUT = "output";

    private DocPages() {}

    /**
     * Code of a page.
     *
     * @param page the file, relative to the project
     * @param language what the fence says, or {@link #OUTPUT}; empty for indented code
     */
    record Code(String page, int line, String language, String text) {
        String place() {
            return page + ":" + line;
        }
    }

    /** Guides and the pages beside them: all that describe the program as it is. */
    static List<Path> pages() {
        try (Stream<Path> docs = Files.list(DOCS)) {
            return Stream.concat(
                            docs.filter(file -> file.toString().endsWith(".md")),
                            Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md")
                                    .map(ROOT::resolve))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> records() {
        try (Stream<Path> records = Files.list(DOCS.resolve("decisions"))) {
            return records.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Code between fences, and indented code. */
    static List<Code> blocks(Path file) {
        String text = read(file);
        List<Code> blocks = new ArrayList<>();
        StringBuilder rest = new StringBuilder(text);
        for (MatchResult fenced : FENCED.matcher(text).results().toList()) {
            String language = fenced.group(2).isEmpty() ? OUTPUT : fenced.group(2);
            blocks.add(new Code(name(file), lineOf(text, fenced.start()), language, fenced.group(3)));
            blank(rest, fenced);
        }
        String[] lines = rest.toString().split("\n", -1);
        StringBuilder block = new StringBuilder();
        for (int line = 0; line < lines.length; line++) {
            if (lines[line].startsWith("    ") && (!block.isEmpty() || line == 0 || lines[line - 1].isBlank())) {
                block.append(lines[line].substring(4)).append('\n');
            } else if (!block.isEmpty()) {
                blocks.add(new Code(name(file), line, "", block.toString()));
                block.setLength(0);
            }
        }
        return blocks;
    }

    /** Blocks that may hold commands. */
    static List<Code> commands(Path file) {
        return blocks(file).stream()
                .filter(block -> !block.language().equals(OUTPUT))
                .toList();
    }

    /** Code within sentences and tables. */
    static List<Code> spans(Path file) {
        String text = read(file);
        StringBuilder rest = new StringBuilder(text);
        FENCED.matcher(text).results().forEach(fenced -> blank(rest, fenced));
        return INLINE.matcher(rest)
                .results()
                .map(span -> new Code(
                        name(file),
                        lineOf(text, span.start()),
                        "",
                        span.group(1).replace('\n', ' ').replace("\\|", "|")))
                .toList();
    }

    private static void blank(StringBuilder text, MatchResult part) {
        for (int i = part.start(); i < part.end(); i++) {
            if (text.charAt(i) != '\n') {
                text.setCharAt(i, ' ');
            }
        }
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }

    private static int lineOf(String text, int offset) {
        return (int) text.substring(0, offset).chars().filter(c -> c == '\n').count() + 1;
    }
}
