package io.deepsentry.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.text.pattern.LogPattern;
import io.deepsentry.text.pattern.PatternChange;
import io.deepsentry.text.pattern.PatternDiff;
import io.deepsentry.text.pattern.ValueShift;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How two logs differ as JSON: a line for the logs, then one for each message. */
public final class DiffJson {
    private final PatternJson lines;

    public DiffJson(Console console) {
        lines = new PatternJson(console);
    }

    /** Writes what is common, and the messages shown. */
    public void write(PatternDiff diff, List<PatternChange> shown) {
        lines.line(json -> {
            json.writeStringField("change", "logs");
            json.writeNumberField("scale", diff.scale());
            json.writeNumberField("changed", diff.changes().size());
            json.writeNumberField("unchanged", diff.unchanged());
            json.writeObjectFieldStart("good");
            PatternJson.writeTotals(json, diff.good());
            json.writeEndObject();
            json.writeObjectFieldStart("bad");
            PatternJson.writeTotals(json, diff.bad());
            json.writeEndObject();
        });
        shown.forEach(change -> lines.line(json -> write(json, change)));
    }

    private static void write(JsonGenerator json, PatternChange change) throws IOException {
        json.writeStringField("change", change.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringField("message", change.message());
        json.writeNumberField("good_count", change.goodCount());
        json.writeNumberField("bad_count", change.badCount());
        if (Double.isFinite(change.times())) {
            json.writeNumberField("times", change.times());
        } else {
            json.writeNullField("times");
        }
        json.writeNumberField("chance", change.chance());
        json.writeArrayFieldStart("shifts");
        for (ValueShift shift : change.shifts()) {
            json.writeStartObject();
            json.writeStringField("place", shift.place());
            json.writeStringField("type", shift.type().key());
            json.writeNumberField("above", shift.above());
            json.writeNumberField("below", shift.below());
            json.writeFieldName("good");
            PatternJson.write(json, shift.good());
            json.writeFieldName("bad");
            PatternJson.write(json, shift.bad());
            json.writeEndObject();
        }
        json.writeEndArray();
        writePattern(json, "good", change.good());
        writePattern(json, "bad", change.bad());
    }

    private static void writePattern(JsonGenerator json, String name, @Nullable LogPattern pattern) throws IOException {
        if (pattern == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        PatternJson.writeDetails(json, pattern);
        json.writeEndObject();
    }
}
