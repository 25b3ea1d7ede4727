package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Writes the graph of a model, its weights as variables and one signature, as a SavedModel. */
final class SavedModelWriter implements AutoCloseable {
    /**
     * Before the number of a weight, which they have in the order of the layers and of the weights in them: the name of
     * its variable.
     */
    static final String WEIGHT = "weight_";

    private static final String METHOD = "tensorflow/serving/predict";

    private final Model model;
    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Map<String, Variable<TFloat32>> variables = new HashMap<>();
    private final List<Op> assignments = new ArrayList<>();
    private final List<Operand<TFloat32>> starts = new ArrayList<>();
    private final List<NdArray> values = new ArrayList<>();

    private SavedModelWriter(Model model) {
        this.model = model;
    }

    static void write(Path folder, Model model) throws IOException {
        Engine.load();
        try (SavedModelWriter writer = new SavedModelWriter(model)) {
            writer.write(folder);
        }
    }

    @Override
    public void close() {
        graph.close();
    }

    private void write(Path folder) throws IOException {
        model.network().weightShapes().forEach((layer, weights) -> weights.keySet()
                .forEach(weight -> add(
                        layer + "/" + weight,
                        Objects.requireNonNull(model.weights().of(layer).get(weight)))));
        Signature signature = signature();
        try (Session session = Engine.session(graph, Device.CPU)) {
            for (int i = 0; i < assignments.size(); i++) {
                try (TFloat32 value =
                        Engine.tensor(shape(values.get(i)), values.get(i).data())) {
                    session.runner()
                            .feed(starts.get(i), value)
                            .addTarget(assignments.get(i))
                            .run()
                            .close();
                }
            }
            SavedModelBundle.exporter(folder.toString())
                    .withSession(session)
                    .withSignature(signature)
                    .export();
        }
    }

    private void add(String name, NdArray value) {
        Variable<TFloat32> variable = tf.withName(WEIGHT + values.size()).variable(shape(value), TFloat32.class);
        Placeholder<TFloat32> start = tf.placeholder(TFloat32.class, Placeholder.shape(shape(value)));
        variables.put(name, variable);
        assignments.add(tf.assign(variable, start));
        starts.add(start);
        values.add(value);
    }

    private static Shape shape(NdArray array) {
        int[] dimensions = array.shape();
        long[] sizes = new long[dimensions.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = dimensions[i];
        }
        return Shape.of(sizes);
    }

    private Signature signature() {
        Network network = model.network();
        GraphWeights weights =
                (layer, weight) -> tf.identity(Objects.requireNonNull(variables.get(layer + "/" + weight)));
        Signature.Builder signature = Signature.builder(Signature.DEFAULT_KEY).methodName(METHOD);
        Placeholder.Options shape =
                Placeholder.shape(Engine.batchOf(network.input().shape()));
        Map<String, Value> outputs;
        if (network.input().integer()) {
            Placeholder<TInt32> ids = tf.withName("input").placeholder(TInt32.class, shape);
            signature.input(network.input().name(), ids);
            outputs = NetworkGraph.ofIds(tf, network, weights, ids, null);
        } else {
            Placeholder<TFloat32> rows = tf.withName("input").placeholder(TFloat32.class, shape);
            signature.input(network.input().name(), rows);
            outputs = NetworkGraph.ofValues(tf, network, weights, rows, null);
        }
        for (int i = 0; i < network.outputs().size(); i++) {
            Value value = Objects.requireNonNull(outputs.get(network.outputs().get(i)));
            signature.output("output_" + i, tf.withName("output_" + i).identity(value.tensor()));
        }
        return signature.build();
    }
}
