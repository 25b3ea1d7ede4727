package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.internal.evidence.SupportRule.Kind;
import io.deepsentry.anomaly.internal.evidence.SupportRule.Violation;
import io.deepsentry.anomaly.internal.vector.SessionEdges.CutOff;
import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions are written as letters: a is the message of row 0, b that of row 1; z is one that is not known. */
class SupportRuleTest {
    private static final int KNOWN = 8;

    @Test
    void whatHardlyAnySessionDoesIsAViolationAndWhatSomeDoIsNone() {
        SupportRule rule = learn(of(90, "abbc"), of(8, "abbcd"), of(2, "abbce"));
        assertThat(kinds(rule, "abbc")).isEmpty();
        assertThat(kinds(rule, "abbcd")).as("8 of 100 have it").isEmpty();
        assertThat(kinds(rule, "abbce")).containsExactly(Kind.RARE);
        assertThat(kinds(rule, "abbbc")).containsExactly(Kind.TOO_MANY);
        assertThat(kinds(rule, "abc")).containsExactly(Kind.TOO_FEW);
        assertThat(kinds(rule, "abb")).containsExactly(Kind.MISSING);
        assertThat(kinds(rule, "abbcz")).containsExactly(Kind.UNKNOWN);
        assertThat(kinds(rule, "abbbce")).containsExactlyInAnyOrder(Kind.TOO_MANY, Kind.RARE);
    }

    @Test
    void aViolationIsAsRareAsTheTrainingSessionsThatDidTheSame() {
        SupportRule rule = learn(of(97, "abbc"), of(2, "abbbc"), of(1, "abbbbbc"));
        Violation three = only(rule, "abbbc");
        assertThat(three.seen()).as("three or more").isEqualTo(3);
        assertThat(three.nats()).isCloseTo(Math.log(101.0 / 4), within(1e-12));
        assertThat(only(rule, "abbbbc").seen()).isEqualTo(1);
        assertThat(only(rule, "abbbbbbbc").seen()).isZero();
    }

    @Test
    void theRateItselfIsTheLimit() {
        // As if one more session did it: 4 of 100 are 5 of 101, 5 of 100 are 6 of 101.
        assertThat(kinds(learn(of(96, "ab"), of(4, "abc")), "abc")).containsExactly(Kind.RARE);
        assertThat(kinds(learn(of(95, "ab"), of(5, "abc")), "abc")).isEmpty();
    }

    @Test
    void numbersOnWhichSessionsDoNotAgreeAreNoViolation() {
        SupportRule rule = learn(of(84, "ab"), of(16, "abb"), of(1, "abbb"));
        assertThat(kinds(rule, "abbb")).isEmpty();
        assertThat(kinds(rule, "aab")).containsExactly(Kind.TOO_MANY);
    }

    @Test
    void aTenthOfFaultsInTrainingAreFoundThere() {
        SupportRule rule = learn(of(90, "abbc"), of(3, "abbcd"), of(2, "abc"), of(2, "ab"), of(3, "abbbc"));
        assertThat(kinds(rule, "abbcd")).containsExactly(Kind.RARE);
        assertThat(kinds(rule, "abc")).containsExactly(Kind.TOO_FEW);
        assertThat(kinds(rule, "ab")).containsExactlyInAnyOrder(Kind.TOO_FEW, Kind.MISSING);
        assertThat(kinds(rule, "abbbc")).containsExactly(Kind.TOO_MANY);
    }

    @Test
    void whereMoreSessionsThanMayBeSuspectWouldBeTheRateIsLowered() {
        List<String> sessions = new ArrayList<>(of(80, "ab"));
        for (String rare : List.of("abc", "abd", "abe", "abf", "abg")) {
            sessions.addAll(of(4, rare));
        }
        SupportRule rule = learn(sessions);
        assertThat(rule.rate()).isLessThan(0.05);
        assertThat(kinds(rule, "abc")).isEmpty();
        assertThat(kinds(rule, "abh")).containsExactly(Kind.UNKNOWN);
    }

