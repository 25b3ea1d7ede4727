package io.deepsentry.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.ReadStats;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What became of every line of a log, as one JSON object for other programs. */
public final class AccountFile {
    private static final JsonFactory FACTORY = new JsonFactory();

    private AccountFile() {}

    /**
     * Writes the account of what was read with a format.
     *
     * @throws io.deepsentry.core.DataException if the file cannot be written
     */
    public static void write(Path file, ReadStats read, String format) {
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("format", format);
            json.writeNumberField("lines", read.lines());
            json.writeNumberField("events", read.events());
            json.writeNumberField("attached", read.attached());
            json.writeNumberField("unread", read.unread());
            json.writeNumberField("blank", read.blank());
            json.writeNumberField("dropped", read.dropped());
            json.writeNumberField("malformed", read.malformed());
            json.writeNumberField("cut", read.cut());
            json.writeNumberField("bytes", read.bytes());
            json.writeNumberField("ignored_bytes", read.ignoredBytes());
            json.writeEndObject();
        } catch (IOException e) {
            throw AtomicFile.failure(file, e);
        }
    }
}
