package io.deepsentry.parse.internal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words, letters and numbers that logs use for the severity of an event. */
public final class Severities {
    private static final List<String> SYSLOG =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

    static final Set<String> WORDS =
            new HashSet<>(Arrays.asList(("TRACE TRC TRCE VERBOSE VRB FINEST FINER FINE SILLY DEBUG DBG DBUG DEBUG1"
                            + " DEBUG2 DEBUG3 DEBUG4 DEBUG5 DDEBUG SUBDEBUG CONFIG INFO INF INFORMATION INFORMATIONAL NOTICE NOTE"
                            + " WARN WARNING WRN ERROR ERR EROR SEVERE CRIT CRITICAL CRT ALERT FATAL FTL FAULT EMERG EMERGENCY"
                            + " PANIC PNC DPANIC AUDIT SUCCESS DISASTER LOG STATS")
                    .split(" ")));

    private static final BitSet FIRST = new BitSet();
    private static final BitSet LAST = new BitSet();

    static {
        for (String word : WORDS) {
            FIRST.set(word.charAt(0));
            LAST.set(word.charAt(word.length() - 1));
        }
    }

    /** Words that are severities only where nothing else can stand. */
    private static final Set<String> IN_BRACKETS = Set.of("MESSAGE", "SYSTEM", "VERB", "INFOR");

    /** Words that are severities only before a colon. */
    private static final Set<String> BEFORE_COLON = Set.of("FAIL", "FAILURE");

    private static final Map<Character, String> LETTERS = Map.of(
            'T',
            "trace",
            'V',
            "verbose",
            'D',
            "debug",
            'I',
            "info",
            'N',
            "notice",
            'W',
            "warning",
            'E',
            "error",
            'C',
            "critical",
            'F',
            "fatal");

    private static final Map<String, String> PAIRS = new HashMap<>();

    static {
        // The marks of X servers.
        PAIRS.put("EE", "error");
        PAIRS.put("WW", "warning");
        PAIRS.put("II", "info");
    }

    private Severities() {}

    /** Whether a text is a severity's name, in any case. */
    public static boolean isWord(String text) {
        int length = text.length();
        return length >= 3 && length <= 13 && mayBeWord(text) && WORDS.contains(text.toUpperCase(Locale.ROOT));
    }

    /**
     * Whether the first and the last letter are those of a word: what most words are told apart by, without their
     * capitals.
     */
    private static boolean mayBeWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return true;
            }
        }
        return isAmong(FIRST, text.charAt(0)) && isAmong(LAST, text.charAt(text.length() - 1));
    }

    private static boolean isAmong(BitSet letters, char c) {
        return letters.get(c >= 'a' && c <= 'z' ? c - 0x20 : c);
    }

    /** Whether a text is a severity's name where it stands alone in brackets. */
    public static boolean isInBrackets(String text) {
        return isWord(text) || IN_BRACKETS.contains(text.toUpperCase(Locale.ROOT));
    }

    /** Whether a text is a severity's name where a colon follows at once. */
    public static boolean isBeforeColon(String text) {
        return isWord(text) || BEFORE_COLON.contains(text.toUpperCase(Locale.ROOT));
    }

    /** The severity a text begins with, in brackets, before a colon or in capitals; null if it begins with none. */
    public static @Nullable String leading(String text) {
        if (text.length() < 4) {
            return null;
        }
        char first = text.charAt(0);
        char close = first == '<' ? '>' : first == '[' ? ']' : first == '(' ? ')' : 0;
        int begin = close == 0 ? 0 : 1;
        int end = begin;
        boolean capitals = true;
        while (end < text.length() && end - begin <= 13 && Character.isLetter(text.charAt(end))) {
            capitals &= Character.isUpperCase(text.charAt(end));
            end++;
        }
        if (end - begin < 3 || end >= text.length()) {
            return null;
        }
        char stop = text.charAt(end);
        boolean marked = close == 0 ? stop == ':' || (stop == ' ' && capitals) : stop == close;
        if (!marked) {
            return null;
        }
        String word = text.substring(begin, end);
        return (stop == ':' ? isBeforeColon(word) : isWord(word)) ? word : null;
    }

    /** The severity a single letter stands for; null if none. */
    public static @Nullable String ofLetter(char letter) {
        return LETTERS.get(letter);
    }

    /** The severity two letters in parentheses stand for; null if none. */
    public static @Nullable String ofPair(String letters) {
        return PAIRS.get(letters);
    }

    /** The severity in a syslog priority (RFC 5424, 6.2.1); null if it is none. */
    public static @Nullable String ofPriority(@Nullable String priority) {
        if (priority == null || priority.isEmpty() || priority.length() > 3) {
            return null;
        }
        int value = 0;
        for (int i = 0; i < priority.length(); i++) {
            int digit = priority.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = value * 10 + digit;
        }
        return value > 191 ? null : SYSLOG.get(value % 8);
    }

    /**
     * The severity of a line of an access log, which has none of its own, by the status after its request in
     * quotes. Null for any other line.
     */
    public static @Nullable String ofRequest(String message) {
        int protocol = message.indexOf(" HTTP/");
        if (protocol < 0) {
            return null;
        }
        int end = protocol + " HTTP/".length();
        while (end < message.length() && (isDigit(message.charAt(end)) || message.charAt(end) == '.')) {
            end++;
        }
        return message.startsWith("\" ", end) ? ofStatus(message, end + 2) : null;
    }

    /**
     * The severity of an HTTP status: a server's error is an error, a client's a warning.
     *
     * @param status the text of a column of that name
     * @return null if it is no status
     */
    public static @Nullable String ofStatus(@Nullable String status) {
        return status == null ? null : ofStatus(status, 0);
    }

    private static @Nullable String ofStatus(String text, int from) {
        boolean complete = from + 3 <= text.length()
                && isDigit(text.charAt(from + 1))
                && isDigit(text.charAt(from + 2))
                && (from + 3 == text.length() || text.charAt(from + 3) == ' ');
        if (!complete) {
            return null;
        }
        return switch (text.charAt(from)) {
            case '1', '2', '3' -> "info";
            case '4' -> "warning";
            case '5' -> "error";
            default -> null;
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
