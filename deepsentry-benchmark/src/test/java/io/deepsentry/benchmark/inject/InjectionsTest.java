package io.deepsentry.benchmark.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of fault changes, and where. */
class InjectionsTest {
    private static final int LINES = 1500;
    private static List<LaterLine> later = List.of();
    private static Regularities learned;
    private static MessageIdentity identity;

    @BeforeAll
    static void read(@TempDir Path folder) throws IOException {
        PrepareResult prepared = Prepare.run(
                PrepareSettings.builder()
                        .dataDir(folder)
                        .inputs(ShopLog.write(folder, LINES))
                        .build(),
                RunContext.quiet());
        PreparedData data = PreparedData.open(prepared.directory());
        learned = Regularities.of(data, RunContext.quiet());
        identity = data.identity();
        LaterPart part = LaterPart.read(data, null, RunContext.quiet());
        assertThat(part.parts()).hasSize(1);
        later = part.parts().get(0);
    }

    private static List<Injection> possible(InjectionKind kind) {
        return possible(kind, new BitSet());
    }

    private static List<Injection> possible(InjectionKind kind, BitSet flagged) {
        return new Injections(learned, identity, false, List.of(later), List.of(flagged)).possible(kind, new Random(1));
    }

    private static List<LogEvent> applied(Injection injection) {
        return Copy.of(later, List.of(injection)).events();
    }

    private static List<LogEvent> events(int from, int to) {
        return later.subList(from, to).stream().map(LaterLine::event).toList();
    }

    private static String message(int at) {
        return later.get(at).event().message();
    }

    @Test
    void the_later_part_is_the_last_fifth_of_the_log() {
        assertThat(learned.lines()).isEqualTo(1200);
        assertThat(later).hasSize(300);
        assertThat(later.get(0).event().origin().lineNumber()).isEqualTo(1201);
    }

    @Test
    void a_new_error_is_a_line_of_its_own_beside_others() {
        for (Injection injection : possible(InjectionKind.NEW_ERROR)) {
            List<LogEvent> lines = applied(injection);

            int at = injection.at();
            assertThat(lines).hasSize(301);
            assertThat(learned.knows(identity.of(lines.get(at)))).isFalse();
            assertThat(lines.get(at).level()).isEqualTo("ERROR");
            assertThat(lines.get(at).time()).isEqualTo(later.get(at).event().time());
            assertThat(lines.subList(0, at)).isEqualTo(events(0, at));
            assertThat(lines.subList(at + 1, 301)).isEqualTo(events(at, 300));
        }
    }

    @Test
    void a_burst_repeats_the_line_before_it_twenty_times() {
        List<Injection> bursts = possible(InjectionKind.BURST);

        assertThat(bursts).hasSize(300 - InjectionKind.NEXT_LINES);
        Injection burst = bursts.get(40);
        List<LogEvent> lines = applied(burst);
        assertThat(lines).hasSize(320);
        assertThat(lines.subList(burst.at() - 1, burst.at() + 20))
                .containsOnly(later.get(burst.at() - 1).event());
        assertThat(lines.subList(burst.at() + 20, 320)).isEqualTo(events(burst.at(), 300));
    }

    @Test
    void only_what_comes_regularly_can_stop_and_then_it_is_gone() {
        List<Injection> stops = possible(InjectionKind.STOP);

        assertThat(stops).isNotEmpty().extracting(Injection::subject).contains("Health check passed");
        Injection stop = stops.stream()
                .filter(each -> each.subject().equals("Health check passed"))
                .findFirst()
                .orElseThrow();
        List<LogEvent> lines = applied(stop);
        assertThat(lines.subList(0, stop.at())).isEqualTo(events(0, stop.at()));
        assertThat(lines.subList(stop.at(), lines.size()))
                .extracting(LogEvent::message)
                .doesNotContain("Health check passed");
        assertThat(later.subList(stop.at(), 300).stream()
                        .filter(line -> line.text().equals("Health check passed")))
                .hasSize(300 - lines.size())
                .hasSizeGreaterThan(2);
    }

    @Test
    void a_swap_turns_two_steps_round_and_leaves_the_times_in_order() {
        List<Injection> swaps = possible(InjectionKind.SWAP);

        assertThat(swaps).extracting(Injection::subject).contains("Payment authorised > Payment took <duration>");
        for (Injection swap : swaps) {
            List<LogEvent> lines = applied(swap);
            int at = swap.at();
            assertThat(lines).hasSize(300);
            assertThat(lines.get(at).message()).isEqualTo(message(at + 1));
            assertThat(lines.get(at + 1).message()).isEqualTo(message(at));
            assertThat(lines.get(at).time()).isEqualTo(later.get(at).event().time());
            assertThat(lines.get(at + 1).time())
                    .isEqualTo(later.get(at + 1).event().time());
            assertThat(lines.subList(at + 2, 300)).isEqualTo(events(at + 2, 300));
        }
    }

