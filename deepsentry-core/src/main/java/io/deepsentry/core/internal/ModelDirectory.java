package io.deepsentry.core.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of a trained model: its files, and {@code metadata.json}, which says how they came about and carries the
 * SHA-256 of each. A file that changed since, or that belongs to another training, is found when it is loaded.
 */
public final class ModelDirectory {
    /** The name of the file that describes the others. */
    public static final String METADATA = "metadata.json";

    private static final String FILES = "files";
    private static final long LARGEST_METADATA = 64L << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The libraries whose versions decide what a model is and computes. */
    private static final List<String> LIBRARIES = List.of(
            "io.deepsentry/deepsentry-core",
            "org.tensorflow/tensorflow-core-api",
            "net.razorvine/pickle",
            "com.google.guava/guava");

    private ModelDirectory() {}

    /**
     * Writes the files of a model and what is known of it. Everything is first written beside its place and forced to
     * disk; then the files are moved there, the metadata last. If anything fails before that, the folder is as it was.
     *
     * @param files the name of each file and what writes it
     * @param metadata what to keep: texts, numbers, truth values, lists and maps. {@code files}, {@code libraries} and
     *     {@code platform} are added
     * @throws DataException if a file cannot be written
     */
    public static void write(
            Path directory,
            Map<String, AtomicFile.PathWriter> files,
            Map<String, ? extends @Nullable Object> metadata) {
        List<AtomicFile> begun = new ArrayList<>();
        try {
            Map<String, String> digests = new LinkedHashMap<>();
            for (Map.Entry<String, AtomicFile.PathWriter> entry : files.entrySet()) {
                Path target = directory.resolve(entry.getKey());
                AtomicFile file = begin(target, begun);
                try {
                    entry.getValue().write(file.temporary());
                    digests.put(entry.getKey(), digestOf(file.temporary()));
                } catch (IOException e) {
                    throw AtomicFile.failure(target, e);
                }
                file.force();
            }
            Map<String, @Nullable Object> all = new LinkedHashMap<>(metadata);
            all.put(FILES, digests);
            all.put("libraries", libraries());
            all.put("platform", platform());
            Path target = directory.resolve(METADATA);
            AtomicFile described = begin(target, begun);
            try {
                JSON.writeValue(described.temporary().toFile(), all);
            } catch (IOException e) {
                throw AtomicFile.failure(target, e);
            }
            described.force();
            begun.forEach(AtomicFile::move);
        } finally {
            begun.forEach(AtomicFile::close);
        }
    }

    private static AtomicFile begin(Path target, List<AtomicFile> begun) {
        AtomicFile file = AtomicFile.create(target);
        begun.add(file);
        return file;
    }

    /**
     * Checks that a model's file is the one that its metadata describes. A file without metadata beside it, or without
     * an entry in it, is foreign and passes.
     *
     * @throws MissingDataException if there is no such file
     * @throws ModelException if its SHA-256 is another, or the metadata is corrupt
     */
    public static void verify(Path modelFile) {
        if (!Files.isRegularFile(modelFile)) {
            throw new MissingDataException("there is no model " + modelFile + "; check the path, or train one");
        }
        Path absolute = modelFile.toAbsolutePath();
        Path metadata = absolute.resolveSibling(METADATA);
        if (!Files.exists(metadata)) {
            return;
        }
        JsonNode entry = parse(metadata).path(FILES).path(String.valueOf(absolute.getFileName()));
        if (entry.isMissingNode()) {
            return;
        }
        String found;
        try {
            found = digestOf(modelFile);
        } catch (IOException e) {
            throw new MissingDataException(
                    "the model " + modelFile + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
        String expected = entry.asText();
        if (!expected.toLowerCase(Locale.ROOT).equals(found)) {
            throw new ModelException("the model " + modelFile + " is not the one that " + METADATA
                    + " beside it describes: its SHA-256 must be " + expected + ", but was " + found
                    + "; copy the whole folder again, or train again");
        }
    }

    /**
     * Reads what is known of a model.
     *
     * @throws MissingDataException if there is no metadata
     * @throws ModelException if it is corrupt
     */
    public static JsonNode read(Path directory) {
        Path file = directory.resolve(METADATA);
        if (!Files.exists(file)) {
            throw new MissingDataException("there is no " + file + "; check the path, or train a model");
        }
        return parse(file);
    }

    private static JsonNode parse(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_METADATA) {
                throw new ModelException(file + " must be at most " + LARGEST_METADATA + " bytes, but has " + size
                        + "; is it another file?");
            }
            JsonNode root = JSON.readTree(file.toFile());
            if (!root.isObject()
                    || !(root.path(FILES).isMissingNode() || root.path(FILES).isObject())) {
                throw new ModelException(file
                        + " is corrupt : it is not a description of a model; copy the whole folder again, or"
                        + " train again");
            }
            return root;
        } catch (JsonProcessingException e) {
            String place =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new ModelException(
                    file + " is corrupt: it is not valid JSON" + place
                            + "; copy the whole folder again, or train again",
                    e);
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /**
     * The SHA-256 of a file in lower-case hexadecimal, as {@code sha256sum} prints it.
     *
     * @throws IOException if it cannot be read
     */
    public static String digestOf(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The versions of the libraries that are on the class path as jars which tell them. */
    private static Map<String, String> libraries() {
        Map<String, String> versions = new TreeMap<>();
        for (String library : LIBRARIES) {
            try (InputStream in =
                    ModelDirectory.class.getResourceAsStream("/META-INF/maven/" + library + "/pom.properties")) {
                if (in != null) {
                    Properties properties = new Properties();
                    properties.load(in);
                    versions.put(library.replace('/', ':'), properties.getProperty("version", ""));
                }
            } catch (IOException e) {
                System.getLogger(ModelDirectory.class.getName())
                        .log(System.Logger.Level.DEBUG, "the version of {0} cannot be read", library);
            }
        }
        return versions;
    }

    private static Map<String, String> platform() {
        Map<String, String> platform = new LinkedHashMap<>();
        platform.put("os", System.getProperty("os.name", "") + " " + System.getProperty("os.version", ""));
        platform.put("arch", System.getProperty("os.arch", ""));
        platform.put("java", System.getProperty("java.version", ""));
        return platform;
    }
}
