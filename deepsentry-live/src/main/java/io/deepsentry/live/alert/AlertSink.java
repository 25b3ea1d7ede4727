package io.deepsentry.live.alert;

import org.jspecify.annotations.Nullable;

/**
 * Takes alerts. Implement it to send them to a place of your own; they are redacted before they come here.
 *
 * <pre>{@code
 * final class Pager implements AlertSink {
 *     @Override
 *     public void write(Alert alert) {
 *         page(alert.session(), alert.message());
 *     }
 *
 *     @Override
 *     public void close() {}
 * }
 * }</pre>
 *
 * <p>Called by one thread at a time.
 */
public interface AlertSink extends AutoCloseable {
    /**
     * Takes one alert. When this returns, the alert has left the program, or the sink delivers it no later than in {@link #close()}.
     *
     * @throws io.deepsentry.core.DataException if it cannot be delivered
     */
    void write(Alert alert);

    /**
     * Lets what was written since the last call be seen by those who read it, all of it at once. Called after the alerts of each batch of lines, also where there
     * were none. A sink whose alerts are seen as they are written need not implement it.
     *
     * @throws io.deepsentry.core.DataException if it cannot be delivered, now or later
     */
    default void commit() {}

    /**
     * Makes sure that what was written outlives this program, should it be killed now: it has been delivered, or lies on disk and is delivered after the next
     * start. Called before it is remembered how far the log has been read. A sink that holds nothing back need not implement it.
     *
     * @throws io.deepsentry.core.DataException if it cannot be made sure
     */
    default void flush() {}

    /**
     * Opens what it writes to again, after somebody moved it away or repaired it. Called on SIGHUP.
     *
     * @throws io.deepsentry.core.DataException if it cannot be opened
     */
    default void reopen() {}

    /** Why alerts do not arrive at the moment, in words, or null if they do. May be asked by any thread at any time. */
    default @Nullable String problem() {
        return null;
    }

    /**
     * Where the sink stands, in its own words: kept in a checkpoint and handed to {@link #resume} at the next start. Asked for after {@link #flush}; everything
     * written so far is behind it.
     */
    default String mark() {
        return "";
    }

    /**
     * Called before the first alert of a run that goes on from a checkpoint: alerts that were written after the mark will be given once more, with the same ids.
     * A sink that can tell which of them arrived leaves those out; one whose receiver knows alerts by their ids has nothing to do.
     *
     * @param mark what {@link #mark} gave, or the empty text if the sink had none
     * @throws io.deepsentry.core.DataException if what was written cannot be read back
     */
    default void resume(String mark) {}

    /**
     * Delivers what the sink still holds and frees what it uses. Calling it again changes nothing.
     *
     * @throws io.deepsentry.core.DataException if something it holds cannot be delivered
     */
    @Override
    void close();
}
