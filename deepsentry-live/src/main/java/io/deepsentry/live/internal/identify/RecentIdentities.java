package io.deepsentry.live.internal.identify;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageIdentity;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The identities of events, some of the last ones remembered: a line that comes again word for word is not taken apart
 * again. Each message has one place, which the last one of that place holds, so that a log without repeats pays next to
 * nothing. For one thread.
 */
final class RecentIdentities {
    private static final int PLACES = 1 << 12;
    /** Longer messages hardly ever repeat, and would take too much memory. */
    private static final int LONGEST = 500;

    private final MessageIdentity identity;
    private final boolean withValues;
    private final @Nullable Known[] places = new Known[PLACES];

    /** The texts of identities, those of the last messages of each place. */
    private final @Nullable String[] texts = new String[PLACES];

    private record Known(String message, @Nullable String level, IdentifiedMessage identity) {}

    /** @param withValues whether the values of messages are asked for, too */
    RecentIdentities(MessageIdentity identity, boolean withValues) {
        this.identity = identity;
        this.withValues = withValues;
    }

    private IdentifiedMessage identify(LogEvent event, @Nullable Redaction by) {
        if (!withValues) {
            return new IdentifiedMessage(once(identity.of(event)), List.of());
        }
        IdentifiedMessage identified = identity.identify(event, by);
        return new IdentifiedMessage(once(identified.text()), identified.values());
    }

    /**
     * Returns the same text as an object that came before, whose hash is known and which equals itself without a look.
     */
    private String once(String text) {
        int hash = text.hashCode();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        String known = texts[place];
        if (known != null && known.equals(text)) {
            return known;
        }
        texts[place] = text;
        return text;
    }

    /**
     * The identity of an event.
     *
     * @param by the redaction that replaced nothing in it, or null if something was replaced
     */
    IdentifiedMessage of(LogEvent event, @Nullable Redaction by) {
        String message = event.message();
        if (message.length() > LONGEST || !event.fields().isEmpty()) {
            return identify(event, by);
        }
        int hash = message.hashCode();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        Known known = places[place];
        if (known != null && known.message().equals(message) && Objects.equals(known.level(), event.level())) {
            return known.identity();
        }
        IdentifiedMessage found = identify(event, by);
        places[place] = new Known(message, event.level(), found);
        return found;
    }
}
