package io.deepsentry.flink.job;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.record.RecordFormat;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.util.ParameterTool;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of {@link JudgeJob} say.
 *
 * @param files empty if lines come from Kafka
 * @param bootstrap of Kafka, or null if it is not used
 * @param topics with the lines; empty if they come from files
 * @param group whose offsets hold where no checkpoint says them
 * @param fromStart whether a group without offsets begins with the first records, rather than behind the last
 * @param untilEnd whether the job ends with what the topics hold now
 * @param recordFormat the envelopes around the lines in records
 * @param releaseTopic with releases of models, or null
 * @param kafka further properties of Kafka's clients
 * @param format a preset or a header layout
 * @param sessionKey a regex with one group, or null
 * @param models the data folder
 * @param idle a session ends when no line came for so long
 * @param outOfOrder how much later than another line an earlier one may come
 * @param quiet a partition without records for so long does not hold up the others; null: it does
 * @param checkpoint the time between checkpoints
 * @param output the folder of the files with results, or null
 * @param resultTopics the topics of results by what they get: verdicts, findings, late, malformed
 * @param transactionPrefix what the transactional ids of this job begin with
 * @param elasticsearch the server that gets findings, or null
 * @param index where they go there
 */
record JobSettings(
        List<String> files,
        @Nullable String bootstrap,
        List<String> topics,
        String group,
        boolean fromStart,
        boolean untilEnd,
        RecordFormat recordFormat,
        @Nullable String releaseTopic,
        Map<String, String> kafka,
        String format,
        @Nullable String sessionKey,
        Path models,
        Duration idle,
        Duration outOfOrder,
        @Nullable Duration quiet,
        Duration checkpoint,
        @Nullable Path output,
        Map<String, String> resultTopics,
        String transactionPrefix,
        @Nullable String elasticsearch,
        String index) {
    private static final Map<String, String> TOPIC_OF = Map.of(
            "alert-topic", "findings",
            "verdict-topic", "verdicts",
            "late-topic", "late",
            "malformed-topic", "malformed");

    /**
     * Returns the envelopes of a name.
     *
     * @throws ConfigException if there are none of that name
     */
    static RecordFormat formatOf(String name) {
        for (RecordFormat each : RecordFormat.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
                return each;
            }
        }
        throw new ConfigException("--record-format must be one of "
                + Arrays.stream(RecordFormat.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))
                + ", but was " + name);
    }

    /**
     * Reads the arguments.
     *
     * @throws ConfigException with all that is wrong with them
     */
    static JobSettings of(String... args) {
        return new Arguments(ParameterTool.fromArgs(args)).settings();
    }

    /** Collects what is wrong. */
    private static final class Arguments {
        private final ParameterTool given;
        private final TreeSet<String> known = new TreeSet<>();
        private final List<String> problems = new ArrayList<>();

        Arguments(ParameterTool given) {
            this.given = given;
        }

        JobSettings settings() {
            String input = text("input");
            String bootstrap = text("kafka");
            String topic = text("topic");
            String server = text("elasticsearch");
            Path output = path("output");
            Map<String, String> results = new TreeMap<>();
            TOPIC_OF.forEach((argument, name) -> {
                String value = text(argument);
                if (value != null) {
                    results.put(name, value);
                }
            });
            String releases = text("release-topic");
            if ((input == null) == (topic == null)) {
                problems.add("give either --input or --topic");
            }
            if (bootstrap == null && (topic != null || releases != null || !results.isEmpty())) {
                problems.add("topics need --kafka, the servers to connect to first");
            }
            if (output == null && results.isEmpty() && server == null) {
                problems.add("results need a place: --output, --alert-topic or --elasticsearch");
            }
            JobSettings settings = new JobSettings(
                    list(input),
                    bootstrap,
                    list(topic),
                    otherwise("group", "deepsentry"),
                    flag("from-start"),
                    flag("until-end"),
                    recordFormat(),
                    releases,
                    properties(path("kafka-properties")),
                    required("format"),
                    text("session-key"),
                    Path.of(required("models")),
                    duration("idle", "PT30M"),
                    duration("out-of-order", "PT20S"),
                    given.has("quiet-partition") ? duration("quiet-partition", "PT1M") : null,
                    duration("checkpoint", "PT30S"),
                    output,
                    Map.copyOf(results),
                    otherwise("transaction-prefix", "deepsentry"),
                    server,
                    otherwise("index", "deepsentry-findings"));
            known.add("quiet-partition");
            given.toMap().keySet().stream()
                    .filter(name -> !known.contains(name))
                    .sorted()
                    .forEach(name ->
                            problems.add("--" + name + " is not known; there are --" + String.join(", --", known)));
            if (!problems.isEmpty()) {
                throw new ConfigException(String.join("; ", problems));
            }
            return settings;
        }

        private @Nullable String text(String name) {
            known.add(name);
            return given.get(name);
        }

        private String otherwise(String name, String value) {
            String found = text(name);
            return found == null ? value : found;
        }

        private String required(String name) {
            String found = text(name);
            if (found == null) {
                problems.add("--" + name + " is missing");
                return "";
            }
            return found;
        }

        private boolean flag(String name) {
            known.add(name);
            return given.has(name);
        }

        private RecordFormat recordFormat() {
            try {
                return formatOf(otherwise("record-format", "auto"));
            } catch (ConfigException e) {
                problems.add(String.valueOf(e.getMessage()));
                return RecordFormat.AUTO;
            }
        }

        private @Nullable Path path(String name) {
            String found = text(name);
            return found == null ? null : Path.of(found);
        }

        private static List<String> list(@Nullable String values) {
            return values == null ? List.of() : List.of(values.split(",", -1));
        }

        private Duration duration(String name, String value) {
            String found = otherwise(name, value);
            try {
                Duration duration = Duration.parse(found);
                if (duration.isNegative() || (duration.isZero() && !name.equals("out-of-order"))) {
                    problems.add("--" + name + " must be positive, but was " + found);
                }
                return duration;
            } catch (DateTimeParseException e) {
                problems.add("--" + name + " must be a duration such as " + value + ", but was " + found);
                return Duration.ZERO;
            }
        }

        private Map<String, String> properties(@Nullable Path file) {
            if (file == null) {
                return Map.of();
            }
            Properties read = new Properties();
            try (Reader in = Files.newBufferedReader(file)) {
                read.load(in);
            } catch (IOException e) {
                problems.add("--kafka-properties " + file + " cannot be read: " + e);
            }
            Map<String, String> properties = new TreeMap<>();
            read.stringPropertyNames()
                    .forEach(name -> properties.put(name, read.getProperty(name).strip()));
            return Map.copyOf(properties);
        }
    }
}
