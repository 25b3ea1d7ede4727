package io.deepsentry.text.session;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the identifiers of a log that would make sessions: those that recur in several different messages and then do
 * not come again. It looks at the first {@value #MOST_EVENTS} events given; its memory is bounded.
 *
 * <pre>{@code
 * KeyFinder finder = new KeyFinder();
 * try (LogReader reader = LogReader.builder().input(log).sessionKey(SessionKey.ofLine()).open()) {
 *     finder.addAll(reader.iterator());
 * }
 * finder.best().ifPresent(proposal -> System.out.println("--session-key " + proposal.shellWord()));
 * }</pre>
 *
 * <p>One thread at a time.
 */
public final class KeyFinder {
    /** Events beyond so many are not looked at. */
    public static final int MOST_EVENTS = 50_000;

    private static final int MOST_GROUPS = 4096;
    /** So many times an identifier may come, all together: what bounds the memory. */
    private static final int MOST_MARKS = 2_000_000;

    private static final int MOST_CHARS = 1000;
    private static final int LONGEST_VALUE = 64;
    /** Proposals that fewer lines have are not worth a word. */
    private static final double LEAST_COVERAGE = 0.2;
    /** Two shares or counts this close say the same. */
    private static final double ALIKE = 0.05;

    private static final Pattern FIELD = Pattern.compile("[\\p{L}_@][\\p{L}\\p{N}_.@-]*");

    private final Map<Place, KeyGroup> groups = new HashMap<>();
    private int marks;
    private int events;

    /**
     * Looks at events until there is no more, or enough.
     *
     * @param more the events
     */
    public void addAll(Iterator<LogEvent> more) {
        while (!isFull() && more.hasNext()) {
            add(more.next());
        }
    }

    /**
     * Looks at an event. Its key, where it has one, is its line, as {@link SessionKey#ofLine} finds it.
     *
     * @param event the event
     */
    public void add(LogEvent event) {
        if (isFull()) {
            return;
        }
        int index = events++;
        long words = Identifiers.wordsOf(event.message());
        event.fields().forEach((name, value) -> {
            if (!value.isBlank()
                    && value.length() <= LONGEST_VALUE
                    && value.indexOf(' ') < 0
                    && FIELD.matcher(name).matches()) {
                add(new Place(Place.Kind.FIELD, name), name, value, Shape.WORD, index, words);
            }
        });
        // The header of a line has keys, too: processes, threads, requests. Structured lines have them as fields.
        String text = event.sessionKeys().isEmpty() || !event.fields().isEmpty()
                ? event.message()
                : event.sessionKeys().get(0);
        String first = text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) : text;
        Identifiers.in(first, (place, before, value, shape) -> add(place, before, value, shape, index, words));
    }

    /** {@return whether further events are not looked at} */
    public boolean isFull() {
        return events >= MOST_EVENTS;
    }

    private void add(Place place, String before, String value, Shape shape, int index, long words) {
        KeyGroup group = groups.get(place);
        if (group == null) {
            if (groups.size() >= MOST_GROUPS) {
                return;
            }
            group = new KeyGroup(place);
            groups.put(place, group);
        }
        if (marks < MOST_MARKS) {
            marks += group.add(before, value, shape, index, words) ? 1 : 0;
        }
    }

    /** {@return what would make sessions, the best first; empty if nothing would} */
    public List<KeyProposal> proposals() {
        record Judged(KeyGroup group, KeyProposal proposal) {}
        List<Judged> judged = new ArrayList<>();
        for (KeyGroup group : groups.values()) {
            group.proposal(events)
                    .filter(proposal -> proposal.coverage() >= LEAST_COVERAGE)
                    .ifPresent(proposal -> judged.add(new Judged(group, proposal)));
        }
        judged.sort(Comparator.<Judged>comparingDouble(each -> -Math.floor(each.proposal.coverage() / ALIKE))
                .thenComparing(each -> each.group.place().kind())
                .thenComparing(each -> -each.group.place().text().length())
                .thenComparing(each -> each.group.place().text()));
        List<KeyProposal> proposals = new ArrayList<>();
        for (Judged each : judged) {
            if (proposals.stream().noneMatch(better -> isAlike(better, each.proposal))) {
                proposals.add(each.proposal);
            }
        }
        return List.copyOf(proposals);
    }

    /** The same identifier, at one of several places in lines. */
    private static boolean isAlike(KeyProposal one, KeyProposal other) {
        return Math.abs(one.sessions() - other.sessions()) <= ALIKE * one.sessions();
    }

    /** {@return the best proposal that enough lines have} */
    public Optional<KeyProposal> best() {
        return proposals().stream().filter(KeyProposal::isEnough).findFirst();
    }
}
