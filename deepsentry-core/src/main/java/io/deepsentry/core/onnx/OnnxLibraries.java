package io.deepsentry.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of ONNX Runtime. It would unpack them into a temporary folder and remove that at exit: 24 MB that stay for each process that is killed. Where a
 * library that is in use may be removed, they are removed as soon as they are loaded.
 */
final class OnnxLibraries {
    private static final System.Logger LOG = System.getLogger(OnnxLibraries.class.getName());
    private static final String FOLDER_PROPERTY = "onnxruntime.native.path";
    private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");
    private static final OrtEnvironment ENVIRONMENT = load();

    private OnnxLibraries() {}

    static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    private static OrtEnvironment load() {
        boolean removable =
                !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        Path folder = removable && System.getProperty(FOLDER_PROPERTY) == null ? unpacked() : null;
        if (folder == null) {
            return open();
        }
        System.setProperty(FOLDER_PROPERTY, folder.toString());
        try {
            return open();
        } finally {
            System.clearProperty(FOLDER_PROPERTY);
            remove(folder);
        }
    }

    private static OrtEnvironment open() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "deepsentry");
    }

    /** Null where that cannot be done: ONNX Runtime then tries, and says what is wrong. */
    private static @Nullable Path unpacked() {
        String arch = System.getProperty("os.arch", "").equals("amd64") ? "x64" : System.getProperty("os.arch", "");
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        String resources = "/ai/onnxruntime/native/" + (mac ? "osx-" : "linux-") + arch + "/";
        Path folder = null;
        try {
            folder = Files.createTempDirectory("deepsentry-onnxruntime");
            for (String name : NAMES) {
                String file = System.mapLibraryName(name);
                try (InputStream in = OrtEnvironment.class.getResourceAsStream(resources + file)) {
                    if (in == null) {
                        remove(folder);
                        return null;
                    }
                    Files.copy(in, folder.resolve(file));
                }
            }
            return folder;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "unpacking ONNX Runtime", e);
            if (folder != null) {
                remove(folder);
            }
            return null;
        }
    }

    private static void remove(Path folder) {
        try {
            for (String name : NAMES) {
                Files.deleteIfExists(folder.resolve(System.mapLibraryName(name)));
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "removing " + folder, e);
        }
    }
}
