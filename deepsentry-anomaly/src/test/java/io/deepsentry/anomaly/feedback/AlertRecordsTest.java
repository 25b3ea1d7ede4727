package io.deepsentry.anomaly.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertRecordsTest {
    private final Path folder;
    private final Path file;

    AlertRecordsTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        file = Files.writeString(
                folder.resolve("alerts.jsonl"),
                line("aaaa000000000001", "f00d0001", 2, "x")
                        + line("aaaa000000000002", "f00d0001", 5, "y")
                        + line("bbbb000000000003", "beef0002", 3, "z")
                        + "{\"id\":\"cccc000000000004\",\"score\":1,\"explanation\":{\"reason\":\"r\",\"odd_steps\":[]}}\n");
    }

    private static String line(String id, String finding, int score, String message) {
        return "{\"id\":\"" + id + "\",\"session\":\"s\",\"score\":" + score + ",\"finding\":\"" + finding
                + "\",\"explanation\":{\"reason\":\"r\",\"odd_steps\":[{\"view\":\"order\",\"message\":\"" + message
                + "\",\"surprise\":1}]}}\n";
    }

    private AlertRecord find(String id) {
        return AlertRecords.find(id, List.of(folder.resolve("none.jsonl"), file));
    }

    @Test
    void findsAnAlertByItsIdOrTheBeginningOfIt() {
        assertThat(find("aaaa000000000002").score()).isEqualTo(5);
        assertThat(find("bbbb").id()).isEqualTo("bbbb000000000003");
        assertThat(find("bbbb").finding()).isEqualTo("beef0002");
        assertThat(find("cccc").finding()).isNull();
    }

    @Test
    void findsAllAlertsOfAFindingAsOne() {
        AlertRecord all = find("f00d");
        assertThat(all.id()).isEqualTo("f00d0001");
        assertThat(all.session()).isNull();
        assertThat(all.score()).isEqualTo(5);
        assertThat(all.steps()).extracting(AnomalousStep::message).containsExactly("x", "y");
        assertThat(find("F00D0001")).isEqualTo(all);
    }

    @Test
    void refusesABeginningThatIsTooShortOrOfSeveral() {
        assertThatThrownBy(() -> find("bbb")).isInstanceOf(MissingDataException.class);
        assertThatThrownBy(() -> find("aaaa"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("aaaa must be the beginning of one id, but is of 2")
                .hasMessageContaining("aaaa000000000001, aaaa000000000002");
    }
}
