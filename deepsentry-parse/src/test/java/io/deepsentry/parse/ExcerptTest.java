package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {
    @Test
    void controlCharactersAreEscaped() {
        assertThat(Excerpt.of("a\tb\r\nc\u0000d\u001b[31m\u202e\uD800 é 😀"))
                .isEqualTo("a\\tb\\r\\nc\\u0000d\\u001b[31m\\u202e\\ud800 é 😀");
    }

    @Test
    void aLongTextIsCutBetweenCharacters() {
        assertThat(Excerpt.of("abcd", 3)).isEqualTo("abc...");
        assertThat(Excerpt.of("abc", 3)).isEqualTo("abc");
        assertThat(Excerpt.of("ab😀d", 3)).isEqualTo("ab...");
        assertThat(Excerpt.of("x".repeat(500))).hasSize(Excerpt.DEFAULT_LENGTH + 3);
    }
}
