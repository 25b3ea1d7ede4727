package io.deepsentry.text.pattern;

import static io.deepsentry.text.pattern.LogPatternsTest.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.pattern.PatternChange.Kind;
import io.deepsentry.text.token.NormalizerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogComparisonTest {
    /** Steps that have no word in common but the last. */
    private static String step(int kind) {
        String letter = Character.toString((char) ('a' + kind));
        return letter.repeat(3) + " " + letter.repeat(5) + " " + letter.repeat(4) + " step";
    }

    /** Traffic of a shop: twenty messages of different frequency, and one that comes in bursts. */
    private static List<LogEvent> shop(long seed, int lines) {
        Random random = new Random(seed);
        List<LogEvent> events = new ArrayList<>();
        while (events.size() < lines) {
            int kind = (int) (20 * random.nextDouble() * random.nextDouble());
            events.add(event(events.size(), "INFO", step(kind) + " took " + (1 + random.nextInt(400)) + " ms"));
            if (random.nextInt(400) == 0) {
                int burst = 30 + random.nextInt(30);
                for (int i = 0; i < burst; i++) {
                    events.add(event(events.size(), "WARN", "retry " + i + " of upload"));
                }
            }
        }
        return events;
    }

    private static PatternDiff diff(List<LogEvent> good, List<LogEvent> bad) {
        LogComparison comparison = LogComparison.of(NormalizerSettings.DEFAULTS);
        good.forEach(comparison::addGood);
        bad.forEach(comparison::addBad);
        return comparison.diff();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void twoDaysOfTheSameTrafficDoNotDiffer(int seed) {
        PatternDiff diff = diff(shop(seed, 6000), shop(100 + seed, 4000));

        assertThat(diff.changes()).isEmpty();
        assertThat(diff.scale()).isCloseTo(0.667, within(0.1));
    }

    @Test
    void anOutageComesFirst() {
        List<LogEvent> bad = shop(2, 6000);
        for (int i = 0; i < 60; i++) {
            bad.add(3000 + i, event(3000 + i, "ERROR", "payment gateway timed out after " + i + " s"));
        }
        PatternDiff diff = diff(shop(1, 6000), bad);

        assertThat(diff.changes()).hasSize(1);
        PatternChange outage = diff.changes().get(0);
        assertThat(outage.kind()).isEqualTo(Kind.NEW);
        assertThat(outage.badCount()).isEqualTo(60);
        assertThat(outage.good()).isNull();
        assertThat(outage.times()).isInfinite();
        assertThat(outage.chance()).isLessThan(1e-9);
    }

    @Test
    void aFloodDoesNotMakeEverythingElseLess() {
        List<LogEvent> bad = shop(2, 6000);
        for (int i = 0; i < 9000; i++) {
            bad.add(event(i, "INFO", step(12) + " took 7 ms"));
        }
        PatternDiff diff = diff(shop(1, 6000), bad);

        assertThat(diff.changes()).extracting(PatternChange::kind).containsExactly(Kind.MORE);
        assertThat(diff.changes().get(0).message()).isEqualTo(step(12) + " took <duration>");
    }

    @Test
    void whatStaysAwayIsGoneOrLess() {
        List<LogEvent> bad = new ArrayList<>(shop(2, 6000));
        bad.removeIf(event -> event.message().startsWith(step(1)));
        int[] kept = new int[1];
        bad.removeIf(event -> event.message().startsWith(step(2)) && kept[0]++ % 4 != 0);
        PatternDiff diff = diff(shop(1, 6000), bad);

        assertThat(diff.changes())
                .extracting(PatternChange::kind, PatternChange::message)
                .containsExactlyInAnyOrder(
                        tuple(Kind.GONE, step(1) + " took <duration>"), tuple(Kind.LESS, step(2) + " took <duration>"));
    }

    @Test
    void numbersThatLeaveTheirRangeAreAChange() {
        List<LogEvent> bad = new ArrayList<>(shop(2, 6000));
        for (int i = 0; i < 40; i++) {
            bad.add(event(6000 + i, "INFO", step(0) + " took " + (90 + i) + " s"));
        }
        PatternDiff diff = diff(shop(1, 6000), bad);

        assertThat(diff.changes()).hasSize(1);
        assertThat(diff.changes().get(0).kind()).isEqualTo(Kind.VALUES);
        ValueShift shift = diff.changes().get(0).shifts().get(0);
        assertThat(shift.above()).isEqualTo(40);
        assertThat(shift.good().max()).isCloseTo(0.4, within(0.01));
        assertThat(shift.bad().max()).isEqualTo(129);
    }

    @Test
    void aCounterThatGrowsLeavesNoRange() {
        List<LogEvent> good = new ArrayList<>();
        List<LogEvent> bad = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            good.add(event(i, "INFO", "sent packet " + i + " to peer"));
            bad.add(event(i, "INFO", "sent packet " + (500 + i) + " to peer"));
        }
        for (int i = 0; i < 24; i++) {
            good.add(event(i, "WARN", "recovery " + (1750 + i / 3) + " begins"));
            bad.add(event(i, "WARN", "recovery " + (1950 + i / 3) + " begins"));
        }

        assertThat(diff(good, bad).changes()).isEmpty();
    }
}
