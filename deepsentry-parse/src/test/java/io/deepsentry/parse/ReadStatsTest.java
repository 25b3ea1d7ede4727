package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The account of lines: which of those without a header continue the event before them, and what is reported of the
 * others.
 */
class ReadStatsTest {
    private static final String EVENT = "2026-03-02 08:00:00 INFO shop.Cart: saved\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.io.IOException: No space left\n\tat shop.Cart.save(Cart.java:7)\nCaused by: shop.Full: full\n",
                "Traceback (most recent call last):\n  File \"cart.py\", line 7\nValueError: bad value\n",
                "panic: index out of range\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d\n",
                "  indented\nand what follows it\n",
                "{\n\"a\": 1\n}\n",
                "example.org/shop/cart.(*Cart[...]).Save\n     example.org/shop/cart.go:12\nmain.main()\n",
                "<order>\n<item/>\n</order>\n",
            })
    void whatContinuesAnEventIsNotUnread(String lines) {
        ReadStats stats = stats(EVENT + lines + EVENT);
        assertThat(stats.attached()).isEqualTo(lines.lines().count());
        assertThat(stats.unread()).isZero();
        assertThat(stats.warning()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02 08:00:00 LOG statement: SELECT a,\nb\nFROM basket\nWHERE id = 7\n",
                "2026-03-02 08:00:00 LOG statement: SELECT a\nFROM basket\nORDER BY id\n",
                "2026-03-02 08:00:00 INFO shop.Config: settings are:\nport=80\nhost=a\n",
                "2026-03-02 08:00:00\nThread 1 advanced\nto log 2\n",
                "2026-03-02 08:00:00 INFO note \"a text\nover several\nlines\" saved\n",
            })
    void anEventThatIsNotCompleteGoesOn(String event) {
        assertThat(stats(event + EVENT).unread()).isZero();
    }

    @Test
    void carriageReturnsAloneAreWarnedOf() {
        assertThat(stats(EVENT.repeat(3).replace('\n', '\r')).warning())
                .hasValue("app.log has carriage returns but no line feeds, and was read as one line. If carriage"
                        + " returns end the lines, replace them: tr '\\r' '\\n' < OLD > NEW");
        assertThat(stats(EVENT.replace("\n", "\r\n")).warning()).isEmpty();
        assertThat(stats(EVENT.repeat(3).replace("\n", "\r\n")).warning()).isEmpty();
        assertThat(stats(EVENT.replace(":", ":\r") + EVENT).warning()).isEmpty();
    }

    @Test
    void aLineThatContinuesNothingIsUnreadEvenAfterAStackTraceWhereItHasATimeOfItsOwn() {
        ReadStats stats = stats(EVENT.repeat(4) + "\tat a.B\nno 08:00:01 other log\nprinted\n" + EVENT);
        assertThat(stats.attached()).isEqualTo(3);
        assertThat(stats.unread()).isEqualTo(2);
        assertThat(stats.firstMalformed())
                .extracting(Object::toString)
                .containsExactly("app.log:6: no 08:00:01 other log", "app.log:7: printed");
    }

    @ParameterizedTest
    @ValueSource(ints = {99, 100})
    void moreThanOneInAHundredIsWarnedOf(int lines) {
        ReadStats stats = stats(EVENT.repeat(lines - 2) + "printed\n" + EVENT);
        assertThat(stats.unread()).isEqualTo(1);
        assertThat(stats.warning().isPresent()).isEqualTo(lines < 100);
    }

    @Test
    void theWarningCountsShowsAndSaysWhatToDo() {
        assertThat(stats(EVENT.repeat(8) + "printed\n" + EVENT).warning())
                .hasValue("1 of 10 lines (10.0%) fits no format and continues no event, such as app.log:9 \"printed\"."
                        + " Name the format they have, or read each line as a message with format plain");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void anInputOfWhichMoreThanHalfIsUnreadIsRefused(int unread) {
        String log = EVENT.repeat(10) + "printed\n".repeat(unread);
        if (unread == 10) {
            assertThat(stats(log).unread()).isEqualTo(10);
        } else {
            assertThatThrownBy(() -> stats(log))
                    .isInstanceOfSatisfying(LogParseException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(2))
                    .hasMessageContaining("11 of 21 lines (52.4%)")
                    .hasMessageContaining("app.log:11 \"printed\"")
                    .hasMessageContaining("on_malformed skip");
        }
    }

    @Test
    void aLogThatHasJustBegunMayHaveMoreOfABannerThanOfRecords() {
        try (LogReader reader =
                reader("Shop 7\nReady\nGo\n" + EVENT).format("header").open()) {
            assertThat(reader).hasSize(2);
            assertThat(reader.stats().unread()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.", "a/", "(", "\"", "select ", "at "})
    void veryLongLinesAreNoTrouble(String piece) {
        assertThat(stats(EVENT.repeat(3) + piece.repeat(400_000) + "\n" + EVENT).attached())
                .isEqualTo(1);
    }

    @Test
    void linesLeftOutByChoiceAreNotUnread() {
        String log = EVENT + "printed\n".repeat(20);
        try (LogReader reader = reader(log).onMalformed(OnMalformed.SKIP).open()) {
            assertThat(reader).hasSize(1);
            assertThat(reader.stats().dropped()).isEqualTo(20);
            assertThat(reader.stats().unread()).isZero();
            assertThat(reader.stats().warning()).isEmpty();
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void aLogWithoutTimesHasNoUnreadLines() {
        assertThat(stats("one\ntwo\nthree\n").unread()).isZero();
        String levels = "WARN: disk is full\nINFO: ready\nprinted\n".repeat(10);
        ReadStats stats = stats(levels);
        assertThat(stats.attached()).isEqualTo(10);
        assertThat(stats.unread()).isZero();
    }

    @Test
    void theNamesOfColumnsAreATitle() {
        ReadStats stats = stats("Time,Level,Text\n" + EVENT.repeat(3));
        assertThat(stats.events()).isEqualTo(4);
        assertThat(stats.unread()).isZero();
    }

    @Test
    void theSecondLineOfARecordOfJavaUtilLoggingIsRead() {
        ReadStats stats = stats("Mar 02, 2026 8:00:00 AM shop.Cart save\nINFO: saved\n".repeat(3));
        assertThat(stats.attached()).isEqualTo(3);
        assertThat(stats.malformed()).isZero();
    }

    @Test
    void holesOfNulsAreCounted() {
        String hole = "\0".repeat(300);
        ReadStats stats = stats(hole + EVENT + EVENT.strip() + hole + EVENT + hole);
        assertThat(stats.events()).isEqualTo(3);
        assertThat(stats.ignoredBytes()).isEqualTo(900);
    }

    private static ReadStats stats(String log) {
        try (LogReader reader = reader(log).open()) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(reader.stats().events()).isEqualTo(events.size());
            assertThat(reader.stats().unaccounted()).isZero();
            return reader.stats();
        }
    }

    private static LogReader.Builder reader(String log) {
        return LogReader.builder().input("app.log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
    }
}
