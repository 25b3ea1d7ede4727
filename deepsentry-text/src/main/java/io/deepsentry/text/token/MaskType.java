package io.deepsentry.text.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A kind of variable part of a message that masking replaces by one typed token, such as {@code <num>}. */
public enum MaskType {
    /** Integers, decimals, versions, percentages, amounts of money and ranges of digits. */
    NUM,
    /** {@code 0x} numbers, digests and other runs of hexadecimal digits. */
    HEX,
    /** IPv4 and IPv6 addresses, with port or prefix length. */
    IP,
    /** Hardware addresses. */
    MAC,
    /** 8-4-4-4-12 identifiers. */
    UUID,
    /** Anything with a scheme and {@code ://}. */
    URL,
    /** Absolute paths, relative ones of several parts, Windows paths, names of data files. */
    PATH,
    /** Mail addresses. */
    EMAIL,
    /** Host names, with port. */
    HOST,
    /** Dates and times of day. */
    TIME,
    /** Numbers with a unit of time, and times of day after words such as {@code took}. */
    DURATION,
    /** Numbers with a unit of bytes. */
    SIZE,
    /** Names that carry a number ({@code blk_123}, {@code node-7}), random ones, names of users. */
    ID,
    /** Quoted texts of several words. */
    TEXT,
    /** Words too long to be words. */
    LONG,
    /** A message without any visible character; this one cannot be switched off. */
    EMPTY;

    private static final Map<String, MaskType> BY_TOKEN =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(MaskType::token, Function.identity()));

    private final String token = "<" + name().toLowerCase(Locale.ROOT) + ">";

    /** {@return the token that stands for values of this type} */
    public String token() {
        return token;
    }

    /** {@return the name used in settings: the token without its brackets} */
    public String key() {
        return token.substring(1, token.length() - 1);
    }

    /** The type whose token this is, or null. */
    static @Nullable MaskType of(String token) {
        return BY_TOKEN.get(token);
    }
}
