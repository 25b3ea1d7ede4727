package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.FindingKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the kinds of evidence said of the lines of one session so far, each thing once with its strongest. In bounded
 * memory: of too many things the strongest are kept. For one thread.
 */
public final class SessionEvidence {
    private static final int MOST = 16;

    /** What was said of a line, in the order of the lines. */
    private final List<Found> found = new ArrayList<>();

    /**
     * What was said of a line.
     *
     * @param step the message of the session, from 0
     */
    private record Found(int step, Evidence evidence) {
        FindingKey key() {
            return FindingKey.of(evidence);
        }
    }

    /** Adds what was said of a message. */
    public void add(int step, List<Evidence> evidence) {
        evidence.forEach(each -> add(new Found(step, each)));
    }

    private void add(Found next) {
        for (Found known : found) {
            if (known.key().equals(next.key())
                    && known.evidence().strength() >= next.evidence().strength()) {
                return;
            }
        }
        found.add(next);
        if (found.size() > MOST) {
            Found weakest = found.stream()
                    .min(Comparator.comparingDouble(each -> each.evidence().strength()))
                    .orElseThrow();
            found.remove(weakest);
        }
    }

    /** Whether nothing was said. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** What was said of the first so many messages, the strongest first. */
    public List<Evidence> upTo(int messages) {
        return strongest(messages).stream().map(Found::evidence).toList();
    }

    /** The message, from 0, of which the strongest of that was said; -1 for none. */
    public int step(int messages) {
        List<Found> strongest = strongest(messages);
        return strongest.isEmpty() ? -1 : strongest.get(0).step();
    }

    private List<Found> strongest(int messages) {
        Map<FindingKey, Found> byKey = new LinkedHashMap<>();
        for (Found each : found) {
            if (each.step() < messages) {
                byKey.merge(
                        each.key(),
                        each,
                        (a, b) -> b.evidence().strength() > a.evidence().strength() ? b : a);
            }
        }
        return byKey.values().stream()
                .sorted(Comparator.comparingDouble(
                        (Found each) -> -each.evidence().strength()))
                .toList();
    }

    /** Writes all of it. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(found.size());
        for (Found each : found) {
            Evidence evidence = each.evidence();
            out.writeInt(each.step());
            text(out, evidence.kind().key());
            out.writeDouble(evidence.strength());
            text(out, evidence.message());
            out.writeBoolean(evidence.subject() != null);
            if (evidence.subject() != null) {
                text(out, evidence.subject());
            }
            text(out, evidence.reason());
        }
    }

    /** Reads it into one that is empty. */
    public void read(DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            int step = in.readInt();
            EvidenceKind kind = EvidenceKind.valueOf(text(in).toUpperCase(Locale.ROOT));
            found.add(new Found(
                    step, new Evidence(kind, in.readDouble(), text(in), in.readBoolean() ? text(in) : null, text(in))));
        }
    }

    private static void text(DataOutput out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
