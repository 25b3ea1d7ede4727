package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rates by the hour of the week, of an office that is hardly used on weekends: five weeks, four of them learnt. */
class WeekRatesTest {
    /** A Monday. */
    private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");

    private static final String LOGIN = "User <id> logged in";
    private static final String BACKUP = "Volume <id> saved";
    private static final String CHECK = "Quota of <id> checked";
    private static final String SCAN = "Connection from <ip> refused";
    private static final int DAY = 24;
    private static final int WEEK = 7 * DAY;
    private static final int LEARNED_WEEKS = 4;
    private static final int TUESDAY_NOON = LEARNED_WEEKS * WEEK + DAY + 12;
    private static final int SUNDAY_NOON = LEARNED_WEEKS * WEEK + 6 * DAY + 12;

    /** Logins of an hour from the begin on: 200 on weekdays, 30 on weekends, 12 times fewer by night. */
    private static double logins(int hour) {
        return (hour % WEEK / DAY > 4 ? 30 : 200) * (hour % DAY < 6 ? 1 / 12.0 : 1);
    }

    private static List<Observation> office(int seed, int from, int until) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (int hour = from; hour < until; hour++) {
            add(lines, hour, LOGIN, (int) (logins(hour) * (.85 + .3 * random.nextDouble())), random);
            add(lines, hour, BACKUP, 30 + random.nextInt(10), random);
            add(lines, hour, CHECK, 1 + random.nextInt(3), random);
            // Once in two days on average, at any hour: it has no week.
            add(lines, hour, SCAN, random.nextInt(48) == 0 ? 20 : 0, random);
        }
        return sorted(lines);
    }

    private static List<Observation> sorted(List<Observation> lines) {
        lines.sort(Comparator.comparing(line -> Objects.requireNonNull(line.time())));
        return lines;
    }

    private static void add(List<Observation> to, int hour, String message, int count, Random random) {
        for (int i = 0; i < count; i++) {
            Instant time =
                    BEGIN.plus(Duration.ofMillis((long) ((hour + (i + random.nextDouble()) / count) * 3_600_000)));
            to.add(new Observation(message, Severity.LOW, time, "office", "main", List.of()));
        }
    }

    private static final StreamEvidence FULL = learn(LEARNED_WEEKS);
    private static final StreamEvidence LEARNED = only(FULL);

    private static StreamEvidence learn(int weeks) {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        office(1, 0, weeks * WEEK).forEach(line -> learner.add("office.log", line));
        return learner.finish();
    }

    private static StreamEvidence only(StreamEvidence evidence) {
        return evidence.only(EnumSet.of(EvidenceKind.BURST, EvidenceKind.DROP));
    }

    private static List<Evidence> judge(StreamEvidence by, List<Observation> lines) {
        StreamEvidence.Stream stream = by.begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    private static List<Observation> fifthWeek() {
        return office(2, LEARNED_WEEKS * WEEK, (LEARNED_WEEKS + 1) * WEEK);
    }

    /** The fifth week, with the logins of a weekend at Tuesday noon. */
    private static List<Observation> fewOnTuesday() {
        Instant noon = BEGIN.plus(Duration.ofHours(TUESDAY_NOON));
        Random random = new Random(4);
        List<Observation> lines = fifthWeek();
        lines.removeIf(line -> line.message().equals(LOGIN)
                && !Objects.requireNonNull(line.time()).isBefore(noon)
                && line.time().isBefore(noon.plus(Duration.ofHours(1)))
                && random.nextDouble() < .85);
        return lines;
    }

    /** The fifth week, with the logins of a weekday at Sunday noon. */
    private static List<Observation> manyOnSunday() {
        List<Observation> lines = fifthWeek();
        add(lines, SUNDAY_NOON, LOGIN, 170, new Random(3));
        return sorted(lines);
    }

    @Test
    void aQuietWeekendIsNoDropAndTheMondayAfterItNoBurst() {
        assertThat(judge(LEARNED, fifthWeek())).isEmpty();
    }

    @Test
    void whatIsUsualOnSundayIsADropOnTuesday() {
        List<Evidence> found = judge(LEARNED, fewOnTuesday());

        assertThat(found).isNotEmpty().allSatisfy(one -> assertThat(one.kind()).isEqualTo(EvidenceKind.DROP));
        assertThat(found)
                .extracting(Evidence::reason)
                .contains("\"User <id> logged in\" came only 26 times in an hour;"
                        + " about this time of the week never fewer than 172 in 3 weeks.");
    }

    @Test
    void whatIsUsualOnTuesdayIsABurstOnSunday() {
        List<Evidence> found = judge(LEARNED, manyOnSunday());

        assertThat(found).isNotEmpty().allSatisfy(one -> assertThat(one.kind()).isEqualTo(EvidenceKind.BURST));
        assertThat(found).anySatisfy(one -> assertThat(one.reason())
                .startsWith("\"" + LOGIN + "\" came ")
                .contains(" times in an hour; about this time of the week never more than "));
    }

    @Test
    void twoWeeksKnowNoDayOfTheWeek() {
        StreamEvidence learned = learn(2);
        JsonNode json = new ObjectMapper().valueToTree(learned.toMap());
        StreamEvidence two = only(learned);

        assertThat(written(json, "burst").get("weeks")).isEmpty();
        assertThat(written(json, "burst").get("hours")).isNotEmpty();
        assertThat(judge(two, fewOnTuesday())).isEmpty();
        assertThat(judge(two, manyOnSunday())).isEmpty();
    }

    @Test
    void onlyMessagesThatTheWeekTellsMoreOfAreKeptByWeek() {
        JsonNode json = new ObjectMapper().valueToTree(FULL.toMap());
        List<String> messages = new ArrayList<>();
        written(json, "burst").get("weeks").forEach(row -> {
            int message = row.get(0).intValue();
            messages.add(
                    message == Names.MOST
                            ? ""
                            : json.get("messages").get(message).textValue());
        });

        assertThat(messages).contains(LOGIN, "").doesNotContain(CHECK, SCAN);
    }

    @Test
    void modelsReadAgainJudgeAlikeAndOlderOnesKnowNoWeek() throws IOException {
        // Through text, as files are: numbers of a tree in memory have other types.
        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(FULL.toMap()));
        List<Observation> lines = manyOnSunday();
        assertThat(judge(only(StreamEvidence.read(json)), lines)).isEqualTo(judge(LEARNED, lines));

        ((ObjectNode) written(json, "burst")).remove("weeks");
        ((ObjectNode) written(json, "drop")).remove("weeks");
        assertThat(judge(only(StreamEvidence.read(json)), lines)).isEmpty();
    }

    private static JsonNode written(JsonNode json, String kind) {
        return json.get("kinds").get(kind);
    }
}
