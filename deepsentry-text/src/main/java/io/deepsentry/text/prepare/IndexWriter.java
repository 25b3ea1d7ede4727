package io.deepsentry.text.prepare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.parse.Label;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes an index file: gzip around lines of one JSON object each, absent values left out. One thread at a time.
 */
final class IndexWriter implements Closeable {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;
    private @Nullable Instant lastTime;
    private String lastText = "";

    IndexWriter(OutputStream file) throws IOException {
        // Through a writer: a generator of bytes refuses half a surrogate pair, which a log of JSON can hold.
        json = JSON.createGenerator(new OutputStreamWriter(new FastGzip(file), StandardCharsets.UTF_8))
                .setRootValueSeparator(null);
    }

    void write(IndexRow row) throws IOException {
        json.writeStartObject();
        Instant time = row.time();
        if (time != null) {
            json.writeStringField("time", text(time));
        }
        if (row.session() != null) {
            json.writeStringField("session", row.session());
        }
        json.writeStringField("file", row.file());
        json.writeNumberField("line", row.line());
        json.writeNumberField("offset", row.offset());
        Label label = row.label();
        if (label != null) {
            json.writeStringField("label", label.name().toLowerCase(Locale.ROOT));
        }
        if (row.level() != null) {
            json.writeStringField("level", row.level());
        }
        if (row.component() != null) {
            json.writeStringField("component", row.component());
        }
        if (row.thread() != null) {
            json.writeStringField("thread", row.thread());
        }
        if (row.stretch() != 0) {
            json.writeNumberField("stretch", row.stretch());
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    /** Lines of the same second follow each other. */
    private String text(Instant time) {
        if (!time.equals(lastTime)) {
            lastTime = time;
            lastText = time.toString();
        }
        return lastText;
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
