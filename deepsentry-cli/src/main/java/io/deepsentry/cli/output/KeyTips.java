package io.deepsentry.cli.output;

import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.session.KeyProposal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is said of the identifiers that would make sessions, or do. */
public final class KeyTips {
    private static final int MOST = 3;

    private KeyTips() {}

    /** Adds the key that was chosen, or the best of those that could be. */
    public static void add(PrepareResult result, KeyValueTable rows) {
        if (result.proposals().isEmpty()) {
            return;
        }
        KeyProposal best = result.proposals().get(0);
        if (result.sessionKey() == null) {
            rows.add("tip", tip(best));
        } else {
            rows.add("session key", result.sessionKey() + ", chosen: it makes " + best.outcome());
        }
    }

    /** Shows the best, a line each. */
    public static void say(List<KeyProposal> proposals, String command, Console console) {
        proposals.stream().limit(MOST).forEach(each -> console.say(command + ": tip  " + tip(each)));
    }

    /** Shows which key was chosen. */
    public static void sayChosen(@Nullable KeyProposal best, String command, Console console) {
        console.say(command + ": "
                + (best == null
                        ? "session_key auto found no identifier that most lines have and that makes sessions"
                        : "session key " + best.key() + ", chosen: it makes " + best.outcome()));
    }

    private static String tip(KeyProposal proposal) {
        return "--session-key " + proposal.shellWord() + " would make " + proposal.outcome();
    }
}
