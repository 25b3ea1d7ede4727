package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.Sources;
import io.deepsentry.live.LiveSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests in {@code kubernetes/} fit the program and each other; {@code tools/kubernetes/check} holds them
 * against Kubernetes' schemas.
 */
class KubernetesFilesTest {
    private static final Path FOLDER = Path.of("src", "dist", "kubernetes");

    @ParameterizedTest
    @ValueSource(strings = {"daemonset.yaml", "kafka-deployment.yaml"})
    void settingsProbesAndNamesFitTheProgramAndEachOther(String file, @TempDir Path folder) throws IOException {
        List<JsonNode> documents = documents(FOLDER.resolve(file));
        JsonNode workload = documents.get(documents.size() - 1);
        JsonNode pod = workload.at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        String text = documents.stream()
                .filter(each -> each.path("kind").asText().equals("ConfigMap"))
                .findFirst()
                .orElseThrow()
                .at("/data/live.yml")
                .asText();
        Config config = Config.load(
                Files.writeString(folder.resolve("live.yml"), text),
                LiveSettings.SCHEMA,
                new Sources(Map.of(), Map.of(), Path.of("/var/lib/deepsentry")));

        assertThat(LiveSettings.from(config).checkpointDir()).hasParentRaw(Path.of("/var/lib/deepsentry"));
        assertThat(config.findInt("health_port"))
                .contains(container.at("/ports/0/containerPort").asInt());
        assertThat(List.of("startupProbe", "readinessProbe", "livenessProbe")).allSatisfy(probe -> {
            assertThat(container.path(probe).at("/httpGet/path").asText()).isIn("/health", "/ready");
            assertThat(container.path(probe).at("/httpGet/port").asText())
                    .isEqualTo(container.at("/ports/0/name").asText());
        });
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(30);
        assertThat(workload.at("/spec/selector/matchLabels")).isEqualTo(workload.at("/spec/template/metadata/labels"));
        List<String> names = documents.stream()
                .map(each -> each.at("/metadata/name").asText())
                .toList();
        assertThat(names)
                .contains(
                        pod.path("serviceAccountName").asText(),
                        container.at("/envFrom/0/secretRef/name").asText());
        assertThat(container.path("volumeMounts")).hasSameSizeAs(pod.path("volumes"));
        assertThat(container.path("volumeMounts")).allSatisfy(mount -> assertThat(pod.path("volumes"))
                .anySatisfy(volume -> assertThat(volume.path("name")).isEqualTo(mount.path("name"))));
    }

    private static List<JsonNode> documents(Path file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        YAMLMapper yaml = new YAMLMapper();
        try (var parser = yaml.createParser(Files.readString(file));
                var values = yaml.readerFor(JsonNode.class).<JsonNode>readValues(parser)) {
            values.forEachRemaining(documents::add);
        }
        return documents;
    }
}
