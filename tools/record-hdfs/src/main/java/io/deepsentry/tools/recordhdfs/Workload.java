package io.deepsentry.tools.recordhdfs;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Carries out a plan: a thread a file, each file at its time. */
final class Workload {

    private Workload() {}

    static void run(Plan plan, Cluster cluster, Ledger ledger, DiskFaults diskFaults, LostMessages lost)
            throws InterruptedException {
        Stops stops = new Stops(cluster, ledger);
        long begin = System.currentTimeMillis();
        ExecutorService threads = Executors.newCachedThreadPool();
        for (Job job : plan.jobs()) {
            rest(begin + job.startMillis() - System.currentTimeMillis());
            threads.execute(() -> new FileLife(job, cluster, ledger, diskFaults, lost, stops).live());
        }
        rest(begin + plan.durationMillis() - System.currentTimeMillis());
        threads.shutdown();
        if (!threads.awaitTermination(90, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Files are still in use 90 s after the end of the plan");
        }
        stops.check();
    }

    static void rest(long millis) {
        try {
            Thread.sleep(Math.max(0, millis));
        } catch (InterruptedException e) {
            throw new IllegalStateException("The recording was interrupted", e);
        }
    }
}
