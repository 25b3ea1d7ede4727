package io.deepsentry.benchmark.inject;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A kind of fault that a trial injects. Each changes lines of the later part of a log, never of the part that is
 * learned from.
 */
public enum InjectionKind {
    /** An error that the log never had, as a line of its own. */
    NEW_ERROR("new error", true, true, 0, "no line is left to put one beside"),

    /** Twenty more lines of a message, of which training never had so many among twenty lines. */
    BURST("burst of 20", true, false, InjectionKind.NEXT_LINES, "every message comes in crowds of 20"),

    /** A message that comes regularly and comes no more. */
    STOP("message stops", true, false, Integer.MAX_VALUE, "no message comes regularly"),

    /** Two lines that always follow each other, the other way round. */
    SWAP("two lines swapped", true, true, InjectionKind.NEXT_LINES, "no two messages always follow each other"),

    /** The second of two lines that always follow each other, left out. */
    MISSING("step missing", true, true, InjectionKind.NEXT_LINES, "no two messages always follow each other"),

    /** One more of a message that a session has a fixed number of. */
    COUNT("one too many", false, true, Integer.MAX_VALUE, "no message comes a fixed number of times in a session"),

    /** A number a hundred times as large, and at least twice the largest at its place in training. */
    NUMBER("number x100", true, true, 0, "no message has numbers that have a range"),

    /** A word never seen at a place where training met the same few again and again. */
    PARAMETER("never-seen word", true, true, 0, "no place of a message has few words");

    /** The kinds that are injected into a log of sessions as a whole. */
    static final List<InjectionKind> OF_WHOLE_LOG = List.of(BURST, STOP);

    /** How many lines after the change a fault of several lines may be found at. */
    static final int NEXT_LINES = 12;

    private final String title;
    private final boolean inStreams;
    private final boolean inSessions;
    private final int tail;
    private final String obstacle;

    InjectionKind(String title, boolean inStreams, boolean inSessions, int tail, String obstacle) {
        this.title = title;
        this.inStreams = inStreams;
        this.inSessions = inSessions;
        this.tail = tail;
        this.obstacle = obstacle;
    }

    /** Returns its name in JSON, such as {@code new_error}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns what people read, such as {@code new error}. */
    public String title() {
        return title;
    }

    /** How many lines after those that it puts in it may be found at; a session may be found until its end. */
    int tail(boolean sessions) {
        return sessions ? Integer.MAX_VALUE : tail;
    }

    /** Why there is no place for it, where there is none. */
    String obstacle() {
        return obstacle;
    }

    /** The kinds that are injected into sessions, or into streams. */
    static List<InjectionKind> of(boolean sessions) {
        return Arrays.stream(values())
                .filter(kind -> sessions ? kind.inSessions : kind.inStreams)
                .toList();
    }
}
