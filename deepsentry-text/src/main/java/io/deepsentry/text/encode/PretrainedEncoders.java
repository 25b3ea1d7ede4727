package io.deepsentry.text.encode;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pretrained text encoders on the class path, by name.
 *
 * <p>A jar offers some with a resource {@value #INDEX}, which has a name on each line, and the files of each beside it
 * in a folder of that name. The artifact {@code deepsentry-pretrained} is such a jar.
 */
public final class PretrainedEncoders {
    /** The resource that names the encoders of a jar. */
    public static final String INDEX = "META-INF/deepsentry/pretrained/names";

    private PretrainedEncoders() {}

    /** {@return the names that there are, in their order} */
    public static List<String> names() {
        return List.copyOf(all().keySet());
    }

    /**
     * Finds an encoder.
     *
     * @param name the name, such as {@code server-logs}
     * @return the encoder
     * @throws MissingDataException when there is none of that name; the message lists those that there are
     */
    public static PretrainedEncoder find(String name) {
        Map<String, URI> all = all();
        URI folder = all.get(name);
        if (folder == null) {
            throw new MissingDataException(
                    "there is no file or folder " + name + ", nor a pretrained encoder of that name; "
                            + (all.isEmpty()
                                    ? "no pretrained encoder is on the class path (the artifact deepsentry-pretrained has some)"
                                    : "there are: " + String.join(", ", all.keySet())));
        }
        return new PretrainedEncoder(name, folder);
    }

    /** The folder of each; of two of the same name the first on the class path. */
    private static Map<String, URI> all() {
        Map<String, URI> folders = new TreeMap<>();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? PretrainedEncoders.class.getClassLoader() : context;
        try {
            for (URL index : Collections.list(loader.getResources(INDEX))) {
                String beside = index.toString().substring(0, index.toString().lastIndexOf('/') + 1);
                try (BufferedReader names =
                        new BufferedReader(new InputStreamReader(index.openStream(), StandardCharsets.UTF_8))) {
                    names.lines()
                            .map(String::strip)
                            .filter(name -> !name.isEmpty())
                            .forEach(name -> folders.putIfAbsent(name, URI.create(beside + name + "/")));
                }
            }
        } catch (IOException e) {
            throw new DataException("the pretrained encoders on the class path cannot be listed: " + e.getMessage(), e);
        }
        return folders;
    }
}
