package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The labels of sessions: normal or anomaly.
 *
 * <p>Two kinds of file are read, plain or compressed: {@code blk_123: 1} with {@code #} comments and blank lines, and
 * the {@code BlockId,Label} CSV, each with or without its header. A comment may follow a label after a blank. Values
 * are 0 and 1, Normal and Anomaly, false and true. A session named twice must have the same label both times.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Labels {
    private static final int MAX_PROBLEMS = 5;
    private static final int MAX_LINE_LENGTH = 10_000;

    private final Map<String, Label> labels;
    private final int anomalies;

    private Labels(Map<String, Label> labels) {
        this.labels = Collections.unmodifiableMap(labels);
        this.anomalies =
                (int) labels.values().stream().filter(l -> l == Label.ANOMALY).count();
    }

    /**
     * Reads a label file.
     *
     * @param file the file, plain or compressed
     * @return the labels
     * @throws LogParseException if it is missing, unreadable, empty, or not a label file; names the first bad lines
     */
    public static Labels load(Path file) {
        Input input = Input.of(file);
        input.problem().ifPresent(problem -> {
            throw new LogParseException(problem.kind(), "label file: " + problem.getMessage(), problem);
        });
        try (Input.Opened opened = input.open(MAX_LINE_LENGTH)) {
            opened.readHead(Integer.MAX_VALUE);
            return new Reading(input.name()).read(opened.lines());
        } catch (IOException e) {
            throw input.unreadable(e, "");
        }
    }

    /**
     * Returns labels from a map.
     *
     * @param labels the label of each session; copied
     * @return the labels, in the map's order
     */
    public static Labels of(Map<String, Label> labels) {
        return new Labels(new LinkedHashMap<>(labels));
    }

    /**
     * Returns the label of a session.
     *
     * @param session the session's key
     * @return its label; empty if it has none
     */
    public Optional<Label> of(String session) {
        return Optional.ofNullable(labels.get(session));
    }

    /**
     * Returns how many sessions are labelled.
     *
     * @return zero or more
     */
    public int size() {
        return labels.size();
    }

    /**
     * Returns how many sessions are labelled as anomalies.
     *
     * @return zero or more
     */
    public int anomalies() {
        return anomalies;
    }

    /**
     * Returns all labels.
     *
     * @return the labels by session, in the order of the file, unmodifiable
     */
    public Map<String, Label> asMap() {
        return labels;
    }

    private static final class Reading {
        private final String name;
        private final Map<String, Label> labels = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();
        private boolean first = true;

        Reading(String name) {
            this.name = name;
        }

        Labels read(LineReader lines) throws IOException {
            for (String line = lines.next(); line != null; line = lines.next()) {
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    take(text, lines.lineNumber());
                    first = false;
                }
                if (problems.size() == MAX_PROBLEMS) {
                    break;
                }
            }
            if (!problems.isEmpty()) {
                throw new LogParseException(Kind.BAD_FORMAT, String.join("\n", problems));
            }
            if (labels.isEmpty()) {
                throw new LogParseException(Kind.EMPTY, "label file " + name + " has no label");
            }
            return new Labels(labels);
        }

        private void take(String text, long lineNumber) {
            boolean csv = withoutComment(text).indexOf(',') >= 0;
            int split = csv ? text.indexOf(',') : withoutComment(text).lastIndexOf(':');
            if (split < 0) {
                problem(lineNumber, "must be 'session: 0', 'session: 1' or 'session,Normal'", text);
                return;
            }
            String session = unquoted(text.substring(0, split).strip());
            String value = unquoted(withoutComment(text.substring(split + 1)).strip());
            if (first && csv && value.toLowerCase(Locale.ROOT).equals("label")) {
                return;
            }
            if (first && !csv && isHeader(value)) {
                return;
            }
            @Nullable Label label = Label.of(value).orElse(null);
            if (label == null) {
                problem(lineNumber, "the label must be 0, 1, Normal or Anomaly", value);
            } else if (session.isEmpty()) {
                problem(lineNumber, "the session must not be empty", text);
            } else {
                Label before = labels.putIfAbsent(session, label);
                if (before != null && before != label) {
                    problem(lineNumber, "the session was " + before + " before and is " + label + " here", session);
                }
            }
        }

        /** Whether the first line names the columns, as in {@code block_id: anomaly_label}. */
        private static boolean isHeader(String value) {
            return value.toLowerCase(Locale.ROOT).matches("([a-z]+_)?label");
        }

        /** A text up to a {@code #} after a blank. */
        private static String withoutComment(String text) {
            for (int at = text.indexOf('#'); at > 0; at = text.indexOf('#', at + 1)) {
                if (Character.isWhitespace(text.charAt(at - 1))) {
                    return text.substring(0, at);
                }
            }
            return text;
        }

        private void problem(long lineNumber, String rule, String found) {
            problems.add(name + ":" + lineNumber + ": " + rule + ", but found \"" + Excerpt.of(found) + "\"");
        }

        private static String unquoted(String text) {
            boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
            return quoted ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
        }
    }
}
