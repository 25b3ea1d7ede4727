package io.deepsentry.text.prepare;

import io.deepsentry.parse.ReadStats;
import io.deepsentry.text.session.KeyProposal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Prepare} did.
 *
 * @param directory the folder written
 * @param format the format the log was read with
 * @param detection for format {@code auto}, a sentence that says what was chosen and why; otherwise null
 * @param read what was read of the inputs
 * @param testRead what was read of a test log of its own, or null
 * @param sessions sessions in each part; streams where there is no session key
 * @param rows rows in each part: a line is one for each of its sessions
 * @param spans the time of each part; a part whose lines have no time has none
 * @param labelledSessions sessions that have a label
 * @param anomaliesLeftOut labelled anomalies that were left out of training and validation: sessions, or lines of a
 *     stream
 * @param vocabularySize {@code <pad>} and {@code <unk>} included
 * @param distinctMessages distinct masked messages in all parts; {@link #MOST_DISTINCT} means at least so many
 * @param sessionKey what told the sessions: the key of the settings, or the one chosen for {@code auto}; null: each
 *     input is one stream
 * @param proposals what would make sessions, the best first, where the settings named no key
 * @param warnings what limits the worth of what can be learned, each in a sentence; logged as well
 */
public record PrepareResult(
        Path directory,
        String format,
        @Nullable String detection,
        ReadStats read,
        @Nullable ReadStats testRead,
        Map<Split, Long> sessions,
        Map<Split, Long> rows,
        Map<Split, TimeSpan> spans,
        long labelledSessions,
        long anomaliesLeftOut,
        int vocabularySize,
        int distinctMessages,
        @Nullable String sessionKey,
        List<KeyProposal> proposals,
        List<String> warnings) {
    /** Where the counting of distinct messages ends. */
    public static final int MOST_DISTINCT = 1 << 20;

    public PrepareResult {
        sessions = Map.copyOf(sessions);
        rows = Map.copyOf(rows);
        spans = Map.copyOf(spans);
        proposals = List.copyOf(proposals);
        warnings = List.copyOf(warnings);
    }

    /** {@return what was read of the inputs and of a test log of its own} */
    public ReadStats allRead() {
        return testRead == null ? read : read.plus(testRead);
    }
}
