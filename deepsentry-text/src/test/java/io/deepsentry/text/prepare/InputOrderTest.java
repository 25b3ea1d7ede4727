package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class InputOrderTest {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    @Test
    void timesThatRunForwardAreInOrder() {
        assertThat(orderOf(range(0, 100))).isNull();
    }

    @Test
    void threadsThatOvertakeEachOtherAreInOrder() {
        Random random = new Random(7);
        for (int turn = 0; turn < 200; turn++) {
            List<Integer> seconds = new ArrayList<>(range(0, 300));
            for (int i = 0; i + 4 < seconds.size(); i += 4) {
                Collections.shuffle(seconds.subList(i, i + 1 + random.nextInt(4)), random);
            }
            assertThat(orderOf(seconds)).isNull();
        }
    }

    @Test
    void aFewStrayTimesAreNoPart() {
        List<Integer> seconds = new ArrayList<>(List.of(5000, 5001));
        seconds.addAll(range(0, 1000));
        seconds.addAll(List.of(-9000, -8999));
        assertThat(orderOf(seconds)).contains("the time goes back by");
    }

    @Test
    void anHourThatComesTwiceIsInOrder() {
        List<Integer> seconds = new ArrayList<>(range(0, 7200));
        seconds.addAll(range(3600, 9000));
        assertThat(orderOf(seconds)).isNull();
    }

    @Test
    void aClockThatWasWrongForAWhileIsWarnedOf() {
        List<Integer> seconds = new ArrayList<>(range(100_000, 100_100));
        seconds.addAll(range(0, 100));
        seconds.addAll(range(100_100, 100_200));
        assertThat(orderOf(seconds)).contains("app.log:101: the time goes back by 27 h");
    }

    @Test
    void anOlderPartAfterANewerOneIsRefused() {
        List<Integer> seconds = new ArrayList<>(range(1000, 1050));
        seconds.addAll(range(0, 60));
        assertThatThrownBy(() -> orderOf(seconds))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("from line 51, those of 2026-03-02T08:00:00Z to 2026-03-02T08:00:59Z")
                .hasMessageContaining("{ sed -n '51,$p' app.log; sed -n '1,50p' app.log; } > app.log.ordered");
    }

    @Test
    void severalPartsArePutInOrderFromTheOldestOn() {
        List<Integer> seconds = new ArrayList<>(range(2000, 2050));
        seconds.addAll(range(1000, 1050));
        seconds.addAll(range(0, 50));
        assertThatThrownBy(() -> orderOf(seconds))
                .hasMessageContaining("{ sed -n '101,$p' app.log; sed -n '51,100p' app.log; sed -n '1,50p' app.log; }");
    }

    @Test
    void aLogThatBeginsWithTheNewestLineIsRefused() {
        List<Integer> seconds = new ArrayList<>(range(0, 200));
        Collections.reverse(seconds);
        assertThatThrownBy(() -> orderOf(seconds))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tac app.log > app.log.ordered");
    }

    @Test
    void aProgramIsToldToGiveItsEventsInOrder() {
        List<Integer> seconds = new ArrayList<>(range(1000, 1050));
        seconds.addAll(range(0, 60));
        assertThatThrownBy(() -> check(new InputOrder(true, List.of()), seconds))
                .hasMessageEndingWith("pass events in the order of time");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theCommandPutsTheFileInOrder(@TempDir Path folder) throws IOException, InterruptedException {
        List<String> older = lines(range(0, 30));
        List<String> newer = lines(range(1000, 1030));
        Path log = folder.resolve("the log's.log");
        Files.write(log, newer);
        Files.write(log, older, java.nio.file.StandardOpenOption.APPEND);
        PrepareSettings settings = PrepareSettings.builder()
                .dataDir(folder.resolve("data"))
                .inputs(log)
                .build();
        String message = failure(() -> Prepare.run(settings, io.deepsentry.core.RunContext.quiet()));
        String command = message.lines().skip(1).findFirst().orElseThrow();
        Process shell = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        List<String> ordered = new ArrayList<>(older);
        ordered.addAll(newer);
        assertThat(folder.resolve("the log's.log.ordered")).hasContent(String.join("\n", ordered));
    }

    @Test
    void whereTheDateOfACopyGivesTheYearTheLinesAreNotRearranged(@TempDir Path folder) throws IOException {
        Path log = syslog(folder, "yum.log", "Oct 06 01:14:%02d", "Dec 20 13:33:%02d");
        String message = failure(() -> prepare(folder, log));
        assertThat(message)
                .contains("must have its lines in the order of time")
                .contains("times without a year get it from the date of the file (" + log + ": 2026-11-29)")
                .contains("touch -d", "cp -p")
                .doesNotContain("sed", ".ordered");

        Files.setLastModifiedTime(log, FileTime.from(Instant.parse("2026-12-21T00:00:00Z")));
        prepare(folder, log);
    }

    @Test
    void someTimesWithoutAYearAreEnoughToDoubtTheOrder(@TempDir Path folder) throws IOException {
        Path log = syslog(folder, "install.log", "Sep 15 11:07:%02d", "2023-09-15T11:30:%02dZ");
        assertThat(failure(() -> prepare(folder, log)))
                .contains("times without a year")
                .doesNotContain("sed", ".ordered");
    }

    @Test
    void inputsWithoutYearsThatSeemToComeInTheWrongOrderMayHaveWrongDates(@TempDir Path folder) throws IOException {
        Path older = syslog(folder, "a.log", "Oct 06 01:14:%02d");
        Path newer = syslog(folder, "b.log", "Dec 20 13:33:%02d");
        assertThat(failure(() -> prepare(folder, older, newer)))
                .contains("inputs must be named in the order of time")
                .contains("(" + older + ": 2026-11-29, " + newer + ": 2026-11-29)")
                .endsWith("If the date is right, use --input " + newer + " " + older);
    }

    @Test
    void aTimeWithoutAYearThatSeemsToLieAheadIsWarnedOf(@TempDir Path folder) throws IOException {
        Path log = syslog(folder, "system.log", "2026-09-15T11:30:%02dZ");
        Files.writeString(log, "Nov 20 11:07:01 web app: saved cart 1\n" + Files.readString(log));
        Files.setLastModifiedTime(log, FileTime.from(Instant.parse("2026-11-29T00:00:00Z")));
        assertThat(prepare(folder, log).warnings()).anySatisfy(warning -> assertThat(warning)
                .contains("system.log:2: the time goes back by 65 days")
                .contains("times without a year get it from the date of the file", "touch -d"));
    }

    @Test
    void timesWithAYearAreCertain(@TempDir Path folder) throws IOException {
        Path log = syslog(folder, "app.log", "2026-10-06T01:14:%02dZ", "2025-12-20T13:33:%02dZ");
        assertThat(failure(() -> prepare(folder, log)))
                .contains("sed -n '41,$p'")
                .doesNotContain("touch -d");
    }

    /** A log with 40 lines for each pattern of times, last written on 2026-11-29. */
    private static Path syslog(Path folder, String name, String... times) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String time : times) {
            for (int i = 0; i < 40; i++) {
                lines.add(String.format(Locale.ROOT, time, i) + " web app: saved cart " + i % 3);
            }
        }
        Path log = Files.write(folder.resolve(name), lines);
        return Files.setLastModifiedTime(log, FileTime.from(Instant.parse("2026-11-29T00:00:00Z")));
    }

    private static PrepareResult prepare(Path folder, Path... inputs) {
        PrepareSettings settings = PrepareSettings.builder()
                .dataDir(folder.resolve("data"))
                .inputs(inputs)
                .build();
        return Prepare.run(settings, io.deepsentry.core.RunContext.quiet());
    }

    @Test
    void anOlderPartAfterANewerOneThatItRunsIntoIsWarnedOf() {
        InputOrder order = new InputOrder(false, List.of());
        add(order, "new.log", range(1000, 2000));
        add(order, "old.log", range(0, 1060));

        assertThat(order.require())
                .contains(
                        "new.log has the times from 2026-03-02T08:16:40Z to 2026-03-02T08:33:19Z, and old.log after it"
                                + " those from 2026-03-02T08:00:00Z to 2026-03-02T08:17:39Z; if both are parts of one log, give"
                                + " the older one first: --input old.log new.log");
    }

    @Test
    void logsOfOneTimeMayComeInAnyOrder() {
        InputOrder order = new InputOrder(false, List.of());
        add(order, "access.log", range(60, 2000));
        add(order, "error.log", range(0, 1990));
        add(order, "audit.log", range(-900, 2100));

        assertThat(order.require()).isEmpty();
    }

    @Test
    void whatIsRefusedIsAWarningWhereNothingIsLearned() {
        InputOrder order = new InputOrder(false, List.of());
        add(order, "new.log", range(1000, 1100));
        add(order, "old.log", range(0, 100));

        assertThat(order.warning()).hasValueSatisfying(warning -> assertThat(warning)
                .contains("new.log begins at 2026-03-02T08:16:40Z, after old.log ends at 2026-03-02T08:01:39Z")
                .endsWith("use --input old.log new.log"));
    }

    private static void add(InputOrder order, String file, List<Integer> seconds) {
        for (int i = 0; i < seconds.size(); i++) {
            Instant time = START.plusSeconds(seconds.get(i));
            order.add(new LogEvent(time, "saved", null, null, new Origin(file, i + 1, 0), List.of(), null), time);
        }
    }

    private static String failure(Runnable work) {
        try {
            work.run();
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("the log was taken");
    }

    private static List<String> lines(List<Integer> seconds) {
        return seconds.stream()
                .map(second -> START.plusSeconds(second) + " INFO shop.Cart: saved cart " + second)
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** The warning, null if there is none. */
    private static @Nullable String orderOf(List<Integer> seconds) {
        return check(new InputOrder(false, List.of()), seconds);
    }

    private static @Nullable String check(InputOrder order, List<Integer> seconds) {
        for (int i = 0; i < seconds.size(); i++) {
            Instant time = START.plusSeconds(seconds.get(i));
            Origin origin = new Origin("app.log", i + 1, 0);
            order.add(new LogEvent(time, "saved", null, null, origin, List.of(), null), time);
        }
        return order.require().orElse(null);
    }
}
