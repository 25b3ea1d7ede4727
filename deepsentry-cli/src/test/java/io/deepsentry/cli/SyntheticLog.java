package io.deepsentry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A small log with sessions whose lines interleave, a few of them broken, made the same every time. */
final class SyntheticLog {
    static final String SESSION_KEY = "(req-\\d+)";

    private static final List<String> NORMAL = List.of(
            "%s accepted from 10.0.0.%d",
            "%s user %d authenticated",
            "%s read /srv/data/part-%05d",
            "%s cache hit for key %d",
            "%s wrote %d bytes",
            "%s finished in %d ms");

    private SyntheticLog() {}

    /** Writes {@code sessions} sessions to {@code app.log} and their labels to {@code labels.txt}. */
    static void write(Path folder, int sessions) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int group = 0; group < sessions; group += 4) {
            for (int step = 0; step < NORMAL.size(); step++) {
                for (int session = group; session < Math.min(group + 4, sessions); session++) {
                    boolean broken = session % 25 == 24;
                    int second = lines.size();
                    String message = broken && step == 4 ? "%s failed: disk error %d" : NORMAL.get(step);
                    lines.add(String.format(
                            Locale.ROOT,
                            "220115 %02d%02d%02d " + message,
                            second / 3600 % 24,
                            second / 60 % 60,
                            second % 60,
                            "req-" + session,
                            session * 7 % 250));
                }
            }
        }
        for (int session = 0; session < sessions; session++) {
            labels.add("req-" + session + ": " + (session % 25 == 24 ? 1 : 0));
        }
        Files.write(folder.resolve("app.log"), lines);
        Files.write(folder.resolve("labels.txt"), labels);
    }
}
