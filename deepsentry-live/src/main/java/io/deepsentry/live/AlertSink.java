package io.deepsentry.live;

import io.deepsentry.core.DataException;

/**
 * Where alerts go. Implement it to send them to a place of your own.
 *
 * <p>Called by one thread at a time.
 */
public interface AlertSink extends AutoCloseable {
    /**
     * Takes one alert. When this returns, the alert has left the program, or the sink has taken the charge of it until {@link #close()}.
     *
     * @throws DataException if it cannot be delivered
     */
    void write(Alert alert);

    /**
     * Delivers what the sink still holds and frees what it uses. Calling it again changes nothing.
     *
     * @throws DataException if something it holds cannot be delivered
     */
    @Override
    void close();
}
