package io.deepsentry.tools.speed;

import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.live.AnomalyIdentifier;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.token.MessageNormalizer;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures one stage of one version and prints a number, by the time of the processor that the stage's thread used:
 * other programs on the machine change it little. See table, which calls it for two versions in turn.
 */
public final class StageSpeed {
    private static final int BATCH = 1000;
    private static final int WINDOWS = 1024;

    private StageSpeed() {}

    /** A stage, the data folder or log it works on, and seconds to measure. */
    public static void main(String[] args) throws Exception {
        double seconds = Double.parseDouble(args[1]);
        double result =
                switch (args[0]) {
                    case "parse", "mask", "redact" -> parsed(args[0], Path.of(args[2]), args[3], args[4], seconds);
                    case "judge" -> judged(Path.of(args[2]), Path.of(args[3]), args[4], seconds);
                    case "open" -> opened(Path.of(args[2]));
                    case "windows" -> windows(Path.of(args[2]), Path.of(args[3]), seconds);
                    default -> throw new IllegalArgumentException("no such stage: " + args[0]);
                };
        System.out.println(String.format(Locale.ROOT, "%.4f", result));
    }

    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static LogReader reader(Path log, String format, String key) {
        return LogReader.builder()
                .input(log)
                .format(format)
                .sessionKey(key.isEmpty() ? null : key)
                .onMalformed(OnMalformed.ATTACH)
                .open();
    }

    /** Lines a second: parsed with their session keys, then masked, or redacted and masked as live does. */
    private static double parsed(String stage, Path log, String format, String key, double seconds) {
        MessageNormalizer masking = MessageNormalizer.defaults();
        List<Double> rates = new ArrayList<>();
        long unused = 0;
        double end = cpuSeconds() + 2 * seconds;
        while (cpuSeconds() < end) {
            double start = cpuSeconds();
            long lines = 0;
            try (LogReader reader = reader(log, format, key)) {
                for (LogEvent event : reader) {
                    lines++;
                    unused +=
                            switch (stage) {
                                case "parse" -> event.sessionKeys().size();
                                case "mask" -> masking.normalize(event.message()).length();
                                default ->
                                    masking.normalize(event.redacted(Redaction.SECRETS)
                                                    .message())
                                            .length();
                            };
                }
            }
            if (cpuSeconds() > end - seconds) {
                rates.add(lines / (cpuSeconds() - start));
            }
        }
        return unused < 0 ? 0 : median(rates);
    }

    /** Lines a second of a log that are judged, in batches, by one thread. */
    private static double judged(Path data, Path log, String format, double seconds) {
        List<List<LogEvent>> batches = new ArrayList<>();
        try (LogReader reader = reader(log, format, "")) {
            for (LogEvent event : reader) {
                if (batches.isEmpty() || batches.get(batches.size() - 1).size() == BATCH) {
                    batches.add(new ArrayList<>());
                }
                batches.get(batches.size() - 1).add(event);
            }
        }
        List<Double> rates = new ArrayList<>();
        double begun = cpuSeconds();
        try (AnomalyIdentifier identifier = AnomalyIdentifier.open(
                data.resolve("text_autoencoder_model/encoder.h5"), data.resolve("anomaly_trained_model/detector.h5"))) {
            for (List<LogEvent> batch : batches) {
                double start = cpuSeconds();
                int lines = identifier.checkAll(batch).size();
                // After the first half, the compiler has done its work.
                if (rates.size() > batches.size() / 3 && cpuSeconds() - begun > seconds) {
                    break;
                }
                rates.add(lines / (cpuSeconds() - start));
            }
        }
        return median(rates.subList(rates.size() / 2, rates.size()));
    }

    /** Seconds to open a detector, in a process that has opened an encoder but no detector before. */
    private static double opened(Path data) {
        try (OpenModel encoder = OpenModel.open(data.resolve("text_autoencoder_model/encoder.h5"), Device.CPU)) {
            double start = cpuSeconds();
            try (TrainedDetector detector = TrainedDetector.open(
                    data.resolve("anomaly_trained_model/detector.h5"), Device.CPU, ModelRuntime.AUTO)) {
                return cpuSeconds() - start + 0.0 * (detector.known().count() + encoder.predictor().words());
            }
        }
    }

    /** Windows a second whose last row a detector expects. */
    private static double windows(Path detector, Path knownVectors, double seconds) throws Exception {
        Matrix known = Npy.read(knownVectors).toMatrix();
        Random random = new Random(3);
        try (OpenModel model = OpenModel.open(detector, Device.CPU)) {
            Predictor predictor = model.predictor();
            int length = predictor.inputShape().get(0);
            float[] input = new float[WINDOWS * length * known.columns()];
            for (int i = 0; i < WINDOWS * length; i++) {
                System.arraycopy(known.row(random.nextInt(known.rows())), 0, input, i * known.columns(), known.columns());
            }
            // Versions before could compute whole windows only.
            Method step = Arrays.stream(Predictor.class.getMethods())
                    .filter(method -> method.getName().equals("predictStep"))
                    .findFirst()
                    .orElse(null);
            List<Double> rates = new ArrayList<>();
            double end = cpuSeconds() + 2 * seconds;
            while (cpuSeconds() < end) {
                double start = cpuSeconds();
                Object unused = step == null
                        ? predictor.predict(input, WINDOWS)
                        : step.invoke(predictor, input, WINDOWS, length - 1);
                if (cpuSeconds() > end - seconds && unused != null) {
                    rates.add(WINDOWS / (cpuSeconds() - start));
                }
            }
            return median(rates);
        }
    }
}