    @Test
    void a_missing_step_is_the_second_of_two() {
        List<Injection> missing = possible(InjectionKind.MISSING);

        assertThat(missing).hasSameSizeAs(possible(InjectionKind.SWAP));
        for (Injection each : missing) {
            List<LogEvent> lines = applied(each);
            assertThat(lines).hasSize(299);
            assertThat(each.subject()).endsWith(" > " + later.get(each.at()).text());
            assertThat(lines.subList(0, each.at())).isEqualTo(events(0, each.at()));
            assertThat(lines.subList(each.at(), 299)).isEqualTo(events(each.at() + 1, 300));
        }
    }

    @Test
    void a_number_becomes_a_hundred_times_as_large_and_nothing_else_changes() {
        List<Injection> numbers = possible(InjectionKind.NUMBER);

        assertThat(numbers).extracting(Injection::subject).contains("Payment took <duration> 0");
        for (Injection number : numbers) {
            LaterLine line = later.get(number.at());
            LogEvent event = applied(number).get(number.at());
            assertThat(identity.of(event)).isEqualTo(line.text());
            List<MessageValue> values = identity.identify(event).values();
            for (int i = 0; i < values.size(); i++) {
                MessageValue before = line.message().values().get(i);
                boolean changed = number.subject().endsWith(" " + before.place());
                assertThat(values.get(i).text().equals(before.text())).isNotEqualTo(changed);
                if (changed) {
                    assertThat(values.get(i).number()).isCloseTo(before.number() * 100, withinPercentage(0.001));
                }
            }
        }
    }

    @Test
    void a_never_seen_word_stands_where_the_same_few_always_did() {
        List<Injection> words = possible(InjectionKind.PARAMETER);

        assertThat(words).isNotEmpty();
        for (Injection word : words) {
            LaterLine line = later.get(word.at());
            LogEvent event = applied(word).get(word.at());
            assertThat(identity.of(event)).isEqualTo(line.text());
            assertThat(event.message()).isNotEqualTo(line.event().message());
            assertThat(event.message().substring(0, event.message().lastIndexOf(' ')))
                    .isEqualTo(
                            message(word.at()).substring(0, message(word.at()).lastIndexOf(' ')));
        }
    }

    @Test
    void nothing_goes_where_something_is_flagged_already() {
        BitSet flagged = new BitSet();
        flagged.set(0, 300);
        flagged.clear(100, 105);

        for (InjectionKind kind : InjectionKind.of(false)) {
            assertThat(possible(kind, flagged)).as(kind.title()).allSatisfy(each -> assertThat(each.at())
                    .isBetween(100, 105));
        }
    }

    @Test
    void each_subject_has_its_turn_before_any_has_its_second() {
        List<Injection> chosen = Injections.choose(possible(InjectionKind.SWAP), 4, new Random(1));

        assertThat(chosen).hasSize(4);
        assertThat(chosen.subList(0, 2)).extracting(Injection::subject).doesNotHaveDuplicates();
        assertThat(Injections.choose(possible(InjectionKind.SWAP), 4, new Random(1)))
                .isEqualTo(chosen);
    }

    @Test
    void of_sessions_the_values_change_but_not_the_key(@TempDir Path folder) throws IOException {
        PreparedData data = sessions(folder);
        List<List<LaterLine>> sessions =
                LaterPart.read(data, null, RunContext.quiet()).parts();
        Injections injections = new Injections(
                Regularities.of(data, RunContext.quiet()),
                data.identity(),
                true,
                sessions,
                sessions.stream().map(unused -> new BitSet()).toList());

        assertThat(injections.possible(InjectionKind.NUMBER, new Random(1)))
                .isNotEmpty()
                .allSatisfy(number -> {
                    LogEvent event = number.edits().get(0).inserted().get(0).event();
                    String user = event.sessionKeys().get(0);
                    assertThat(event.message()).endsWith(" opened for user " + user);
                });
        // The only place with few words is that of the user, who is the session.
        assertThat(injections.possible(InjectionKind.PARAMETER, new Random(1))).isEmpty();
        assertThat(InjectionKind.of(true)).contains(InjectionKind.NUMBER, InjectionKind.PARAMETER);
    }

    @Test
    void a_log_of_sessions_as_a_whole_is_parted_where_its_test_part_begins(@TempDir Path folder) throws IOException {
        PreparedData data = sessions(folder);

        Regularities whole = Regularities.ofWholeLog(data, RunContext.quiet());
        LaterPart part = LaterPart.ofWholeLog(data, null, RunContext.quiet());

        assertThat(part.parts()).hasSize(1);
        assertThat(part.all()).isEqualTo(part.lines());
        assertThat(whole.lines() + part.lines()).isEqualTo(LINES);
        assertThat(whole.knows("Health check passed")).isTrue();
        assertThat(part.parts().get(0).get(0).event().origin().lineNumber()).isEqualTo(whole.lines() + 1);
    }

    private static PreparedData sessions(Path folder) throws IOException {
        PrepareResult prepared = Prepare.run(
                PrepareSettings.builder()
                        .dataDir(folder)
                        .inputs(ShopLog.write(folder, LINES))
                        .sessionKey("user (\\w+)")
                        .build(),
                RunContext.quiet());
        return PreparedData.open(prepared.directory());
    }
}
