package io.deepsentry.benchmark;

import static io.deepsentry.benchmark.SmallCorpus.examples;
import static io.deepsentry.benchmark.SmallCorpus.messages;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceModelsTest {
    @Test
    void everything_is_flagged_at_its_first_line() {
        SequenceModel model = new FlagEverything();

        assertThat(model.score(messages("a"))).isGreaterThan(0.5);
        assertThat(model.linesAtAlarm(messages("abc"))).isEqualTo(1);
    }

    @Test
    void new_messages_are_counted_and_the_alarm_goes_off_at_the_first() {
        SequenceModel model = NewEvents.learn(examples("abc", "bcd"), false);

        assertThat(model.score(messages("abcd"))).isZero();
        assertThat(model.score(messages("axbx"))).isEqualTo(2);
        assertThat(model.linesAtAlarm(messages("abx"))).isEqualTo(3);
        assertThat(model.linesAtAlarm(messages("xab"))).isEqualTo(1);
    }

    @Test
    void of_a_stream_only_the_last_line_is_judged() {
        SequenceModel events = NewEvents.learn(examples("abc"), true);
        SequenceModel bigrams = Bigrams.learn(examples("ab", "bc"), true);

        assertThat(events.score(messages("xab"))).isZero();
        assertThat(events.score(messages("abx"))).isEqualTo(1);
        assertThat(bigrams.score(messages("cab"))).isZero();
        assertThat(bigrams.score(messages("abb"))).isEqualTo(1);
    }

    @Test
    void a_pair_of_neighbours_is_new_at_the_begin_in_the_middle_and_at_the_end() {
        SequenceModel model = Bigrams.learn(examples("abc"), false);

        assertThat(model.score(messages("abc"))).isZero();
        assertThat(model.score(messages("bc"))).isEqualTo(1);
        assertThat(model.score(messages("ab"))).isEqualTo(1);
        assertThat(model.score(messages("acb"))).isEqualTo(3);
        assertThat(model.linesAtAlarm(messages("bc"))).isEqualTo(1);
        assertThat(model.linesAtAlarm(messages("acb"))).isEqualTo(2);
        assertThat(model.linesAtAlarm(messages("ab"))).isEqualTo(2);
    }

    @Test
    void counts_are_known_whatever_their_order_and_the_verdict_needs_the_whole_session() {
        SequenceModel model = CountVectors.learn(examples("aab", "abc"), false);

        assertThat(model.score(messages("aba"))).isZero();
        assertThat(model.score(messages("abb"))).isEqualTo(1);
        assertThat(model.score(messages("ab"))).isEqualTo(1);
        assertThat(model.linesAtAlarm(messages("abb"))).isEqualTo(3);
    }

    @Test
    void the_first_lines_of_a_stream_are_never_flagged_for_their_counts() {
        SequenceModel model = CountVectors.learn(examples("a", "ab", "abc"), true);

        assertThat(model.score(messages("xx"))).isZero();
        assertThat(model.score(messages("abx"))).isEqualTo(1);
    }

    @Test
    void the_nearest_counts_are_as_far_as_messages_are_too_many_or_too_few() {
        SequenceModel model = NearestCounts.learn(examples("aaab", "bbc"));

        assertThat(model.score(messages("baaa"))).isZero();
        assertThat(model.score(messages("aaaab"))).isEqualTo(1);
        assertThat(model.score(messages("bc"))).isEqualTo(1);
        assertThat(model.score(messages("bbx"))).isEqualTo(2);
    }

    @Test
    void the_edit_distance_is_that_to_the_nearest_sequence() {
        SequenceModel model = EditDistance.learn(examples("abcd", "dddddd"));

        assertThat(model.score(messages("abcd"))).isZero();
        assertThat(model.score(messages("acd"))).isEqualTo(1);
        assertThat(model.score(messages("abdc"))).isEqualTo(2);
        assertThat(model.score(messages("ddd"))).isEqualTo(3);
    }

    @Test
    void the_bounded_edit_distance_equals_the_whole_table() {
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            int[] a = random.ints(random.nextInt(12), 0, 3).toArray();
            int[] b = random.ints(random.nextInt(12), 0, 3).toArray();
            int whole = wholeTable(a, b);
            for (int limit = Math.max(1, Math.abs(a.length - b.length)); limit < 14; limit++) {
                assertThat(EditDistance.distance(a, b, limit)).isEqualTo(Math.min(limit, whole));
            }
        }
    }

    private static int wholeTable(int[] a, int[] b) {
        int[][] table = new int[a.length + 1][b.length + 1];
        for (int i = 0; i <= a.length; i++) {
            for (int j = 0; j <= b.length; j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                } else {
                    int replaced = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                    table[i][j] = Math.min(replaced, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
                }
            }
        }
        return table[a.length][b.length];
    }

    @Test
    void principal_components_leave_nothing_of_counts_that_vary_as_in_training() {
        SequenceModel model = CountPca.learn(examples("ab", "aabb", "aaabbb", "aaaabbbb"));

        assertThat(model.score(messages("aaaaabbbbb"))).isCloseTo(0, within(1e-9));
        assertThat(model.score(messages("aaaab"))).isCloseTo(4.5, within(1e-9));
    }

    @Test
    void principal_components_of_counts_that_never_vary_leave_the_whole_difference() {
        SequenceModel model = CountPca.learn(examples("ab", "ab"));

        assertThat(model.score(messages("ab"))).isZero();
        assertThat(model.score(messages("abb"))).isEqualTo(1);
    }

    @Test
    void the_isolation_forest_sets_a_stranger_apart_and_draws_the_same_from_the_same_seed() {
        Examples examples = manyExamples();
        SequenceModel model = IsolationForest.learn(examples, 3);
        double stranger = model.score(messages("cccccccccccc"));
        double usual = model.score(messages("aaab"));

        assertThat(stranger).isGreaterThan(usual + 0.1).isLessThanOrEqualTo(1);
        assertThat(usual).isGreaterThan(0);
        assertThat(IsolationForest.learn(examples, 3).score(messages("aabbc")))
                .isEqualTo(model.score(messages("aabbc")));
    }

    private static Examples manyExamples() {
        Random random = new Random(1);
        String[] sessions = new String[300];
        for (int i = 0; i < sessions.length; i++) {
            sessions[i] = "a".repeat(1 + random.nextInt(4)) + "b".repeat(1 + random.nextInt(3));
        }
        return examples(sessions);
    }
}
