package io.deepsentry.text.pattern;

/**
 * A value and how often it came.
 *
 * @param value as written, at most 64 characters
 * @param count how often at least; exact if all values of its place are known
 */
public record ValueCount(String value, long count) {}
