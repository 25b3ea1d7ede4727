package io.deepsentry.tools.appender;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.deepsentry.appender.AppenderSettings;
import io.deepsentry.appender.logback.LogbackAttachment;
import io.deepsentry.live.LiveRun;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what the appender costs the threads that log: the time of each call of {@code logger.info}, at a steady
 * rate, with an appender that only formats the message, as every appender does, and with that of DeepSentry beside it.
 * Prints the median and the tail, and how often a thread was blocked or waited in the calls.
 */
public final class AppenderCost {
    private record Cost(long[] nanos, long blocked, long waited) {}

    public static void main(String[] args) throws InterruptedException {
        Path models = Path.of(args[0]);
        int threads = Integer.parseInt(args[1]);
        int rate = Integer.parseInt(args[2]);
        int seconds = Integer.parseInt(args[3]);
        System.out.printf(
                Locale.ROOT,
                "%d threads, %s, %d s, Java %s%n",
                threads,
                rate == 0 ? "as fast as they can" : rate + " lines/s together",
                seconds,
                Runtime.version().feature());
        for (int round = 0; round < 2; round++) {
            measure("formats only", null, threads, rate, seconds, round > 0);
            measure("with DeepSentry", models, threads, rate, seconds, round > 0);
        }
    }

    private static void measure(String name, Path models, int threads, int rate, int seconds, boolean shown)
            throws InterruptedException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        Formatting formatting = new Formatting();
        formatting.setContext(context);
        formatting.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(formatting);
        context.getLogger("io.jhdf").setLevel(Level.OFF);
        LogbackAttachment attached = models == null
                ? null
                : LogbackAttachment.attach(
                        context, name, AppenderSettings.builder().dataDir(models).build());
        while (attached != null && attached.watch().run().phase() == LiveRun.Phase.STARTING) {
            attached.watch().failure().ifPresent(failure -> {
                throw new IllegalStateException(failure);
            });
            Thread.sleep(10);
        }
        Cost cost = log(context, threads, rate, seconds);
        if (shown) {
            Arrays.sort(cost.nanos);
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %,10d lines: median %.2f us, 99%% %.2f us, 99.9%% %.2f us; blocked %d, waited %d times%s%n",
                    name,
                    cost.nanos.length,
                    at(cost.nanos, .5),
                    at(cost.nanos, .99),
                    at(cost.nanos, .999),
                    cost.blocked,
                    cost.waited,
                    attached == null
                            ? ""
                            : String.format(Locale.ROOT, "; dropped %,d", attached.watch().dropped()));
        }
        if (attached != null) {
            attached.close();
        }
        context.stop();
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1000.0;
    }

    private static Cost log(LoggerContext context, int threads, int rate, int seconds) throws InterruptedException {
        ThreadMXBean beans = ManagementFactory.getThreadMXBean();
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Worker worker = new Worker(context.getLogger("com.example.shop.Orders"), rate / threads, seconds, beans);
            workers.add(worker);
            new Thread(worker, "exec-" + i).start();
        }
        long blocked = 0;
        long waited = 0;
        long[] all = new long[0];
        for (Worker worker : workers) {
            worker.join();
            blocked += worker.blocked;
            waited += worker.waited;
            int from = all.length;
            all = Arrays.copyOf(all, from + worker.count);
            System.arraycopy(worker.nanos, 0, all, from, worker.count);
        }
        return new Cost(all, blocked, waited);
    }

    private static final class Formatting extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().isEmpty()) {
                throw new IllegalStateException("no message");
            }
        }
    }

    private static final class Worker implements Runnable {
        private final Logger logger;
        private final int rate;
        private final int seconds;
        private final ThreadMXBean beans;
        private long[] nanos = new long[1 << 20];
        private int count;
        private long blocked;
        private long waited;
        private boolean done;

        Worker(Logger logger, int rate, int seconds, ThreadMXBean beans) {
            this.logger = logger;
            this.rate = rate;
            this.seconds = seconds;
            this.beans = beans;
        }

        @Override
        public void run() {
            ThreadInfo before = beans.getThreadInfo(Thread.currentThread().getId());
            long begin = System.nanoTime();
            long end = begin + seconds * 1_000_000_000L;
            long pauses = 0;
            for (long now = begin; now < end && count < nanos.length; now = System.nanoTime()) {
                if (rate > 0 && now - begin < count * 1_000_000_000L / rate) {
                    LockSupport.parkNanos(100_000);
                    pauses++;
                    continue;
                }
                long from = System.nanoTime();
                logger.info("order {} of {} items sent in {} ms", count, count % 7, count % 50);
                nanos[count++] = System.nanoTime() - from;
            }
            ThreadInfo after = beans.getThreadInfo(Thread.currentThread().getId());
            blocked = after.getBlockedCount() - before.getBlockedCount();
            waited = Math.max(0, after.getWaitedCount() - before.getWaitedCount() - pauses);
            synchronized (this) {
                done = true;
                notifyAll();
            }
        }

        synchronized void join() throws InterruptedException {
            while (!done) {
                wait();
            }
        }
    }
}
