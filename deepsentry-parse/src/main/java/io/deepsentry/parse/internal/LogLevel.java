package io.deepsentry.parse.internal;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the level of a log line means, however its program writes it. In the order of severity. */
public enum LogLevel {
    TRACE(0, "t trace trc trce v verb verbose vrb silly finer finest"),
    DEBUG(1, "d debug dbg dbug fine"),
    INFO(2, "i info inf infor information informational config log message success stat stats statistics"),
    NOTICE(3, "n note notice"),
    WARNING(4, "w warn warning wrn"),
    ERROR(5, "e err eror error errors severe fail failed failure fault serious major alarm abort aborted exception"),
    /** Worse than an error: something stopped, or somebody must act at once. */
    FATAL(
            6,
            "f fatal ftl c crit crt critical a alert emerg emergency panic pnc dpanic disaster catastrophe"
                    + " catastrophic abend crash crashed assert wtf");

    /** Shorter endings of other words are levels by chance. */
    private static final int SHORTEST_ENDING = 4;

    private static final Map<String, LogLevel> BY_WORD = new HashMap<>();

    static {
        for (LogLevel level : values()) {
            Set.of(level.words.split(" ")).forEach(word -> BY_WORD.put(word, level));
        }
    }

    private final int rank;
    private final String words;

    LogLevel(int rank, String words) {
        this.rank = rank;
        this.words = words;
    }

    /** {@return how severe it is, from 0} */
    public int rank() {
        return rank;
    }

    /**
     * The meaning of a level in any case of letters: of its word, with or without a number behind it (PostgreSQL has
     * debug1 to debug5), or of the word that it ends in, as DDEBUG, SYSERROR and app.error do. Null for no level, and
     * for one that says nothing about severity.
     */
    public static @Nullable LogLevel of(@Nullable String level) {
        if (level == null) {
            return null;
        }
        String word = withoutNumber(level.strip().toLowerCase(Locale.ROOT));
        LogLevel known = BY_WORD.get(word);
        for (int from = 1; known == null && from <= word.length() - SHORTEST_ENDING; from++) {
            known = BY_WORD.get(word.substring(from));
        }
        return known;
    }

    private static String withoutNumber(String word) {
        int end = word.length();
        while (end > 0 && Character.isDigit(word.charAt(end - 1))) {
            end--;
        }
        return word.substring(0, end);
    }
}
