package io.deepsentry.benchmark.inject;

import java.util.List;
import java.util.Random;

/** Errors that a log may well have one day, each time another one. */
final class InjectedErrors {
    private static final List<String> WHAT = List.of(
            "certificate chain",
            "write-ahead journal",
            "lease table",
            "snapshot manifest",
            "thread pool",
            "replication slot",
            "message broker",
            "license server",
            "scratch volume",
            "token issuer",
            "shard allocator",
            "feature toggle store");

    private static final List<String> HOW = List.of(
            "is corrupt and cannot be repaired",
            "refused the handshake, giving up",
            "ran out of space while flushing",
            "returned an unexpected answer",
            "is exhausted, rejecting all callers",
            "lost its quorum and steps down",
            "failed its consistency check",
            "was not found where it should be");

    private InjectedErrors() {}

    static String message(Random random) {
        return "Fatal: " + WHAT.get(random.nextInt(WHAT.size())) + " " + HOW.get(random.nextInt(HOW.size()));
    }
}
