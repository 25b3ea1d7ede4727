package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.text.internal.token.WordCounter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
    private static WordCounter counted(String... messages) {
        WordCounter counter = WordCounter.ofCapacity(1000);
        for (String message : messages) {
            counter.add(message);
        }
        return counter;
    }

    @Test
    void ordersWordsByFrequencyThenByAlphabet() {
        assertThat(counted("b a c", "c <num>", "<num> c").vocabulary(1, 100).words())
                .containsExactly("<pad>", "<unk>", "c", "<num>", "a", "b");
    }

    @Test
    void leavesOutWordsRarerThanTheMinimum() {
        WordCounter counter = counted("a b b c c c");
        assertThat(counter.vocabulary(2, 100).words()).containsExactly("<pad>", "<unk>", "c", "b");
        assertThat(counter.vocabulary(3, 100).words()).containsExactly("<pad>", "<unk>", "c");
        assertThat(counter.vocabulary(4, 100).words()).containsExactly("<pad>", "<unk>");
    }

    @Test
    void theMaximumSizeCountsThePaddingAndTheUnknown() {
        assertThat(counted("a b c d").vocabulary(1, 4).words()).containsExactly("<pad>", "<unk>", "a", "b");
    }

    @Test
    void unseenWordsAreUnknown() {
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("a", "b"));
        assertThat(vocabulary.ids("b x a", 10)).containsExactly(3, 1, 2);
        assertThat(vocabulary.ids("b <pad> a", 2)).containsExactly(3, 1);
        assertThat(vocabulary.ids("", 2)).isEmpty();
    }

    @Test
    void frequentWordsAreKeptWhenThereAreMoreThanMemoryShallHold() {
        WordCounter counter = WordCounter.ofCapacity(50);
        for (int i = 0; i < 10_000; i++) {
            counter.add("often rare" + i);
        }
        Vocabulary vocabulary = counter.vocabulary(1, 1000);
        assertThat(vocabulary.size()).isLessThanOrEqualTo(52);
        assertThat(vocabulary.word(2)).isEqualTo("often");
    }

    @Test
    void isReadBackAsWritten(@TempDir Path folder) {
        Vocabulary vocabulary = Vocabulary.ofWords(List.of("a", "<num>", "é"));
        vocabulary.save(folder.resolve("vocab.pkl"));
        assertThat(Vocabulary.load(folder.resolve("vocab.pkl"))).isEqualTo(vocabulary);
    }

    @Test
    void idsThatAreNoVocabularyAreRefused() {
        assertThatThrownBy(() -> Vocabulary.ofIds(Map.of("<pad>", 0, "<unk>", 1, "a", 3), "v.pkl"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("v.pkl")
                .hasMessageContaining("'a' has 3");
        assertThatThrownBy(() -> Vocabulary.ofIds(Map.of("a", 0, "b", 1), "v.pkl"))
                .hasMessageContaining("<pad>");
    }
}
