package io.deepsentry.live.alert;

import org.jspecify.annotations.Nullable;

/**
 * The counts and the state of a sink. Immutable.
 *
 * @param name one of {@code file}, {@code stdout}, {@code syslog}, {@code webhook} and {@code elasticsearch}, or the
 *     class of the application's own sink
 * @param delivered alerts that have arrived
 * @param waiting alerts that were taken and have not arrived yet
 * @param waitingBytes what those need on disk
 * @param retries attempts that had to be repeated
 * @param refused alerts that the server does not accept as they are; a folder beside the spool keeps them
 * @param dropped alerts that were dropped because there was no room for them, where the settings allow that
 * @param failing whether the last attempt failed
 * @param denied deliveries that the server refused in this run: alerts, and attempts that fail because of a setting
 * @param problem why alerts do not arrive at the moment, or null if they do
 */
public record SinkStats(
        String name,
        long delivered,
        long waiting,
        long waitingBytes,
        long retries,
        long refused,
        long dropped,
        boolean failing,
        long denied,
        @Nullable String problem) {
    SinkStats withName(String other) {
        return new SinkStats(
                other, delivered, waiting, waitingBytes, retries, refused, dropped, failing, denied, problem);
    }

    /**
     * Returns whether a reachable server took nothing in this run and refused at least one delivery.
     *
     * @return true if nothing was delivered and something was denied
     */
    public boolean deniedEverything() {
        return delivered == 0 && denied > 0;
    }
}
