package io.deepsentry.text.identity;

import java.util.Locale;
import java.util.Set;

/**
 * Words that are never the value of a variable, because a message with another of them says something else: levels,
 * negations, outcomes, states, HTTP methods. The list protects what statistics may miss in a short log; it decides
 * nothing alone.
 */
final class TellingWords {
    private static final String LEVEL_NAMES =
            "trace debug info notice warn warning error err critical crit fatal emergency emerg alert severe panic fine"
                    + " finer finest config verbose";

    private static final Set<String> LEVELS = Set.of(LEVEL_NAMES.split(" "));

    private static final Set<String> WORDS = Set.of((LEVEL_NAMES
                    + " no not never none without cannot can't won't isn't doesn't didn't failed fail fails failing"
                    + " failure success successful successfully succeeded ok okay passed pass good bad"
                    + " true false yes on off up down in out left right high low full empty null nil undefined nan"
                    + " accepted rejected allowed denied allow deny accept reject granted refused permitted"
                    + " forbidden authorized unauthorized authenticated valid invalid known unknown unavailable"
                    + " available reachable unreachable found missing present absent"
                    + " started stopped starting stopping start stop opened closed opening closing open close"
                    + " enabled disabled enabling disabling enable disable connected disconnected connecting"
                    + " connect disconnect locked unlocked lock unlock created deleted create delete added removed"
                    + " add remove updated inserted read write reads writes sent received send receive sending"
                    + " receiving loaded unloaded mounted unmounted registered unregistered acquired released"
                    + " acquire release joined joining leaving enter entered exit exited begin end finished"
                    + " completed complete incomplete aborted cancelled canceled killed timeout timedout expired"
                    + " active inactive idle busy running ready pending paused suspended resumed healthy"
                    + " unhealthy alive dead online offline primary secondary master slave leader follower"
                    + " standby before after first last new old upload download upstream downstream inbound"
                    + " outbound incoming outgoing hit miss"
                    + " get put post patch head options")
            .split(" "));

    private static final String[] ERRORS = {"Exception", "Error", "Failure", "Throwable", "Fault"};

    private TellingWords() {}

    /** Whether the word tells: it is of the list, is a code that begins with a digit, or names a kind of error. */
    static boolean tells(String word) {
        char first = word.charAt(0);
        if (first >= '0' && first <= '9') {
            return true;
        }
        for (String error : ERRORS) {
            if (word.endsWith(error)) {
                return true;
            }
        }
        if (isSymbol(word)) {
            return true;
        }
        return word.length() <= 16 && WORDS.contains(word.toLowerCase(Locale.ROOT));
    }

    /** Whether this is the name of a level. */
    static boolean isLevel(String word) {
        return word.length() <= 9 && LEVELS.contains(word.toLowerCase(Locale.ROOT));
    }

    /** {@code ENOENT}, {@code SIGTERM}. */
    private static boolean isSymbol(String word) {
        if (word.length() < 4 || word.length() > 16 || !(word.charAt(0) == 'E' || word.startsWith("SIG"))) {
            return false;
        }
        return word.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
    }
}
