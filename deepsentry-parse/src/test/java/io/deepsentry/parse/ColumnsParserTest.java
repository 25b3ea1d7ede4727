package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnsParserTest {
    private static final String IIS = """
            #Software: Microsoft Internet Information Services 10.0
            #Version: 1.0
            #Date: 2026-03-02 08:00:00
            #Fields: date time cs-method cs-uri-stem cs-username sc-status
            2026-03-02 08:00:00 GET /cart - 200
            2026-03-02 08:00:07 GET /cart - 500
            """;

    @Test
    void theFieldsOfAW3cLogAreNamedByItsHeadingAndItsTimesAreInUtc() {
        for (String format : List.of("auto", "columns")) {
            try (LogReader reader = reader(IIS, format)) {
                List<LogEvent> events = reader.stream().toList();
                assertThat(reader.formatName()).isEqualTo("columns");
                assertThat(events)
                        .extracting(LogEvent::message)
                        .containsExactly(
                                "cs-method=GET cs-uri-stem=/cart sc-status=200",
                                "cs-method=GET cs-uri-stem=/cart sc-status=500");
                assertThat(events.get(1).time()).isEqualTo("2026-03-02T08:00:07Z");
                assertThat(events.get(1).fields())
                        .isEqualTo(Map.of("cs-method", "GET", "cs-uri-stem", "/cart", "sc-status", "500"));
                assertThat(reader.stats().attached()).isEqualTo(4);
                assertThat(reader.stats().unaccounted()).isZero();
            }
        }
    }

    @Test
    void theStatusOfAW3cLogIsItsLevelAndStaysAField() {
        String rows = """
                2026-03-02 08:00:14 GET /x - 404
                2026-03-02 08:00:21 GET /x - -
                2026-03-02 08:00:28 GET /x - 5000
                """;
        try (LogReader reader = reader(IIS + rows, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events).extracting(LogEvent::level).containsExactly("info", "error", "warning", null, null);
            assertThat(events.get(2).fields()).containsEntry("sc-status", "404");
        }
    }

    @Test
    void aLevelInAColumnCountsBeforeTheStatus() {
        String log = "#Fields: date time level sc-status cs-uri-stem\n2026-03-02 08:00:00 notice 500 /x\n";
        try (LogReader reader = reader(log, "columns")) {
            assertThat(reader).extracting(LogEvent::level).containsExactly("notice");
        }
    }

    @Test
    void aHeadingInTheMiddleChangesTheColumnsAndTheDay() {
        String more = "#Date: 2026-03-03 00:00:01\n#Fields: time sc-status cs-uri-stem\n00:00:05 404 /x\n";
        try (LogReader reader = reader(IIS + more, "auto")) {
            LogEvent last = reader.stream().toList().get(2);
            assertThat(last.time()).isEqualTo("2026-03-03T00:00:05Z");
            assertThat(last.message()).isEqualTo("cs-uri-stem=/x sc-status=404");
        }
    }

    @Test
    void theFieldsOfAZeekLogAreNamedByItsHeading() {
        String log = """
                #separator \\x09
                #unset_field|-
                #path|conn
                #fields|ts|id.orig_h|proto|service|note it
                #types|time|addr|enum|string|string
                1772438400.500000|10.0.0.1|tcp|http|a b
                1772438401.000000|10.0.0.2|udp|-|-
                #close|2026-03-02-08-00-02
                """.replace('|', '\t');
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events).hasSize(2);
            assertThat(events.get(0).time()).isEqualTo("2026-03-02T08:00:00.500Z");
            assertThat(events.get(0).component()).isEqualTo("http");
            assertThat(events.get(0).fields())
                    .isEqualTo(Map.of("id.orig_h", "10.0.0.1", "proto", "tcp", "note it", "a b"));
            assertThat(events.get(1).fields()).isEqualTo(Map.of("id.orig_h", "10.0.0.2", "proto", "udp"));
        }
    }

    @Test
    void aQuotedValueOverSeveralLinesIsOneMessageAndTheHeadingNoEvent() {
        String log = """
                "TimeCreated","LevelDisplayName","ProviderName","Id","Message"
                "3/2/2026 3:09:00 PM","Information","Service Control Manager","7036","stopped.

                Detail: ""code"" 0"
                "3/2/2026 3:10:01 PM","Error","Service Control Manager","7031","crashed"
                """;
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(reader.formatName()).isEqualTo("columns:mdy");
            assertThat(events).extracting(LogEvent::message).containsExactly("stopped.\nDetail: \"code\" 0", "crashed");
            assertThat(events).extracting(LogEvent::level).containsExactly("Information", "Error");
            assertThat(events).extracting(LogEvent::component).containsOnly("Service Control Manager");
            assertThat(events.get(1).time()).isEqualTo("2026-03-02T15:10:01Z");
            assertThat(events.get(1).fields()).isEqualTo(Map.of("Id", "7031"));
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void eventViewersMessageStandsBehindItsColumns() {
        String log = """
                Level,Date and Time,Source,Event ID,Task Category
                Error,2026-03-02 08:00:00,Shop,7,None,"The cart is full, twice."
                """;
        try (LogReader reader = reader(log, "auto")) {
            LogEvent event = reader.stream().toList().get(0);
            assertThat(event.message()).isEqualTo("The cart is full, twice.");
            assertThat(event.level()).isEqualTo("Error");
            assertThat(event.component()).isEqualTo("Shop");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void valuesAreSeparatedByWhatSeparatesTheNames(String separator) {
        String log = """
                time,level,logger,message
                2026-03-02 08:00:00,INFO,shop.Cart,saved
                "2026-03-02 08:00:01",ERROR,"shop.Cart","lost , all ""items\"\""
                """.replace(",", separator);
        for (String before : List.of("", "sep=" + separator + "\n")) {
            try (LogReader reader = reader(before + log, "auto")) {
                List<LogEvent> events = reader.stream().toList();
                assertThat(reader.formatName()).isEqualTo("columns");
                assertThat(events)
                        .extracting(LogEvent::message)
                        .containsExactly("saved", "lost " + separator + " all \"items\"");
                assertThat(events).extracting(LogEvent::level).containsExactly("INFO", "ERROR");
                assertThat(events).extracting(LogEvent::component).containsOnly("shop.Cart");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void rowsWithoutAHeadingAreReadByTheirSeverity(String separator) {
        String log = """
                "2026-03-02 08:00:00","INFO","shop.Cart","cart , saved"
                "2026-03-02 08:00:01","ERROR","shop.Cart","the cart
                lost"
                """.replace(",", separator);
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events)
                    .extracting(LogEvent::message)
                    .containsExactly("cart " + separator + " saved", "the cart\nlost");
            assertThat(events).extracting(LogEvent::level).containsExactly("INFO", "ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";"})
    void rowsWithoutQuotesKeepAllThatFollowsTheirSeverity(String separator) {
        String log = "2026-03-02 08:00:00,INFO,shop.Cart,a, b\n2026-03-02 08:00:01,made, not a level\n"
                .replace(",", separator);
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events.get(0).level()).isEqualTo("INFO");
            assertThat(events.get(0).message()).isEqualTo("shop.Cart,a, b".replace(",", separator));
            assertThat(events.get(1).level()).isNull();
        }
    }

    @Test
    void datesOfRowsWhoseOrderStaysOpenAreRefused() {
        String log = "time,level,message\n03/02/2026 08:00:00,INFO,a\n03/02/2026 08:00:01,INFO,b\n";
        assertThatThrownBy(() -> reader(log, "auto"))
                .hasMessageContaining("M/d/yyyy")
                .hasMessageContaining("d/M/yyyy");
        try (LogReader reader = reader(log, "columns:dmy")) {
            assertThat(reader.stream().toList().get(0).time()).isEqualTo("2026-02-03T08:00:00Z");
        }
    }

    @Test
    void aRowOfPostgresIsReadWholeOnceItsQuoteEnds() {
        String row =
                "2026-03-02 08:00:0%d.000 UTC,\"app\",\"shop\",77,\"[local]\",x.1,1,\"SELECT\",2026-03-02 07:00:00 UTC,"
                        + "3/0,0,LOG,00000,\"plan:\nselect \"\"a\"\"\",,,,,\"psql\"\n";
        try (LogReader reader = reader(String.format(row, 0) + String.format(row, 1), "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events)
                    .extracting(LogEvent::message)
                    .containsOnly("plan:\nselect \"a\"")
                    .hasSize(2);
            assertThat(events).extracting(LogEvent::level).containsOnly("LOG");
        }
    }

    private static LogReader reader(String text, String format) {
        return LogReader.builder()
                .input("test", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .format(format)
                .zone(ZoneId.of("UTC"))
                .onMalformed(OnMalformed.ATTACH)
                .open();
    }
}
