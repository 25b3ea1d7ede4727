package io.deepsentry.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evaluation.LabelledScores;
import io.deepsentry.anomaly.evaluation.RocCurve;
import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.core.RunContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OrderSwapsTest {
    /** Always a before b before z; the many messages between them in any order. */
    private static List<String> sessions() {
        Random random = new Random(2);
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            String middle = random.nextBoolean() ? "cde" : "edc";
            sessions.add("ab" + middle.repeat(1 + random.nextInt(3)) + "z");
        }
        sessions.add("!zba");
        return sessions;
    }

    private static Division division(int sessions) {
        return new Division(
                Protocols.RANDOM_HALVES,
                Protocols.NORMAL,
                "a test",
                7,
                true,
                SmallCorpus.cases(0, 40),
                SmallCorpus.cases(40, 50),
                SmallCorpus.cases(50, sessions));
    }

    @Test
    void a_swapped_session_has_the_messages_of_its_twin_and_breaks_a_fixed_order() {
        List<String> sessions = sessions();
        try (Corpus corpus = SmallCorpus.of(sessions)) {
            OrderSwaps swaps = OrderSwaps.of(corpus, division(sessions.size()));

            assertThat(swaps.originals()).hasSize(70).hasSameSizeAs(swaps.swapped());
            for (int i = 0; i < swaps.originals().size(); i++) {
                int[] original = swaps.originals().get(i).messages();
                int[] swapped = swaps.swapped().get(i).messages();
                assertThat(differences(original, swapped)).hasSize(2);
                assertThat(sorted(swapped)).isEqualTo(sorted(original));
                List<Integer> at = differences(original, swapped);
                assertThat(fixed(original[at.get(0)], original[at.get(1)])).isTrue();
            }
        }
    }

    private static boolean fixed(int first, int second) {
        return first == 'a' - 'a' || second == 'z' - 'a' || first == 'b' - 'a';
    }

    private static List<Integer> differences(int[] a, int[] b) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                places.add(i);
            }
        }
        return places;
    }

    private static int[] sorted(int[] messages) {
        int[] sorted = messages.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    @Test
    void counting_cannot_tell_swapped_sessions_from_their_twins_and_order_can() {
        List<String> sessions = sessions();
        try (Corpus corpus = SmallCorpus.of(sessions)) {
            Division division = division(sessions.size());
            OrderSwaps swaps = OrderSwaps.of(corpus, division);

            for (Method method : Methods.OTHERS) {
                try (Method.Judge judge = method.learn(corpus, division, RunContext.quiet())) {
                    double auc = auc(judge, swaps);
                    boolean looksAtOrder = List.of("2_gram", "edit_distance").contains(method.name());
                    if (looksAtOrder) {
                        assertThat(auc).as(method.name()).isGreaterThan(0.9);
                    } else {
                        assertThat(auc).as(method.name()).isEqualTo(0.5);
                    }
                }
            }
        }
    }

    private static double auc(Method.Judge judge, OrderSwaps swaps) {
        List<MessageSequence> all = new ArrayList<>(swaps.originals());
        all.addAll(swaps.swapped());
        boolean[] anomalous = new boolean[all.size()];
        Arrays.fill(anomalous, swaps.originals().size(), all.size(), true);
        return RocCurve.of(LabelledScores.of(judge.scores(all), anomalous)).auc();
    }

    @Test
    void without_a_fixed_order_there_is_nothing_to_swap() {
        List<String> sessions = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sessions.add(i % 2 == 0 ? "ab" : "ba");
        }
        try (Corpus corpus = SmallCorpus.of(sessions)) {
            assertThat(OrderSwaps.of(corpus, division(60)).originals()).isEmpty();
        }
    }
}
