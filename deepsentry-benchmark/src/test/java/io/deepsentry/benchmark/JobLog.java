package io.deepsentry.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A log of jobs side by side, and the labels of the jobs: some fail, some read too often. */
final class JobLog {
    static final String SESSION_KEY = "(job-\\d+)";

    private final Path log;
    private final Path labels;

    private JobLog(Path log, Path labels) {
        this.log = log;
        this.labels = labels;
    }

    /**
     * Writes a log.
     *
     * @param anomalous every how manieth job is an anomaly; 0: none
     */
    static JobLog write(Path folder, int jobs, int anomalous) throws IOException {
        Random random = new Random(3);
        List<List<String>> open = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int job = 0; job < jobs || !open.isEmpty(); job++) {
            if (job < jobs) {
                boolean bad = anomalous > 0 && job % anomalous == anomalous - 1;
                labels.add("job-" + job + ": " + (bad ? 1 : 0));
                open.add(steps(job, bad, random));
            }
            for (List<String> each : open) {
                lines.add(String.format(
                        "081109 %02d%02d%02d %s",
                        lines.size() / 3600, lines.size() / 60 % 60, lines.size() % 60, each.remove(0)));
            }
            open.removeIf(List::isEmpty);
        }
        Path log = Files.write(folder.resolve("jobs.log"), lines);
        return new JobLog(log, Files.write(folder.resolve("jobs.txt"), labels));
    }

    private static List<String> steps(int job, boolean bad, Random random) {
        List<String> steps = new ArrayList<>();
        steps.add("opened");
        steps.addAll(Collections.nCopies(bad && job % 2 == 0 ? 7 : 1 + random.nextInt(3), "reading input"));
        steps.add(bad && job % 2 == 1 ? "failed" : "writing output");
        steps.add("closed");
        steps.replaceAll(step -> step + " job-" + job);
        return steps;
    }

    Path log() {
        return log;
    }

    Path labels() {
        return labels;
    }
}
