package io.deepsentry.text.prepare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.deepsentry.core.DataException;
import io.deepsentry.parse.Label;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the lines of an index file, which {@link IndexWriter} writes. One thread at a time. */
final class IndexLines {
    private static final JsonFactory JSON = new JsonFactory();

    private @Nullable Instant lastTime;
    private String lastText = "";

    /**
     * Reads a line.
     *
     * @param where what to name in an error
     * @throws DataException when it is not the line of an index
     */
    IndexRow read(String text, String where) {
        String time = null;
        String session = null;
        String file = null;
        String label = null;
        String level = null;
        String component = null;
        String thread = null;
        long line = -1;
        long offset = -1;
        int stretch = 0;
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw corrupt(text, where, null);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                switch (field) {
                    case "time" -> time = json.getText();
                    case "session" -> session = json.getText();
                    case "file" -> file = json.getText();
                    case "label" -> label = json.getText();
                    case "level" -> level = json.getText();
                    case "component" -> component = json.getText();
                    case "thread" -> thread = json.getText();
                    case "line" -> line = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
                    case "offset" -> offset = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
                    case "stretch" -> stretch = json.getIntValue();
                    default -> json.skipChildren();
                }
            }
            if (file == null || line < 1 || offset < 0) {
                throw corrupt(text, where, null);
            }
            return new IndexRow(
                    time == null ? null : instant(time),
                    session,
                    file,
                    line,
                    offset,
                    label == null ? null : Label.valueOf(label.toUpperCase(Locale.ROOT)),
                    level,
                    component,
                    thread,
                    stretch);
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
            throw corrupt(text, where, e);
        } catch (IOException e) {
            throw new DataException(where + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Lines of the same second follow each other. */
    private Instant instant(String text) {
        Instant last = lastTime;
        if (last != null && text.equals(lastText)) {
            return last;
        }
        Instant time = Instant.parse(text);
        lastTime = time;
        lastText = text;
        return time;
    }

    private static DataException corrupt(String text, String where, @Nullable Exception cause) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return new DataException(
                where + ": a line of an index must be a JSON object with file, line and offset, but was '" + shown
                        + "'; run prepare again",
                cause);
    }
}
