package io.deepsentry.text.token;

import java.util.Locale;
import java.util.Set;

/** Small closed sets of words that masking knows. */
final class Words {
    private static final Set<String> DURATIONS = Set.of(
            "ns",
            "nsec",
            "us",
            "µs",
            "μs",
            "usec",
            "ms",
            "msec",
            "msecs",
            "millis",
            "millisecond",
            "milliseconds",
            "microsecond",
            "microseconds",
            "nanosecond",
            "nanoseconds",
            "s",
            "sec",
            "secs",
            "second",
            "seconds",
            "m",
            "min",
            "mins",
            "minute",
            "minutes",
            "h",
            "hr",
            "hrs",
            "hour",
            "hours",
            "d",
            "day",
            "days");
    private static final Set<String> SIZES = Set.of(
            "b", "byte", "bytes", "k", "kb", "kib", "mb", "mib", "g", "gb", "gib", "t", "tb", "tib", "pb", "pib");
    /** Units that are words or single letters of other meaning when they stand apart from their number. */
    private static final Set<String> ONLY_ATTACHED = Set.of("m", "min", "mins", "h", "d", "k", "g", "t");
    /** Names whose digits say what they are, not which. */
    private static final Set<String> NAMES = Set.of(
            "md5", "sha1", "sha2", "sha3", "sha256", "sha384", "sha512", "crc32", "base64", "utf8", "utf-8", "utf16",
            "utf-16", "ipv4", "ipv6", "ip4", "ip6", "inet4", "inet6", "http2", "h2", "tls1", "sslv2", "sslv3", "ssh1",
            "ssh2", "x86", "x64", "x86_64", "amd64", "arm64", "aarch64", "i386", "i686", "win32", "win64", "int8",
            "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "ext2", "ext3",
            "ext4", "s3", "ec2", "k8s", "log4j", "log4j2", "slf4j", "oauth2", "p2p", "ps2", "usb2", "usb3", "v1", "v2",
            "v3", "v4");

    private static final Set<String> TOP_DOMAINS =
            Set.of("com", "net", "org", "edu", "gov", "mil", "local", "localdomain", "internal", "lan", "corp", "arpa");

    private Words() {}

    /** Whether the word is a unit of time: next to its number, or after a space. */
    static boolean isDuration(String word, boolean attached) {
        return word.length() <= 12 && isUnit(DURATIONS, word, attached);
    }

    /** Whether the word is a unit of bytes: next to its number, or after a space. */
    static boolean isSize(String word, boolean attached) {
        return word.length() <= 5 && isUnit(SIZES, word, attached);
    }

    private static boolean isUnit(Set<String> units, String word, boolean attached) {
        String lower = word.toLowerCase(Locale.ROOT);
        return units.contains(lower) && (attached || !ONLY_ATTACHED.contains(lower));
    }

    /** The seconds of a unit of time, or NaN. */
    static double seconds(String unit) {
        String lower = unit.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "ns", "nsec", "nanosecond", "nanoseconds" -> 1e-9;
            case "us", "µs", "μs", "usec", "microsecond", "microseconds" -> 1e-6;
            case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds" -> 1e-3;
            case "s", "sec", "secs", "second", "seconds" -> 1;
            case "m", "min", "mins", "minute", "minutes" -> 60;
            case "h", "hr", "hrs", "hour", "hours" -> 3600;
            case "d", "day", "days" -> 86_400;
            default -> Double.NaN;
        };
    }

    /** The bytes of a unit of size, or NaN; 1 KB is 1,024 bytes, as most programs that write logs count. */
    static double bytes(String unit) {
        if (unit.isEmpty()) {
            return Double.NaN;
        }
        return switch (Character.toLowerCase(unit.charAt(0))) {
            case 'b' -> 1;
            case 'k' -> 1L << 10;
            case 'm' -> 1L << 20;
            case 'g' -> 1L << 30;
            case 't' -> 1L << 40;
            case 'p' -> 1L << 50;
            default -> Double.NaN;
        };
    }

    static boolean isName(String word) {
        return word.length() <= 7 && NAMES.contains(word.toLowerCase(Locale.ROOT));
    }

    static boolean isTopDomain(String label) {
        return label.length() <= 11 && TOP_DOMAINS.contains(label.toLowerCase(Locale.ROOT));
    }
}
