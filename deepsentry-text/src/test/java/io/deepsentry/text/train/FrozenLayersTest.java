package io.deepsentry.text.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrozenLayersTest {
    private static final List<String> LAYERS = List.of("a", "b", "c");

    @Test
    void namesLayersFromEitherEnd() {
        assertThat(FrozenLayers.NONE.of(LAYERS, "base")).isEmpty();
        assertThat(FrozenLayers.parse("1").of(LAYERS, "base")).containsExactly("a");
        assertThat(FrozenLayers.parse("3").of(LAYERS, "base")).containsExactly("a", "b", "c");
        assertThat(FrozenLayers.parse("all-but-0").of(LAYERS, "base")).containsExactly("a", "b", "c");
        assertThat(FrozenLayers.parse("all-but-2").of(LAYERS, "base")).containsExactly("a");
        assertThat(FrozenLayers.parse("all-but-3").of(LAYERS, "base")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "all-but-4"})
    void refusesMoreLayersThanThereAre(String text) {
        assertThatThrownBy(() -> FrozenLayers.parse(text).of(LAYERS, "base"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most the 3 layers")
                .hasMessageContaining("a, b, c")
                .hasMessageEndingWith("but was " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "true", "all-but-", "all-but--1", "1.5", "99999999999"})
    void refusesWhatNamesNoLayers(String text) {
        assertThatThrownBy(() -> FrozenLayers.parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("all-but-1");
    }

    @Test
    void isWrittenAsItIsRead() {
        assertThat(FrozenLayers.parse("2")).isEqualTo(FrozenLayers.first(2)).hasToString("2");
        assertThat(FrozenLayers.parse("all-but-2"))
                .isEqualTo(FrozenLayers.allBut(2))
                .hasToString("all-but-2");
    }
}
