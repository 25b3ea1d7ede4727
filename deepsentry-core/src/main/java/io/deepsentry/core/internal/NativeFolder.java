package io.deepsentry.core.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where native libraries are unpacked: only into folders that no other user of the machine can write to, since what
 * lies there is run. That is the folder that {@value #VARIABLE} names, or else one in the temporary folder that is made
 * for it and removed again. What killed processes left there is removed by the next one.
 *
 * <p>Safe for use by several threads, class loaders and processes.
 */
public final class NativeFolder {
    /** The environment variable that names the folder. */
    public static final String VARIABLE = "DEEPSENTRY_NATIVE_DIR";

    private static final System.Logger LOG = System.getLogger(NativeFolder.class.getName());
    private static final String PREFIX = "deepsentry-native-";
    private static final String LOCK = "lock";
    private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";
    private static final Duration UNLOCKED = Duration.ofHours(1);
    private static final int STICKY = 01000;
    private static final int WRITTEN_BY_OTHERS = 022;
    /** In a container with users of its own, whom all belongs to that is not theirs, such as the root folder. */
    private static final int UNMAPPED = 65_534;

    private NativeFolder() {}

    /** A folder of this process. Closing removes it; a library that was loaded from it stays loaded. */
    public static final class Fresh implements AutoCloseable {
        private final Path folder;
        private final FileChannel lock;

        private Fresh(Path folder, FileChannel lock) {
            this.folder = folder;
            this.lock = lock;
        }

        public Path path() {
            return folder;
        }

        /** Has the folder removed when this virtual machine ends. */
        public void closeAtExit() {
            Runtime.getRuntime().addShutdownHook(new Thread(this::close, "deepsentry-native"));
        }

        @Override
        public void close() {
            try (lock) {
                remove(folder);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "removing " + folder, e);
            }
        }
    }

    /**
     * Makes a folder for libraries, which only this user can enter.
     *
     * @throws IOException if it cannot be made, or would lie where others can exchange it; the message says what to do
     */
    public static Fresh fresh() throws IOException {
        return fresh(parent());
    }

    private static Fresh fresh(Path parent) throws IOException {
        Path folder;
        try {
            folder = Files.createTempDirectory(parent, PREFIX);
        } catch (IOException e) {
            throw new IOException("nothing can be written to " + parent + " (" + e + "); " + remedy(), e);
        }
        boolean made = false;
        try {
            requireTrusted(folder, Files.getOwner(folder));
            removeLeft(parent, Files.getOwner(folder));
            FileChannel channel =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            FileLock unused = channel.lock();
            made = true;
            return new Fresh(folder, channel);
        } finally {
            if (!made) {
                remove(folder);
            }
        }
    }

    /** The named folder, made if it is missing, or the temporary one. */
    private static Path parent() throws IOException {
        Optional<Path> named = named();
        return named.isPresent()
                ? named.get()
                : Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
    }

    /**
     * Returns the folder that {@value #VARIABLE} names, made if it is missing. Libraries in it are run: see
     * {@link #fresh}, which makes sure that no other user can change them.
     *
     * @throws IOException if it cannot be made; the message says what to do
     */
    public static Optional<Path> named() throws IOException {
        String named = System.getenv(VARIABLE);
        if (named == null || named.isBlank()) {
            return Optional.empty();
        }
        Path folder = Path.of(named).toAbsolutePath();
        try {
            makePrivate(folder);
        } catch (IOException e) {
            throw new IOException(VARIABLE + " names " + folder + ", which cannot be made (" + e + "); " + remedy(), e);
        }
        return Optional.of(folder);
    }

    /**
     * Has JavaCPP, which loads TensorFlow, unpack into a folder that nobody else can write to. Where the home of the
     * user is of no use, it would take one in the temporary folder by a name that anybody can foresee, and run what it
     * finds there.
     *
     * @throws IOException if there is no such folder; the message says what to do
     */
    public static void protectJavaCpp() throws IOException {
        synchronized (jvm()) {
            if (System.getProperty(CACHE_PROPERTY) != null) {
                return;
            }
            Optional<Path> named = named();
            if (named.isPresent()) {
                requireTrusted(named.get(), owner(named.get()));
                System.setProperty(CACHE_PROPERTY, named.get().toString());
                return;
            }
            if (isOwn(Path.of(System.getProperty("user.home", "?"), ".javacpp", "cache"))) {
                return;
            }
            Fresh fresh = fresh();
            fresh.closeAtExit();
            System.setProperty(CACHE_PROPERTY, fresh.path().toString());
        }
    }

    /** What all class loaders of this virtual machine agree on to lock. */
    public static Object jvm() {
        return System.getProperties();
    }

    /** Says what to do if libraries cannot be unpacked or run where they are. */
    public static String remedy() {
        return "set the environment variable " + VARIABLE
                + " to a folder of this user, on a disk that programs may be run from (not mounted noexec or read-only)";
    }

    private static boolean isOwn(Path cache) {
        if (!cache.isAbsolute()) {
            return false;
        }
        try {
            makePrivate(cache);
            if (!Files.isWritable(cache)) {
                return false;
            }
            requireTrusted(cache, owner(cache));
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "not unpacking to " + cache, e);
            return false;
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            if (isPosix(existing(folder))) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectories(folder);
            }
        }
    }

    private static Path existing(Path folder) {
        Path at = folder;
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    private static boolean isPosix(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix");
    }

    /** The user of this process: whom a new file in the folder belongs to. */
    private static UserPrincipal owner(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, PREFIX, null);
        try {
            return Files.getOwner(file);
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Makes sure that nobody but this user and root can change what is in a folder, or put another in its place: as
     * {@code ssh} does for the keys of a user.
     *
     * @throws IOException if somebody can
     */
    static void requireTrusted(Path folder, UserPrincipal user) throws IOException {
        Path real = folder.toRealPath();
        if (!isPosix(real)) {
            return;
        }
        for (Path at = real; at != null; at = at.getParent()) {
            int mode = (Integer) Files.getAttribute(at, "unix:mode");
            boolean open = (mode & WRITTEN_BY_OTHERS) != 0;
            int owner = (Integer) Files.getAttribute(at, "unix:uid");
            boolean ownedByOther =
                    owner != 0 && owner != UNMAPPED && !Files.getOwner(at).equals(user);
            // In a folder with the sticky bit, such as /tmp, only the owner of a file can rename it.
            if (ownedByOther || (open && (at.equals(real) || (mode & STICKY) == 0))) {
                throw new IOException("other users can change " + at
                        + (ownedByOther
                                ? ", which belongs to " + Files.getOwner(at).getName()
                                : "")
                        + ", and native libraries there would be run; " + remedy());
            }
        }
    }

    /** Removes what processes left that were killed: folders of this user that no process holds. */
    private static void removeLeft(Path parent, UserPrincipal user) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                try {
                    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                            && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
                        removeIfLeft(folder);
                    }
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "removing " + folder, e);
                }
            }
        }
    }

    private static void removeIfLeft(Path folder) throws IOException {
        Path lock = folder.resolve(LOCK);
        if (!Files.exists(lock)) {
            Instant made = Files.getLastModifiedTime(folder).toInstant();
            if (made.isBefore(Instant.now().minus(UNLOCKED))) {
                remove(folder);
            }
            return;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                remove(folder);
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(System.Logger.Level.DEBUG, "held by this process: " + folder, e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(all.get(i));
        }
    }

    /** The reason why a library did not load, with what to do where the disk is the reason. */
    public static String reason(@Nullable String message) {
        String text = String.valueOf(message);
        boolean disk = text.contains("failed to map segment") || text.contains("Operation not permitted");
        return disk && !text.contains(VARIABLE)
                ? text + " (the disk it was unpacked to is mounted noexec); " + remedy()
                : text;
    }
}
