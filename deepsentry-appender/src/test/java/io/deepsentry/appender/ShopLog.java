package io.deepsentry.appender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a shop logs: requests of several threads, each of some steps. */
public final class ShopLog {
    private static final Instant BEGIN = Instant.parse("2026-03-02T08:00:00.123Z");

    /** A line as a program logs it, not written yet. */
    public record Said(
            Instant time,
            String level,
            String logger,
            String thread,
            String message,
            boolean fails,
            Map<String, String> mdc) {
        /** What was thrown, if something was. */
        public Throwable thrown() {
            return fails ? failure(mdc.get("request")) : null;
        }

        private static Throwable failure(String request) {
            IllegalStateException cause =
                    new IllegalStateException("connection refused:\n\n  gateway " + request + " ");
            return new UncheckedIOException("payment failed", new IOException("no gateway", cause));
        }
    }

    private ShopLog() {}

    /** Requests that go well. */
    public static List<Said> normal(int requests) {
        return lines(new Random(1), requests, false);
    }

    /** Requests of which some fail: with an exception, and at a step that is missing. */
    public static List<Said> faulty(int requests) {
        return lines(new Random(2), requests, true);
    }

    private static List<Said> lines(Random random, int requests, boolean faulty) {
        List<List<Said>> open = new ArrayList<>();
        List<Said> lines = new ArrayList<>();
        Instant time = faulty ? BEGIN.plusSeconds(86_400) : BEGIN;
        int next = 0;
        while (next < requests || !open.isEmpty()) {
            if (next < requests && open.size() < 3) {
                open.add(request(random, ++next, faulty && next % 17 == 0));
            }
            List<Said> request = open.get(random.nextInt(open.size()));
            Said said = request.remove(0);
            time = time.plusMillis(20 + random.nextInt(200));
            lines.add(new Said(
                    time, said.level(), said.logger(), said.thread(), said.message(), said.fails(), said.mdc()));
            open.removeIf(List::isEmpty);
        }
        return lines;
    }

    private static List<Said> request(Random random, int number, boolean fails) {
        Map<String, String> mdc = Map.of("request", "r" + number, "tenant", "t" + random.nextInt(3));
        String thread = "exec-" + (1 + random.nextInt(4));
        String cart = "c" + (1000 + random.nextInt(9000));
        List<Said> lines = new ArrayList<>();
        lines.add(said(
                "INFO", "com.example.shop.CartController", thread, "GET cart " + cart + " for order " + number, mdc));
        lines.add(said(
                "DEBUG",
                "com.example.shop.PriceService",
                thread,
                "  priced 3 items in " + random.nextInt(40) + " ms ",
                mdc));
        if (random.nextInt(4) == 0) {
            lines.add(said(
                    "WARN",
                    "com.example.shop.PriceService",
                    thread,
                    "price list is\n\told:\n\n  " + random.nextInt(9) + " days",
                    mdc));
        }
        if (fails) {
            lines.add(new Said(
                    BEGIN,
                    "ERROR",
                    "com.example.shop.PaymentService",
                    thread,
                    "payment of order " + number + " refused",
                    true,
                    mdc));
            return lines;
        }
        lines.add(said(
                "INFO",
                "com.example.shop.PaymentService",
                thread,
                "paid order " + number + " with \u001b[32mcard\u001b[0m",
                mdc));
        lines.add(said("INFO", "com.example.shop.CartController", thread, "order " + number + " sent", mdc));
        return lines;
    }

    private static Said said(String level, String logger, String thread, String message, Map<String, String> mdc) {
        return new Said(BEGIN, level, logger, thread, message, false, mdc);
    }
}
