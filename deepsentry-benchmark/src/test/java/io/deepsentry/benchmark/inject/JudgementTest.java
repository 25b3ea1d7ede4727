package io.deepsentry.benchmark.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as found, with judges that are simple enough to know what they find. */
class JudgementTest {
    private static final long SEED = 42;
    private static List<List<LaterLine>> parts = List.of();
    private static Regularities learned;
    private static MessageIdentity identity;

    @BeforeAll
    static void read(@TempDir Path folder) throws IOException {
        PrepareResult prepared = Prepare.run(
                PrepareSettings.builder()
                        .dataDir(folder)
                        .inputs(ShopLog.write(folder, 1500))
                        .build(),
                RunContext.quiet());
        PreparedData data = PreparedData.open(prepared.directory());
        learned = Regularities.of(data, RunContext.quiet());
        identity = data.identity();
        parts = LaterPart.read(data, null, RunContext.quiet()).parts();
    }

    private static Judgement judgement(LineJudge judge) {
        return new Judgement(judge, learned, identity, false, parts, RunContext.quiet());
    }

    private static BitSet newMessages(List<LogEvent> lines) {
        BitSet flagged = new BitSet();
        for (int i = 0; i < lines.size(); i++) {
            flagged.set(i, !learned.knows(identity.of(lines.get(i))));
        }
        return flagged;
    }

    /** Flags the first line that comes more than a minute after a heartbeat that nothing followed. */
    private static BitSet silences(List<LogEvent> lines) {
        BitSet flagged = new BitSet();
        Instant due = Instant.MAX;
        for (int i = 0; i < lines.size(); i++) {
            Instant time = Objects.requireNonNull(lines.get(i).time());
            if (lines.get(i).message().equals("Health check passed")) {
                due = time.plusSeconds(60);
            }
            if (time.isAfter(due)) {
                flagged.set(i);
                return flagged;
            }
        }
        return flagged;
    }

    @Test
    void what_is_flagged_at_the_injection_is_found_at_once() {
        Judgement judgement = judgement(JudgementTest::newMessages);

        InjectionRow row = judgement.row(InjectionKind.NEW_ERROR, 20, SEED);

        assertThat(row.outcomes()).hasSize(20);
        assertThat(row.found()).isEqualTo(20);
        assertThat(row.share()).hasValue(1);
        assertThat(row.medianDelayLines()).hasValue(0);
        assertThat(row.medianDelaySeconds()).hasValue(0);
        assertThat(judgement.untouched().flagged()).isZero();
        for (InjectionKind kind : List.of(InjectionKind.BURST, InjectionKind.SWAP, InjectionKind.PARAMETER)) {
            InjectionRow other = judgement.row(kind, 20, SEED);
            assertThat(other.outcomes()).as(kind.title()).isNotEmpty();
            assertThat(other.found()).as(kind.title()).isZero();
            assertThat(other.medianDelayLines()).isEmpty();
        }
    }

    @Test
    void what_is_flagged_anyway_finds_nothing() {
        Judgement judgement = judgement(lines -> {
            BitSet all = new BitSet();
            for (int i = 0; i < lines.size(); i++) {
                // A quarter of the lines of the log, whatever was injected: no line that an injection adds.
                all.set(
                        i,
                        lines.get(i).origin().lineNumber() % 4 == 0
                                && !"ERROR".equals(lines.get(i).level()));
            }
            return all;
        });

        for (InjectionKind kind : List.of(InjectionKind.NEW_ERROR, InjectionKind.MISSING, InjectionKind.STOP)) {
            InjectionRow row = judgement.row(kind, 20, SEED);
            assertThat(row.outcomes()).as(kind.title()).isNotEmpty();
            assertThat(row.found()).as(kind.title()).isZero();
        }
        assertThat(judgement.untouched().flagged()).isEqualTo(75);
        assertThat(judgement.untouched().perThousandLines()).isEqualTo(250);
    }

    @Test
    void a_stop_may_be_found_later_and_its_delay_says_when() {
        InjectionRow row = judgement(JudgementTest::silences).row(InjectionKind.STOP, 200, SEED);

        assertThat(row.outcomes())
                .filteredOn(each -> each.subject().equals("Health check passed"))
                .isNotEmpty()
                .allSatisfy(each -> {
                    assertThat(each.found()).isTrue();
                    assertThat(each.delayLines()).isPositive();
                    // The check that did not come was due 30 s after the last one.
                    assertThat(each.delaySeconds()).isBetween(30.0, 45.0);
                });
    }

    @Test
    void the_same_seed_injects_the_same_and_another_one_does_not() {
        Judgement judgement = judgement(JudgementTest::newMessages);

        InjectionRow row = judgement.row(InjectionKind.NUMBER, 10, SEED);

        assertThat(judgement(JudgementTest::newMessages).row(InjectionKind.NUMBER, 10, SEED))
                .isEqualTo(row);
        assertThat(judgement.row(InjectionKind.NUMBER, 10, SEED + 1)).isNotEqualTo(row);
    }

    @Test
    void a_kind_that_the_log_does_not_allow_says_why() {
        List<List<LaterLine>> nothing = List.of(List.of(parts.get(0).get(0)));
        Judgement judgement =
                new Judgement(JudgementTest::newMessages, learned, identity, false, nothing, RunContext.quiet());

        InjectionRow row = judgement.row(InjectionKind.STOP, 20, SEED);

        assertThat(row.possible()).isZero();
        assertThat(row.notPossible()).isEqualTo("no message comes regularly");
        assertThat(row.share()).isEmpty();
    }
}