    @Test
    void unknownMessagesAreNoViolationWhereOthersHaveThemOften() {
        assertThat(violations(learn(0.3, of(100, "ab")), "abz")).isEmpty();
        assertThat(only(learn(0.01, of(100, "ab")), "abz").nats()).isCloseTo(Math.log(101.0 / 2), within(1e-12));
    }

    @Test
    void fewSessionsTellNothing() {
        assertThat(learn(of(18, "ab")).isEmpty()).isTrue();
        assertThat(kinds(learn(of(19, "ab")), "abc")).isNotEmpty();
        assertThat(SupportRule.NONE.violations(codes("abc"), CutOff.NEITHER)).isEmpty();
    }

    @Test
    void nothingIsMissingYetWhileASessionIsUnderWayAndItsViolationsOnlyGrow() {
        SupportRule rule = learn(of(97, "abbc"), of(2, "abbcd"), of(1, "abbbc"));
        double strongest = 0;
        for (String soFar : List.of("a", "ab", "abb", "abbb", "abbbd", "abbbdb", "abbbdbz")) {
            List<Violation> certain = rule.violations(codes(soFar), CutOff.UNDER_WAY);
            assertThat(certain).extracting(Violation::kind).doesNotContain(Kind.MISSING, Kind.TOO_FEW);
            double sum = certain.stream().mapToDouble(Violation::nats).sum();
            assertThat(sum).isGreaterThanOrEqualTo(strongest);
            strongest = sum;
        }
        assertThat(rule.violations(codes("abbbdbz"), CutOff.NEITHER))
                .containsAll(rule.violations(codes("abbbdbz"), CutOff.UNDER_WAY));
    }

    @Test
    void aMessageAfterOneThatItAlwaysComesBeforeIsAViolation() {
        SupportRule rule = learn(of(6_000, "aabc"), of(6_000, "ab"));
        assertThat(kinds(rule, "aabc")).isEmpty();
        Violation swapped = only(rule, "abac");
        assertThat(swapped.kind()).isEqualTo(Kind.ORDER);
        assertThat(swapped.code()).as("the one that comes late").isZero();
        assertThat(swapped.before()).isEqualTo(1);
        assertThat(swapped.seen()).isZero();
        assertThat(swapped.of()).isEqualTo(12_000);
        assertThat(only(rule, "abca").before())
                .as("the order that more sessions showed")
                .isEqualTo(1);
        assertThat(kinds(rule, "aacb")).as("c and b").containsExactly(Kind.ORDER);
    }

    @Test
    void whatOneEarlyMessageDoesToAllThatFollowIsOneViolationAndAnotherEarlyOneIsASecond() {
        SupportRule rule = learn(of(6_000, "abcdef"));
        assertThat(violations(rule, "fabcde")).extracting(Violation::before).containsExactly(5);
        assertThat(violations(rule, "badcef")).extracting(Violation::before).containsExactlyInAnyOrder(1, 3);
        assertThat(violations(rule, "fbcdea")).as("two change places").hasSize(1);
    }

    @Test
    void whereTrainingSessionsBreakAnOrderNowAndThenOneBrokenOrderIsNoViolationButSeveralAre() {
        // One in 500 has c before b, another one d before c: lines that race.
        SupportRule races = learn(of(5_980, "abcd"), of(6, "acbd"), of(1, "abdc"));
        assertThat(kinds(races, "acbd")).as("seen too often").isEmpty();
        assertThat(kinds(races, "bacd")).as("one order").isEmpty();
        assertThat(kinds(races, "dabc")).containsExactly(Kind.ORDER);
        SupportRule few = learn(of(300, "abcd"));
        assertThat(kinds(few, "bacd"))
                .as("300 sessions do not show that it never happens")
                .isEmpty();
        assertThat(kinds(few, "dabc")).containsExactly(Kind.ORDER);
    }

