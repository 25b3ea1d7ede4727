package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventAssemblerTest {
    private static final String A = "260102 030405 first";
    private static final String B = "260102 030406 second";

    private final List<LogEvent> events = new ArrayList<>();
    private long number;

    @Test
    void holdsAnEventBackWhileLinesMayBeAttachedToIt() {
        EventAssembler assembler = EventAssembler.of("app.log")
                .format("utah")
                .onMalformed(OnMalformed.ATTACH)
                .build();
        give(assembler, A);
        assertThat(events).isEmpty();
        assertThat(assembler.holdsBack()).isTrue();
        give(assembler, "  at b");
        give(assembler, B);
        assertThat(events).extracting(LogEvent::message).containsExactly("first\n  at b");
        assembler.release(events::add);
        assertThat(assembler.holdsBack()).isFalse();
        assertThat(events).hasSize(2);
    }

    @Test
    void holdsLinesBackUntilThereAreEnoughToChooseAFormat() {
        EventAssembler assembler = EventAssembler.of("app.log").build();
        for (int i = 1; i < FormatDetector.LINES; i++) {
            give(assembler, A);
        }
        assertThat(events).isEmpty();
        assertThat(assembler.detection()).isEmpty();
        assertThat(assembler.formatName()).isEqualTo("auto");
        give(assembler, B);
        assertThat(events)
                .as("all but the last, to which lines may be attached")
                .hasSize(FormatDetector.LINES - 1);
        assertThat(assembler.formatName()).isEqualTo("utah");
        assertThat(assembler.detection()).isPresent();
    }

    @Test
    void aReleaseChoosesTheFormatByTheLinesThereAre() {
        EventAssembler assembler = EventAssembler.of("app.log").build();
        give(assembler, A);
        assembler.release(events::add);
        assertThat(events).extracting(LogEvent::time).containsExactly(Instant.parse("2026-01-02T03:04:05Z"));
    }

    @Test
    void handsOutTheEventsBeforeALineThatEndsTheReading() {
        EventAssembler assembler = EventAssembler.of("app.log")
                .format("utah")
                .onMalformed(OnMalformed.FAIL)
                .build();
        give(assembler, A);
        assertThatThrownBy(() -> give(assembler, "no utah"))
                .isInstanceOf(LogParseException.class)
                .hasMessageStartingWith("app.log:2: ");
        assertThat(events).hasSize(1);
    }

    @Test
    void linesKnownToFitMakeNoNumberOfOthersAnError() {
        EventAssembler assembler =
                EventAssembler.of("app.log").format("utah").fitted(true).build();
        for (int i = 0; i < 2 * LogReader.FIRST_LINES; i++) {
            give(assembler, "no utah");
        }
        assembler.end(events::add);
        assertThat(assembler.stats(0, 0).malformed()).isEqualTo(2 * LogReader.FIRST_LINES);
    }

    @ParameterizedTest
    @EnumSource(
            value = OnMalformed.class,
            names = {"SKIP", "ATTACH"})
    void linesPushedOneByOneGiveTheEventsAndCountsOfTheReader(OnMalformed rule) {
        List<String> lines = new ArrayList<>(List.of("broken first line", ""));
        for (int i = 0; i < 500; i++) {
            lines.add("081109 203518 143 INFO dfs.DataNode: Receiving block blk_" + i);
            if (i % 7 == 0) {
                lines.add("  at frame blk_99");
            }
        }
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        SessionKey key = SessionKey.of("(blk_\\d+)");
        EventAssembler assembler =
                EventAssembler.of("app.log").sessionKey(key).onMalformed(rule).build();
        long offset = 0;
        for (String line : lines) {
            assembler.accept(new RawLine(line, ++number, offset, false), events::add);
            offset += line.length() + 1;
        }
        assembler.end(events::add);
        try (LogReader reader = LogReader.builder()
                .input("app.log", new ByteArrayInputStream(text))
                .sessionKey(key)
                .onMalformed(rule)
                .open()) {
            assertThat(events).isEqualTo(reader.stream().toList());
            assertThat(assembler.stats(text.length, 0)).isEqualTo(reader.stats());
            assertThat(assembler.detection()).isEqualTo(reader.detection());
        }
    }

    @Test
    void anAssemblerMadeFromTheStateOfAnotherGivesWhatThatWouldHaveGiven() {
        List<String> lines = List.of(
                "2026-03-02T08:00:00.1Z stdout P half \ud83d ",
                "2026-03-02T08:00:00.2Z stderr F 2026-03-02 08:00:00 WARN other blk_1",
                "2026-03-02T08:00:00.2Z stderr F   at b blk_2",
                "2026-03-02T08:00:00.3Z stdout F line",
                "2026-03-02T08:00:00.4Z stdout F 2026-03-02 08:00:01 ERROR last");
        EventAssembler.Builder settings = EventAssembler.of("app.log")
                .format("cri/header")
                .sessionKey(SessionKey.of("(blk_\\d+)"))
                .onMalformed(OnMalformed.ATTACH);
        EventAssembler whole = settings.build();
        lines.forEach(line -> give(whole, line));
        whole.end(events::add);
        List<LogEvent> expected = List.copyOf(events);
        events.clear();
        number = 0;
        EventAssembler assembler = settings.build();
        for (String line : lines) {
            give(assembler, line);
            assembler = settings.resume(assembler.state()).build();
        }
        assembler.end(events::add);
        assertThat(events).isEqualTo(expected).hasSize(2);
    }

    @Test
    void theLinesHeldBackByAnEarlierAssemblerAreCountedByTheOneThatJudgesThem() {
        EventAssembler before = EventAssembler.of("app.log").build();
        for (int i = 0; i < 20; i++) {
            give(before, "081109 203518 143 INFO dfs.DataNode: Receiving block blk_" + i);
        }
        EventAssembler after =
                EventAssembler.of("app.log").resume(before.state()).build();
        give(after, "");
        give(after, "081109 203518 143 INFO dfs.DataNode: Receiving block blk_20");
        after.end(events::add);
        ReadStats counts = after.stats(0, 0);
        assertThat(events).hasSize(21);
        assertThat(counts.lines()).isEqualTo(22);
        assertThat(counts.events() + counts.attached() + counts.blank()).isEqualTo(22);
    }

    @Test
    void aStateOfAnotherVersionIsRefusedWithItsName() {
        assertThatThrownBy(() -> EventAssembler.of("app.log").resume("[99]").build())
                .isInstanceOf(LogParseException.class)
                .hasMessageContaining("app.log")
                .hasMessageContaining("version 99");
    }

    private void give(EventAssembler assembler, String text) {
        assembler.accept(new RawLine(text, ++number, 0, false), events::add);
    }
}
