package io.deepsentry.live.record;

/** What is around the lines in records. */
public enum RecordFormat {
    /** Told by each record itself: one of the envelopes below, or lines. */
    AUTO,
    /** Nothing: a record holds lines of the log, of text or JSON, as a file does. */
    PLAIN,
    /** The object of Filebeat and other Beats: {@code {"@timestamp":..,"message":..,"host":{"name":..},"log":{"file":{"path":..}}}}. */
    FILEBEAT,
    /** The object of Fluent Bit and Fluentd, or a list of them: {@code {"date":..,"log":..,"host":..}}. */
    FLUENT_BIT,
    /** The export of OpenTelemetry's Collector in its JSON encoding: {@code {"resourceLogs":[..]}}. */
    OTLP_JSON
}
