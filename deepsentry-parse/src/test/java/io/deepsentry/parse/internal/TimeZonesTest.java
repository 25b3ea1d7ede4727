package io.deepsentry.parse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeZonesTest {
    @ParameterizedTest
    @ValueSource(strings = {"UTC", "GMT", "CET", "EET", "MSK", "JST", "EST", "CST", "MST", "PST", "HST"})
    void anAbbreviationMeansTheOffsetItHasInJavaTimeInWinter(String abbreviation) {
        assertOffset(abbreviation, LocalDateTime.of(2026, 1, 15, 12, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CEST", "EEST", "EDT", "CDT", "MDT", "PDT"})
    void aSummerAbbreviationMeansTheOffsetItHasInJavaTimeInSummer(String abbreviation) {
        assertOffset(abbreviation, LocalDateTime.of(2026, 7, 15, 12, 0));
    }

    @Test
    void anUnknownAbbreviationIsNoZone() {
        assertThat(TimeZones.offset("FOO")).isEqualTo(TimeZones.NONE);
        assertThat(TimeZones.offset("INFO")).isEqualTo(TimeZones.NONE);
    }

    private static void assertOffset(String abbreviation, LocalDateTime local) {
        ZonedDateTime parsed = ZonedDateTime.parse(
                local + " " + abbreviation, DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm z", Locale.ENGLISH));
        assertThat(TimeZones.offset(abbreviation)).isEqualTo(parsed.getOffset().getTotalSeconds());
    }
}
