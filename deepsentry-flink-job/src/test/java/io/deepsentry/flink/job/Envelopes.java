package io.deepsentry.flink.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of HDFS as shippers and loggers put them into records. */
final class Envelopes {
    static final int KINDS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LINE = Pattern.compile("(\\d{6} \\d{6}) (\\d+) (\\w+) ([^:]+): (.*)");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyMMdd HHmmss");
    private static final String TRACE =
            "\njava.io.IOException: closed\n\tat org.apache.hadoop.Block.read(Block.java:7)";
    private static final String SHIPPED = "2026-11-01T00:00:00Z";

    private Envelopes() {}

    /** The record of a line, by one of {@link #KINDS} ways. */
    static String record(String line, int kind) {
        return switch (kind) {
            case 0 -> line;
            case 1 -> filebeat(line);
            // As Filebeat's multiline puts it together.
            case 2 -> filebeat(line + TRACE);
            case 3 -> fluentBit(line);
            case 4 -> ofFile(line);
            default -> ofLogger(line);
        };
    }

    private static String filebeat(String line) {
        ObjectNode beat = JSON.createObjectNode();
        beat.put("@timestamp", SHIPPED).put("message", line);
        beat.putObject("agent").put("type", "filebeat").put("version", "8.19.0");
        beat.putObject("host").put("name", "web-1");
        beat.putObject("log").put("offset", 17).putObject("file").put("path", "/var/log/hdfs.log");
        return beat.toString();
    }

    private static String fluentBit(String line) {
        ArrayNode all = JSON.createArrayNode();
        all.addObject()
                .put("date", 1793491200.25)
                .put("log", line)
                .put("host", "web-2")
                .put("file", "/var/log/hdfs.log");
        return all.toString();
    }

    private static ObjectNode otlp(ObjectNode export) {
        ObjectNode resource = export.putArray("resourceLogs").addObject();
        resource.putObject("resource")
                .putArray("attributes")
                .addObject()
                .put("key", "host.name")
                .putObject("value")
                .put("stringValue", "web-3");
        return resource.putArray("scopeLogs").addObject().putArray("logRecords").addObject();
    }

    /** A line of a file, as a Collector's receiver of files reads it. */
    private static String ofFile(String line) {
        ObjectNode export = JSON.createObjectNode();
        ObjectNode log = otlp(export);
        log.put("observedTimeUnixNano", "1793491200000000000");
        log.putObject("body").put("stringValue", line);
        log.putArray("attributes")
                .addObject()
                .put("key", "log.file.path")
                .putObject("value")
                .put("stringValue", "/var/log/hdfs.log");
        return export.toString();
    }

    /** An event of a logger, whose body is the message alone. */
    private static String ofLogger(String line) {
        Matcher parts = parts(line);
        ObjectNode export = JSON.createObjectNode();
        ObjectNode log = otlp(export);
        log.put("timeUnixNano", millis(parts) + "000000").put("severityText", parts.group(3));
        log.putObject("body").put("stringValue", parts.group(5));
        return export.toString();
    }

    /** A record of a program that logs JSON. */
    static String json(String line) {
        Matcher parts = parts(line);
        return JSON.createObjectNode()
                .put("timestamp", java.time.Instant.ofEpochMilli(millis(parts)).toString())
                .put("level", parts.group(3))
                .put("logger", parts.group(4))
                .put("message", parts.group(5))
                .toString();
    }

    private static Matcher parts(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(line);
        }
        return parts;
    }

    private static long millis(Matcher parts) {
        return LocalDateTime.parse(parts.group(1), TIME)
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }
}
