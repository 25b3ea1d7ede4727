package io.deepsentry.tools.recordhdfs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * All files of a recording, drawn from a seed. The jobs are drawn first, knowing nothing of faults; then faults are
 * laid on some of them. So a struck file has the name, size, replication and history that any other file may have.
 */
record Plan(List<Job> jobs, long durationMillis) {

    /** Time at the end in which no file is begun, so that the last ones are finished too. */
    private static final long TAIL_MILLIS = 50_000;

    private static final int SLICES = 9;

    static Plan draw(long seed, long durationMillis, int files, double strikes) {
        Random random = new Random(seed);
        List<Long> starts = starts(random, durationMillis - TAIL_MILLIS, files);
        List<Job> jobs = new ArrayList<>(files);
        for (int id = 0; id < files; id++) {
            jobs.add(job(random, id, starts.get(id)));
        }
        layFaults(random, jobs, strikes);
        return new Plan(List.copyOf(jobs), durationMillis);
    }

    /** Busy, ordinary and quiet spells follow each other. */
    private static List<Long> starts(Random random, long until, int files) {
        double[] rates = {0.1, 0.5, 1.0, 1.0, 1.8};
        List<double[]> spells = new ArrayList<>();
        double at = 0;
        double weight = 0;
        while (at < until) {
            double length = Math.min(8_000 + random.nextInt(17_000), until - at);
            double rate = rates[random.nextInt(rates.length)];
            spells.add(new double[] {at, length, rate, weight});
            at += length;
            weight += length * rate;
        }
        List<Long> starts = new ArrayList<>(files);
        for (int i = 0; i < files; i++) {
            double drawn = random.nextDouble() * weight;
            double[] in = spells.get(0);
            for (double[] spell : spells) {
                if (spell[3] <= drawn) {
                    in = spell;
                }
            }
            starts.add((long) (in[0] + Math.min(in[1], (drawn - in[3]) / in[2])));
        }
        Collections.sort(starts);
        return starts;
    }

    private static Job job(Random random, int id, long start) {
        String path = path(random, id);
        List<Step> steps = new ArrayList<>();
        steps.add(firstWrite(random));

        List<Step> later = new ArrayList<>();
        int reads = weighted(random, 32, 22, 14, 12, 10, 6, 4);
        for (int i = 0; i < reads; i++) {
            Step.Extent extent = Step.Extent.values()[weighted(random, 70, 20, 10)];
            later.add(new Step.Read(rest(random), extent, random.nextDouble()));
        }
        if (random.nextInt(100) < 8) {
            int chunks = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
            later.add(new Step.Write(
                    rest(random), true, 500 + random.nextInt(40_000), chunks, 300 + random.nextInt(500), false));
        }
        if (random.nextInt(100) < 10) {
            later.add(new Step.Rename(rest(random), path + "." + (1 + random.nextInt(9))));
        }
        Collections.shuffle(later, random);
        steps.addAll(later);
        if (random.nextInt(100) < 55) {
            steps.add(new Step.Delete(1_500 + random.nextInt(12_000)));
        }
        return new Job(id, start, path, random.nextLong(), steps, Optional.empty());
    }

    private static Step.Write firstWrite(Random random) {
        boolean paced = random.nextInt(100) < 30;
        int bytes = paced ? 8_000 + random.nextInt(110_000) : copiedBytes(random);
        int chunks = paced ? 3 + random.nextInt(6) : 1;
        int pause = 300 + random.nextInt(900);
        return new Step.Write(0, false, bytes, chunks, pause, random.nextInt(100) < 25);
    }

    private static int copiedBytes(Random random) {
        return switch (weighted(random, 25, 40, 35)) {
            case 0 -> 100 + random.nextInt(8_000);
            case 1 -> 8_000 + random.nextInt(56_000);
            default -> 66_000 + random.nextInt(190_000);
        };
    }

    private static int rest(Random random) {
        return 400 + (int) Math.min(9_000, -1_800 * Math.log(1 - random.nextDouble()));
    }

