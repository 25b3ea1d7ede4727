package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/formats.md tells users holds. */
class FormatsGuideTest {
    private final String guide;

    FormatsGuideTest() throws IOException {
        this.guide = Files.readString(Path.of("..", "docs", "formats.md"));
    }

    @Test
    void everyPresetIsThereAndReadsTheLinesShownForIt() {
        Map<String, Integer> read = new TreeMap<>();
        Matcher rows = Pattern.compile("(?m)^\\| `([a-z]+)` \\| (.*) \\|$").matcher(section("### 1. A preset"));
        while (rows.find()) {
            LogParser parser = LogFormat.of(rows.group(1));
            int lines = 0;
            for (String code : codeIn(rows.group(2))) {
                if (code.contains(" ")) {
                    assertThat(parser.parse(code)).as(code).isPresent();
                    lines++;
                }
            }
            read.put(rows.group(1), lines);
        }
        assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(LogFormat.presets());
        assertThat(read).containsEntry("utah", 2).containsEntry("hadoop", 2).containsEntry("apache", 1);
    }

    @Test
    void theLayoutsShownAreLayouts() {
        List<String> layouts = new ArrayList<>();
        for (String code : codeIn(section("### 2. A layout"))) {
            if ((code.contains("<Content>") && code.contains(" ")) || code.contains("\\|")) {
                layouts.add(code);
            }
        }
        assertThat(layouts).hasSize(6).allSatisfy(layout -> assertThat(LogFormat.of(layout))
                .isNotNull());
        assertThat(section("### 3.")).contains("'regex:(?<time>\\S+ \\S+) (?<level>[A-Z]+)\\s+(?<message>.*)'");
        assertThat(LogFormat.of("regex:(?<time>\\S+ \\S+) (?<level>[A-Z]+)\\s+(?<message>.*)")
                        .parse("2026-01-01 10:00:00 INFO hello"))
                .isPresent();
    }

    @Test
    void theJavaShownCompiles(@TempDir Path folder) throws IOException {
        Matcher blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(guide);
        assertThat(blocks.find()).isTrue();
        String imports = "import io.deepsentry.parse.*;\nimport java.nio.file.Path;\nimport java.util.Optional;\n";
        Path parser = Files.writeString(folder.resolve("MyParser.java"), blocks.group(1));
        assertThat(blocks.find()).isTrue();
        Path reading = Files.writeString(
                folder.resolve("Reading.java"), imports + "class Reading { void run() {\n" + blocks.group(1) + "}}\n");
        assertThat(blocks.find()).isFalse();

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjects(parser, reading))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    private String section(String heading) {
        int start = guide.indexOf(heading);
        assertThat(start).as(heading).isNotNegative();
        int end = guide.indexOf("\n##", start + heading.length());
        return guide.substring(start, end < 0 ? guide.length() : end);
    }

    private static List<String> codeIn(String text) {
        return Pattern.compile("`([^`\n]+)`")
                .matcher(text)
                .results()
                .map(m -> m.group(1))
                .toList();
    }
}
