package io.deepsentry.core.config;

import io.deepsentry.core.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads a YAML file into values that know their lines. Only plain data is read: tags that name types are refused, and
 * nesting and size are bounded.
 */
final class YamlFile {
    private static final long LARGEST_BYTES = 1 << 20;
    private static final int DEEPEST = 30;
    private static final int MOST_ALIASES = 30;
    private static final int MOST_VALUES = 20_000;

    /**
     * A value that begins with the placeholder but is not quoted. YAML would read the brace as a map and the rest as an
     * error.
     */
    private static final Pattern UNQUOTED_PLACEHOLDER = Pattern.compile(
            "(?m)^([ ]*(?:- |[\\w-]+:[ ]+))(\\{ROOT_DATA_DIR\\}[^\\s\"'#,\\]}][^\"'#\\r\\n]*?)([ \\t]*(?:[ \\t]#.*)?)$");

    private final String file;
    private int values;

    private YamlFile(String file) {
        this.file = file;
    }

    /**
     * Reads a file; an empty one is an empty mapping.
     *
     * @throws ConfigException if it cannot be read, is not YAML or holds something else than settings
     */
    static YamlValue.Mapping read(Path path) {
        return new YamlFile(path.toString()).parse(textOf(path));
    }

    private static String textOf(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new ConfigException("the configuration " + path + " is a folder; name a YAML file");
            }
            long size = Files.size(path);
            if (size > LARGEST_BYTES) {
                throw new ConfigException("the configuration " + path + " must be at most " + LARGEST_BYTES
                        + " bytes, but has " + size + "; is it another file?");
            }
            byte[] bytes = Files.readAllBytes(path);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    "there is no configuration file " + path
                            + "; check the path, or write the commented files with deepsentry init",
                    e);
        } catch (CharacterCodingException e) {
            throw new ConfigException("the configuration " + path + " is not a text in UTF-8; save it as UTF-8", e);
        } catch (IOException e) {
            throw new ConfigException("the configuration " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private YamlValue.Mapping parse(String text) {
        requireText(text);
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        options.setCodePointLimit((int) LARGEST_BYTES);
        String quoted = UNQUOTED_PLACEHOLDER.matcher(text).replaceAll("$1\"$2\"$3");
        try {
            Node root = new Composer(new ParserImpl(new StreamReader(quoted), options), new Resolver(), options)
                    .getSingleNode();
            YamlValue value = root == null ? new YamlValue.Mapping(List.of(), 1) : convert(root, 0);
            if (value instanceof YamlValue.Mapping mapping) {
                return mapping;
            }
            if (value instanceof YamlValue.Scalar scalar && scalar.isNull()) {
                return new YamlValue.Mapping(List.of(), 1);
            }
            throw problem(value.line(), "a configuration is lines of key: value, but this is " + value.shown());
        } catch (MarkedYAMLException e) {
            throw translate(e, text);
        } catch (YAMLException e) {
            String why = String.valueOf(e.getMessage());
            if (why.contains("aliases")) {
                throw new ConfigException(
                        file + ": more than " + MOST_ALIASES
                                + " aliases (*name) repeat lists or groups; write the values out",
                        e);
            }
            if (why.contains("Nesting Depth")) {
                throw new ConfigException(
                        file + ": the values are nested more than " + DEEPEST + " deep; a setting needs no such value",
                        e);
            }
            throw new ConfigException(
                    file + ": this is not YAML text: " + firstLine(e.getMessage()) + "; save it as plain text", e);
        }
    }

    /** The parser takes a NUL for the end of the file, and would leave out what follows. */
    private void requireText(String text) {
        int line = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line += c == '\n' ? 1 : 0;
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                throw problem(
                        line,
                        "this is not YAML text: it has the control character " + Shown.of(String.valueOf(c))
                                + "; save it as plain text");
            }
        }
    }

    private YamlValue convert(Node node, int depth) {
        int line = node.getStartMark().getLine() + 1;
        if (depth > DEEPEST || ++values > MOST_VALUES) {
            throw problem(line, "the values are nested too deep or are too many; aliases may repeat them without end");
        }
        if (node instanceof ScalarNode scalar) {
            requirePlainTag(node, line);
            return new YamlValue.Scalar(
                    scalar.getValue(), scalar.getScalarStyle() != DumperOptions.ScalarStyle.PLAIN, line);
        }
        if (node instanceof SequenceNode sequence) {
            requirePlainTag(node, line);
            List<YamlValue> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(convert(item, depth + 1));
            }
            return new YamlValue.Sequence(items, line);
        }
        if (node instanceof MappingNode mapping) {
            requirePlainTag(node, line);
            return convertMapping(mapping, line, depth);
        }
        throw problem(line, "an alias (*name) has nothing to refer to");
    }

    private YamlValue convertMapping(MappingNode mapping, int line, int depth) {
        List<YamlValue.Entry> entries = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            int keyLine = tuple.getKeyNode().getStartMark().getLine() + 1;
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw problem(
                        keyLine, "a key must be a single word; put quotes around a value that begins with { or [");
            }
            entries.add(new YamlValue.Entry(key.getValue(), convert(tuple.getValueNode(), depth + 1), keyLine));
        }
        if (entries.size() == 1
                && DataDir.PLACEHOLDER.equals("{" + entries.get(0).name() + "}")
                && isNull(entries.get(0).value())) {
            return new YamlValue.Scalar(DataDir.PLACEHOLDER, true, line);
        }
        return new YamlValue.Mapping(entries, line);
    }

    private static boolean isNull(YamlValue value) {
        return value instanceof YamlValue.Scalar scalar && scalar.isNull();
    }

    private void requirePlainTag(Node node, int line) {
        String tag = node.getTag().getValue();
        if (!tag.startsWith("tag:yaml.org,2002:") && !tag.equals("!")) {
            throw problem(line, "the tag " + Shown.of(tag) + " is not allowed; remove it");
        }
    }

    private ConfigException problem(int line, String problem) {
        return new ConfigException(file + ":" + line + ": " + problem);
    }

    private ConfigException translate(MarkedYAMLException e, String text) {
        Mark context = e.getContextMark();
        Mark place = e.getProblemMark();
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String during = e.getContext() == null ? "" : e.getContext();
        int line = lineOf(place, context);
        if (during.contains("quoted scalar") && context != null) {
            return located(
                    context.getLine() + 1,
                    "the quote that opens here is not closed properly; close it, double a ' inside '...', write a \\ inside \"...\" as \\\\",
                    e);
        }
        if (problem.contains("TAB") || lineText(text, line).startsWith("\t")) {
            return located(
                    line, "a tab begins this line or value, and YAML does not allow that; indent with spaces", e);
        }
        if (problem.contains("mapping values are not allowed")) {
            return located(
                    line,
                    "a second colon or a wrong indentation; quote a value that contains \": \", and indent all keys of a group alike",
                    e);
        }
        if (problem.contains("single document") || during.contains("single document")) {
            return located(line, "a second document begins here; remove the --- line", e);
        }
        if (problem.contains("undefined alias") || problem.contains("found undefined alias")) {
            return located(line, "a value that begins with * refers to nothing; put quotes around it", e);
        }
        return located(
                line,
                "this is not valid YAML (" + Shown.of(firstLine(problem))
                        + "); check indentation, colons and quotes here and on the line before",
                e);
    }

    private ConfigException located(int line, String problem, Throwable cause) {
        return new ConfigException(file + ":" + line + ": " + problem, cause);
    }

    private static int lineOf(@Nullable Mark place, @Nullable Mark context) {
        if (place != null) {
            return place.getLine() + 1;
        }
        return context == null ? 1 : context.getLine() + 1;
    }

    private static String lineText(String text, int line) {
        return text.lines().skip(line - 1L).findFirst().orElse("");
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
