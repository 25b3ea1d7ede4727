package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogFormatTest {
    @ParameterizedTest
    @CsvSource({"hdsf,hdfs", "syslogd,syslog", "jsonl,json", "Thunder,thunderbird", "openstak,openstack"})
    void anUnknownNameIsToldTheNearest(String name, String nearest) {
        assertThatThrownBy(() -> LogFormat.of(name))
                .isInstanceOfSatisfying(LogParseException.class, e -> assertThat(e.kind())
                        .isEqualTo(LogParseException.Kind.BAD_ARGUMENT))
                .hasMessageContaining("format '" + name + "' is not known. Did you mean '" + nearest + "'?")
                .hasMessageContaining("regex:");
    }

    @Test
    void aNameLikeNoneIsToldThemAll() {
        assertThatThrownBy(() -> LogFormat.of("xxxxxxxxxxxx"))
                .hasMessageNotContaining("Did you mean")
                .hasMessageContaining("utah");
        assertThatThrownBy(() -> LogFormat.of("auto")).hasMessageContaining("LogReader or FormatDetector");
    }

    @Test
    void namesDoNotCareAboutCase() {
        assertThat(LogFormat.of("HDFS").parse("081109 203615 148 INFO dfs.X: hello"))
                .isPresent();
    }

    @Test
    void aLayoutWithATimeFormatReadsOnlyThat() {
        LogParser parser = LogFormat.of("<Time> <Level> <Content>", options("dd/MM/yyyy HH:mm:ss"));
        ParsedLine line = parser.parse("09/06/2017 20:10:40 WARN disk  full").orElseThrow();
        assertThat(line.time()).isEqualTo("2017-06-09T20:10:40Z");
        assertThat(line.level()).isEqualTo("WARN");
        assertThat(line.message()).isEqualTo("disk  full");
        assertThat(parser.parse("2017-06-09 20:10:40 WARN disk full")).isEmpty();
    }

    @Test
    void aTimeFieldFindsItsOwnLength() {
        LogParser parser = LogFormat.of("<Time> <Content>");
        assertThat(time(parser, "2017-06-09T20:10:40Z a b")).isEqualTo("2017-06-09T20:10:40Z a b");
        assertThat(time(parser, "2017-06-09 20:10:40 a b")).isEqualTo("2017-06-09T20:10:40Z a b");
        assertThat(time(parser, "Sun Dec 04 04:47:44 2005 a b")).isEqualTo("2005-12-04T04:47:44Z a b");
        assertThat(time(parser, "1131566461 a b")).isEqualTo("2005-11-09T20:01:01Z a b");
        assertThat(parser.parse("at com.example.Main(Main.java:7)")).isEmpty();
    }

    @Test
    void timeFieldsThatAreApartAreJoined() {
        LogParser parser = LogFormat.of("<Date> <Level> <Time> <Content>");
        assertThat(time(parser, "2017-06-09 INFO 20:10:40 x")).isEqualTo("2017-06-09T20:10:40Z x");
    }

    @Test
    void aTimestampFieldStandsAlone() {
        LogParser parser = LogFormat.of("<Timestamp> <Date> <Content>");
        assertThat(time(parser, "1131566461 whatever x")).isEqualTo("2005-11-09T20:01:01Z x");
    }

    @Test
    void aLayoutWithoutATimeHasNone() {
        ParsedLine line = LogFormat.of("<Level>: <Content>").parse("WARN: x").orElseThrow();
        assertThat(line.time()).isNull();
    }

    @Test
    void aTimeFormatWithNothingToApplyToIsRefused() {
        assertThatThrownBy(() -> LogFormat.of("<Level>: <Content>", options("epoch")))
                .hasMessageContaining("has no time field");
        assertThatThrownBy(() -> LogFormat.of("plain", options("epoch")))
                .hasMessageContaining("format 'plain' has no time");
        assertThatThrownBy(() -> LogFormat.of("regex:(?<message>.*)", options("epoch")))
                .hasMessageContaining("no group named time");
    }

    @Test
    void aLabelColumnGivesTheLabel() {
        LogParser parser = LogFormat.of("<Label> <Content>");
        assertThat(parser.parse("- x").map(ParsedLine::label)).contains(Label.NORMAL);
        assertThat(parser.parse("0 x").map(ParsedLine::label)).contains(Label.NORMAL);
        assertThat(parser.parse("KERNDTLB x").map(ParsedLine::label)).contains(Label.ANOMALY);
    }

    @Test
    void namedGroupsOfARegexAreTheFields() {
        LogParser parser = LogFormat.of(
                "regex:(?<level>[A-Z]+)\\|(?<date>\\S+)\\|(?<time>\\S+)\\|(?<component>\\w+)?\\|(?<msg>.*)");
        ParsedLine line = parser.parse("INFO|2017-06-09|20:10:40||hello  ").orElseThrow();
        assertThat(line.time()).isEqualTo("2017-06-09T20:10:40Z");
        assertThat(line.level()).isEqualTo("INFO");
        assertThat(line.component()).isNull();
        assertThat(line.message()).isEqualTo("hello");
        assertThat(parser.parse("INFO|2017-06-09|25:10:40||hello")).isEmpty();
        assertThat(parser.parse("else")).isEmpty();
    }

    @Test
    void aRegexWithoutAMessageOrOutOfOrderIsRefused() {
        assertThatThrownBy(() -> LogFormat.of("regex:(?<time>.*)")).hasMessageContaining("needs a group named message");
        assertThatThrownBy(() -> LogFormat.of("regex:(")).hasMessageContaining("is not a regular expression");
    }

    @Test
    void jsonTakesTheFirstOfTheUsualNames() {
        LogParser json = LogFormat.of("json", new LogFormat.Options(null, ZoneId.of("Asia/Tokyo")));
        ParsedLine line = json.parse(
                        " {\"msg\":\"second choice\",\"message\":\"first choice\",\"time\":\"2026-01-01 09:00:00\",\"level\":30,\"x\":null}")
                .orElseThrow();
        assertThat(line.message()).isEqualTo("first choice");
        assertThat(line.time()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(line.level()).isEqualTo("info");
        assertThat(json.parse("{}")).isEmpty();
        assertThat(json.parse("[1,2]")).isEmpty();
        assertThat(json.parse("{\"msg\":\"a\"} {\"msg\":\"b\"}")).isEmpty();
    }

    @Test
    void optionsTakeAutoForNoTimeFormat() {
        assertThat(options("auto").timeFormat()).isNull();
        assertThat(options(" ").timeFormat()).isNull();
        assertThat(options("iso").timeFormat()).isEqualTo("iso");
    }

    private static LogFormat.Options options(String timeFormat) {
        return new LogFormat.Options(timeFormat, ZoneOffset.UTC);
    }

    private static String time(LogParser parser, String line) {
        Optional<ParsedLine> parsed = parser.parse(line);
        return parsed.map(p -> p.time() + " " + p.message()).orElse("does not fit");
    }
}
