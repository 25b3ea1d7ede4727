package io.deepsentry.text.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.text.internal.token.TokenIds;
import io.deepsentry.text.token.Vocabulary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DistinctMessagesTest {
    @Test
    void countsEachMessage() {
        DistinctMessages messages = DistinctMessages.ofCapacity(3);
        List.of("a", "b", "a", "c").forEach(messages::add);
        assertThat(messages.rows()).isEqualTo(4);
        assertThat(messages.isSample()).isFalse();
        assertThat(messages.counts().keySet()).containsExactly("a", "b", "c");
        assertThat(messages.counts().get("a"))
                .extracting(DistinctMessages.Count::value)
                .isEqualTo(2L);
    }

    @Test
    void frequentMessagesStayWhenTheRoomIsUsedUp() {
        DistinctMessages messages = DistinctMessages.ofCapacity(100);
        for (int i = 0; i < 100; i++) {
            messages.add("often");
        }
        for (int i = 0; i < 10_000; i++) {
            messages.add("once " + i);
        }
        assertThat(messages.isSample()).isTrue();
        assertThat(messages.counts().size()).isBetween(20, 100);
        assertThat(messages.counts()).containsKey("often");
        assertThat(messages.rows()).isEqualTo(10_100);
    }

    @Test
    void messagesThatAreCutToTheSameIdsAreOne() {
        DistinctMessages messages = DistinctMessages.ofCapacity(10);
        List.of("a b c", "a b", "a b x").forEach(messages::add);
        Map<TokenIds, Long> ids =
                DistinctMessages.asIds(messages.counts(), Vocabulary.ofWords(List.of("a", "b", "c")), 2);
        assertThat(ids).hasSize(1).containsValue(3L);
    }
}
