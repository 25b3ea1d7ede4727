package io.deepsentry.benchmark.inject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log of a shop that allows every kind of fault: a heartbeat, steps that follow each other, numbers in a range, users
 * that come again.
 */
final class ShopLog {
    private static final List<String> USERS = List.of("alice", "bobby", "carol", "david", "erika", "frank", "gloria");
    private static final Instant BEGIN = Instant.parse("2026-03-02T08:00:00Z");

    private ShopLog() {}

    static Path write(Path folder, int lines) throws IOException {
        return Files.write(folder.resolve("shop.log"), lines(lines));
    }

    private static List<String> lines(int count) {
        Random random = new Random(5);
        List<String> lines = new ArrayList<>();
        Instant time = BEGIN;
        Instant beat = BEGIN;
        while (lines.size() < count) {
            time = time.plus(Duration.ofSeconds(1 + random.nextInt(9)));
            if (!time.isBefore(beat)) {
                lines.add(beat + " INFO health: Health check passed");
                beat = beat.plus(Duration.ofSeconds(30));
            }
            switch (random.nextInt(4)) {
                case 0 -> {
                    lines.add(time + " INFO cart: Basket " + random.nextInt(100_000) + " opened for user "
                            + USERS.get(random.nextInt(USERS.size())));
                    lines.add(time + " INFO cart: Prices loaded from cache");
                }
                case 1 -> {
                    lines.add(time + " INFO pay: Payment authorised");
                    lines.add(time + " INFO pay: Payment took " + (20 + random.nextInt(300)) + " ms");
                }
                case 2 -> lines.add(time + " WARN stock: Stock is low");
                default -> lines.add(time + " INFO search: Search index refreshed");
            }
        }
        return lines.subList(0, count);
    }
}
