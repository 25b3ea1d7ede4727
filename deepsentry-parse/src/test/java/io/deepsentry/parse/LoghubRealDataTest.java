package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The 2,000 lines of each of loghub's 16 systems, against the tables its authors made of them. */
class LoghubRealDataTest {
    private final Path loghub = RealData.folder("loghub_2k");

    @ParameterizedTest(name = "{0} as {1}")
    @CsvSource(delimiter = ';', quoteCharacter = '\u0001', textBlock = """
            Android;     <Date> <Time> <Pid> <Tid> <Level> <Component>: <Content>
            Apache;      apache
            BGL;         bgl
            HDFS;        hdfs
            HPC;         <LogId> <Node> <Component> <State> <Time> <Flag> <Content>
            Hadoop;      hadoop
            HealthApp;   <Time>|<Component>|<Pid>|<Content>
            Linux;       syslog
            Mac;         <Month> <Day> <Time> <User> <Component>[<Pid>]( (<Address>))?: <Content>
            OpenSSH;     syslog
            OpenStack;   openstack
            Proxifier;   [<Time>] <Program> - <Content>
            Spark;       hadoop
            Thunderbird; thunderbird
            Windows;     <Date> <Time>, <Level> <Component> <Content>
            Zookeeper;   logback
            """)
    void contentAndTimeAreThoseOfTheTable(String system, String format) throws IOException {
        List<String> expected = contentColumn(system);
        List<LogEvent> events = read(system, format);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.min(expected.size(), events.size()); i++) {
            if (!events.get(i).message().equals(expected.get(i))) {
                differences.add((i + 1) + ": " + expected.get(i) + " <> "
                        + events.get(i).message());
            }
        }
        assertThat(events).hasSize(2000);
        assertThat(expected).hasSize(2000);
        assertThat(differences).isEmpty();
        assertThat(events).filteredOn(e -> e.time() != null).hasSizeGreaterThanOrEqualTo(1990);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = ';', quoteCharacter = '\u0001', textBlock = """
            Android;     header
            Apache;      apache
            BGL;         bgl
            HDFS;        hdfs
            HPC;         plain
            Hadoop;      hadoop
            HealthApp;   header
            Linux;       syslog
            Mac;         syslog
            OpenSSH;     syslog
            OpenStack;   openstack
            Proxifier;   header
            Spark;       hadoop
            Thunderbird; thunderbird
            Windows;     header
            Zookeeper;   logback
            """)
    void autoTakes(String system, String format) {
        try (LogReader reader = LogReader.builder().input(log(system)).open()) {
            assertThat(reader.formatName()).isEqualTo(format);
            assertThat(reader.detection()).get().asString().contains(format).contains("the first 200 lines");
        }
    }

    private List<LogEvent> read(String system, String format) {
        try (LogReader reader =
                LogReader.builder().input(log(system)).format(format).open()) {
            return reader.stream().toList();
        }
    }

    private Path log(String system) {
        return loghub.resolve(system).resolve(system + "_2k.log");
    }

    private List<String> contentColumn(String system) throws IOException {
        Path table = loghub.resolve(system).resolve(system + "_2k.log_structured.csv");
        List<List<String>> rows = csv(Files.readString(table, StandardCharsets.UTF_8));
        int content = rows.get(0).indexOf("Content");
        return rows.stream().skip(1).map(row -> row.get(content)).toList();
    }

    private static List<List<String>> csv(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                boolean twice = c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (c != '"' || twice) {
                    cell.append(c);
                    i += twice ? 1 : 0;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                row.add(cell.toString());
                cell.setLength(0);
            } else if (c == '\n') {
                row.add(cell.toString());
                cell.setLength(0);
                rows.add(row);
                row = new ArrayList<>();
            } else if (c != '\r') {
                cell.append(c);
            }
        }
        return rows;
    }
}
