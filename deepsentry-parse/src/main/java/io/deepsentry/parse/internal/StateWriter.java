package io.deepsentry.parse.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deepsentry.parse.redact.Redaction;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes the state of reading as one text, value after value, for {@link StateReader} to read in the same order: a JSON
 * array. Confined to one thread.
 */
public final class StateWriter {
    /** Where a value of JSON that had no quotes was, after the name of its member. */
    private static final Pattern BARE_MARK = Pattern.compile("(?<!\\\\)\"(\\s*:\\s*)" + Pattern.quote(Redaction.MARK));

    static final JsonFactory JSON = new JsonFactory();

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;

    public StateWriter() {
        try {
            json = JSON.createGenerator(text);
            json.writeStartArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends a text, or null for none. */
    public void text(@Nullable String value) {
        try {
            json.writeString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends a text of the log, without the secrets in it; or null for none. */
    public void line(@Nullable String value) {
        text(value == null ? null : withoutSecrets(value));
    }

    /** A line that is to be parsed again: in JSON, a number that was taken out is a text now. */
    private static String withoutSecrets(String line) {
        String redacted = Redaction.SECRETS.apply(line);
        return redacted.equals(line) || line.indexOf('{') < 0
                ? redacted
                : BARE_MARK.matcher(redacted).replaceAll("\"$1\"" + Redaction.MARK + "\"");
    }

    /** Appends a number. */
    public void number(long value) {
        try {
            json.writeNumber(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends a yes or no. */
    public void flag(boolean value) {
        number(value ? 1 : 0);
    }

    /** Appends a time, or null for none. */
    public void time(@Nullable Instant value) {
        flag(value != null);
        if (value != null) {
            number(value.getEpochSecond());
            number(value.getNano());
        }
    }

    /** Appends texts. */
    public void texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
    }

    /** Appends the fields of a line, without the secrets in them. */
    public void fields(Map<String, String> values) {
        number(values.size());
        values.forEach((name, value) -> {
            text(name);
            text(Redaction.SECRETS.apply(name, value));
        });
    }

    /** Returns all that was appended. */
    public String written() {
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
