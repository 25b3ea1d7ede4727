package io.deepsentry.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of ONNX Runtime. It would unpack them into a temporary folder and remove that at exit: 24 MB
 * that stay for each process that is killed. Where a library that is in use may be removed, they are removed as soon as
 * they are loaded.
 *
 * <p>ONNX Runtime takes the place of its libraries from a property that the whole virtual machine shares: one class
 * loader at a time sets it, loads and clears it. They are loaded before its classes ask for them, since those never try
 * again.
 *
 * <p>The build with CUDA loads its provider later, from the folder of its main library, so that folder stays until the
 * process ends. The build is on the class path, or in the folder that {@link NativeFolder#VARIABLE} names.
 */
final class OnnxLibraries {
    private static final System.Logger LOG = System.getLogger(OnnxLibraries.class.getName());
    private static final String FOLDER_PROPERTY = "onnxruntime.native.path";
    private static final String MAIN = "onnxruntime";
    /** In the order in which they need each other. */
    private static final List<String> NAMES = List.of(MAIN, "onnxruntime4j_jni");
    /** What the build with CUDA has besides. */
    private static final List<String> CUDA = List.of("onnxruntime_providers_shared", "onnxruntime_providers_cuda");

    private static @Nullable OrtEnvironment environment;
    /** Where the provider is to be, in the build with CUDA. */
    private static @Nullable Path kept;

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

    /** Lists the files that the build with CUDA consists of, besides the link to Java. */
    static List<String> cudaFiles() {
        return Stream.concat(Stream.of(MAIN), CUDA.stream())
                .map(System::mapLibraryName)
                .toList();
    }

    /** Puts the CUDA provider of the class path where ONNX Runtime looks for it, unless it is there. */
    static synchronized void unpackCuda() throws IOException {
        if (kept != null) {
            for (String name : CUDA) {
                unpack(name, kept);
            }
        }
    }

    private static OrtEnvironment load() {
        boolean removable =
                !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        if (!removable || System.getProperty(FOLDER_PROPERTY) != null) {
            return open();
        }
        NativeFolder.Fresh folder = null;
        try {
            folder = NativeFolder.fresh();
            if (NativeFolder.named().isPresent()) {
                link(NativeFolder.named().get(), folder.path());
            }
            for (String name : NAMES) {
                if (!unpack(name, folder.path())) {
                    return open();
                }
            }
            // A library serves the class loader that loads it, and only that one.
            if (OrtEnvironment.class.getClassLoader() == OnnxLibraries.class.getClassLoader()) {
                for (String name : NAMES) {
                    System.load(file(name, folder.path()).toString());
                }
            }
            System.setProperty(FOLDER_PROPERTY, folder.path().toString());
            try {
                OrtEnvironment opened = open();
                if (OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
                    kept = folder.path();
                    folder.closeAtExit();
                    folder = null;
                }
                return opened;
            } finally {
                System.clearProperty(FOLDER_PROPERTY);
            }
        } catch (IOException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError("its library cannot be unpacked: " + e.getMessage());
            error.initCause(e);
            throw error;
        } finally {
            if (folder != null) {
                folder.close();
            }
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

    private static Path file(String name, Path folder) {
        return folder.resolve(System.mapLibraryName(name));
    }

    /** Links the build with CUDA, if the named folder has all of it: 300 MB are not copied at each start. */
    private static void link(Path named, Path folder) throws IOException {
        Path main = file(MAIN, named);
        // As the Python package names it.
        Path versioned = named.resolve(System.mapLibraryName(MAIN) + "." + OnnxRuntime.VERSION);
        Path existing = Files.exists(main) ? main : versioned;
        if (Files.exists(existing) && CUDA.stream().allMatch(name -> Files.exists(file(name, named)))) {
            Files.createSymbolicLink(file(MAIN, folder), existing);
            for (String name : CUDA) {
                Files.createSymbolicLink(file(name, folder), file(name, named));
            }
        }
    }

    /**
     * Copies a library of this platform from the class path, unless the folder has it. Returns whether the folder has
     * it then; where it has not, ONNX Runtime says what is wrong.
     */
    private static boolean unpack(String name, Path folder) throws IOException {
        Path file = file(name, folder);
        if (Files.exists(file)) {
            return true;
        }
        String arch = System.getProperty("os.arch", "").equals("amd64") ? "x64" : System.getProperty("os.arch", "");
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        String resource = "/ai/onnxruntime/native/" + (mac ? "osx-" : "linux-") + arch + "/" + file.getFileName();
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
            if (in == null) {
                return false;
            }
            Files.copy(in, file);
            return true;
        }
    }
}
