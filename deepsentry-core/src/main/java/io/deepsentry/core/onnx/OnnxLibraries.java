package io.deepsentry.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import io.deepsentry.core.internal.NativeFolder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of ONNX Runtime. It would unpack them into a temporary folder and remove that at exit: 24 MB that stay for each process that is killed. Where a
 * library that is in use may be removed, they are removed as soon as they are loaded.
 *
 * <p>ONNX Runtime takes the place of its libraries from a property that the whole virtual machine shares: one class loader at a time sets it, loads and clears it. They
 * are loaded before its classes ask for them, since those never try again.
 */
final class OnnxLibraries {
    private static final System.Logger LOG = System.getLogger(OnnxLibraries.class.getName());
    private static final String FOLDER_PROPERTY = "onnxruntime.native.path";
    /** In the order in which they need each other. */
    private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

    private static @Nullable OrtEnvironment environment;

    private OnnxLibraries() {}

    /**
     * Loads the libraries, unless that has been done.
     *
     * @throws UnsatisfiedLinkError if that fails; the next call tries again
     */
    static synchronized OrtEnvironment environment() {
        OrtEnvironment known = environment;
        if (known == null) {
            synchronized (NativeFolder.jvm()) {
                known = load();
            }
            environment = known;
        }
        return known;
    }

    private static OrtEnvironment load() {
        boolean removable =
                !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        if (!removable || System.getProperty(FOLDER_PROPERTY) != null) {
            return open();
        }
        try (NativeFolder.Fresh folder = NativeFolder.fresh()) {
            if (!unpack(folder.path())) {
                return open();
            }
            // A library serves the class loader that loads it, and only that one.
            if (OrtEnvironment.class.getClassLoader() == OnnxLibraries.class.getClassLoader()) {
                for (String name : NAMES) {
                    System.load(
                            folder.path().resolve(System.mapLibraryName(name)).toString());
                }
            }
            System.setProperty(FOLDER_PROPERTY, folder.path().toString());
            try {
                return open();
            } finally {
                System.clearProperty(FOLDER_PROPERTY);
            }
        } catch (IOException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError("its library cannot be unpacked: " + e.getMessage());
            error.initCause(e);
            throw error;
        }
    }

    private static OrtEnvironment open() {
        OrtEnvironment opened = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "deepsentry");
        keepUntilTheProcessEnds();
        return opened;
    }

    /**
     * Takes a second reference to the environment, which is counted natively. ONNX Runtime closes the environment in a
     * shutdown hook, beside the hooks in which a program ends its work: what is still opened or scored then fails, and
     * now and then aborts the process. With a second reference nothing is closed before the process has ended.
     */
    private static void keepUntilTheProcessEnds() {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            api.setAccessible(true);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL.getValue(), "deepsentry");
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            LOG.log(System.Logger.Level.DEBUG, "ONNX Runtime will close its environment in a shutdown hook", e);
        }
    }

    /** Returns whether the libraries of this platform are on the class path; else ONNX Runtime says what is wrong. */
    private static boolean unpack(Path folder) throws IOException {
        String arch = System.getProperty("os.arch", "").equals("amd64") ? "x64" : System.getProperty("os.arch", "");
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        String resources = "/ai/onnxruntime/native/" + (mac ? "osx-" : "linux-") + arch + "/";
        for (String name : NAMES) {
            String file = System.mapLibraryName(name);
            try (InputStream in = OrtEnvironment.class.getResourceAsStream(resources + file)) {
                if (in == null) {
                    return false;
                }
                Files.copy(in, folder.resolve(file));
            }
        }
        return true;
    }
}
