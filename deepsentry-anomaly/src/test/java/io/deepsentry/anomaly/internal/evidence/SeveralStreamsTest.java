package io.deepsentry.anomaly.internal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Messages that become rare in a log, where training had several logs with messages of their own. */
class SeveralStreamsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PAGE = "Page viewed";
    private static final String ORDER = "Order placed";
    private static final String ACCESS = "GET <path>";
    private static final String LOGIN = "Login of <id>";

    private static Observation line(String message) {
        return new Observation(message, Severity.LOW, null, "shop", "main", List.of());
    }

    /** So many lines: one in four has the second message, the others the first. */
    private static List<Observation> log(int seed, String usual, String other, int count) {
        Random random = new Random(seed);
        List<Observation> lines = new ArrayList<>();
        while (lines.size() < count) {
            lines.add(line(random.nextInt(4) == 0 ? other : usual));
        }
        return lines;
    }

    private static List<Observation> shop(int seed, int count) {
        return log(seed, PAGE, ORDER, count);
    }

    private static List<Observation> shopWithoutOrders(int count) {
        List<Observation> lines = shop(5, 400);
        while (lines.size() < count) {
            lines.add(line(PAGE));
        }
        return lines;
    }

    private static StreamEvidence learn(Map<String, List<Observation>> logs) {
        StreamEvidence.Learner learner = StreamEvidence.learner();
        logs.forEach((name, lines) -> lines.forEach(line -> learner.add(name, line)));
        return learner.finish().only(EnumSet.of(EvidenceKind.DROP));
    }

    private static Map<String, List<Observation>> logs(List<Observation> first, List<Observation> second) {
        Map<String, List<Observation>> logs = new LinkedHashMap<>();
        logs.put("first.log", first);
        logs.put("second.log", second);
        return logs;
    }

    private static final StreamEvidence OF_TWO = learn(logs(shop(1, 4000), log(2, ACCESS, LOGIN, 4000)));

    private static List<Evidence> judge(StreamEvidence evidence, List<Observation> lines) {
        StreamEvidence.Stream stream = evidence.begin();
        List<Evidence> found = new ArrayList<>();
        lines.forEach(line -> found.addAll(stream.next(line)));
        return found;
    }

    /** The fewest of each message by its text. */
    private static Map<String, Integer> fewest(StreamEvidence evidence) {
        JsonNode json = JSON.valueToTree(evidence.toMap());
        Map<String, Integer> fewest = new TreeMap<>();
        for (JsonNode row : json.at("/kinds/drop/messages")) {
            fewest.put(
                    json.at("/messages/" + row.get(0).asInt()).asText(),
                    row.get(2).asInt());
        }
        return fewest;
    }

    @Test
    void aMessageThatStopsIsFoundAsInTheLogAlone() {
        StreamEvidence alone = learn(Map.of("first.log", shop(1, 4000)));
        List<Observation> stops = shopWithoutOrders(1000);

        assertThat(judge(alone, stops)).isNotEmpty();
        assertThat(judge(OF_TWO, stops)).isEqualTo(judge(alone, stops)).allSatisfy(one -> assertThat(one.reason())
                .matches("\"Order placed\" came only 0 times in 200 lines; never fewer than \\d\\d before\\."));
        assertThat(judge(learn(logs(log(2, ACCESS, LOGIN, 4000), shop(1, 4000))), stops))
                .isEqualTo(judge(alone, stops));
    }

    @Test
    void eachLogTeachesTheMessagesThatItHasFromItsFirstStretchOn() {
        assertThat(fewest(OF_TWO)).containsOnlyKeys(PAGE, ORDER, ACCESS, LOGIN);

        List<Observation> later = log(2, ACCESS, LOGIN, 4000);
        later.set(3000, line(ORDER));
        assertThat(fewest(learn(logs(shop(1, 4000), later)))).containsOnlyKeys(PAGE, ACCESS, LOGIN);
    }

    @Test
    void messagesOfAnotherLogAreNotMissedInThisOne() {
        assertThat(judge(OF_TWO, shop(7, 4000))).isEmpty();
        assertThat(judge(OF_TWO, log(8, ACCESS, LOGIN, 4000))).isEmpty();
        assertThat(judge(OF_TWO, log(9, "Backup of <path>", "Backup done", 4000)))
                .isEmpty();
    }

    @Test
    void fewOfAMessageAreNoDropInALogThatNeverHadMore() {
        List<Observation> seldom = log(8, ACCESS, LOGIN, 4000);
        for (int i = 0; i < seldom.size(); i += 100) {
            seldom.set(i, line(ORDER));
        }
        assertThat(judge(OF_TWO, seldom)).isEmpty();
    }

    @Test
    void aStreamReadAgainFindsTheSame() throws IOException {
        List<Observation> lines = shopWithoutOrders(1000);
        StreamEvidence read = StreamEvidence.read(JSON.valueToTree(OF_TWO.toMap()));
        StreamEvidence.Stream stream = read.begin();
        List<Evidence> found = new ArrayList<>();
        for (Observation line : lines) {
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            stream.write(new DataOutputStream(state));
            stream = read.begin();
            stream.read(new DataInputStream(new ByteArrayInputStream(state.toByteArray())));
            found.addAll(stream.next(line));
        }
        assertThat(found).isNotEmpty().isEqualTo(judge(OF_TWO, lines));
    }

    /** As in files of versions before. */
    @Test
    void whereTheFileNamesNoSeveralStreamsAMessageIsMissedFromTheFirstStretchOn() {
        List<Observation> pages = log(3, PAGE, PAGE, 400);
        ObjectNode json = JSON.valueToTree(OF_TWO.toMap());
        assertThat(judge(StreamEvidence.read(json), pages)).isEmpty();

        ((ObjectNode) json.at("/kinds/drop")).remove("several_streams");
        assertThat(judge(StreamEvidence.read(json), pages)).isNotEmpty();

        StreamEvidence alone = learn(Map.of("first.log", shop(1, 4000)));
        assertThat(JSON.valueToTree(alone.toMap()).at("/kinds/drop").has("several_streams"))
                .isFalse();
        assertThat(judge(alone, pages)).isNotEmpty();
    }
}
