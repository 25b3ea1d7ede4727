import com.sun.management.OperatingSystemMXBean;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import io.deepsentry.text.prepare.TrainOn;
import io.deepsentry.text.train.FrozenLayers;
import io.deepsentry.text.train.Reconstruction;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.LogManager;

/**
 * Trains on the first lines of each system, from a pretrained encoder and from scratch, and measures on the lines after
 * them.
 */
public final class Compare {
    private static final Map<String, String> FORMATS = new LinkedHashMap<>();

    static {
        FORMATS.put("Android", "<A> <B> <Pid> <Tid> <Level> <Component>: <Content>");
        FORMATS.put("Apache", "apache");
        FORMATS.put("BGL", "bgl");
        FORMATS.put("HDFS", "hdfs");
        FORMATS.put("HPC", "<LogId> <Node> <Component> <State> <A> <Flag> <Content>");
        FORMATS.put("Hadoop", "hadoop");
        FORMATS.put("HealthApp", "<A>|<Component>|<Pid>|<Content>");
        FORMATS.put("Linux", "syslog");
        FORMATS.put("Mac", "<A> <B> <C> <User> <Component>[<Pid>]( (<Address>))?: <Content>");
        FORMATS.put("OpenSSH", "syslog");
        FORMATS.put("OpenStack", "openstack");
        FORMATS.put("Proxifier", "[<A>] <Program> - <Content>");
        FORMATS.put("Spark", "hadoop");
        FORMATS.put("Thunderbird", "thunderbird");
        FORMATS.put("Windows", "<A> <B>, <Level> <Component> <Content>");
        FORMATS.put("Zookeeper", "logback");
    }

    private Compare() {}

    public static void main(String[] arguments) throws IOException {
        // The libraries tell of every file that is written.
        LogManager.getLogManager().reset();
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            options.put(parts[0], parts[1]);
        }
        String[] systems = options.getOrDefault("systems", String.join(",", FORMATS.keySet())).split(",");
        String[] runs = options.getOrDefault("runs", "scratch,transfer,careful").split(",");
        System.out.println("system\trun\tdistinct\twords\tadded\ttokens\tepochs\tvalidation\theld-out\theld-out distinct\twall s\tCPU s");
        for (String system : systems) {
            Path folder = Files.createTempDirectory("compare");
            prepare(Path.of(arguments[0], system, system + "_2k.log"), folder, FORMATS.get(system), number(options, "lines", 1000));
            for (String run : runs) {
                System.out.println(system + "\t" + run + "\t" + measured(folder, run, options));
            }
        }
    }

    private static int number(Map<String, String> options, String name, int usual) {
        return Integer.parseInt(options.getOrDefault(name, Integer.toString(usual)));
    }

    private static void prepare(Path log, Path folder, String format, int count) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        Path first = Files.write(folder.resolve("first.log"), lines.subList(0, count));
        Path rest = Files.write(folder.resolve("rest.log"), lines.subList(count, lines.size()));
        Prepare.run(
                PrepareSettings.builder()
                        .dataDir(folder)
                        .inputs(first)
                        .test(rest)
                        .format(format)
                        .trainOn(TrainOn.ALL)
                        .build(),
                RunContext.quiet());
    }

    private static String measured(Path folder, String run, Map<String, String> options) {
        Path model = folder.resolve(run);
        TextTrainSettings.Builder settings = TextTrainSettings.builder().dataDir(folder).outputModelDir(model)
                .seed(number(options, "seed", 42));
        if (!run.equals("scratch-default")) {
            settings.epochs(number(options, "epochs", 3))
                    .batchSize(number(options, "batch", 64))
                    .minStepsPerEpoch(number(options, "steps", 0));
        }
        switch (run) {
            case "scratch", "scratch-default" -> {}
            case "transfer" -> settings.fromModel(options.getOrDefault("base", "server-logs"));
            case "careful" -> settings.fromModel(options.getOrDefault("base", "server-logs"))
                    .freeze(FrozenLayers.allBut(2))
                    .learningRate(0.0001);
            default -> throw new IllegalArgumentException("runs are scratch, scratch-default, transfer and careful, but was " + run);
        }
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        TextTrainingResult result = TextTraining.run(settings.build(), RunContext.quiet());
        double wall = (System.nanoTime() - start) / 1e9;
        double used = (system.getProcessCpuTime() - cpu) / 1e9;
        PreparedData data = PreparedData.open(folder.resolve("prepared_data"));
        Reconstruction validation = Reconstruction.measure(model.toString(), data, Split.VAL, RunContext.quiet());
        Reconstruction heldOut = Reconstruction.measure(model.toString(), data, Split.TEST, RunContext.quiet());
        int added = result.transfer() == null ? 0 : result.transfer().addedWords();
        int known = result.transfer() == null ? 0 : result.transfer().knownWords();
        return String.format(
                Locale.ROOT,
                "%d\t%d\t%d\t%d\t%d\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f",
                result.trainingMessages(),
                known,
                added,
                result.messageTokens(),
                result.epochs().size(),
                100 * validation.knownAccuracy(),
                100 * heldOut.knownAccuracy(),
                100 * heldOut.distinctKnownAccuracy(),
                wall,
                used);
    }
}
