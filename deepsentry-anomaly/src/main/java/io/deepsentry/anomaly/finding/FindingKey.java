package io.deepsentry.anomaly.finding;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a finding by what is odd, not by where it is: two anomalies with equal keys are one finding. Immutable.
 *
 * @param kind the kind of evidence
 * @param message the masked message that is odd; null for the end of a session, and where the log as a whole is odd
 * @param subject what is odd about the message beside its kind: the message it came after, the message that is missing,
 *     or the place of a value; null where the message says it all
 */
public record FindingKey(
        EvidenceKind kind,
        @Nullable String message,
        @Nullable String subject) {
    /** The number of hexadecimal digits of {@link #id}. */
    public static final int ID_DIGITS = 8;

    public FindingKey {
        Objects.requireNonNull(kind, "kind");
    }

    /**
     * {@return the key of the main reason of an explanation}
     *
     * @param why why it is anomalous
     */
    public static FindingKey of(Explanation why) {
        return all(why).get(0);
    }

    /**
     * {@return the keys of what is odd, the most important first} There are several only where nothing but kinds of
     * evidence speak: what else a new message or a broken order brings about is no finding beside it.
     *
     * @param why why it is anomalous
     */
    public static List<FindingKey> all(Explanation why) {
        return why.byEvidenceAlone()
                ? why.evidence().stream().map(FindingKey::of).distinct().toList()
                : List.of(of(why.kind(), why.view(), why.message(), why.after(), why.missing()));
    }

    /**
     * {@return the key of a piece of evidence}
     *
     * @param evidence the evidence
     */
    public static FindingKey of(Evidence evidence) {
        return new FindingKey(
                evidence.kind(), evidence.message().isEmpty() ? null : evidence.message(), evidence.subject());
    }

    /**
     * {@return the key of a step that is odd by itself}
     *
     * @param kind the kind of evidence
     * @param view the view that it comes from
     * @param message the masked message; null for the end of a session
     * @param after the masked message before it; null at the start
     * @param missing the message that should have come first; null if there is none
     */
    public static FindingKey of(
            Explanation.Kind kind,
            View view,
            @Nullable String message,
            @Nullable String after,
            @Nullable String missing) {
        EvidenceKind evidence = Explanation.evidenceOf(kind, view);
        return switch (kind) {
            // A message that is missing is the same one wherever that shows.
            case MISSING, MISSING_AT_END ->
                new FindingKey(
                        evidence,
                        view == View.COUNT || kind == Explanation.Kind.MISSING_AT_END ? null : message,
                        missing == null ? after : missing);
            case UNEXPECTED_ORDER -> new FindingKey(evidence, message, after);
            default -> new FindingKey(evidence, message, null);
        };
    }

    /**
     * {@return the same key with its texts replaced, such as by a redaction}
     *
     * @param replacement gives the new text of a text
     */
    public FindingKey withTexts(UnaryOperator<String> replacement) {
        return new FindingKey(
                kind,
                message == null ? null : replacement.apply(message),
                subject == null ? null : replacement.apply(subject));
    }

    /** {@return {@value #ID_DIGITS} hexadecimal digits that are the same in every run, whatever the models} */
    public String id() {
        Hasher hasher = Hashing.sha256().newHasher();
        put(hasher, kind.key());
        put(hasher, message);
        put(hasher, subject);
        return hasher.hash().toString().substring(0, ID_DIGITS);
    }

    /** With its length, so that no two keys look alike. */
    private static void put(Hasher hasher, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        hasher.putInt(text == null ? -1 : bytes.length).putBytes(bytes);
    }
}
