import java.nio.file.Path;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * A real OpenSearch node for tests, until it is killed:
 * {@code java -cp ... OpenSearchNode.java HTTP_PORT TRANSPORT_PORT FOLDER}.
 */
public final class OpenSearchNode {
    public static void main(String[] arguments) throws InterruptedException {
        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        runner.onBuild((number, settings) -> {
            settings.put("http.port", arguments[0]);
            settings.put("transport.port", arguments[1]);
            settings.put("discovery.type", "single-node");
            // The runner's own, which a single node refuses.
            settings.remove("cluster.initial_cluster_manager_nodes");
            settings.remove("cluster.initial_master_nodes");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        });
        runner.build(OpenSearchRunner.newConfigs()
                .basePath(Path.of(arguments[2]).toString())
                .clusterName("deepsentry-test")
                .numOfNode(1)
                .disableESLogger());
        runner.ensureYellow();
        System.out.println("ready");
        // The node's own threads do not keep the process alive.
        Thread.currentThread().join();
    }
}
