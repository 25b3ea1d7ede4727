package io.deepsentry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.ReadStats;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineAccountTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "131 | 0 | 131 lines: 131 events, 0 attached, 0 blank",
                "130 | 1 | 131 lines: 130 events, 0 attached, 0 blank, 1 kept for the next start",
                "130 | 0 | 131 lines: 130 events, 0 attached, 0 blank, 1 unaccounted for",
                "128 | 1 | 131 lines: 128 events, 0 attached, 0 blank, 1 kept for the next start, 2 unaccounted for",
            })
    void tells_lines_that_were_kept_from_those_that_are_lost(long events, long kept, String account) {
        ReadStats read = new ReadStats(131, events, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

        assertThat(LineAccount.of(read, kept)).isEqualTo(account);
    }
}
