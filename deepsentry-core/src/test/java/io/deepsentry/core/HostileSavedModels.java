package io.deepsentry.core;

import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** SavedModel folders, each packed into one file to be damaged and kept. */
final class HostileSavedModels {
    private static final String EXTRAS = "assets.extra/deepsentry/";

    private HostileSavedModels() {}

    /** One or two of the files damaged or left out; the graph and the index of variables more often than others. */
    static byte[] damage(byte[] packed, Random random) {
        try {
            Map<String, byte[]> files = unpacked(packed);
            files.put(
                    EXTRAS + "architecture",
                    "{\"class_name\": \"Functional\", \"config\": {}}".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i <= random.nextInt(2); i++) {
                List<String> names = new ArrayList<>(files.keySet());
                names.addAll(List.of("saved_model.pb", "saved_model.pb", "variables/variables.index"));
                String name = names.get(random.nextInt(names.size()));
                byte[] whole = files.get(name);
                if (whole == null || random.nextInt(10) == 0) {
                    files.remove(name);
                } else {
                    files.put(name, HostileFiles.damage(whole, random));
                }
            }
            return packed(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is read before native code is. */
    static void read(Path packed) {
        Path folder = packed.resolveSibling(packed.getFileName() + ".folder");
        try {
            delete(folder);
            for (Map.Entry<String, byte[]> entry :
                    unpacked(Files.readAllBytes(packed)).entrySet()) {
                Path file = folder.resolve(entry.getKey());
                Files.createDirectories(file.resolveSibling("."));
                Files.write(file, entry.getValue());
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Object unused = SavedModelFolder.inspect(folder);
        unused = ModelConversion.layers(folder);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, byte[]> unpacked(byte[] packed) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(packed))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return files;
    }

    private static byte[] packed(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
