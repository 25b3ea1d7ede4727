package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeParserTest {
    private static final Instant REFERENCE = Instant.parse("2026-03-10T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            081109 203615                    | 2008-11-09T20:36:15Z
            081109 20:36:15                  | 2008-11-09T20:36:15Z
            2015-10-18 18:01:47,978          | 2015-10-18T18:01:47.978Z
            2015-10-18 18:01:47.978123456    | 2015-10-18T18:01:47.978123456Z
            2015-10-18 18:01:47              | 2015-10-18T18:01:47Z
            2015-10-18T18:01:47Z             | 2015-10-18T18:01:47Z
            2015-10-18T18:01:47.5+02:00      | 2015-10-18T16:01:47.500Z
            2015-10-18T18:01:47-0730         | 2015-10-19T01:31:47Z
            2015-10-18 18:01:47 +0200        | 2015-10-18T16:01:47Z
            2015-10-18 18:01:47 UTC          | 2015-10-18T18:01:47Z
            17/06/09 20:10:40                | 2017-06-09T20:10:40Z
            2017/06/09 20:10:40              | 2017-06-09T20:10:40Z
            Sun Dec 04 04:47:44 2005         | 2005-12-04T04:47:44Z
            10/Oct/2000:13:55:36 -0700       | 2000-10-10T20:55:36Z
            20171224-0:28:0:83               | 2017-12-24T00:28:00.083Z
            2005-06-03-15.42.50.675872       | 2005-06-03T15:42:50.675872Z
            31.12.2025 23:59:59              | 2025-12-31T23:59:59Z
            1131566461                       | 2005-11-09T20:01:01Z
            1131566461.25                    | 2005-11-09T20:01:01.250Z
            1131566461250                    | 2005-11-09T20:01:01.250Z
            1131566461250001                 | 2005-11-09T20:01:01.250001Z
            1131566461250001002              | 2005-11-09T20:01:01.250001002Z
            2016-12-31 23:59:60              | 2016-12-31T23:59:59Z
            2024-02-29 00:00:00              | 2024-02-29T00:00:00Z
            Mar 10 11:59:59                  | 2026-03-10T11:59:59Z
            Mar 11 11:59:59                  | 2026-03-11T11:59:59Z
            Mar 11 12:00:01                  | 2025-03-11T12:00:01Z
            Dec 31 23:59:59                  | 2025-12-31T23:59:59Z
            Feb 29 01:00:00                  | 2024-02-29T01:00:00Z
            Jul  1 09:00:55                  | 2025-07-01T09:00:55Z
            03-17 16:13:38.811               | 2025-03-17T16:13:38.811Z
            10.30 16:49:06                   | 2025-10-30T16:49:06Z
            """)
    void knownWaysOfWritingATimeAreRead(String text, Instant expected) {
        assertThat(parse(null, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2015-13-01 00:00:00",
                "2015-00-01 00:00:00",
                "2015-01-00 00:00:00",
                "2023-02-29 00:00:00",
                "2015-04-31 00:00:00",
                "2015-01-01 24:00:00",
                "2015-01-01 00:60:00",
                "2015-01-01 00:00:61",
                "2015-01-01 00:00:00.",
                "2015-01-01 00:00:00 +25:00",
                "2015-01-01 00:00:00 trailing",
                "081309 203615",
                "081132 203615",
                "081109 243615",
                "Foo 11 10:00:00",
                "12345678",
                "11315664612",
                "1131566461.",
                "99999999999999999999",
                "\u0661\u0661-\u0660\u0661 00:00:00"
            })
    void whatIsNoTimeIsNotMadeOne(String text) {
        assertThat(parse(null, text)).isNull();
    }

    @Test
    void aTimeOfDayFitsButGivesNoInstant() {
        assertThat(parse(null, "17:41:49.004")).isSameAs(TimePattern.NO_DATE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            dd/MM/yyyy HH:mm:ss       | 09/06/2017 20:10:40         | 2017-06-09T20:10:40Z
            yyyy-MM-dd'T'HH:mm:ss.SSS | 2017-06-09T20:10:40.250     | 2017-06-09T20:10:40.250Z
            yyyy-MM-dd HH:mm:ss[.SSS] | 2017-06-09 20:10:40         | 2017-06-09T20:10:40Z
            yyyy-MM-dd HH:mm:ss[.SSS] | 2017-06-09 20:10:40.125     | 2017-06-09T20:10:40.125Z
            MM/dd/yyyy hh:mm:ss a     | 06/09/2017 08:10:40 pm      | 2017-06-09T20:10:40Z
            d MMM HH:mm               | 9 Jun 20:10                 | 2025-06-09T20:10:00Z
            d MMM HH:mm a             | 9 Jun 20:10 PM              | 2025-06-09T20:10:00Z
            yyyy-MM-dd HH:mm:ss VV    | 2017-06-09 20:10:40 Asia/Tokyo | 2017-06-09T11:10:40Z
            iso                       | 2017-06-09T20:10:40,5Z      | 2017-06-09T20:10:40.500Z
            epoch                     | 0                           | 1970-01-01T00:00:00Z
            epoch                     | 12.5                        | 1970-01-01T00:00:12.500Z
            epoch-millis              | 7                           | 1970-01-01T00:00:00.007Z
            epoch-millis              | 1131566461250               | 2005-11-09T20:01:01.250Z
            epoch-nanos               | 1131566461250001002         | 2005-11-09T20:01:01.250001002Z
            """)
    void givenTimeFormatsAreRead(String format, String text, Instant expected) {
        assertThat(parse(format, text)).isEqualTo(expected);
    }

    @Test
    void aGivenTimeFormatReadsNothingElse() {
        assertThat(parse("yyyy-MM-dd HH:mm:ss", "081109 203615")).isNull();
        assertThat(parse("epoch", "2015-01-01")).isNull();
        assertThat(parse("iso", "081109 203615")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HH:mm:ss", "yyyy", "yyyy HH:mm:ss", "hh:mm a"})
    void aTimeFormatWithoutADateIsRefused(String format) {
        assertThatThrownBy(() -> parse(format, "x"))
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining(format)
                .hasMessageContaining("at least a month and a day");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yyyy-MM-dd QQQQQQQ", "yyyy-MM-dd 'open", "jjj", "{yyyy}"})
    void aBrokenTimeFormatIsRefused(String format) {
        assertThatThrownBy(() -> parse(format, "x"))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining(Excerpt.of(format));
    }

    @Test
    void timesWithoutAZoneAreInTheGivenOneWithDaylightSaving() {
        TimeParser berlin = TimeParser.of(null, ZoneId.of("Europe/Berlin"), InstantSource.fixed(REFERENCE));
        assertThat(berlin.parse("2026-01-15 12:00:00")).isEqualTo("2026-01-15T11:00:00Z");
        assertThat(berlin.parse("2026-07-15 12:00:00")).isEqualTo("2026-07-15T10:00:00Z");
        // 02:30 does not exist on this day: moved on by the hour that is missing.
        assertThat(berlin.parse("2026-03-29 02:30:00")).isEqualTo("2026-03-29T01:30:00Z");
        // 02:30 happens twice on this day: the first.
        assertThat(berlin.parse("2026-10-25 02:30:00")).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(berlin.parse("2026-07-15T12:00:00Z")).isEqualTo("2026-07-15T12:00:00Z");
    }

    @Test
    void theYearOfATimeWithoutOneFollowsAMovingReference() {
        Instant[] now = {Instant.parse("2025-12-31T23:59:00Z")};
        TimeParser parser = TimeParser.of(null, ZoneOffset.UTC, () -> now[0]);
        assertThat(parser.parse("Dec 31 23:58:00")).isEqualTo("2025-12-31T23:58:00Z");
        assertThat(parser.parse("Jan  1 00:00:01")).isEqualTo("2026-01-01T00:00:01Z");
        now[0] = Instant.parse("2026-02-01T00:00:00Z");
        assertThat(parser.parse("Jan 31 23:59:59")).isEqualTo("2026-01-31T23:59:59Z");
    }

    private static @Nullable Instant parse(@Nullable String format, String text) {
        return TimeParser.of(format, ZoneOffset.UTC, InstantSource.fixed(REFERENCE))
                .parse(text);
    }
}
