package io.deepsentry.anomaly;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A share in the models of a data folder, which are opened once in a JVM however many hold a share, and closed with the
 * last one. Models are known by their {@linkplain Sentry#modelDigest() digest}, so copies of a folder are one.
 *
 * <pre>{@code
 * try (ModelBundle bundle = ModelBundle.acquire(Path.of("deepsentry-data"))) {
 *     SentrySession session = bundle.sentry().begin();
 * }
 * }</pre>
 *
 * <p>All shares have one {@link Sentry}, with the acknowledgements of the folder that was opened first.
 *
 * <p>Safe for use by several threads.
 */
public final class ModelBundle implements AutoCloseable {
    /** The open models by their digests. Guarded by itself. */
    private static final Map<String, Shared> OPEN = new HashMap<>();

    private final Shared shared;
    /** Guarded by the lock of the open models. */
    private boolean closed;

    private static final class Shared {
        private final Sentry sentry;
        private int shares;

        Shared(Sentry sentry) {
            this.sentry = sentry;
        }
    }

    private ModelBundle(Shared shared) {
        this.shared = shared;
    }

    /**
     * Takes a share in the models of a folder, and opens them if nobody has one.
     *
     * @param dataFolder the data folder
     * @return the share, to be closed
     * @throws MissingDataException if a file is not there
     * @throws DataException if one cannot be read
     * @throws ModelException if one is corrupt
     */
    public static ModelBundle acquire(Path dataFolder) {
        return acquire(dataFolder, Sentry.modelDigest(dataFolder));
    }

    /**
     * Takes a share in the models of a digest, see {@link #acquire(Path)}. The folder is looked at only if they are not
     * open yet.
     *
     * @param dataFolder the data folder
     * @param digest the digest of the models
     * @return the share, to be closed
     * @throws ModelException if the folder holds other models, too
     */
    public static ModelBundle acquire(Path dataFolder, String digest) {
        synchronized (OPEN) {
            Shared shared = OPEN.get(Sentry.required("digest", digest));
            if (shared == null) {
                shared = new Shared(open(dataFolder, digest));
                OPEN.put(digest, shared);
            }
            shared.shares++;
            return new ModelBundle(shared);
        }
    }

    private static Sentry open(Path folder, String digest) {
        Sentry sentry = Sentry.open(folder);
        if (!sentry.modelDigest().equals(digest)) {
            String found = sentry.modelDigest();
            sentry.close();
            throw new ModelException("the model " + digest + " was expected in " + folder + ", but it holds " + found);
        }
        return sentry;
    }

    /** {@return how many models are open in this JVM by shares} */
    public static int openModels() {
        synchronized (OPEN) {
            return OPEN.size();
        }
    }

    /** {@return the digest of the models, see {@link Sentry#modelDigest()}} */
    public String digest() {
        return shared.sentry.modelDigest();
    }

    /**
     * {@return the opened models, which every share has} Do not close it: close the share.
     *
     * @throws IllegalStateException if this share is closed
     */
    public Sentry sentry() {
        synchronized (OPEN) {
            if (closed) {
                throw new IllegalStateException("the share in the model " + digest() + " is closed; acquire another");
            }
            return shared.sentry;
        }
    }

    /** Gives the share back. The last one closes the models. A second call does nothing. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (!closed) {
                closed = true;
                shared.shares--;
                if (shared.shares == 0) {
                    OPEN.remove(digest());
                    shared.sentry.close();
                }
            }
        }
    }
}
