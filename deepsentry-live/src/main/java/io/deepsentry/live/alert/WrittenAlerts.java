package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.collect.Multiset;
import io.deepsentry.parse.bytes.Compression;
import io.deepsentry.parse.bytes.Decompressed;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads the ids of alerts back from where {@link AlertFormat} wrote them. */
final class WrittenAlerts {
    private static final System.Logger LOG = System.getLogger(WrittenAlerts.class.getName());
    private static final JsonFactory JSON = new JsonFactory();

    private WrittenAlerts() {}

    /** Adds the ids in complete lines from a byte on, which begins a line; of a compressed file in all. */
    static void read(Path file, long from, Multiset<String> ids) throws IOException {
        if (Compression.ofName(file.toString()).isPresent()) {
            try (InputStream packed = new BufferedInputStream(Files.newInputStream(file));
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(Decompressed.open(packed), StandardCharsets.UTF_8))) {
                addIds(lines, ids);
            } catch (Decompressed.DamagedException e) {
                // Compressing it was broken off; the file itself is still there.
                LOG.log(System.Logger.Level.DEBUG, "reading " + file, e);
            }
            return;
        }
        long end = lastLineEnd(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (from >= end) {
                return;
            }
            channel.position(from);
            Reader decoded = new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8);
            try (BufferedReader lines = new BufferedReader(decoded)) {
                addIds(lines, ids);
            }
        }
    }

    private static void addIds(BufferedReader lines, Multiset<String> ids) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String id = idOf(line);
            if (id != null) {
                ids.add(id);
            }
        }
    }

    /** Behind the last line feed. */
    static long lastLineEnd(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] buffer = new byte[1 << 13];
            for (long to = in.length(); to > 0; ) {
                int length = (int) Math.min(buffer.length, to);
                in.seek(to - length);
                in.readFully(buffer, 0, length);
                for (int i = length - 1; i >= 0; i--) {
                    if (buffer[i] == '\n') {
                        return to - length + i + 1;
                    }
                }
                to -= length;
            }
            return 0;
        }
    }

    /** The id in a line of either format; null if there is none. */
    static @Nullable String idOf(String line) {
        return line.startsWith("{") ? idOfObject(line) : idOfRecord(line);
    }

    private static @Nullable String idOfRecord(String line) {
        boolean quoted = false;
        boolean begins = true;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else {
                    quoted = c != '"';
                }
            } else if (begins && line.startsWith("ID=", i)) {
                int end = line.indexOf(' ', i);
                return line.substring(i + 3, end < 0 ? line.length() : end);
            } else {
                quoted = c == '"';
                begins = c == ' ';
            }
        }
        return null;
    }

    private static @Nullable String idOfObject(String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("id")) {
                    return value == JsonToken.VALUE_STRING ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (JsonProcessingException e) {
            // Not a line of ours.
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
