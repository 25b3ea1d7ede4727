package io.deepsentry.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.prepare.LogSample;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/** Events as JSON, one object a line. What an event does not have is null. */
public final class JsonEvents implements EventWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Console console;

    public JsonEvents(Console console) {
        this.console = console;
    }

    @Override
    public void write(LogEvent event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", event.time() == null ? null : event.time().toString());
            json.writeStringField("level", event.level());
            json.writeStringField("component", event.component());
            json.writeStringField("thread", event.thread());
            json.writeStringField("message", event.message());
            json.writeArrayFieldStart("sessions");
            for (String key : event.sessionKeys()) {
                json.writeString(key);
            }
            json.writeEndArray();
            json.writeStringField(
                    "label", event.label() == null ? null : event.label().name().toLowerCase(Locale.ROOT));
            json.writeStringField("file", event.origin().file());
            json.writeNumberField("line", event.origin().lineNumber());
            json.writeFieldName("offset");
            if (event.origin().byteOffset() == LogSample.NO_OFFSET) {
                json.writeNull();
            } else {
                json.writeNumber(event.origin().byteOffset());
            }
            if (!event.fields().isEmpty()) {
                json.writeObjectFieldStart("fields");
                for (Map.Entry<String, String> field : event.fields().entrySet()) {
                    json.writeStringField(field.getKey(), field.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        console.result(text.toString());
    }

    @Override
    public void end() {}
}