    @Test
    void sessionsWithoutAnOrderHaveNoViolationOfIt() {
        List<String> shuffled = new ArrayList<>();
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < 400; i++) {
            List<String> letters = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f"));
            java.util.Collections.shuffle(letters, random);
            shuffled.add(String.join("", letters));
        }
        SupportRule rule = learn(shuffled);
        assertThat(kinds(rule, "fedcba")).isEmpty();
        assertThat(kinds(rule, "fedcb")).containsExactly(Kind.MISSING);
    }

    @Test
    void faultsThatShowInCountsDoNotTeachTheirOrder() {
        SupportRule rule = learn(of(970, "abcd"), of(30, "abdhc"));
        assertThat(kinds(rule, "abdhc")).contains(Kind.RARE);
        assertThat(kinds(rule, "dabc")).containsExactly(Kind.ORDER);
        assertThat(only(rule, "dabc").seen()).isZero();
    }

    @Test
    void orderIsKnownAsSoonAsItIsBroken() {
        SupportRule rule = learn(of(6_000, "abcd"));
        SupportRule.Watch session = rule.begin();
        assertThat(session.next(0)).isFalse();
        assertThat(session.next(3)).isFalse();
        assertThat(session.next(1)).as("b after d").isTrue();
        assertThat(session.violations())
                .singleElement()
                .extracting(Violation::kind)
                .isEqualTo(Kind.ORDER);
        assertThat(session.next(2)).as("c after d: d again").isFalse();
        assertThat(rule.violations(codes("adbc"), CutOff.UNDER_WAY)).isEqualTo(session.violations());
        assertThat(rule.placeOf(session.violations().get(0), codes("adbc"))).isEqualTo(2);
    }

    @Test
    void whatWasWrittenIsReadAlike(@TempDir Path folder) throws IOException {
        SupportRule rule = learn(of(90, "abbc"), of(8, "abbcd"), of(2, "abbce"));
        rule.writer().write(folder.resolve(SupportRule.FILE));
        SupportRule read = SupportRule.read(folder, KNOWN);
        for (String session : List.of("abbc", "abbce", "abc", "abb", "abbbz", "cabb", "")) {
            assertThat(violations(read, session)).as(session).isEqualTo(violations(rule, session));
        }
        assertThat(kinds(read, "cabb")).containsExactly(Kind.ORDER);
        assertThat(read.sessionsWith(4)).isEqualTo(2);
        assertThat(SupportRule.read(folder.resolve("none"), KNOWN)).isSameAs(SupportRule.NONE);
        assertThatThrownBy(() -> SupportRule.read(folder, 2))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none of the 2 known ones");
        Files.writeString(folder.resolve(SupportRule.FILE), "{\"sessions\": 3}");
        assertThatThrownBy(() -> SupportRule.read(folder, KNOWN)).isInstanceOf(ModelException.class);
    }

    private static List<String> of(int times, String session) {
        return java.util.Collections.nCopies(times, session);
    }

    @SafeVarargs
    private static SupportRule learn(List<String>... sessions) {
        return learn(0, sessions);
    }

    @SafeVarargs
    private static SupportRule learn(double unknownShare, List<String>... sessions) {
        return SupportRule.learn(
                each -> {
                    for (List<String> some : sessions) {
                        some.forEach(session -> each.accept(codes(session)));
                    }
                },
                KNOWN,
                0.05,
                0.15,
                unknownShare);
    }

    private static int[] codes(String session) {
        return session.chars().map(c -> c == 'z' ? ~100 : c - 'a').toArray();
    }

    private static List<Violation> violations(SupportRule rule, String session) {
        return rule.violations(codes(session), CutOff.NEITHER);
    }

    private static List<Kind> kinds(SupportRule rule, String session) {
        return violations(rule, session).stream().map(Violation::kind).toList();
    }

    private static Violation only(SupportRule rule, String session) {
        assertThat(violations(rule, session)).hasSize(1);
        return violations(rule, session).get(0);
    }
}
