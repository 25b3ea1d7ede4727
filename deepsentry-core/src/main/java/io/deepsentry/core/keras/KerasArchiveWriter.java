package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a {@code .keras} file. The same model gives the same bytes. */
final class KerasArchiveWriter {
    private static final String METADATA = "{\"keras_version\": \"3.0.0\"}";
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final Model model;
    private final Map<String, String> extras;

    KerasArchiveWriter(Model model, Map<String, String> extras) {
        this.model = model;
        this.extras = KerasWriter.checked(extras);
    }

    void write(Path file) {
        ObjectNode config = new KerasConfigWriter(model.network(), KerasConfigWriter.Readers.KERAS_3).config();
        config.put("module", "keras.models");
        config.put("class_name", "Model");
        config.putNull("registered_name");
        AtomicFile.writeAt(file, temporary -> {
            byte[] weights = weights(config, temporary);
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(temporary))) {
                put(zip, KerasArchiveLayout.METADATA, utf8(METADATA));
                put(zip, KerasArchiveLayout.CONFIG, utf8(config.toString()));
                put(zip, KerasArchiveLayout.WEIGHTS, weights);
                put(zip, KerasArchiveLayout.EXTRAS + KerasReader.FORMAT, utf8(KerasReader.FORMAT_VERSION));
                for (Map.Entry<String, String> extra : new TreeMap<>(extras).entrySet()) {
                    put(zip, KerasArchiveLayout.EXTRAS + extra.getKey(), utf8(extra.getValue()));
                }
            }
            KerasWriter.verify(temporary, new KerasArchiveReader(temporary).read(), model, extras);
        });
    }

    /** The library writes to files only: the archive's own place holds the weights until they are read back. */
    private byte[] weights(JsonNode config, Path temporary) throws IOException {
        try (WritableHdfFile hdf = HdfFile.write(temporary)) {
            HdfTarget target = new HdfTarget(hdf);
            KerasArchiveLayout layout = new KerasArchiveLayout();
            Iterator<JsonNode> layers = config.path("config").path("layers").elements();
            while (layers.hasNext()) {
                JsonNode written = layers.next();
                String place = layout.next(written.path("class_name").asText());
                Layer layer = model.network().layer(written.path("name").asText());
                if (layer != null) {
                    // Keras 2 asks for the groups of layers without weights, too.
                    KerasArchiveLayout.groups(layer).forEach(group -> target.group(place + "/" + group));
                    Map<String, NdArray> arrays = model.weights().of(layer.name());
                    arrays.forEach((weight, array) ->
                            target.put(place + "/" + KerasArchiveLayout.place(layer, arrays.keySet(), weight), array));
                }
            }
            target.group("vars");
            // Comes last and is never empty: the HDF5 library leaves out the end of a file whose last group is.
            HdfTarget.putText(hdf.putGroup(KerasReader.EXTRAS), KerasReader.FORMAT, KerasReader.FORMAT_VERSION);
        } catch (HdfException e) {
            throw new IOException(e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return Files.readAllBytes(temporary);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Uncompressed, as Keras does: weights hardly compress. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
