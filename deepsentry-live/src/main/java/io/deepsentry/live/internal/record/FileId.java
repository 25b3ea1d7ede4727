package io.deepsentry.live.internal.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Whose lines they are: those of a file of a host, as far as records name them, in one partition.
 *
 * @param partition without blanks
 */
public record FileId(
        String partition, @Nullable String host, @Nullable String file) {
    /** What the names of places begin with, to be none of a file. */
    private static final String RECORDS = "records:";

    private static final JsonMapper JSON = new JsonMapper();

    /** The place of a partition. */
    static String name(String partition) {
        return RECORDS + partition;
    }

    static boolean isPartition(String name) {
        return name.startsWith(RECORDS) && name.indexOf(' ') < 0;
    }

    static boolean isFile(String name) {
        return name.startsWith(RECORDS) && name.indexOf(' ') > 0;
    }

    static String partitionOf(String name) {
        return name.substring(RECORDS.length());
    }

    /** What {@link #name()} named. */
    static FileId of(String name) {
        int blank = name.indexOf(' ');
        try {
            JsonNode both = JSON.readTree(name.substring(blank + 1));
            return new FileId(
                    name.substring(RECORDS.length(), blank),
                    both.path(0).isNull() ? null : both.path(0).asText(),
                    both.path(1).isNull() ? null : both.path(1).asText());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The place of the file. */
    String name() {
        return name(partition) + ' ' + JSON.createArrayNode().add(host).add(file);
    }

    /** How it is called in origins: {@code logs/0}, or {@code logs/0/web-1:/var/log/app.log}. */
    public String input() {
        if (host == null && file == null) {
            return partition;
        }
        return partition + '/' + (host == null ? "" : host) + (file == null ? "" : ':' + file);
    }
}
