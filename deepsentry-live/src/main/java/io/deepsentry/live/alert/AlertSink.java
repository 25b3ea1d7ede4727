package io.deepsentry.live.alert;

import org.jspecify.annotations.Nullable;

/**
 * Takes alerts. Implement it to send them to a place of your own. They are redacted before.
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
 * <p>Called by one thread at a time, except {@link #problem}.
 */
public interface AlertSink extends AutoCloseable {
    /**
     * Takes one alert. When this returns, the alert has left the program, or the sink delivers it no later than in
     * {@link #close()}.
     *
     * @param alert the alert, redacted
     * @throws io.deepsentry.core.DataException if it cannot be delivered
     */
    void write(Alert alert);

    /**
     * Makes everything written since the last call visible to readers, all at once. Called after the alerts of each
     * batch of lines, even if there were none. A sink whose alerts are visible as they are written need not override
     * it.
     *
     * @throws io.deepsentry.core.DataException if they cannot be delivered, now or later
     */
    default void commit() {}

    /**
     * Makes sure that everything written survives if this program is killed now: it has been delivered, or lies on
     * disk and is delivered after the next start. Called before the position in the log is saved. A sink that holds
     * nothing back need not override it.
     *
     * @throws io.deepsentry.core.DataException if this fails
     */
    default void flush() {}

    /**
     * Reopens what it writes to, after it was moved away or repaired. Called on SIGHUP.
     *
     * @throws io.deepsentry.core.DataException if it cannot be opened
     */
    default void reopen() {}

    /**
     * Returns why alerts do not arrive at the moment. May be called by any thread at any time.
     *
     * @return the reason in words, or null if they arrive
     */
    default @Nullable String problem() {
        return null;
    }

    /**
     * Returns the sink's position, in its own words. It is saved in a checkpoint and handed to {@link #resume} at the
     * next start. Called after {@link #flush}; everything written so far lies before it.
     *
     * @return the position; empty if the sink has none
     */
    default String mark() {
        return "";
    }

    /**
     * Prepares for a run that continues from a checkpoint, before its first alert. Alerts that were written after the
     * mark come once more, with the same ids. A sink that can tell which of them arrived leaves those out; one whose
     * receiver recognises alerts by their ids has nothing to do.
     *
     * @param mark what {@link #mark} returned, or the empty text if the sink had none
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
