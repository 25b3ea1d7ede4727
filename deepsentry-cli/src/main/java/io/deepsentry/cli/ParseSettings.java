package io.deepsentry.cli;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import java.time.DateTimeException;
import java.time.ZoneId;

/** The settings of {@code parse}, which are those by which {@code prepare} reads a log. */
final class ParseSettings {
    static final ConfigSchema SCHEMA = ConfigSchema.named("parse")
            .key("raw_log_file", ConfigType.PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
            .flag("--input")
            .doc("Log files, plain or gzip; - is standard input.")
            .key("log_format", ConfigType.STRING, "auto")
            .flag("--format")
            .doc("A preset, a header layout, regex: and a regular expression, or auto.")
            .key("session_key", ConfigType.STRING, null)
            .doc("Regular expression with one group that finds the sessions of a line.")
            .key("time_format", ConfigType.STRING, null)
            .doc("How times are written, where the format leaves it open.")
            .key("time_zone", ConfigType.STRING, "UTC")
            .doc("The zone of times that do not tell theirs.")
            .key("on_malformed", ConfigType.ENUM, "skip")
            .values("skip", "attach", "fail")
            .doc("What happens to lines that do not fit the format.")
            .build();

    private ParseSettings() {}

    static ZoneId zone(Config config) {
        try {
            return ZoneId.of(config.getString("time_zone"));
        } catch (DateTimeException e) {
            throw config.problem("time_zone", "must be a zone such as UTC, Europe/Berlin or +02:00");
        }
    }
}
