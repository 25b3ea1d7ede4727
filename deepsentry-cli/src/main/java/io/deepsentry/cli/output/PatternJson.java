package io.deepsentry.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.LogTotals;
import io.deepsentry.text.pattern.NumberRange;
import io.deepsentry.text.pattern.PatternVariable;
import io.deepsentry.text.pattern.ValueCount;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages as JSON, one object a line. What a message does not have is null. */
public final class PatternJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Console console;

    public PatternJson(Console console) {
        this.console = console;
    }

    /**
     * Writes a message of a log.
     *
     * @param events the events of the whole log
     */
    public void write(LogPattern pattern, long events) {
        line(json -> {
            json.writeStringField("message", pattern.message());
            json.writeNumberField("count", pattern.count());
            json.writeNumberField("share", (double) pattern.count() / Math.max(1, events));
            writeDetails(json, pattern);
        });
    }

    /** Writes the fields of an object to a generator. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    void line(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        console.result(text.toString());
    }

    /** Writes all that a message has but its text and its numbers. */
    static void writeDetails(JsonGenerator json, LogPattern pattern) throws IOException {
        json.writeStringField("level", pattern.level());
        writeLevels(json, pattern.levels());
        writeTime(json, "first", pattern.first());
        writeTime(json, "last", pattern.last());
        json.writeStringField("file", pattern.firstOrigin().file());
        json.writeNumberField("line", pattern.firstOrigin().lineNumber());
        json.writeStringField("example", pattern.example());
        json.writeArrayFieldStart("variables");
        for (PatternVariable variable : pattern.variables()) {
            write(json, variable);
        }
        json.writeEndArray();
    }

    static void writeTotals(JsonGenerator json, LogTotals totals) throws IOException {
        json.writeNumberField("events", totals.events());
        json.writeNumberField("messages", totals.messages());
        json.writeNumberField("further_events", totals.rest());
        writeLevels(json, totals.levels());
        writeTime(json, "first", totals.first());
        writeTime(json, "last", totals.last());
    }

    private static void writeLevels(JsonGenerator json, Map<String, Long> levels) throws IOException {
        json.writeObjectFieldStart("levels");
        for (Map.Entry<String, Long> level : levels.entrySet()) {
            json.writeNumberField(level.getKey(), level.getValue());
        }
        json.writeEndObject();
    }

    private static void writeTime(JsonGenerator json, String name, @Nullable Object time) throws IOException {
        json.writeStringField(name, time == null ? null : time.toString());
    }

    private static void write(JsonGenerator json, PatternVariable variable) throws IOException {
        json.writeStartObject();
        json.writeStringField("place", variable.place());
        json.writeStringField("type", variable.type().key());
        json.writeNumberField("count", variable.count());
        NumberRange numbers = variable.numbers();
        if (numbers != null) {
            json.writeFieldName("numbers");
            write(json, numbers);
        }
        json.writeBooleanField("complete", variable.isComplete());
        json.writeArrayFieldStart("top");
        for (ValueCount value : variable.top()) {
            json.writeStartObject();
            json.writeStringField("value", value.value());
            json.writeNumberField("count", value.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void write(JsonGenerator json, NumberRange numbers) throws IOException {
        json.writeStartObject();
        json.writeNumberField("min", numbers.min());
        json.writeNumberField("median", numbers.median());
        json.writeNumberField("p99", numbers.p99());
        json.writeNumberField("max", numbers.max());
        json.writeEndObject();
    }
}
