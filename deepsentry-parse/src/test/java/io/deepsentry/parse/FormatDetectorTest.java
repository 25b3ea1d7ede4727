package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatDetectorTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            2026-01-01 10:00:00 WARN disk is full~header
            2026-01-01T10:00:00Z disk is full~header
            1767261600.25 disk is full~header
            [2026-01-01 10:00:00] disk is full~header
            [WARN] disk is full~level
            disk is full~plain
            """)
    void aLeadingTimeIsFoundWithoutAPreset(String line, String name) {
        FormatDetector.Detected detected = detect(line);
        assertThat(detected.name()).isEqualTo(name);
        ParsedLine parsed = detected.parser().parse(line).orElseThrow();
        assertThat(parsed.message()).isEqualTo("disk is full");
        assertThat(parsed.time() == null).isEqualTo(!name.equals("header"));
    }

    @Test
    void linesOfStackTracesDoNotCount() {
        String event = "2026-10-18 18:01:47,978 ERROR [main] org.example.App: failed";
        FormatDetector.Detected detected =
                detect(event, "\tat a.B(B.java:1)", "\tat a.C(C.java:1)", "    ... 3 more", "Caused by: x", event);
        assertThat(detected.name()).isEqualTo("hadoop");
        assertThat(detected.why()).contains("fits 2 of the first 2 lines");
    }

    @Test
    void aFormatMustFitAtLeastHalf() {
        String utah = "260102 030405 x";
        assertThat(detect(utah, utah, "a", "b").name()).isEqualTo("utah");
        assertThat(detect(utah, utah, "a", "b", "c").name()).isNotEqualTo("utah");
    }

    @Test
    void severalFilesAreLookedAtTogether(@TempDir Path folder) throws IOException {
        Path one = Files.writeString(folder.resolve("a"), "260102 030405 17 INFO a.B: x\n");
        Path two = Files.writeString(folder.resolve("b"), "260102 030405 no hdfs\n260102 030405 nor this\n");
        assertThat(FormatDetector.detect(List.of(one, two), LogFormat.Options.DEFAULTS)
                        .name())
                .isEqualTo("utah");
    }

    @Test
    void aTimeFormatAppliesToWhatHasTimes() {
        LogFormat.Options options = new LogFormat.Options("dd/MM/yyyy HH:mm:ss", ZoneOffset.UTC);
        assertThat(FormatDetector.detectLines(List.of("09/06/2017 20:10:40 INFO a b"), options)
                        .name())
                .isEqualTo("header");
        assertThat(FormatDetector.detectLines(List.of("nothing"), options).name())
                .isEqualTo("plain");
    }

    @Test
    void aFileWhoseFirstLineHasAHeaderIsReadByItHoweverLongItsRecordsAre() {
        String[] lines = new String[50];
        Arrays.fill(lines, "select a from b");
        lines[0] = "2026-01-01 10:00:00 query";
        assertThat(detect(lines).name()).isEqualTo("header");
    }

    @Test
    void theOrderOfDayAndMonthIsTheOneThatFitsAllLinesAndRunsForward() {
        assertThat(detect("05/12/2019 19:17:32 a", "11/01/2019 20:03:29 b").name())
                .isEqualTo("header:mdy");
        assertThat(detect("13/01/2019 19:17:32 a", "14/01/2019 20:03:29 b").name())
                .isEqualTo("header:dmy");
        assertThat(detect("3/2/2026 11:58:00 PM a", "3/3/2026 0:03:29 AM b", "3/3/2026 1:03:29 AM b")
                        .name())
                .isEqualTo("header:mdy");
    }

    @Test
    void anExportOfEventsIsReadByTheTimesOfItsRows() {
        String row =
                "\"3/2/2026 3:09:00 PM\",\"Error\",\"Manager\",\"7036\",\"The service entered the stopped state.\"";
        FormatDetector.Detected detected = detect("\"TimeCreated\",\"Level\",\"Name\",\"Id\",\"Message\"", row, row);
        ParsedLine parsed = detected.parser().parse(row).orElseThrow();
        assertThat(detected.name()).isEqualTo("columns:mdy");
        assertThat(parsed.level()).isEqualTo("Error");
        assertThat(parsed.message()).isEqualTo("The service entered the stopped state.");
    }

    @Test
    void datesThatCanBeReadInSeveralWaysAreRefusedWithTheTimeFormats() {
        assertThatThrownBy(() -> detect("03/02/2019 11:58:00 a", "03/02/2019 11:59:00 b"))
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining("'d/M/yyyy H:mm:ss' (format header:dmy)")
                .hasMessageContaining("'M/d/yyyy H:mm:ss' (format header:mdy)");
    }

    @Test
    void amAndPmDecideTheOrderOnlyInTheShortFormOfTheUnitedStates() {
        assertThat(detect("3/2/2026 8:00:00 AM a", "3/2/2026 8:00:07 AM b").name())
                .isEqualTo("header:mdy");
        for (String open : List.of("03/02/2026 08:00:00 AM a", "3/02/2026 8:00:00 PM a", "3/2/2026, 8:00:00 pm a")) {
            assertThatThrownBy(() -> detect(open, open))
                    .as(open)
                    .hasMessageContaining(" h:mm:ss a' (format header:dmy)")
                    .hasMessageContaining(" h:mm:ss a' (format header:mdy)");
        }
    }

    @Test
    void theTimeFormatOfARefusalReadsTheLinesWhole() {
        LogFormat.Options options = new LogFormat.Options("d/M/yyyy h:mm:ss a", ZoneOffset.UTC);
        List<String> lines = List.of("03/02/2026 08:00:00 PM saved cart", "03/02/2026 08:00:01 PM saved cart");
        ParsedLine parsed = FormatDetector.detectLines(lines, options)
                .parser()
                .parse(lines.get(0))
                .orElseThrow();
        assertThat(parsed.time()).isEqualTo("2026-02-03T20:00:00Z");
        assertThat(parsed.message()).isEqualTo("saved cart");
    }

    @Test
    void aPresetWhoseLevelsAreNoSeveritiesIsNotTaken() {
        FormatDetector.Detected detected = detect(
                "2026-03-02 01:00:00.123 PDT [77] LOG:  started", "2026-03-02 01:00:01.123 PDT [77] ERROR:  no table");
        assertThat(detected.name()).isEqualTo("header");
        ParsedLine parsed = detected.parser()
                .parse("2026-03-02 01:00:01.123 PDT [77] ERROR:  no table")
                .orElseThrow();
        assertThat(parsed.time()).isEqualTo("2026-03-02T08:00:01.123Z");
        assertThat(parsed.level()).isEqualTo("ERROR");
    }

    @Test
    void theFormatsOfMessagesInsideSyslogAreNamedBehindIt() {
        String header = "Mar  2 08:00:0%d web1 %s[77]: %s";
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            lines.add(String.format(header, i, "a", "{\"level\":\"warn\",\"msg\":\"json\"}"));
            lines.add(String.format(header, i, "b", "level=error msg=\"logfmt text\""));
            lines.add(String.format(header, i, "c", "plain"));
        }
        FormatDetector.Detected detected = detect(lines.toArray(new String[0]));
        assertThat(detected.name()).isEqualTo("syslog/json+logfmt");
        assertThat(lines.stream()
                        .limit(3)
                        .map(line -> LogFormat.of(detected.name()).parse(line).orElseThrow())
                        .map(line -> line.level() + " " + line.component() + " " + line.message()))
                .containsExactly("warn a json", "error b logfmt text", "null c plain");
    }

    @Test
    void aFileThatCannotBeReadIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> FormatDetector.detect(List.of(folder), LogFormat.Options.DEFAULTS))
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining("is a directory");
    }

    private static FormatDetector.Detected detect(String... lines) {
        return FormatDetector.detectLines(List.of(lines), LogFormat.Options.DEFAULTS);
    }
}
