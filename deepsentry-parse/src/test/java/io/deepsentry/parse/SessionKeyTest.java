package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionKeyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            (blk_-?\\d+)~no block here~''
            (blk_-?\\d+)~blk_1 of blk_-22, blk_1 again~blk_1 blk_-22
            (blk_-?\\d+)~blk_ blk_x blk_7~blk_7
            req-(\\w+)~a req-1 b req-2~1 2
            (ab?)~a ab b~a ab
            (ab)?c~c abc~ab
            (?:job|task)_(\\d+)~job_1 task_2~1 2
            (one|two)~two one~two one
            (a*)~bab~a
            (?i)(id\\d)~ID1 id2~ID1 id2
            user=(\\S*)~user= user=x~x
            """)
    void keysAreDistinctAndInOrder(String regex, String text, String keys) {
        assertThat(String.join(" ", SessionKey.of(regex).keysOf(text))).isEqualTo(keys);
    }

    @Test
    void exactlyOneGroupIsNeeded() {
        assertThatThrownBy(() -> SessionKey.of("blk_\\d+"))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining("must have exactly one group, the key, but has 0: put the key in parentheses");
        assertThatThrownBy(() -> SessionKey.of("(a)(b)"))
                .hasMessageContaining("but has 2")
                .hasMessageContaining("(?:...)");
    }

    @Test
    void aBrokenRegexIsNamedWithItsPlace() {
        assertThatThrownBy(() -> SessionKey.of("(blk_["))
                .hasMessageContaining("session key '(blk_[' is not a regular expression")
                .hasMessageContaining("at position");
    }

    @Test
    void aRegexThatRunsOutOfStackGivesNoKey() {
        assertThat(SessionKey.of("((?:a|b|[^x])*)x").keysOf("a".repeat(1_000_000)))
                .isEmpty();
    }
}
