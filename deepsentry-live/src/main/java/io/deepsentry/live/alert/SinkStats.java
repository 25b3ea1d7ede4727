package io.deepsentry.live.alert;

import org.jspecify.annotations.Nullable;

/**
 * How a sink is doing.
 *
 * @param name one of a fixed few: {@code file}, {@code stdout}, {@code syslog}, {@code webhook}, {@code elasticsearch}, or the class of one of the application's own
 * @param delivered alerts that have arrived
 * @param waiting alerts that were taken and have not arrived yet
 * @param waitingBytes what those need on disk
 * @param retries attempts that had to be repeated
 * @param refused alerts that the server will not take as they are; they lie beside the spool
 * @param dropped alerts that were given up because there was no room for them, where the settings allow that
 * @param failing whether the last attempt failed
 * @param denied deliveries that the server would not take in this run: alerts it refused, and attempts that a setting spoils
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

    /** Whether the server took nothing in this run although there was something, and was there to say so. */
    public boolean deniedEverything() {
        return delivered == 0 && denied > 0;
    }
}