    private static String path(Random random, int id) {
        return switch (random.nextInt(4)) {
            case 0 -> String.format("/data/events/day-%02d/part-%05d", 1 + random.nextInt(28), id);
            case 1 -> String.format("/warehouse/orders/region=%d/%06d_0", random.nextInt(6), id);
            case 2 -> String.format("/tmp/job_%04d/attempt_%d/part-m-%05d", id / 40, random.nextInt(3), id);
            default -> String.format("/logs/app-%d/%05d.log", random.nextInt(12), id);
        };
    }

    /**
     * Each kind is spread evenly over the slices of the recording, on jobs chosen blindly among those in which it can
     * strike.
     */
    private static void layFaults(Random random, List<Job> jobs, double strikes) {
        long end = jobs.get(jobs.size() - 1).startMillis() + 1;
        Map<Fault, Double> owed = new EnumMap<>(Fault.class);
        for (int slice = 0; slice < SLICES; slice++) {
            long from = end * slice / SLICES;
            long to = end * (slice + 1) / SLICES;
            for (Fault fault : Fault.values()) {
                if (fault.beginsLate() && slice < SLICES - 1) {
                    continue;
                }
                int wanted = (int) Math.floor(owed.merge(fault, strikes * share(fault), Double::sum));
                owed.merge(fault, -1.0 * wanted, Double::sum);
                List<Integer> able = new ArrayList<>();
                for (Job job : jobs) {
                    if (job.startMillis() >= from
                            && job.startMillis() < to
                            && job.strike().isEmpty()
                            && able(fault, job)) {
                        able.add(job.id());
                    }
                }
                Collections.shuffle(able, random);
                for (int id : able.subList(0, Math.min(wanted, able.size()))) {
                    jobs.set(id, jobs.get(id).struckBy(strike(random, fault, jobs.get(id))));
                }
            }
        }
        jobs.sort(Comparator.comparingInt(Job::id));
    }

    /** How often a kind is tried in a slice, relative to the others: stopping a DataNode hits several blocks. */
    private static double share(Fault fault) {
        return switch (fault) {
            case NODE_STOPPED -> 0.4;
            case PLACED_ON_STOPPED -> 0;
            case DISK_FULL, DISK_ERROR, DISK_SLOW, CLIENT_GONE -> 0.8;
            case DATA_CORRUPT, META_CORRUPT, REPLICA_MISSING -> 1.0;
            case WRITER_VANISHED, DELETED_TOO_EARLY, REPORT_LOST, DELETE_LOST -> 2.0;
            case WRONG_BLOCK_SIZE -> 6.0;
        };
    }

    private static boolean able(Fault fault, Job job) {
        return switch (fault.moment()) {
            case OPENING -> !firstWrite(job).paced();
            case WRITING -> firstWrite(job).paced();
            case STORED -> lastRead(job, 3) > 0;
            case DELETING -> job.steps().get(job.steps().size() - 1) instanceof Step.Delete;
            case NONE -> false;
        };
    }

    private static Step.Write firstWrite(Job job) {
        return (Step.Write) job.steps().get(0);
    }

    /** The place of the read after which fewer than {@code left} are left, or 0. */
    private static int lastRead(Job job, int left) {
        int reads = 0;
        for (int step = job.steps().size() - 1; step > 0; step--) {
            if (job.steps().get(step) instanceof Step.Read && ++reads == left) {
                return step;
            }
        }
        return 0;
    }

    private static Job.Strike strike(Random random, Fault fault, Job job) {
        return switch (fault.moment()) {
            case WRITING ->
                new Job.Strike(fault, 0, random.nextInt(firstWrite(job).chunks() - 1), random.nextLong());
            case STORED -> new Job.Strike(fault, 1 + random.nextInt(lastRead(job, 3)), 0, random.nextLong());
            case DELETING -> new Job.Strike(fault, job.steps().size() - 1, 0, random.nextLong());
            case OPENING, NONE -> new Job.Strike(fault, 0, 0, random.nextLong());
        };
    }

    private static int weighted(Random random, int... weights) {
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        int drawn = random.nextInt(sum);
        int index = 0;
        while (drawn >= weights[index]) {
            drawn -= weights[index];
            index++;
        }
        return index;
    }
}
