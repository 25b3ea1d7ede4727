package io.deepsentry.tools.recordhdfs;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the sample of a recorded log and a judgement: the lines of blocks in doubt are left out, whole blocks only;
 * everything else stays as it was recorded.
 */
final class Sample {

    private static final Pattern HEADER = Pattern.compile("\\d{6} \\d{6} \\d+ [A-Z]+ [^ :]+: .*");
    private static final Pattern BLOCK = Pattern.compile("blk_(\\d+)");

    /** How warnings about slowness name a block. */
    private static final Pattern BARE_BLOCK = Pattern.compile("blockId=(\\d+)");

    /** Names that the recording was given, not those of a machine. */
    private static final Set<String> NEUTRAL = Set.of("localhost", "hdfs", "/home/hdfs");

    private final Path raw;
    private final Ledger.Judgement judgement;
    private final Set<Long> kept = new LinkedHashSet<>();
    private final Set<Long> leftOut = new LinkedHashSet<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<Long, Integer> firstLine = new HashMap<>();
    private int rawLines;
    private int events;

    /** How the log came about. */
    record Origin(String hadoop, long seed, int seconds, int files) {}

    Sample(Path raw, Ledger.Judgement judgement) {
        this.raw = raw;
        this.judgement = judgement;
        kept.addAll(judgement.normal());
        kept.addAll(judgement.anomalous().keySet());
    }

    void write(Path output, Origin origin) throws IOException {
        select();
        check();
        try (Writer log = gzip(output.resolve("hdfs-sample.log.gz"))) {
            for (String line : lines) {
                log.append(line).append('\n');
            }
        }
        try (BufferedWriter labels = Files.newBufferedWriter(output.resolve("hdfs-sample-labels.csv"))) {
            labels.write("BlockId,Label\n");
            for (long block : new TreeSet<>(firstLine.keySet())) {
                labels.write("blk_" + block + "," + (judgement.anomalous().containsKey(block) ? "Anomaly" : "Normal")
                        + "\n");
            }
        }
        String report = report(origin);
        Files.writeString(output.resolve("hdfs-sample.json"), report);
        System.out.print(report);
    }

    private static Writer gzip(Path file) throws IOException {
        OutputStream compressed = new GZIPOutputStream(Files.newOutputStream(file)) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        };
        return new BufferedWriter(new OutputStreamWriter(compressed, StandardCharsets.UTF_8));
    }

    private void select() throws IOException {
        try (BufferedReader log = Files.newBufferedReader(raw)) {
            List<String> event = new ArrayList<>();
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                rawLines++;
                if (HEADER.matcher(line).matches() && !event.isEmpty()) {
                    select(event);
                    event.clear();
                }
                event.add(line);
            }
            select(event);
        }
    }

    private void select(List<String> event) {
        String header = event.get(0);
        Set<Long> named = blocks(header);
        if (named.isEmpty()) {
            event.forEach(line -> named.addAll(blocks(line)));
        }
        Set<Long> out = named.stream().filter(block -> !kept.contains(block)).collect(Collectors.toSet());
        leftOut.addAll(out);
        if (!named.isEmpty() && out.size() == named.size()) {
            return;
        }
        if (!out.isEmpty()) {
            // At the levels recorded here, no event of Hadoop's names two blocks.
            throw new IllegalStateException(
                    "The event names blocks that are kept and blocks that are left out: " + header);
        }
        events++;
        for (Matcher id = BLOCK.matcher(header); id.find(); ) {
            firstLine.putIfAbsent(Long.parseLong(id.group(1)), lines.size());
        }
        lines.addAll(event);
    }

    private static Set<Long> blocks(String line) {
        Set<Long> blocks = new LinkedHashSet<>();
        for (Pattern pattern : List.of(BLOCK, BARE_BLOCK)) {
            for (Matcher id = pattern.matcher(line); id.find(); ) {
                blocks.add(Long.parseLong(id.group(1)));
            }
        }
        return blocks;
    }

    private void check() {
        if (lines.isEmpty() || !HEADER.matcher(lines.get(0)).matches()) {
            throw new IllegalStateException("The log does not begin with a line in its layout");
        }
        List<Pattern> telling =
                new ArrayList<>(List.of(Pattern.compile("deepsentry"), Pattern.compile("MiniDFSCluster")));
        for (String variable : List.of("RECORD_HOST", "RECORD_USER", "RECORD_HOME")) {
            String name = System.getenv(variable);
            if (name != null && !name.isBlank() && !NEUTRAL.contains(name)) {
                telling.add(Pattern.compile("(?<![A-Za-z0-9.])" + Pattern.quote(name) + "(?![A-Za-z0-9])"));
            }
        }
        for (String line : lines) {
            for (Pattern name : telling) {
                if (name.matcher(line).find()) {
                    throw new IllegalStateException(
                            "The log tells where or how it was recorded (" + name + "): " + line);
                }
            }
        }
    }

    private String report(Origin origin) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("source", "Hadoop MiniDFSCluster, recorded with tools/record-hdfs");
        report.put("hadoop_version", origin.hadoop());
        report.put("seed", origin.seed());
        report.put("duration_seconds", origin.seconds());
        report.put("planned_files", origin.files());
        report.put("recorded_lines", rawLines);
        report.put("lines", lines.size());
        report.put("events", events);
        report.put("blocks", firstLine.size());
        Map<Long, Fault> anomalous = new TreeMap<>(judgement.anomalous());
        anomalous.keySet().retainAll(firstLine.keySet());
        report.put("normal_blocks", firstLine.size() - anomalous.size());
        report.put("anomalous_blocks", anomalous.size());
        Map<Fault, List<String>> byFault = new EnumMap<>(Fault.class);
        Map<Fault, int[]> thirds = new EnumMap<>(Fault.class);
        anomalous.forEach((block, fault) -> {
            byFault.computeIfAbsent(fault, kind -> new ArrayList<>()).add("blk_" + block);
            thirds.computeIfAbsent(fault, kind -> new int[3])[(int) (3L * firstLine.get(block) / lines.size())]++;
        });
        Map<String, Object> faults = new LinkedHashMap<>();
        byFault.forEach((fault, blocks) -> {
            int[] third = thirds.get(fault);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("blocks", blocks.size());
            one.put("in_each_third_of_the_log", List.of(third[0], third[1], third[2]));
            one.put("block_ids", blocks);
            faults.put(fault.label(), one);
        });
        thirds.forEach((fault, third) -> {
            if (third[2] == 0 || !fault.beginsLate() && (third[0] == 0 || third[1] == 0)) {
                System.err.println("A third of the log has no " + fault.label() + ": record again with another seed");
            }
        });
        report.put("faults", faults);
        Map<String, Object> doubts = new TreeMap<>();
        for (long block : leftOut) {
            Ledger.Doubt doubt = judgement.doubtful().getOrDefault(block, Ledger.Doubt.UNKNOWN);
            doubts.merge(doubt.name().toLowerCase(Locale.ROOT), 1, (a, b) -> (Integer) a + (Integer) b);
        }
        report.put("blocks_left_out", doubts);
        report.put(
                "labels_policy",
                "Anomaly: a fault was injected into this block and its effect confirmed outside the log. Normal: nothing was done to the"
                        + " block and no fault elsewhere can have reached it. Blocks in doubt are left out with all their lines.");
        return json(report, "") + "\n";
    }

    private static String json(Object value, String indent) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> indent + "  \"" + entry.getKey() + "\": " + json(entry.getValue(), indent + "  "))
                    .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(item -> json(item, indent)).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof Number ? value.toString() : "\"" + value + "\"";
    }
}
