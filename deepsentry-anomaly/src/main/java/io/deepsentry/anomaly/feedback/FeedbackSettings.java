package io.deepsentry.anomaly.feedback;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the {@code feedback} command. Immutable.
 *
 * @param feedbackFile the file of acknowledgements to read and write
 * @param alertFiles the files to search for alerts, in order; they need not exist
 * @param normal ids of alerts that were normal
 * @param real the ids of alerts or findings that were real faults
 * @param revoke acknowledgements to revoke, by number or by the id of the alert
 * @param list whether to list acknowledgements in force; always so if there is nothing else to do
 * @param comment a remark on the acknowledged alerts, or null
 */
public record FeedbackSettings(
        Path feedbackFile,
        List<Path> alertFiles,
        List<String> normal,
        List<String> real,
        List<String> revoke,
        boolean list,
        @Nullable String comment) {
    /** The file of alerts that {@code live} writes, in the data folder. */
    public static final String LIVE_ALERTS = "live_alerts.jsonl";

    /** The report that {@code eval} writes, in its folder of results. */
    public static final String EVAL_ANOMALIES = "anomalies.jsonl";

    private static final String REAL = "this_was_real";

    /** The settings of the command. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("feedback")
            .command("feedback")
            .about("Marks alerts as normal, so that they and similar ones raise no alarm again, or as real.")
            .key("feedback_file", ConfigType.PATH, "{ROOT_DATA_DIR}/" + Feedback.FILE)
            .doc("The file of acknowledgements.")
            .key("eval_anomalies", ConfigType.PATH, "{ROOT_DATA_DIR}/eval_results/" + EVAL_ANOMALIES)
            .doc("The anomalies that eval, analyze or run found.")
            .key("alert_records", ConfigType.PATH, "{ROOT_DATA_DIR}/" + LIVE_ALERTS)
            .doc("The alerts of live.")
            .key("alerts", ConfigType.PATH, null)
            .doc("Another file with alerts, searched first: anomalies.jsonl of another folder, or alerts of live as"
                    + " JSON.")
            .key("normal", ConfigType.STRING_LIST, List.of())
            .label("ID")
            .doc("Ids of alerts or findings that were normal; the first four digits are enough.")
            .key(REAL, ConfigType.STRING_LIST, List.of())
            .label("ID")
            .doc("Ids of alerts or findings that were real faults: nothing silences them, and similar ones are"
                    + " critical.")
            .key("revoke", ConfigType.STRING_LIST, List.of())
            .label("NUMBER")
            .doc("Acknowledgements to revoke, by their number or their alert's id.")
            .key("list", ConfigType.BOOLEAN, false)
            .doc("Whether to show the acknowledgements, as the command does without options.")
            .key("comment", ConfigType.STRING, null)
            .doc("Why, in a few words.")
            .build();

    public FeedbackSettings {
        alertFiles = List.copyOf(alertFiles);
        normal = List.copyOf(normal);
        real = List.copyOf(real);
        revoke = List.copyOf(revoke);
        if (comment != null && normal.isEmpty() && real.isEmpty()) {
            throw new ConfigException("comment needs an alert: name one with --normal or --this-was-real");
        }
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static FeedbackSettings from(Config config) {
        List<Path> files = new ArrayList<>();
        config.findPath("alerts").ifPresent(files::add);
        files.add(config.getPath("eval_anomalies"));
        files.add(config.getPath("alert_records"));
        // Where the records moved when their file had grown too large.
        files.add(earlier(config.getPath("alert_records")));
        return new FeedbackSettings(
                config.getPath("feedback_file"),
                files,
                config.getStrings("normal"),
                config.getStrings(REAL),
                config.getStrings("revoke"),
                config.getBoolean("list"),
                config.findString("comment").orElse(null));
    }

    /**
     * {@return the file to which records of alerts move when their file has grown too large}
     *
     * @param records the file of acknowledgements
     */
    public static Path earlier(Path records) {
        return records.resolveSibling(records.getFileName() + ".1");
    }
}
