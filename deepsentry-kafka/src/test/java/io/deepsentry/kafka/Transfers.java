package io.deepsentry.kafka;

import io.deepsentry.anomaly.Sentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log of transfers that open, send and acknowledge a few parts, and close; and small models, really trained on one.
 */
final class Transfers {
    static final String SESSION_KEY = "(tx_\\d+)";
    private static final Pattern KEY = Pattern.compile("tx_(\\d+)");

    private Transfers() {}

    /** Trains on normal transfers, no longer than it takes to tell them from others. */
    static void train(Path folder) throws IOException {
        Path log = Files.write(Files.createDirectories(folder).resolve("train.log"), log(1, 200, false));
        try (Sentry sentry = Sentry.trainOnFiles(log)
                .sessionKey(SESSION_KEY)
                .seed(7)
                .settings(all -> all.textTraining(text -> text.epochs(3)
                                .learningRate(0.01)
                                .minStepsPerEpoch(40)
                                .embeddingSize(8)
                                .encoderHiddenSize(16))
                        .detectorTraining(detector ->
                                detector.epochs(8).learningRate(0.01).lstmHiddenSize(16)))
                .into(folder)) {
            Objects.requireNonNull(sentry, "sentry");
        }
    }

    /** A line without its time. */
    static String message(String line) {
        return line.substring(line.indexOf(' ') + 1);
    }

    /** The number of a line's transfer. */
    static int number(String line) {
        Matcher key = KEY.matcher(line);
        return key.find() ? Integer.parseInt(key.group(1)) : 0;
    }

    /** Several transfers at once, so that their lines are interleaved. */
    static List<String> log(long seed, int transfers, boolean faulty) {
        Random random = new Random(seed);
        List<List<String>> open = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        int next = 0;
        int second = 0;
        while (next < transfers || !open.isEmpty()) {
            if (next < transfers && (open.size() < 4 || random.nextInt(3) == 0)) {
                open.add(transfer(random, ++next, faulty));
            }
            List<String> transfer = open.get(random.nextInt(open.size()));
            second++;
            lines.add(String.format(
                    "2026-01-02T%02d:%02d:%02dZ %s", second / 3600, second / 60 % 60, second % 60, transfer.remove(0)));
            open.removeIf(List::isEmpty);
        }
        return lines;
    }

    private static List<String> transfer(Random random, int number, boolean faulty) {
        String key = "tx_" + number;
        List<String> lines = new ArrayList<>();
        lines.add("open transfer " + key + " from 10.0.0." + random.nextInt(200));
        for (int part = 1 + random.nextInt(3); part > 0; part--) {
            lines.add("send part " + part + " of " + key);
            lines.add("part of " + key + " acknowledged");
        }
        lines.add("close transfer " + key);
        if (faulty && number % 10 == 0) {
            lines.add(2, "checksum of " + key + " does not match, disk sector unreadable");
        }
        return lines;
    }
}
