package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.core.ModelException;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamEvidenceTest {
    private static final String HEALTH = "Health check passed";
    private static final String REQUEST = "Request <id> began";
    private static final String RESPONSE = "Request <id> took <duration> for <id>";
    private static final String CACHE = "Cache of <num> entries cleaned";
    private static final String FAILED = "Payment failed";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> USERS = List.of("anna", "ben", "carla", "dimitri");

    /** Requests with their responses, a health check every 30 s, seldom a cleaned cache or an error. */
    private static List<Observation> shop(int seed, int seconds) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            if (second % 30 == 7) {
                lines.add(line(second, HEALTH));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                lines.add(line(second, REQUEST));
                lines.add(response(second, .02 + random.nextInt(80) / 100.0, USERS.get(random.nextInt(4))));
            }
            if (random.nextInt(40) == 0) {
                lines.add(line(second, CACHE));
            }
            if (random.nextInt(60) == 0) {
                lines.add(error(second));
            }
        }
        return lines;
    }

    private static @Nullable Instant at(double second) {
        return Instant.ofEpochMilli(1_800_000_000_000L + (long) (1000 * second));
    }

    private static Observation line(double second, String message, MessageValue... values) {
        return new Observation(message, Severity.LOW, at(second), "shop", "main", List.of(values));
    }

    private static Observation error(double second) {
        return new Observation(FAILED, Severity.HIGH, at(second), "shop", "main", List.of());
    }

    private static Observation response(double second, double took, String user) {
        return line(
                second,
                RESPONSE,
                new MessageValue("1", MaskType.DURATION, took + "s", took),
                new MessageValue("2", MaskType.ID, user, Double.NaN));
    }

    private static StreamEvidence learn(List<Observation> lines) {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        lines.forEach(line -> learner.add("shop.log", line));
        return learner.finish();
    }

    private static final StreamEvidence LEARNED = learn(shop(1, 6000));

    private static List<Evidence> judge(StreamEvidence evidence, List<Observation> lines) {
        StreamEvidence.Stream stream = evidence.begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    private static List<Evidence> judge(List<Observation> lines) {
        return judge(LEARNED, lines);
    }

    private static double second(Observation line) {
        return (Objects.requireNonNull(line.time()).toEpochMilli() - 1_800_000_000_000L) / 1000.0;
    }

    private static int find(List<Observation> lines, int from, String message) {
        int at = from;
        while (!lines.get(at).message().equals(message)) {
            at++;
        }
        return at;
    }

    private static Evidence only(List<Evidence> found) {
        Set<EvidenceKind> kinds = found.stream().map(Evidence::kind).collect(Collectors.toSet());
        assertThat(kinds).as("%s", found).hasSize(1);
        assertThat(found).allSatisfy(one -> assertThat(one.strength()).isGreaterThanOrEqualTo(1));
        return found.get(0);
    }

    @Test
    void isQuietOnWhatItLearnedAndOnMoreOfTheSame() {
        assertThat(judge(shop(1, 6000))).isEmpty();
        assertThat(judge(shop(2, 3000))).isEmpty();
    }

    @Test
    void aMissingStepIsFoundWhereItShouldHaveBeen() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, RESPONSE);
        lines.remove(at);
        Evidence found = only(judge(lines));
        assertThat(found.kind()).isEqualTo(EvidenceKind.ORDER);
        assertThat(found.message()).isEqualTo(REQUEST);
        assertThat(found.subject()).isEqualTo(RESPONSE);
        assertThat(found.reason())
                .matches("\"" + Pattern.quote(RESPONSE) + "\" did not follow \"" + Pattern.quote(REQUEST)
                        + "\", as it always had on the next line \\(([0-9,]+) of \\1 times\\)\\.");
    }

    @Test
    void stepsThatChangePlacesAreFoundAsTheStepsTheyAre() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, REQUEST);
        lines.set(at, lines.set(at + 1, lines.get(at)));
        List<Evidence> found = judge(lines);
        assertThat(only(found).kind()).isEqualTo(EvidenceKind.ORDER);
        assertThat(found).anySatisfy(one -> {
            assertThat(one.message()).isEqualTo(REQUEST);
            assertThat(one.subject()).isEqualTo(RESPONSE);
        });
    }

    @Test
    void aMessageNeverSeenBetweenTwoStepsBreaksNoOrder() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, RESPONSE);
        lines.add(at, line(second(lines.get(at)), "Disk <num> is full"));
        assertThat(judge(lines)).isEmpty();
    }

    /** Requests that come independently of each other, of which so many in 100 are of one kind. */
    private static List<Observation> requests(int common, int seed) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        for (int i = 0; i < 2400; i++) {
            // The rare one was always beside a common one so far, as it happens with 20 of them.
            boolean beside = i % 110 >= 54 && i % 110 <= 56;
            String message = i % 110 == 55
                    ? "GET found nothing"
                    : beside || random.nextInt(100) < common ? "GET went well" : "GET " + random.nextInt(3) + " moved";
            lines.add(new Observation(message, Severity.LOW, at(i), "web", null, List.of()));
        }
        return lines;
    }

    @ParameterizedTest
    @CsvSource({"94, false", "40, true"})
    void aNeighbourThatIsNearlyEveryLineMakesNoOrder(int common, boolean isOrder) {
        StreamEvidence evidence = learn(requests(common, 7));
        List<Observation> rest = requests(common, 8);
        rest.set(
                find(rest, 1000, "GET found nothing") - 1,
                new Observation("GET 1 moved", Severity.LOW, at(1000), "web", null, List.of()));
        List<EvidenceKind> kinds =
                judge(evidence, rest).stream().map(Evidence::kind).distinct().toList();
        assertThat(kinds.contains(EvidenceKind.ORDER)).isEqualTo(isOrder);
    }

    @Test
    void ordersOfThreadsAreLearnedWhereTheStreamMixesThem() {
        Random random = new Random(5);
        List<Observation> lines = new ArrayList<>();
        int[] steps = new int[12];
        for (int i = 0; i < 9000; i++) {
            int thread = random.nextInt(steps.length);
            String message = "step " + (char) ('a' + steps[thread]++ % 5);
            lines.add(new Observation(message, Severity.LOW, null, null, "worker-" + thread, List.of()));
        }
        StreamEvidence evidence = learn(lines.subList(0, 6000));
        List<Observation> rest = new ArrayList<>(lines.subList(6000, 9000));
        assertThat(judge(evidence, rest)).isEmpty();
        rest.remove(find(rest, 1500, "step c"));
        List<Evidence> found = judge(evidence, rest);
        assertThat(only(found).kind()).isEqualTo(EvidenceKind.ORDER);
        assertThat(found).anySatisfy(one -> assertThat(one.reason()).containsPattern("of its thread|in its thread"));
    }

    private static Observation step(int second, String thread, String message) {
        return new Observation(message, Severity.LOW, at(second), "shop", thread, List.of());
    }

    /** Connections, each a process of its own with three lines, of which many are open at once. */
    private static List<Observation> connections(int seed, int count) {
        Random random = new Random(seed);
        List<List<Observation>> open = new ArrayList<>();
        List<Observation> lines = new ArrayList<>();
        for (int i = 0; lines.size() < 3 * count; i++) {
            if (i < count) {
                String pid = "web/" + (1000 + i);
                open.add(new ArrayList<>(
                        List.of(step(i, pid, "opened"), step(i, pid, "signed in"), step(i, pid, "closed"))));
            }
            for (int more = random.nextInt(7); more > 0 && !open.isEmpty(); more--) {
                List<Observation> one = open.get(random.nextInt(open.size()));
                lines.add(step(
                        i,
                        Objects.requireNonNull(one.get(0).thread()),
                        one.remove(0).message()));
                open.removeIf(List::isEmpty);
            }
        }
        return lines;
    }

    @Test
    void theLastAndTheFirstStepOfShortThreadsAreMissed() {
        StreamEvidence evidence = learn(connections(1, 900));
        assertThat(judge(evidence, connections(2, 300))).isEmpty();

        List<Observation> unclosed = connections(3, 300);
        unclosed.remove(find(unclosed, 400, "closed"));
        Evidence last = only(judge(evidence, unclosed));
        assertThat(last.kind()).isEqualTo(EvidenceKind.ORDER);
        assertThat(last.subject()).isEqualTo("closed");
        assertThat(last.reason()).contains(", as it always had on the next line of its thread (");

        List<Observation> unopened = connections(3, 300);
        unopened.remove(find(unopened, 400, "opened"));
        Evidence first = only(judge(evidence, unopened));
        assertThat(first.kind()).isEqualTo(EvidenceKind.ORDER);
        assertThat(first.message()).isEqualTo("opened");
        assertThat(first.reason())
                .matches("\"signed in\" came without \"opened\", which always preceded it directly in its thread"
                        + " \\(([0-9,]+) of \\1 times\\)\\.");
    }

    @Test
    void whatIsAwaitedOfThreadsIsAwaitedAfterARestart() throws IOException {
        StreamEvidence evidence = learn(connections(1, 900));
        List<Observation> lines = connections(3, 300);
        int at = find(lines, 400, "closed");
        lines.remove(at);
        StreamEvidence.Stream stream = evidence.begin();
        lines.subList(0, at).forEach(stream::next);
        StreamEvidence.Stream resumed = evidence.begin();
        resumed.read(new DataInputStream(new ByteArrayInputStream(state(stream))));
        for (Observation line : lines.subList(at, lines.size())) {
            assertThat(resumed.next(line)).isEqualTo(stream.next(line));
        }
        assertThat(state(resumed)).isEqualTo(state(stream));
    }

    @Test
    void aLogThatStopsIsFoundOnceUntilItGoesOn() throws IOException {
        List<Observation> lines = shop(3, 1000);
        StreamEvidence.Stream stream = LEARNED.begin();
        lines.forEach(stream::next);
        assertThat(stream.quiet(5)).isEmpty();
        List<Evidence> found = stream.quiet(300);
        assertThat(found).extracting(Evidence::kind).contains(EvidenceKind.SILENCE, EvidenceKind.DROP);
        assertThat(found.get(0).message()).isEmpty();
        assertThat(found)
                .extracting(Evidence::reason)
                .anyMatch(reason ->
                        reason.matches("No lines since \\S+ UTC \\(the longest pause before was \\d+ s\\)\\."));
        assertThat(stream.isOut()).isTrue();

        StreamEvidence.Stream resumed = LEARNED.begin();
        resumed.read(new DataInputStream(new ByteArrayInputStream(state(stream))));
        assertThat(resumed.quiet(2900)).isEmpty();
        assertThat(resumed.quiet(3000))
                .as("ten times as long")
                .extracting(Evidence::kind)
                .containsExactly(EvidenceKind.SILENCE);
        assertThat(resumed.quiet(3100)).isEmpty();
        boolean isFirst = true;
        for (Observation line : shop(4, 100)) {
            assertThat(resumed.next(line(second(line) + 5000, line.message()))).isEmpty();
            assertThat(resumed.isOut()).isFalse();
            assertThat(resumed.over()).hasSize(isFirst ? 1 : 0).allSatisfy(one -> assertThat(one.reason())
                    .matches("No lines from 08:16:\\d\\d to 09:23:\\d\\d UTC \\(66\\.\\d min; .+ before.*\\)\\."));
            isFirst = false;
        }
        assertThat(resumed.quiet(300)).isNotEmpty();
    }

    @Test
    void aLogWithoutTimesNeverStops() {
        StreamEvidence.Stream stream = LEARNED.begin();
        withoutTimes(shop(3, 100)).forEach(stream::next);
        assertThat(stream.quiet(1e6)).isEmpty();
    }

    @Test
    void aBurstIsFoundOnTheLinesOfTheBurst() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, CACHE);
        double second = second(lines.get(at));
        for (int i = 0; i < 20; i++) {
            lines.add(at, line(second, CACHE));
        }
        List<Evidence> found = judge(lines).stream()
                .filter(one -> one.kind() == EvidenceKind.BURST)
                .toList();
        assertThat(found).hasSizeBetween(5, 30);
        assertThat(found).extracting(Evidence::message).containsOnly(CACHE);
        assertThat(found.get(0).reason()).startsWith("\"" + CACHE + "\" came ").contains("never more than ");
    }

    @Test
    void aBurstIsFoundWithoutTimes() {
        StreamEvidence evidence = learn(withoutTimes(shop(1, 6000)));
        List<Observation> lines = withoutTimes(shop(3, 1000));
        assertThat(judge(evidence, lines)).isEmpty();
        int at = find(lines, 500, CACHE);
        for (int i = 0; i < 20; i++) {
            lines.add(at, lines.get(at));
        }
        assertThat(judge(evidence, lines)).extracting(Evidence::kind).contains(EvidenceKind.BURST);
    }

    private static List<Observation> withoutTimes(List<Observation> lines) {
        return lines.stream()
                .map(line -> new Observation(
                        line.message(), line.severity(), null, line.component(), line.thread(), line.values()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    @Test
    void aRegularMessageThatStopsIsFoundOnceAGap() {
        List<Observation> lines = shop(3, 2000);
        int from = find(lines, 700, HEALTH);
        List<Observation> stopped = new ArrayList<>(lines.subList(0, from + 1));
        lines.subList(from + 1, lines.size()).stream()
                .filter(line -> !line.message().equals(HEALTH))
                .forEach(stopped::add);
        List<Evidence> found = judge(stopped);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(EvidenceKind.SILENCE);
        assertThat(found.get(0).reason())
                .matches("\"Health check passed\" came about every (29|30|31)[.0-9]* s \\(longest gap 30 s\\); none for"
                        + " .*");
    }

    @Test
    void aRegularMessageThatNeverComesIsFound() {
        List<Observation> lines = shop(3, 500);
        lines.removeIf(line -> line.message().equals(HEALTH));
        assertThat(only(judge(lines)).kind()).isEqualTo(EvidenceKind.SILENCE);
    }

    @Test
    void aPauseOfTheWholeLogIsNoSilenceOfAMessage() {
        List<Observation> lines = shop(3, 600);
        shop(4, 600)
                .forEach(line -> lines.add(new Observation(
                        line.message(), line.severity(), at(5000 + second(line)), "shop", "main", line.values())));
        assertThat(judge(lines)).extracting(Evidence::kind).doesNotContain(EvidenceKind.SILENCE);
    }

    @Test
    void aNumberBeyondAllIsFoundWithWhatIsUsual() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, RESPONSE);
        lines.set(at, response(second(lines.get(at)), 98, "anna"));
        Evidence found = only(judge(lines));
        assertThat(found.kind()).isEqualTo(EvidenceKind.VALUE);
        assertThat(found.subject()).isEqualTo("1");
        assertThat(found.reason()).matches("98 s in \".*\": none of [0-9,]+ values here was over 810 ms\\.");
    }

    @Test
    void numbersThatRiseAsAWholeAreFoundThoughNoneIsBeyondAll() {
        List<Observation> lines = slower(shop(3, 400), 200);
        List<Evidence> found = judge(lines);
        assertThat(found).allSatisfy(evidence -> {
            assertThat(evidence.kind()).isEqualTo(EvidenceKind.VALUE);
            assertThat(evidence.subject()).isEqualTo("1 shifted");
            assertThat(evidence.reason())
                    .matches("The last 64 numbers in \".*\" are higher: [0-9]{3} ms in the middle; before it was"
                            + " [34][0-9]{2} ms\\.");
        });
        long slow = lines.stream()
                .filter(line -> line.message().equals(RESPONSE) && second(line) >= 200)
                .count();
        assertThat(found).as("once in 64 numbers").hasSizeBetween(1, (int) (slow / 64));
    }

    @Test
    void aShiftIsFoundAtTheSameLineByAStreamThatWasInterrupted() throws IOException {
        List<Observation> lines = slower(shop(3, 400), 200);
        StreamEvidence.Stream stream = LEARNED.begin();
        List<Evidence> found = new ArrayList<>();
        for (Observation line : lines) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            stream.write(new DataOutputStream(state));
            stream = LEARNED.begin();
            stream.read(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
            found.addAll(stream.next(line));
        }
        assertThat(found).isNotEmpty().isEqualTo(judge(lines));
    }

    @Test
    void aPlaceWhoseNumbersGrowByNatureHasNoShift() {
        List<Observation> lines = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            lines.add(line(i, CACHE, new MessageValue("1", MaskType.NUM, "" + i, i)));
        }
        StreamEvidence learned = learn(lines.subList(0, 3000));
        StreamEvidence.Stream stream = learned.begin();
        for (Observation line : lines.subList(3000, 4000)) {
            assertThat(stream.next(line)).isEmpty();
        }
    }

    /** From a second on, each response takes as long as the slower half did. */
    private static List<Observation> slower(List<Observation> lines, int from) {
        return lines.stream()
                .map(line -> line.message().equals(RESPONSE) && second(line) >= from
                        ? response(
                                second(line),
                                .4 + line.values().get(0).number() / 2,
                                line.values().get(1).text())
                        : line)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    @Test
    void aWordNeverSeenWhereFewAreIsFound() {
        List<Observation> lines = shop(3, 1000);
        int at = find(lines, 500, RESPONSE);
        lines.set(at, response(second(lines.get(at)), .1, "mallory"));
        Evidence found = only(judge(lines));
        assertThat(found.kind()).isEqualTo(EvidenceKind.PARAMETER);
        assertThat(found.subject()).isEqualTo("2");
        assertThat(found.reason()).contains("\"mallory\"", "\"anna\", \"ben\", \"carla\" and 1 other");
    }

    @Test
    void moreErrorsThanEverAreFound() {
        List<Observation> lines = shop(3, 1000);
        List<Observation> failing = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            failing.add(lines.get(i));
            if (i > 600 && i < 900 && lines.get(i).message().equals(RESPONSE)) {
                failing.add(error(second(lines.get(i))));
            }
        }
        List<Evidence> found = judge(failing);
        assertThat(found).extracting(Evidence::kind).contains(EvidenceKind.LEVEL);
        assertThat(found.stream().filter(one -> one.kind() == EvidenceKind.LEVEL))
                .allSatisfy(one -> assertThat(one.reason()).startsWith("Errors were "));
    }

    @Test
    void farFewerLinesThanEverAreFound() {
        List<Observation> lines = shop(3, 2400);
        lines.removeIf(line -> second(line) > 1200 && !line.message().equals(HEALTH));
        List<Evidence> found = judge(lines);
        assertThat(found).extracting(Evidence::kind).contains(EvidenceKind.DROP);
    }

    @Test
    void aStreamResumedGoesOnAsIfNothingHadInterruptedIt() throws IOException {
        List<Observation> lines = shop(3, 1500);
        lines.remove(find(lines, 300, RESPONSE));
        int burst = find(lines, 800, CACHE);
        for (int i = 0; i < 20; i++) {
            lines.add(burst, lines.get(burst));
        }
        lines.removeIf(line -> second(line) > 900 && line.message().equals(HEALTH));
        List<Evidence> whole = judge(lines);
        assertThat(whole)
                .extracting(Evidence::kind)
                .contains(EvidenceKind.ORDER, EvidenceKind.BURST, EvidenceKind.SILENCE);
        for (int cut : new int[] {0, 1, 7, 301, burst + 5, lines.size() - 1}) {
            StreamEvidence.Stream stream = LEARNED.begin();
            List<Evidence> found = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                if (i == cut) {
                    byte[] state = state(stream);
                    stream = LEARNED.begin();
                    stream.read(new DataInputStream(new ByteArrayInputStream(state)));
                    assertThat(state(stream)).isEqualTo(state);
                }
                found.addAll(stream.next(lines.get(i)));
            }
            assertThat(found).as("cut at %s", cut).isEqualTo(whole);
        }
    }

    private static byte[] state(StreamEvidence.Stream stream) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        stream.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    @Test
    void whatIsReadFindsTheSameAsWhatWasWritten() {
        JsonNode json = JSON.valueToTree(LEARNED.toMap());
        StreamEvidence read = StreamEvidence.read(json);
        JsonNode again = JSON.valueToTree(read.toMap());
        assertThat(again).isEqualTo(json);
        List<Observation> lines = shop(3, 1000);
        lines.remove(find(lines, 500, RESPONSE));
        lines.set(find(lines, 700, RESPONSE), response(700, 98, "mallory"));
        assertThat(judge(read, lines)).isNotEmpty().isEqualTo(judge(lines));
    }

    @Test
    void learningTheSameGivesTheSame() {
        JsonNode again = JSON.valueToTree(learn(shop(1, 6000)).toMap());
        assertThat(again.toString()).isEqualTo(JSON.valueToTree(LEARNED.toMap()).toString());
    }

    @Test
    void aStreamResumedWithFewerKindsFollowsThose() throws IOException {
        List<Observation> lines = shop(3, 1000);
        int cut = find(lines, 500, RESPONSE);
        StreamEvidence.Stream stream = LEARNED.begin();
        lines.subList(0, cut).forEach(stream::next);
        StreamEvidence.Stream fewer =
                LEARNED.only(EnumSet.of(EvidenceKind.ORDER, EvidenceKind.VALUE)).begin();
        fewer.read(new DataInputStream(new ByteArrayInputStream(state(stream))));
        List<Evidence> found = new ArrayList<>();
        lines.subList(cut + 1, lines.size()).forEach(line -> found.addAll(fewer.next(line)));
        assertThat(only(found).kind()).isEqualTo(EvidenceKind.ORDER);
    }

    @Test
    void namesOfThreadsMayBeOfAnyLength() throws IOException {
        List<Observation> lines = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            String thread = (i % 2 == 0 ? "x" : "y") + "\u4e2d".repeat(70_000);
            lines.add(new Observation("step " + i / 2 % 5, Severity.LOW, null, thread, thread, List.of()));
        }
        StreamEvidence.Stream stream = learn(lines).begin();
        lines.forEach(stream::next);
        assertThat(state(stream).length).isLessThan(1 << 20);
    }

    @Test
    void whatIsNotEvidenceIsRefused() {
        for (String member : List.of("version", "messages", "kinds")) {
            ObjectNode json = JSON.valueToTree(LEARNED.toMap());
            json.remove(member);
            assertRefused(json);
        }
        ObjectNode limits = JSON.valueToTree(LEARNED.toMap());
        ((ObjectNode) limits.at("/kinds/burst")).put("limits", "none");
        assertRefused(limits);
        ObjectNode message = JSON.valueToTree(LEARNED.toMap());
        message.withArray("/messages").remove(0);
        assertRefused(message);
        ObjectNode later = JSON.valueToTree(LEARNED.toMap());
        later.put("version", 99);
        assertRefused(later);
        assertRefused(JSON.createArrayNode());
    }

    private static void assertRefused(JsonNode json) {
        assertThatThrownBy(() -> StreamEvidence.read(json))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("evidence.json ")
                .hasMessageEndingWith("; train again");
    }

    @Test
    void kindsCanBeSwitchedOff() {
        List<Observation> lines = shop(3, 1000);
        lines.remove(find(lines, 500, RESPONSE));
        assertThat(judge(LEARNED.only(EnumSet.of(EvidenceKind.ORDER)), lines)).isNotEmpty();
        assertThat(judge(LEARNED.only(EnumSet.complementOf(EnumSet.of(EvidenceKind.ORDER))), lines))
                .isEmpty();
        assertThat(judge(LEARNED.only(Set.of()), lines)).isEmpty();
    }

    @Test
    void nothingLearnedFindsNothing() {
        assertThat(judge(StreamEvidence.NONE, shop(3, 100))).isEmpty();
        assertThat(judge(learn(List.of()), shop(3, 100))).isEmpty();
        assertThat(judge(learn(shop(1, 3)), shop(3, 100))).isEmpty();
    }

    @Test
    void memoryIsBoundedWhateverComes() throws IOException {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        for (int i = 0; i < 1_000_000; i++) {
            learner.add("a.log", distinct(i));
        }
        StreamEvidence evidence = learner.finish();
        assertThat(JSON.writeValueAsBytes(evidence.toMap()).length).isLessThan(4 << 20);
        StreamEvidence.Stream stream = evidence.begin();
        for (int i = 0; i < 200_000; i++) {
            stream.next(distinct(i));
        }
        assertThat(state(stream).length).isLessThan(8 << 20);
    }

    private static Observation distinct(int i) {
        MessageValue word = new MessageValue("0", MaskType.ID, "w" + i, Double.NaN);
        return new Observation(
                "m" + i % 500_000, Severity.PLAIN, at(i / 100.0), "c" + i % 90_000, "t" + i, List.of(word));
    }

    @Test
    void hostileValuesAndTimesDoNoHarm() throws IOException {
        double[] numbers = {
            Double.NaN, Double.POSITIVE_INFINITY, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -0.0, 1e300
        };
        Instant[] times = {
            Instant.MIN, Instant.MAX, Instant.EPOCH, at(0), at(1e9), null, at(-1e6),
        };
        StreamEvidence.Learner learner = StreamEvidence.learner();
        List<Observation> lines = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            MaskType type = i % 2 == 0 ? MaskType.NUM : MaskType.DURATION;
            MessageValue number = new MessageValue("\u0000" + i % 3, type, "", numbers[i % numbers.length]);
            lines.add(new Observation(
                    i % 5 == 0 ? "" : "m".repeat(i % 70_000),
                    Severity.HIGH,
                    times[i / 7 % times.length],
                    "c".repeat(100_000),
                    "",
                    List.of(number)));
            learner.add(i % 1000 < 500 ? "a" : "b", lines.get(i));
        }
        StreamEvidence evidence = StreamEvidence.read(
                JSON.readTree(JSON.writeValueAsBytes(learner.finish().toMap())));
        StreamEvidence.Stream stream = evidence.begin();
        lines.forEach(stream::next);
        byte[] state = state(stream);
        StreamEvidence.Stream resumed = evidence.begin();
        resumed.read(new DataInputStream(new ByteArrayInputStream(state)));
        assertThat(state(resumed)).isEqualTo(state);
    }
}
