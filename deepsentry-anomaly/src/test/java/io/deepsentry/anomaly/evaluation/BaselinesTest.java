package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.SmallData;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.internal.vector.LongSet;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.prepare.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinesTest {
    private static Map<String, double[]> answers(SmallData data, boolean keyed, int sequenceLength, int cases) {
        Baselines baselines = new Baselines(keyed, sequenceLength);
        try (VectorTable table = new VectorTable(SmallData.DIMENSION);
                EncodedSessions test = read(data, Split.TEST, table);
                EncodedSessions train = read(data, Split.TRAIN, table);
                EncodedSessions validation = read(data, Split.VAL, table)) {
            baselines.learn(train);
            baselines.learn(validation);
            return baselines.judge(test, data.prepared(), cases);
        }
    }

    private static EncodedSessions read(SmallData data, Split split, VectorTable table) {
        return EncodedSessions.read(data.encoded(split), data.prepared(), split, table, RunContext.quiet());
    }

    @Test
    void sessionsAreJudgedByTheirMessagesAndCounts(@TempDir Path folder) throws IOException {
        // The last one is the validation part.
        List<String> learn = List.of("open write", "write open", "open write", "open open write", "close");
        List<String> test = List.of(
                "write open", // known
                "open fail", // a new message, so new counts
                "open open", // known messages, new counts
                "close", // known from validation
                "open write open", // counts known in another order
                "open"); // fewer than ever
        SmallData data = new SmallData(folder).sessions(learn, test);

        Map<String, double[]> answers = answers(data, true, 10, test.size());

        assertThat(answers.keySet()).containsExactly("flag_everything", "new_event", "count_vector");
        assertThat(answers.get("flag_everything")).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(answers.get("new_event")).containsExactly(0, 1, 0, 0, 0, 0);
        assertThat(answers.get("count_vector")).containsExactly(0, 1, 1, 0, 0, 1);
    }

    @Test
    void linesAreJudgedByThemselvesAndByTheLinesBefore(@TempDir Path folder) throws IOException {
        SmallData data = new SmallData(folder).streams("a b a b a b a b a b", "b b a fail b a b");

        Map<String, double[]> answers = answers(data, false, 2, 7);

        assertThat(answers.get("new_event")).containsExactly(0, 0, 0, 1, 0, 0, 0);
        // A single line is no window yet; then b b, b a, a fail, fail b, b a, a b.
        assertThat(answers.get("count_vector")).containsExactly(0, 1, 0, 1, 1, 0, 0);
    }

    @Test
    void countsAreEqualWhateverTheOrder() {
        CountVector one = new CountVector();
        CountVector other = new CountVector();
        for (int message : new int[] {1000, 7, 7}) {
            one.add(message);
        }
        for (int message : new int[] {7, 3, 1000, 7}) {
            other.add(message);
        }
        assertThat(other.hash()).isNotEqualTo(one.hash());
        other.remove(3);
        assertThat(other.hash()).isEqualTo(one.hash());
        other.remove(7);
        assertThat(other.hash()).isNotEqualTo(one.hash());
        assertThatThrownBy(() -> other.remove(3)).hasMessageContaining("message 3 was not added");
    }

    @Test
    void setOfNumbersKeepsAllItWasGiven() {
        LongSet set = new LongSet();
        Set<Long> expected = new HashSet<>();
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            long value = i % 2 == 0 ? random.nextLong() : i;
            set.add(value);
            expected.add(value);
        }
        assertThat(expected).allMatch(set::contains);
        assertThat(set.contains(0)).isFalse();
        set.add(0);
        assertThat(set.contains(0)).isTrue();
        assertThat(set.contains(2)).isFalse();
    }
}
