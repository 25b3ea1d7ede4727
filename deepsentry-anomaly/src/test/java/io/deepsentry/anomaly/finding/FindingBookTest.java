package io.deepsentry.anomaly.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.finding.Notification.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindingBookTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private final FindingBook book = FindingBook.live(FindingBook.Rules.DEFAULT);

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    private static Occurrence odd(String message, long seconds) {
        return Anomalies.of(message).at(at(seconds)).make();
    }

    private List<Reason> add(Occurrence... occurrences) {
        return addTo(book, List.of(occurrences));
    }

    private static List<Reason> addTo(FindingBook book, List<Occurrence> occurrences) {
        List<Reason> reasons = new ArrayList<>();
        for (Occurrence each : occurrences) {
            Instant time = each.time();
            if (time != null) {
                book.advance(time).forEach(end -> reasons.add(end.reason()));
            }
            book.add(each).map(Notification::reason).ifPresent(reasons::add);
        }
        return reasons;
    }

    @Test
    void aStormOfOneMessageIsOneFindingThatIsToldNowAndThenAndAtItsEnd() {
        List<Occurrence> storm = IntStream.range(0, 50_000)
                .mapToObj(i -> Anomalies.of("timed out")
                        .severity("ERROR")
                        .at(START.plusMillis(20L * i))
                        .make())
                .toList();

        List<Reason> reasons = addTo(book, storm);
        book.advance(at(1_000 + 1_799)).forEach(end -> reasons.add(end.reason()));
        assertThat(reasons).containsExactly(Reason.NEW, Reason.TENFOLD, Reason.TENFOLD, Reason.STILL);

        List<Notification> ends = book.advance(at(1_000 + 1_800));
        assertThat(ends).singleElement().satisfies(end -> {
            assertThat(end.reason()).isEqualTo(Reason.ENDED);
            assertThat(end.finding().count()).isEqualTo(50_000);
            assertThat(end.finding().status()).isEqualTo(FindingStatus.ENDED);
            assertThat(end.finding().firstSeen()).isEqualTo(START);
            assertThat(end.finding().lastSeen()).isEqualTo(START.plusMillis(20L * 49_999));
        });
        assertThat(book.findings()).hasSize(1);
        assertThat(book.firing()).isZero();
    }

    @Test
    void aStormThatGrowsInSecondsIsNotToldAtEachPowerOfTen() {
        List<Occurrence> storm = IntStream.range(0, 2_000)
                .mapToObj(i -> Anomalies.of("timed out").at(START.plusMillis(i)).make())
                .toList();
        assertThat(addTo(book, storm)).containsExactly(Reason.NEW);
        assertThat(add(odd("timed out", 10))).containsExactly(Reason.TENFOLD);
    }

    @Test
    void burstsOfSeveralMessagesAtOnceAreOneFinding() {
        FindingKey a = new FindingKey(EvidenceKind.BURST, "a", null);
        FindingKey b = new FindingKey(EvidenceKind.BURST, "b", null);
        assertThat(add(
                        Anomalies.of(a).at(at(0)).make(),
                        Anomalies.of(b).at(at(1)).make()))
                .containsExactly(Reason.NEW);
        assertThat(book.findings()).singleElement().extracting(Finding::key).isEqualTo(a);
        book.advance(at(5_000));
        add(Anomalies.of(b).at(at(5_001)).make());
        assertThat(book.findings()).extracting(Finding::key).containsExactlyInAnyOrder(a, b);
    }

    @Test
    void anOutageIsToldWhileItLastsAndAtItsEnd() throws IOException {
        FindingKey log = new FindingKey(EvidenceKind.DROP, null, "log");
        add(Anomalies.of(new FindingKey(EvidenceKind.DROP, "paid", null))
                .at(at(0))
                .make());
        Occurrence outage = Anomalies.of(log).at(at(60)).explained().make();
        assertThat(book.addLasting(outage))
                .hasValueSatisfying(told -> assertThat(told.reason()).isEqualTo(Reason.NEW));
        assertThat(book.isDue(at(599))).isFalse();
        assertThat(book.isDue(at(660))).isTrue();
        assertThat(book.advance(at(660))).extracting(Notification::reason).containsExactly(Reason.STILL);
        assertThat(book.advance(at(661))).isEmpty();
        FindingBook again = FindingBook.read(book.write(), FindingBook.Rules.DEFAULT);
        for (FindingBook each : List.of(book, again)) {
            // For hours: it does not end because nothing comes.
            assertThat(each.advance(at(9_000))).extracting(Notification::reason).containsExactly(Reason.STILL);
            Evidence over = new Evidence(EvidenceKind.DROP, 9, "", "log", "No lines for hours.");
            assertThat(each.over(over, at(9_060))).hasValueSatisfying(end -> {
                assertThat(end.reason()).isEqualTo(Reason.ENDED);
                assertThat(end.finding().reason()).isEqualTo("No lines for hours.");
                assertThat(end.finding().lastSeen()).isEqualTo(at(9_060));
                assertThat(end.finding().status()).isEqualTo(FindingStatus.ENDED);
            });
            assertThat(each.isOut()).isFalse();
            assertThat(each.over(over, at(9_070))).isEmpty();
        }
    }

    @Test
    void anOutageWhoseEndIsNotSaidEndsAsOthersDo() {
        book.advance(at(0));
        book.addLasting(Anomalies.of(new FindingKey(EvidenceKind.SILENCE, null, "log"))
                .at(at(0))
                .make());
        book.advance(at(9_000));
        assertThat(book.firing()).isEqualTo(1);
        book.noLonger();
        book.advance(at(9_001));
        assertThat(book.firing()).isZero();
    }

    @Test
    void whatAStormOfErrorsBringsAboutIsToldOnlyIfItOutlivesTheStorm() {
        FindingKey order = new FindingKey(EvidenceKind.ORDER, "paid", "taken");
        FindingKey value = new FindingKey(EvidenceKind.VALUE, "paid", "amount");
        List<Occurrence> storm = IntStream.range(0, 200)
                .mapToObj(i ->
                        Anomalies.of("timed out").severity("ERROR").at(at(i)).make())
                .toList();
        assertThat(addTo(book, storm)).containsExactly(Reason.NEW, Reason.TENFOLD, Reason.TENFOLD);
        assertThat(add(Anomalies.of(order).at(at(200)).make())).isEmpty();
        assertThat(add(Anomalies.of(value).at(at(201)).make())).containsExactly(Reason.NEW);
        assertThat(add(Anomalies.of(order).at(at(300)).make())).containsExactly(Reason.NEW);
    }

    @Test
    void whatAStormOfErrorsExplainsInALogIsPartOfIt() {
        FindingBook log = FindingBook.ofLog();
        FindingKey before = new FindingKey(EvidenceKind.BURST, "taken", null);
        FindingKey burst = new FindingKey(EvidenceKind.BURST, "paid", null);
        FindingKey order = new FindingKey(EvidenceKind.ORDER, "paid", "taken");
        FindingKey after = new FindingKey(EvidenceKind.ORDER, "shipped", "paid");
        FindingKey value = new FindingKey(EvidenceKind.VALUE, "paid", "amount");
        List<Occurrence> all = new ArrayList<>();
        all.add(Anomalies.of(before).at(at(-1)).make());
        IntStream.range(0, 100)
                .forEach(i -> all.add(
                        Anomalies.of("timed out").severity("ERROR").at(at(i)).make()));
        all.add(Anomalies.of(before).at(at(50)).make());
        all.add(Anomalies.of(burst).at(at(0)).make());
        all.add(Anomalies.of(order).at(at(159)).make());
        all.add(Anomalies.of(after).at(at(20)).make());
        all.add(Anomalies.of(after).at(at(160)).make());
        all.add(Anomalies.of(value).at(at(50)).make());
        addTo(log, all);

        String storm = log.findings().get(0).id();
        assertThat(log.findings())
                .filteredOn(finding -> storm.equals(finding.partOf()))
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(burst, order);
        assertThat(log.findings())
                .filteredOn(finding -> finding.partOf() == null)
                .extracting(finding -> finding.key().message())
                .containsExactlyInAnyOrder("timed out", "taken", "shipped", "paid");
    }

    @Test
    void errorsThatAreNoStormExplainNothing() {
        FindingBook log = FindingBook.ofLog();
        IntStream.range(0, 99)
                .forEach(i -> addTo(
                        log,
                        List.of(Anomalies.of("timed out")
                                .severity("ERROR")
                                .at(at(i))
                                .make())));
        addTo(
                log,
                List.of(Anomalies.of(new FindingKey(EvidenceKind.ORDER, "paid", "taken"))
                        .at(at(50))
                        .make()));

        assertThat(log.findings()).hasSize(2).allSatisfy(finding -> assertThat(finding.partOf())
                .isNull());
    }

    @Test
    void anotherKindIsToldAtOnceInTheMiddleOfAStorm() {
        assertThat(add(odd("timed out", 0), odd("timed out", 1), odd("out of memory", 2), odd("timed out", 3)))
                .containsExactly(Reason.NEW, Reason.NEW);
    }

    @Test
    void whatGoesOnIsToldAgainAfterAWhile() {
        assertThat(add(odd("x", 0), odd("x", 300), odd("x", 599))).containsExactly(Reason.NEW);
        assertThat(add(odd("x", 600))).containsExactly(Reason.STILL);
        assertThat(add(odd("x", 1_199))).isEmpty();
        assertThat(add(odd("x", 1_200))).containsExactly(Reason.STILL);
    }

    @Test
    void whatHadEndedAndComesAgainIsToldAgain() {
        assertThat(add(odd("x", 0), odd("x", 700))).containsExactly(Reason.NEW, Reason.STILL);
        assertThat(add(odd("x", 4_000))).containsExactly(Reason.ENDED, Reason.AGAIN);
        assertThat(book.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.count()).isEqualTo(3);
            assertThat(finding.status()).isEqualTo(FindingStatus.REPEATED);
        });
    }

    @Test
    void whatCameOrWasToldOnceHasNoEndWorthTelling() {
        add(odd("x", 0));
        assertThat(book.advance(at(10_000))).isEmpty();
        assertThat(book.findings()).extracting(Finding::status).containsExactly(FindingStatus.ENDED);
        assertThat(add(odd("x", 10_001), odd("x", 10_002))).containsExactly(Reason.AGAIN);
        assertThat(book.advance(at(20_000))).isEmpty();
        Occurrence error =
                Anomalies.of("disk failed").severity("ERROR").at(at(20_001)).make();
        assertThat(add(error, error)).containsExactly(Reason.NEW);
        assertThat(book.advance(at(30_000))).extracting(Notification::reason).containsExactly(Reason.ENDED);
    }

    @Test
    void whatBecomesWorseIsToldAtOnce() {
        Occurrence mild = Anomalies.of("x").at(START).score(12).make();
        Occurrence hardlyMore = Anomalies.of("x").at(at(1)).score(15).make();
        Occurrence critical = Anomalies.of("x").at(at(2)).score(21).make();
        Occurrence doubled = Anomalies.of("x").at(at(3)).score(42).make();
        assertThat(add(mild, hardlyMore, critical)).containsExactly(Reason.NEW, Reason.WORSE);
        assertThat(book.findings().get(0).level()).isEqualTo(FindingLevel.CRITICAL);
        assertThat(add(critical, mild)).isEmpty();
        assertThat(add(doubled)).containsExactly(Reason.WORSE);
        assertThat(book.findings().get(0).highestScore()).isEqualTo(42);
    }

    @Test
    void sessionsOfOneCauseAreOneFindingWithItsSessionsCounted() {
        for (int i = 0; i < 2_000; i++) {
            Occurrence session =
                    Anomalies.of("disk error").at(at(i)).session("blk_" + i).make();
            book.add(session);
            book.add(session);
        }
        assertThat(book.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.sessions().number()).isEqualTo(2_000);
            assertThat(finding.sessions().some()).containsExactly("blk_0", "blk_1", "blk_2", "blk_3", "blk_4");
            assertThat(finding.sources()).hasSize(Finding.SHOWN);
            assertThat(finding.count()).isEqualTo(4_000);
        });
    }

    @Test
    void manyMoreSessionsAreCountedWithinAFewPercent() {
        for (int i = 0; i < 100_000; i++) {
            book.add(Anomalies.of("x").session("s" + i).make());
        }
        assertThat(book.findings().get(0).sessions().number()).isBetween(95_000L, 105_000L);
    }

    @Test
    void aLineWithSeveralOddThingsCountsForTheOneThatIsNotKnown() {
        FindingKey burst = new FindingKey(EvidenceKind.BURST, "request", null);
        FindingKey value = new FindingKey(EvidenceKind.VALUE, "request", "ms");
        FindingKey level = new FindingKey(EvidenceKind.LEVEL, null, null);

        assertThat(add(Anomalies.of(burst, level).at(at(0)).make())).containsExactly(Reason.NEW);
        assertThat(add(Anomalies.of(burst, level).at(at(1)).make())).isEmpty();
        assertThat(add(Anomalies.of(burst, value).at(at(2)).make())).containsExactly(Reason.NEW);
        assertThat(add(Anomalies.of(burst, value, level).at(at(3)).make())).isEmpty();
        assertThat(book.findings()).extracting(Finding::key).containsExactlyInAnyOrder(burst, value);
        assertThat(book.findings()).extracting(Finding::count).containsExactlyInAnyOrder(3L, 1L);
    }

    @Test
    void noMoreAreToldInAMinuteThanTheCapAndTheRestIsCounted() {
        FindingBook capped =
                FindingBook.live(new FindingBook.Rules(Duration.ofMinutes(10), Duration.ofMinutes(30), 4, 1_000));
        List<Occurrence> many =
                IntStream.range(0, 50).mapToObj(i -> odd("kind " + i, 0)).toList();

        assertThat(addTo(capped, many)).hasSize(4);
        assertThat(capped.takeHeldBack()).isEmpty();
        // What was held back is new still.
        assertThat(addTo(capped, List.of(odd("kind 10", 60), odd("kind 0", 61))))
                .containsExactly(Reason.NEW);
        assertThat(capped.takeHeldBack()).hasValueSatisfying(held -> {
            assertThat(held.number()).isEqualTo(46);
            assertThat(held.kinds()).isEqualTo(46);
            assertThat(held.since()).isEqualTo(START);
        });
        assertThat(capped.takeHeldBack()).isEmpty();
    }

    @Test
    void newKindsAndCriticalOnesOvertakeRepeats() {
        FindingBook capped =
                FindingBook.live(new FindingBook.Rules(Duration.ofMinutes(10), Duration.ofMinutes(30), 4, 1_000));
        List<Occurrence> repeats = new ArrayList<>();
        for (int kind = 0; kind < 4; kind++) {
            for (int i = 0; i < 5; i++) {
                repeats.add(odd("kind " + kind, 0));
            }
        }
        addTo(capped, repeats);
        List<Occurrence> again = new ArrayList<>(repeats);
        again.replaceAll(each -> odd(each.message(), 70));
        assertThat(addTo(capped, again)).as("half of the cap").containsExactly(Reason.TENFOLD, Reason.TENFOLD);
        assertThat(addTo(capped, List.of(odd("a", 71), odd("b", 71), odd("c", 71))))
                .hasSize(2);
        Occurrence fatal =
                Anomalies.of("fatal: disk gone").severity("FATAL").at(at(72)).make();
        assertThat(addTo(capped, List.of(fatal))).containsExactly(Reason.NEW);
    }

    @Test
    void anEndThatCannotBeToldIsToldInTheNextMinute() {
        FindingBook capped =
                FindingBook.live(new FindingBook.Rules(Duration.ofMinutes(10), Duration.ofMinutes(30), 2, 1_000));
        for (String message : List.of("disk failed", "cache failed")) {
            Occurrence error = Anomalies.of(message).severity("ERROR").at(START).make();
            addTo(capped, List.of(error, error));
        }

        assertThat(capped.advance(at(5_000))).hasSize(1);
        assertThat(capped.advance(at(5_001))).isEmpty();
        assertThat(capped.advance(at(5_060))).hasSize(1);
        assertThat(capped.firing()).isZero();
    }

    @Test
    void theEndOfTheInputEndsWhatGoesOn() {
        add(odd("a", 0), odd("a", 700), odd("b", 702));
        assertThat(book.endAll())
                .extracting(end -> end.finding().key().message())
                .containsExactly("a");
        assertThat(book.firing()).isZero();
        assertThat(book.endAll()).isEmpty();
    }

    @Test
    void findingsThatOverlapAreOneGroup() {
        add(odd("a", 0), odd("b", 10), odd("c", 20_000));
        assertThat(book.findings())
                .extracting(finding -> finding.key().message(), Finding::group)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(
                                "a", odd("a", 0).key().id()),
                        org.assertj.core.groups.Tuple.tuple(
                                "b", odd("a", 0).key().id()),
                        org.assertj.core.groups.Tuple.tuple(
                                "c", odd("c", 0).key().id()));
    }

    @Test
    void ofALogTheOrderOfAnomaliesDoesNotMatter() {
        List<Occurrence> anomalies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            anomalies.add(Anomalies.of("m" + i % 7).at(at(i * 997L % 50_000)).make());
        }
        FindingBook one = FindingBook.ofLog();
        anomalies.forEach(one::add);
        Collections.shuffle(anomalies, new Random(3));
        FindingBook other = FindingBook.ofLog();
        anomalies.forEach(other::add);

        assertThat(one.findings()).hasSize(7);
        assertThat(other.findings())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("first", "sources")
                .isEqualTo(one.findings());
    }

    @Test
    void theMostImportantComesFirst() {
        add(
                odd("mild", 0),
                Anomalies.of("strong").at(at(1)).score(15).make(),
                Anomalies.of("disk failed").severity("ERROR").at(at(2)).make());
        assertThat(book.findings())
                .extracting(finding -> finding.key().message())
                .containsExactly("disk failed", "strong", "mild");
    }

    @Test
    void forgetsWhatEndedFirstAndThenWhatIsQuietForLongest() {
        FindingBook small =
                FindingBook.live(new FindingBook.Rules(Duration.ofMinutes(10), Duration.ofMinutes(30), 100, 3));
        addTo(small, List.of(odd("ended", 0), odd("quiet", 4_000), odd("b", 4_001), odd("c", 4_002)));
        assertThat(small.findings()).extracting(f -> f.key().message()).containsExactlyInAnyOrder("quiet", "b", "c");
        addTo(small, List.of(odd("b", 4_003), odd("d", 4_004)));
        assertThat(small.findings()).extracting(f -> f.key().message()).containsExactlyInAnyOrder("c", "b", "d");
        assertThat(small.forgotten()).isEqualTo(2);
    }

    @Test
    void keepsTheReasonOfAFindingWhoseExplanationIsTooOldToBeKept() {
        for (int i = 0; i <= FindingBook.EXPLAINED; i++) {
            book.add(Anomalies.of("m" + i).explained().make());
        }
        Finding oldest = book.findings().stream()
                .filter(each -> "m0".equals(each.key().message()))
                .findFirst()
                .orElseThrow();
        assertThat(oldest.first().explanation()).isNull();
        assertThat(oldest.reason()).isEqualTo("Training never saw this message.");
        assertThat(book.findings().stream().filter(each -> each.first().explanation() == null))
                .hasSize(1);
    }

    @Test
    void continuesFromWhatItWroteAsIfNothingHadHappened() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Occurrence> anomalies = new ArrayList<>();
            long seconds = 0;
            for (int i = 0; i < 400; i++) {
                seconds += random.nextInt(20) == 0 ? random.nextInt(3_000) : random.nextInt(5);
                Anomalies next = Anomalies.of("m" + random.nextInt(30))
                        .at(at(seconds))
                        .score(11 + random.nextInt(20))
                        .session(random.nextBoolean() ? "s" + random.nextInt(50) : null);
                anomalies.add(random.nextBoolean() ? next.explained().make() : next.make());
            }
            FindingBook.Rules rules = new FindingBook.Rules(Duration.ofMinutes(5), Duration.ofMinutes(9), 3, 20);
            FindingBook whole = FindingBook.live(rules);
            FindingBook resumed = FindingBook.live(rules);
            for (Occurrence each : anomalies) {
                if (random.nextInt(10) == 0) {
                    resumed = FindingBook.read(resumed.write(), rules);
                }
                Instant time = Objects.requireNonNull(each.time());
                assertThat(resumed.advance(time)).isEqualTo(whole.advance(time));
                assertThat(resumed.add(each)).isEqualTo(whole.add(each));
                assertThat(resumed.takeHeldBack()).isEqualTo(whole.takeHeldBack());
            }
            assertThat(resumed.findings()).isEqualTo(whole.findings());
            assertThat(resumed.write()).isEqualTo(whole.write());
            assertThat(whole.findings()).hasSizeLessThanOrEqualTo(20);
            long counted = whole.findings().stream().mapToLong(Finding::count).sum();
            assertThat(counted).isPositive().isLessThanOrEqualTo(400);
        }
    }

    @Test
    void idsOfNotificationsAreDifferent() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Occurrence each = Anomalies.of("m" + i % 3)
                    .at(at(100L * i + (i % 50 == 0 ? 10_000L * i : 0)))
                    .make();
            book.advance(Objects.requireNonNull(each.time())).forEach(end -> ids.add(end.id()));
            book.add(each).ifPresent(told -> ids.add(told.id()));
        }
        book.endAll().forEach(end -> ids.add(end.id()));
        assertThat(ids).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    }

    @Test
    void refusesWhatItDidNotWrite() {
        for (String other : List.of("", "[]", "{\"version\":2}", "{\"version\":1,\"now\":\"yesterday\"}")) {
            assertThatThrownBy(
                            () -> FindingBook.read(other.getBytes(StandardCharsets.UTF_8), FindingBook.Rules.DEFAULT))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aDamagedStateIsRefusedOrRead() {
        add(Anomalies.of("x").explained().at(START).make(), odd("y", 1));
        byte[] written = book.write();
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = written.clone();
            damaged[random.nextInt(damaged.length)] = (byte) (' ' + random.nextInt(95));
            try {
                assertThat(FindingBook.read(damaged, FindingBook.Rules.DEFAULT).findings())
                        .hasSizeLessThanOrEqualTo(2);
            } catch (IOException refused) {
                assertThat(refused).hasMessageNotContaining("\n\n");
            }
        }
    }

    @Test
    void withoutAPauseEachAnomalyIsTold() {
        FindingBook each = FindingBook.live(new FindingBook.Rules(Duration.ZERO, Duration.ofHours(1), 1_000, 20));
        int told = 0;
        for (int i = 0; i < 50; i++) {
            Occurrence next = Anomalies.of("m" + i % 3).at(at(i / 10)).make();
            List<Notification> ends = each.advance(at(i / 10));
            assertThat(ends).isEmpty();
            told += each.add(next).isPresent() ? 1 : 0;
        }
        assertThat(told).isEqualTo(50);
    }

    @Test
    void rulesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new FindingBook.Rules(Duration.ofSeconds(-1), Duration.ofMinutes(1), 1, 1))
                .hasMessage("renotify must not be negative, but was PT-1S");
        assertThatThrownBy(() -> new FindingBook.Rules(Duration.ofMinutes(1), Duration.ofMinutes(1), 0, 1))
                .hasMessage("perMinute must be at least 1, but was 0");
    }
}
