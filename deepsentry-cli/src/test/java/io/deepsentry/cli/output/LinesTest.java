package io.deepsentry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
    private static final String TEXT =
            "Payment gateway timed out after 98 ms, order 7 not paid, see /var/log/app/payments-2026-11-14.log for more";

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 80, 200})
    void no_line_is_wider_than_asked_for_and_no_word_that_fits_is_broken(int width) {
        assertThat(Lines.wrap(TEXT, width))
                .allSatisfy(line -> assertThat(Lines.width(line)).isLessThanOrEqualTo(width));
        if (width >= 40) {
            assertThat(String.join(" ", Lines.wrap(TEXT, width))).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @CsvSource({"9, ten chars", "10, ten chars", "11, ten chars"})
    void a_text_breaks_only_where_it_does_not_fit(int width, String text) {
        assertThat(Lines.wrap(text, width)).hasSize(width < text.length() ? 2 : 1);
    }

    @Test
    void a_word_longer_than_a_line_breaks_at_a_seam() {
        assertThat(Lines.wrap("/srv/data/very/long/path", 12)).containsExactly("/srv/data/", "very/long/", "path");
    }

    @Test
    void wide_characters_take_two_columns_and_accents_none() {
        assertThat(Lines.width("\u65e5\u5fd7")).isEqualTo(4);
        assertThat(Lines.width("e\u0301")).isEqualTo(1);
        assertThat(Lines.width("\ud83d\ude00")).isEqualTo(2);
        assertThat(Lines.wrap("\u65e5\u5fd7\u65e5\u5fd7", 3)).containsExactly("\u65e5", "\u5fd7", "\u65e5", "\u5fd7");
    }

    @Test
    void the_last_line_allowed_is_cut_between_words() {
        assertThat(Lines.wrap(TEXT, 40, 1)).containsExactly("Payment gateway timed out after 98...");
    }

    @Test
    void a_pipe_is_bounded_only_where_columns_asks_for_it() {
        assertThat(Screen.ofProcess(Map.of()).width()).isEqualTo(Integer.MAX_VALUE);
        assertThat(Screen.ofProcess(Map.of()).columns()).isEqualTo(80);
        assertThat(Screen.ofProcess(Map.of("COLUMNS", "60")).width()).isEqualTo(60);
        assertThat(Screen.ofProcess(Map.of("COLUMNS", "wide")).columns()).isEqualTo(80);
        assertThat(Screen.ofProcess(Map.of("COLUMNS", "0")).columns()).isEqualTo(80);
    }
}
