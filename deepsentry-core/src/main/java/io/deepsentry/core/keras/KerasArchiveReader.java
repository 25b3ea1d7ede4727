package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Weights;
import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads a {@code .keras} file. */
final class KerasArchiveReader {
    private static final int LARGEST_TEXT = 64 << 20;

    /** Keras stores weights uncompressed; what would unpack to far more than the archive holds is no model. */
    private static final long MOST_COMPRESSION = 16;

    private final Path file;
    private final HdfSource source;

    KerasArchiveReader(Path file) {
        this.file = file;
        this.source = new HdfSource(file);
    }

    KerasFile read() {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return read(zip);
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelException(
                    "model file " + file + " is not a readable .keras archive (" + e.getMessage()
                            + "); it is damaged or cut short, save or copy it again",
                    e);
        }
    }

    private KerasFile read(ZipFile zip) throws IOException {
        String config = text(zip, KerasArchiveLayout.CONFIG);
        if (config == null) {
            throw source.problem("it is a zip archive without " + KerasArchiveLayout.CONFIG
                    + ", so it is not a model that Keras saved");
        }
        String metadata = text(zip, KerasArchiveLayout.METADATA);
        KerasConfigReader any = new KerasConfigReader(file, 3);
        int version = KerasConfigReader.majorVersion(
                metadata == null
                        ? null
                        : any.json("entry " + KerasArchiveLayout.METADATA, metadata)
                                .path("keras_version")
                                .asText());
        JsonNode json = any.json("entry " + KerasArchiveLayout.CONFIG, config);
        Network network = new KerasConfigReader(file, version).network(json);
        byte[] weights = bytes(zip, KerasArchiveLayout.WEIGHTS);
        if (weights == null) {
            throw source.problem("it has no " + KerasArchiveLayout.WEIGHTS
                    + "; save the model with its weights in HDF5 (model.save(\"model.keras\"))");
        }
        source.requireWhole(Arrays.copyOf(weights, Math.min(weights.length, HdfSource.HEAD)), weights.length);
        source.requireRoomFor(network, weights.length);
        Weights read = source.read(() -> HdfFile.fromBytes(weights), hdf -> weights(hdf, network, places(json)));
        return new KerasFile(new Model(network, read), extras(zip));
    }

    /** The folder of each layer by its name. */
    private static Map<String, String> places(JsonNode json) {
        KerasArchiveLayout layout = new KerasArchiveLayout();
        Map<String, String> places = new HashMap<>();
        JsonNode config = json.path("config");
        for (JsonNode layer : config.isArray() ? config : config.path("layers")) {
            places.put(
                    KerasConfigReader.nameOf(layer),
                    layout.next(layer.path("class_name").asText()));
        }
        return places;
    }

    private Weights weights(HdfFile hdf, Network network, Map<String, String> places) {
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, List<Integer>>> needed :
                network.weightShapes().entrySet()) {
            String name = needed.getKey();
            Layer layer = network.layer(name);
            String place = places.get(name);
            if (layer == null || place == null) {
                throw source.problem("layer \"" + name + "\" is not in its configuration");
            }
            Group group = source.group(hdf, place);
            Map<String, NdArray> arrays = new LinkedHashMap<>();
            needed.getValue()
                    .forEach((weight, shape) -> arrays.put(
                            weight,
                            source.array(
                                    name,
                                    group,
                                    KerasArchiveLayout.place(
                                            layer, needed.getValue().keySet(), weight),
                                    shape)));
            byLayer.put(name, arrays);
        }
        return Weights.of(byLayer);
    }

    private Map<String, String> extras(ZipFile zip) throws IOException {
        Map<String, String> extras = new LinkedHashMap<>();
        boolean any = false;
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (entry.getName().startsWith(KerasArchiveLayout.EXTRAS) && !entry.isDirectory()) {
                String text = text(zip, entry.getName());
                extras.put(entry.getName().substring(KerasArchiveLayout.EXTRAS.length()), String.valueOf(text));
                any = true;
            }
        }
        if (any) {
            KerasReader.requireFormat(source, extras.remove(KerasReader.FORMAT));
        }
        return extras;
    }

    private @Nullable String text(ZipFile zip, String name) throws IOException {
        byte[] bytes = bytes(zip, name);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** An entry as a whole; what its header says of its length is not believed. */
    private byte @Nullable [] bytes(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            return null;
        }
        long archive = file.toFile().length();
        long most = name.equals(KerasArchiveLayout.WEIGHTS)
                ? Math.min(MOST_COMPRESSION * archive, Integer.MAX_VALUE - 8L)
                : LARGEST_TEXT;
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) most);
            if (in.read() >= 0) {
                throw source.problem("its entry " + name + " is larger than " + most + " bytes, for an archive of "
                        + archive + "; that is too large for a model");
            }
            return bytes;
        }
    }
}
