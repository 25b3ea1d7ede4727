package io.deepsentry.text.pattern;

/**
 * The numbers at a variable place, in the base unit of their type: seconds, bytes, plain numbers. Quantiles are off by
 * 3% at most.
 *
 * @param count how many there were
 * @param min the least
 * @param median half of them are not above it
 * @param p99 99% of them are not above it
 * @param max the largest
 */
public record NumberRange(long count, double min, double median, double p99, double max) {}
