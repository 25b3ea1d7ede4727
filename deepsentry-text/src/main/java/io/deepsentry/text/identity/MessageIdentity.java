package io.deepsentry.text.identity;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.token.MessageNormalizer;
import io.deepsentry.text.token.NormalizerSettings;

/**
 * Says which message a line is: two lines of equal identity are the same message. An identity is a text of words and typed
 * tokens joined by single spaces, the form of a row of {@code train.txt}.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class MessageIdentity {
    private final MessageNormalizer normalizer;
    private final LearnedSlots learned;

    private MessageIdentity(MessageNormalizer normalizer, LearnedSlots learned) {
        this.normalizer = normalizer;
        this.learned = learned;
    }

    /** An identity that has learned nothing from a log: masking alone. */
    public static MessageIdentity of(NormalizerSettings masking) {
        return of(masking, LearnedSlots.NONE);
    }

    /** An identity that applies what was learned from the training part of a log. */
    public static MessageIdentity of(NormalizerSettings masking, LearnedSlots learned) {
        return new MessageIdentity(MessageNormalizer.of(masking), learned);
    }

    /** What is masked. */
    public NormalizerSettings masking() {
        return normalizer.settings();
    }

    /** What was learned. */
    public LearnedSlots learned() {
        return learned;
    }

    /** The identity of a message that comes without level and fields. */
    public String of(String message) {
        return normalizer.normalize(message);
    }

    /** The identity of an event. */
    public String of(LogEvent event) {
        return identify(event).text();
    }

    /** The identity of an event, and its values. */
    public IdentifiedMessage identify(LogEvent event) {
        return new IdentifiedMessage(of(event.message()), java.util.List.of());
    }
}
