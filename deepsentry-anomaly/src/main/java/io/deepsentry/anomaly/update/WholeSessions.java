package io.deepsentry.anomaly.update;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Judges the sessions of files by several sets of models. Goes through the files twice: to count the lines of each
 * session, and to judge it when its last line has come, so that memory holds those that are open. For one thread.
 */
final class WholeSessions {
    private final PrepareSettings settings;
    private final List<Path> files;
    private final String what;
    private final RunContext context;

    /** @param what what the progress calls it */
    WholeSessions(PrepareSettings settings, List<Path> files, String what, RunContext context) {
        this.settings = settings;
        this.files = files;
        this.what = what;
        this.context = context;
    }

    /**
     * Judges.
     *
     * @param wanted the keys of the sessions to judge
     * @param judges the models
     * @param action is given the key of each session and its verdicts, in the order of the models
     */
    void judge(Predicate<String> wanted, List<Sentry> judges, BiConsumer<String, List<Verdict>> action) {
        Map<String, Long> lines = new HashMap<>();
        Prepare.forEachEvent(settings, files, what, context, event -> event.sessionKeys().stream()
                .filter(wanted)
                .forEach(key -> lines.merge(key, 1L, Long::sum)));
        Map<String, List<SentrySession>> open = new LinkedHashMap<>();
        Prepare.forEachEvent(settings, files, what, context, event -> {
            for (String key : event.sessionKeys()) {
                Long left = lines.computeIfPresent(key, (unused, count) -> count - 1);
                if (left == null) {
                    continue;
                }
                List<SentrySession> sessions = open.computeIfAbsent(
                        key, unused -> judges.stream().map(Sentry::begin).toList());
                for (SentrySession session : sessions) {
                    Verdict unused = session.add(event);
                }
                if (left == 0) {
                    open.remove(key);
                    end(key, sessions, action);
                }
            }
        });
        // A log that was cut between the two passes.
        open.forEach((key, sessions) -> end(key, sessions, action));
    }

    private static void end(String key, List<SentrySession> sessions, BiConsumer<String, List<Verdict>> action) {
        action.accept(key, sessions.stream().map(SentrySession::end).toList());
    }
}
