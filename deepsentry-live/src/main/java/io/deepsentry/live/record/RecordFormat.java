package io.deepsentry.live.record;

/** The envelopes around the lines in records. */
public enum RecordFormat {
    /** Recognised for each record: one of the envelopes below, or lines. */
    AUTO,
    /** None: a record holds lines of the log, of text or JSON, as a file does. */
    PLAIN,
    /**
     * The object of Filebeat and other Beats: {@code
     * {"@timestamp":..,"message":..,"host":{"name":..},"log":{"file":{"path":..}}}}.
     */
    FILEBEAT,
    /** The object of Fluent Bit and Fluentd, or a list of them: {@code {"date":..,"log":..,"host":..}}. */
    FLUENT_BIT,
    /** The export of OpenTelemetry's Collector in its JSON encoding: {@code {"resourceLogs":[..]}}. */
    OTLP_JSON
}
