package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.io.MoreFiles;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.NearestName;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file of the user's own makes of an alert: its text, in which <code>${name}</code> stands for a field and
 * <code>$${</code> for <code>${</code>. A file that is JSON stays so whatever a log says: values are escaped as JSON
 * escapes texts. Into any other text they go without control characters.
 */
final class WebhookTemplate implements WebhookBody {
    private static final Pattern FIELD = Pattern.compile("\\$\\$\\{|\\$\\{([^{}\\n]*)}");
    /** Discord takes 2,000 characters a message, others more. */
    private static final int LONGEST_VALUE = 1900;

    private final String text;
    private final boolean json;

    private WebhookTemplate(String text, boolean json) {
        this.text = text;
        this.json = json;
    }

    /**
     * Reads a template.
     *
     * @throws ConfigException if the file cannot be read, names a field that there is not, or begins as JSON and is
     *     none
     */
    static WebhookTemplate read(Path file) {
        try {
            return of(MoreFiles.asCharSource(file, StandardCharsets.UTF_8).read(), "webhook_template " + file);
        } catch (NoSuchFileException e) {
            throw new ConfigException("webhook_template " + file + " does not exist", e);
        } catch (IOException e) {
            throw new ConfigException("webhook_template " + file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }

    static WebhookTemplate of(String text, String subject) {
        List<String> names = Notice.fieldNames();
        List<String> problems = new ArrayList<>();
        Matcher fields = FIELD.matcher(text);
        while (fields.find()) {
            String name = fields.group(1);
            if (name != null && !names.contains(name)) {
                long line = 1
                        + text.substring(0, fields.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                problems.add(subject + ":" + line + " names a field '" + name + "' that does not exist; the nearest is "
                        + NearestName.of(name, names));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        String start = text.stripLeading();
        boolean json = (start.startsWith("{") && !start.startsWith("{{")) || start.startsWith("[");
        WebhookTemplate template = new WebhookTemplate(text, json);
        if (json) {
            try {
                JSON.readerFor(JsonNode.class)
                        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .readTree(template.of(Notice.SAMPLE));
            } catch (JsonProcessingException e) {
                throw new ConfigException(
                        subject + " begins as JSON but is not JSON when its fields are filled in: "
                                + e.getOriginalMessage() + " (line "
                                + e.getLocation().getLineNr()
                                + "); put fields of text in quotes",
                        e);
            }
        }
        return template;
    }

    @Override
    public String of(Notice notice) {
        Map<String, Object> values = notice.fields();
        return FIELD.matcher(text)
                .replaceAll(field -> Matcher.quoteReplacement(
                        field.group(1) == null ? "${" : shown(String.valueOf(values.get(field.group(1))))));
    }

    private String shown(String value) {
        String cut = Texts.cut(Texts.harmless(value), LONGEST_VALUE);
        return json ? Escaping.escape(cut) : cut;
    }

    @Override
    public String contentType() {
        return json ? "application/json" : "text/plain; charset=utf-8";
    }
}
