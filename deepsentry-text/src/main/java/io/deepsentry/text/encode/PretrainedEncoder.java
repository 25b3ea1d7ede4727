package io.deepsentry.text.encode;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A text encoder that comes in a jar, found with {@link PretrainedEncoders}: {@code encoder.h5}, {@code decoder.h5} and
 * {@code metadata.json}. Immutable; safe for use by many threads.
 */
public final class PretrainedEncoder {
    static final List<String> FILES = List.of("encoder.h5", "decoder.h5", "metadata.json");

    private final String name;
    private final URI folder;

    PretrainedEncoder(String name, URI folder) {
        this.name = name;
        this.folder = folder;
    }

    /** {@return the name that it is found by} */
    public String name() {
        return name;
    }

    /**
     * Opens the encoder as it is, to turn messages into vectors.
     *
     * @return the encoder, to be closed
     * @throws io.deepsentry.core.ModelException when it is damaged
     */
    public TextEncoderHandle open() {
        return inFolder(copied -> TextEncoderHandle.open(copied.resolve(FILES.get(0))));
    }

    /**
     * Copies its files into a folder, which is made if it is not there.
     *
     * @param target the folder
     * @throws DataException when they cannot be written
     */
    public void copyTo(Path target) {
        try {
            Files.createDirectories(target);
            for (String file : FILES) {
                URLConnection connection = URI.create(folder + file).toURL().openConnection();
                // A cached jar would stay open after this.
                connection.setUseCaches(false);
                try (InputStream in = connection.getInputStream()) {
                    Files.copy(in, target.resolve(file));
                }
            }
        } catch (IOException e) {
            throw new DataException(
                    "the pretrained encoder " + name + " cannot be copied to " + target + ": " + e.getMessage(), e);
        }
    }

    /**
     * Lets its files be read from a folder that is gone afterwards.
     *
     * @param <T> the type of the result
     * @param reader takes the folder
     * @return what the reader gives
     */
    public <T> T inFolder(Function<Path, T> reader) {
        Path copied;
        try {
            copied = Files.createTempDirectory("deepsentry-" + name);
        } catch (IOException e) {
            throw new DataException(
                    "the pretrained encoder " + name + " needs a temporary folder: " + e.getMessage(), e);
        }
        try {
            copyTo(copied);
            return reader.apply(copied);
        } finally {
            remove(copied);
        }
    }

    private static void remove(Path copied) {
        try {
            for (String file : FILES) {
                Files.deleteIfExists(copied.resolve(file));
            }
            Files.delete(copied);
        } catch (IOException e) {
            System.getLogger(PretrainedEncoder.class.getName())
                    .log(System.Logger.Level.DEBUG, "{0} stays behind: {1}", copied, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "PretrainedEncoder[" + name + "]";
    }
}
