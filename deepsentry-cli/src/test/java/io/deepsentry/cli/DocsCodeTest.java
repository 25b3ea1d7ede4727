package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.deepsentry.cli.DocPages.Code;
import io.deepsentry.core.config.ConfigSchema;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The code in the docs compiles, parses and names what there is. */
class DocsCodeTest {
    private static final List<String> MODULES = List.of("parse", "core", "text", "anomaly", "live", "benchmark");

    /** Their code is compiled, and run, by tests of other modules. */
    private static final Set<String> ELSEWHERE =
            Set.of("docs/embedding.md", "docs/formats.md", "docs/flink.md", "docs/appender.md", "README.md");

    /** The top of a Collector's configuration, which docs/otlp.md has a part of. */
    private static final Set<String> OF_COLLECTOR =
            Set.of("exporters", "extensions", "processors", "receivers", "service");

    /** What a piece of code may use without having made it. */
    private static final String GIVEN = """
            Sentry sentry; SentrySession session; LiveSettings settings; LogEvent event; List<LogEvent> training;
            Matrix vectorsOfASession; Path folder;
            """;

    private static List<Code> blocks(String language) {
        return DocPages.pages().stream()
                .flatMap(page -> DocPages.blocks(page).stream())
                .filter(block -> block.language().equals(language))
                .toList();
    }

    @Test
    void java_compiles(@TempDir Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Code block : blocks("java")) {
            if (!ELSEWHERE.contains(block.page())) {
                String name = "Code" + sources.size();
                sources.add(Files.writeString(
                        folder.resolve(name + ".java"),
                        "// " + block.place() + "\n" + imports() + "class " + name + " {\n" + GIVEN
                                + "void run() throws Exception {\n" + block.text() + "}\n}\n"));
            }
        }
        assertThat(sources).hasSizeGreaterThan(8);

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn");
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    /** All packages that callers may use. */
    private static String imports() throws IOException {
        Set<String> packages = new TreeSet<>(Set.of("java.nio.file", "java.time", "java.util", "java.util.function"));
        for (String module : MODULES) {
            Path root = DocPages.ROOT.resolve("deepsentry-" + module + "/src/main/java");
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.endsWith("package-info.java"))
                        .map(file -> root.relativize(file.getParent())
                                .toString()
                                .replace('\\', '.')
                                .replace('/', '.'))
                        .filter(name -> !name.contains(".internal"))
                        .forEach(packages::add);
            }
        }
        StringBuilder imports = new StringBuilder();
        packages.forEach(name -> imports.append("import ").append(name).append(".*;\n"));
        return imports.toString();
    }

    @Test
    void yaml_parses_and_has_keys_that_there_are() throws IOException {
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        List<Code> blocks = blocks("yaml");
        assertThat(blocks).isNotEmpty();
        for (Code block : blocks) {
            JsonNode root = yaml.readTree(block.text());
            if (OF_COLLECTOR.containsAll(
                    root.properties().stream().map(Map.Entry::getKey).toList())) {
                continue;
            }
            Set<String> all = new TreeSet<>();
            ConfigFiles.SCHEMAS.forEach(schema -> all.addAll(schema.keyNames()));
            for (Map.Entry<String, JsonNode> entry : root.properties()) {
                ConfigSchema section = ConfigFiles.SCHEMAS.stream()
                        .filter(schema -> schema.command().equals(entry.getKey()))
                        .findFirst()
                        .orElse(null);
                if (section == null) {
                    assertThat(all).as(block.place()).contains(entry.getKey());
                } else {
                    entry.getValue().fieldNames().forEachRemaining(key -> assertThat(section.keyNames())
                            .as(block.place())
                            .contains(key));
                }
            }
        }
    }

    @Test
    void xml_parses_and_names_artifacts_of_this_version() throws Exception {
        String pom = DocPages.read(DocPages.ROOT.resolve("pom.xml"));
        String bom = DocPages.read(DocPages.ROOT.resolve("deepsentry-bom/pom.xml"));
        String version = Pattern.compile("(?m)^  <version>(.*)</version>$")
                .matcher(pom)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        List<Code> blocks = blocks("xml");
        assertThat(blocks).hasSizeGreaterThan(5);
        for (Code block : blocks) {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader("<page>" + block.text() + "</page>")));
            NodeList artifacts = document.getElementsByTagName("artifactId");
            for (int i = 0; i < artifacts.getLength(); i++) {
                String name = artifacts.item(i).getTextContent();
                if (name.startsWith("deepsentry-")) {
                    assertThat(bom).as(block.place()).contains("<artifactId>" + name + "</artifactId>");
                }
            }
            if (block.text().contains("deepsentry-")) {
                NodeList versions = document.getElementsByTagName("version");
                for (int i = 0; i < versions.getLength(); i++) {
                    assertThat(versions.item(i).getTextContent())
                            .as(block.place())
                            .isEqualTo(version);
                }
            }
        }
    }

    @Test
    void json_parses_once_its_fields_are_filled_in() throws IOException {
        List<Code> blocks = blocks("json");
        assertThat(blocks).isNotEmpty();
        for (Code block : blocks) {
            JsonNode read = new ObjectMapper().readTree(block.text().replaceAll("\\$\\{\\w+}", "1"));
            assertThat(read.isObject()).as(block.place()).isTrue();
        }
    }
}
