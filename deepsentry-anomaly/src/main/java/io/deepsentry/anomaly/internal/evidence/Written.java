package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.core.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads what the kinds wrote as JSON, and checks it. */
final class Written {
    private Written() {}

    static ModelException wrong(String what) {
        return new ModelException(
                StreamEvidence.FILE + " was not written by train-detector: " + what + "; train again");
    }

    static JsonNode member(JsonNode json, String name) {
        JsonNode member = json.get(name);
        if (member == null || member.isNull()) {
            throw wrong("'" + name + "' is missing");
        }
        return member;
    }

    static JsonNode array(JsonNode json, String name) {
        JsonNode member = member(json, name);
        if (!member.isArray()) {
            throw wrong("'" + name + "' must be an array");
        }
        return member;
    }

    /** The rows of a member, each an array of so many values. */
    static List<JsonNode> rows(JsonNode json, String name, int columns) {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : array(json, name)) {
            if (!row.isArray() || row.size() != columns) {
                throw wrong("a row of '" + name + "' must have " + columns + " values, but was " + shown(row));
            }
            rows.add(row);
        }
        return rows;
    }

    static double[][] table(JsonNode json, String name, int rows, int columns) {
        List<JsonNode> found = rows(json, name, columns);
        if (found.size() != rows) {
            throw wrong("'" + name + "' must have " + rows + " rows, but has " + found.size());
        }
        double[][] table = new double[rows][columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                table[row][column] = number(found.get(row), column);
            }
        }
        return table;
    }

    static double[] numbers(JsonNode json, String name, int length) {
        JsonNode array = array(json, name);
        if (array.size() != length) {
            throw wrong("'" + name + "' must have " + length + " numbers, but has " + array.size());
        }
        return numbersOf(array);
    }

    /** The numbers of an array of any length. */
    static double[] numbersOf(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(array, i);
        }
        return numbers;
    }

    static double number(JsonNode json, String name) {
        JsonNode value = member(json, name);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong("'" + name + "' must be a number, but was " + shown(value));
        }
        return value.doubleValue();
    }

    static double number(JsonNode row, int column) {
        JsonNode value = row.get(column);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong("a number was expected, but was " + shown(value));
        }
        return value.doubleValue();
    }

    static long count(JsonNode row, int column) {
        JsonNode value = row.get(column);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong("a count was expected, but was " + shown(value));
        }
        return value.longValue();
    }

    /** A number from 0 that is less than {@code size}. */
    static int index(JsonNode row, int column, int size) {
        long index = count(row, column);
        if (index >= size) {
            throw wrong("a number below " + size + " was expected, but was " + index);
        }
        return (int) index;
    }

    static String text(JsonNode row, int column) {
        JsonNode value = row.get(column);
        if (!value.isTextual()) {
            throw wrong("a text was expected, but was " + shown(value));
        }
        return value.textValue();
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
