package io.deepsentry.parse.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateWriter} wrote, in the same order. Confined to one thread. */
public final class StateReader {
    private final JsonParser json;

    /**
     * Begins to read.
     *
     * @throws IOException if the text is no such state
     */
    public StateReader(String text) throws IOException {
        json = StateWriter.JSON.createParser(text);
        expect(json.nextToken() == JsonToken.START_ARRAY);
    }

    private static void expect(boolean right) throws IOException {
        if (!right) {
            throw new IOException("another value was expected");
        }
    }

    /** Returns the next value, a text, or null if there was none. */
    public @Nullable String textOrNull() throws IOException {
        JsonToken token = json.nextToken();
        expect(token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL);
        return token == JsonToken.VALUE_NULL ? null : json.getText();
    }

    /** Returns the next value, a text. */
    public String text() throws IOException {
        String text = textOrNull();
        if (text == null) {
            throw new IOException("a text was expected");
        }
        return text;
    }

    /** Returns the next value, a number. */
    public long number() throws IOException {
        expect(json.nextToken() == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    /** Returns the next value, a number of values that follow it. */
    public int count() throws IOException {
        long count = number();
        expect(count >= 0 && count <= Integer.MAX_VALUE);
        return (int) count;
    }

    /** Returns the next value, a yes or no. */
    public boolean flag() throws IOException {
        return number() == 1;
    }

    /** Returns the next value, a time, or null if there was none. */
    public @Nullable Instant time() throws IOException {
        return flag() ? Instant.ofEpochSecond(number(), number()) : null;
    }

    /** Returns the next values, texts. */
    public List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = count(); left > 0; left--) {
            texts.add(text());
        }
        return texts;
    }

    /** Returns the next values, texts with their names. */
    public Map<String, String> namedTexts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int left = count(); left > 0; left--) {
            texts.put(text(), text());
        }
        return texts;
    }
}
