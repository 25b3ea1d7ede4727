package io.deepsentry.core.tensorflow;

import io.deepsentry.core.TrainingException;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.nn.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** A network in a session with variables for weights, its loss, gradients and Adam. For one thread. */
final class TrainingGraph implements AutoCloseable {
    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.999f;
    /** As in Keras. */
    private static final float EPSILON = 1e-7f;

    /** A weight: where it is kept, how it is set and how it is read. */
    private record Slot(
            String layer,
            String weight,
            Shape shape,
            Variable<TFloat32> variable,
            Placeholder<TFloat32> start,
            Operand<TFloat32> value) {}

    /**
     * What a step came to.
     *
     * @param loss the weighted mean of the batch
     * @param gradientNorm the length of all gradients together, before clipping
     */
    record Step(float loss, float gradientNorm) {}

    private final Model model;
    private final int inputLength;
    private final int steps;
    private final int features;
    private final int targetLimit;
    private final Graph graph = new Graph();
    private final Session session;
    private final Operand<?> input;
    /** The steps of the output that count, as places in all steps of a batch; null if all are computed. */
    private final @Nullable Placeholder<TInt32> counted;

    private final Placeholder<TFloat32> sampleWeights;
    private final @Nullable Placeholder<TInt32> targetIds;
    private final @Nullable Placeholder<TFloat32> targetVectors;
    private final Placeholder<TFloat32> training;
    private final Placeholder<TInt64> stepSeed;
    private final Placeholder<TFloat32> learningRate;
    private final Placeholder<TFloat32> beta1Power;
    private final Placeholder<TFloat32> beta2Power;
    private final Operand<TFloat32> loss;
    /**
     * Of each step, 1 where the most probable class is another than the target, else 0; null where there are no
     * classes.
     */
    private final @Nullable Operand<TFloat32> wrong;

    private final Operand<TFloat32> gradientNorm;
    private final TrainingLayers layers;
    private final List<Op> updates = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<Op> assignments = new ArrayList<>();
    private double beta1PowerNow;
    private double beta2PowerNow;

    /**
     * Adds a network.
     *
     * @param usualBatch how many examples a batch has, though it may have any number
     */
    TrainingGraph(Model model, Loss lossKind, TrainingSettings settings, int usualBatch) {
        this.model = model;
        Network network = model.network();
        String reference = network.outputs().get(0);
        List<Integer> shape = network.shapeOf(reference);
        this.inputLength = Network.length(network.input().shape());
        this.features = shape.get(shape.size() - 1);
        this.steps = Network.length(shape) / features;
        this.targetLimit = LossGraph.ids(lossKind, features);
        Ops tf = Ops.create(graph);
        training = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        stepSeed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
        learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        beta1Power = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        beta2Power = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        counted = NetworkGraph.endsInDense(network)
                ? tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)))
                : null;
        sampleWeights = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
        targetIds = LossGraph.needsIds(lossKind) ? tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))) : null;
        targetVectors = LossGraph.needsVectors(lossKind)
                ? tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, features)))
                : null;
        layers = new TrainingLayers(network, usualBatch);
        addVariables(tf);
        Set<Slot> used = new HashSet<>();
        GraphWeights weights = (layer, weight) -> {
            Slot slot = slot(layer, weight);
            used.add(slot);
            return slot.value();
        };
        DropoutSource dropout = new DropoutSource(training, stepSeed);
        Placeholder.Options inputShape =
                Placeholder.shape(Engine.batchOf(network.input().shape()));
        Map<String, Value> outputs;
        if (network.input().integer()) {
            Placeholder<TInt32> ids = tf.placeholder(TInt32.class, inputShape);
            input = ids;
            outputs = NetworkGraph.ofIds(tf, network, weights, ids, dropout, counted, layers);
        } else {
            Placeholder<TFloat32> rows = tf.placeholder(TFloat32.class, inputShape);
            input = rows;
            outputs = NetworkGraph.ofValues(tf, network, weights, rows, dropout, counted, layers);
        }
        LossGraph losses =
                new LossGraph(tf, Objects.requireNonNull(outputs.get(reference)), features, targetIds, targetVectors);
        Operand<TFloat32> perStep = losses.perStep(lossKind);
        wrong = lossKind instanceof Loss.SparseCategoricalCrossentropy ? losses.wrong() : null;
        loss = tf.reduceSum(tf.math.mul(perStep, sampleWeights), tf.constant(0));
        requireRows(settings.frozenRows());
        gradientNorm = addUpdates(
                tf, trained(used, settings.frozenLayers()), settings.frozenRows(), (float) settings.clipNorm());
        session = Engine.session(graph, settings.device());
        start(model.weights());
    }

    /**
     * The graph reads weights through an identity: TensorFlow Java 1.1.0 ends the process on some gradients taken at a
     * variable itself.
     */
    private void addVariables(Ops tf) {
        for (String layer : model.weights().layers()) {
            model.weights().of(layer).forEach((weight, array) -> {
                Shape shape =
                        Shape.of(Arrays.stream(array.shape()).asLongStream().toArray());
                Variable<TFloat32> variable = tf.variable(shape, TFloat32.class);
                Placeholder<TFloat32> start = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
                assignments.add(tf.assign(variable, start));
                slots.add(new Slot(layer, weight, shape, variable, start, tf.identity(variable)));
            });
        }
    }

    private Slot slot(String layer, String weight) {
        return slots.stream()
                .filter(slot -> slot.layer().equals(layer) && slot.weight().equals(weight))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Weights that the output does not depend on, as of the unread half of a bidirectional layer, have no gradient and
     * stay as they are.
     */
    private List<Slot> trained(Set<Slot> used, Set<String> frozen) {
        for (String layer : frozen) {
            if (model.network().layer(layer) == null) {
                throw new TrainingException("frozen layer \"" + layer + "\" is not a layer of network \""
                        + model.network().name() + "\"; those with weights are "
                        + model.weights().layers());
            }
        }
        List<Slot> trained = slots.stream()
                .filter(slot -> used.contains(slot) && !frozen.contains(slot.layer()))
                .toList();
        if (trained.isEmpty()) {
            throw new TrainingException(
                    "network \"" + model.network().name() + "\" has no weights to train: frozen are " + frozen);
        }
        return trained;
    }

    private void requireRows(Map<String, Integer> frozen) {
        frozen.forEach((layer, rows) -> {
            if (!(model.network().layer(layer) instanceof Embedding embedding) || rows > embedding.words()) {
                throw new TrainingException(
                        "frozen rows must be those of an embedding that has as many, but of layer \"" + layer
                                + "\" they were " + rows + " and it is "
                                + model.network().layer(layer));
            }
        });
    }

    /** Adam leaves to the bit what never had a gradient. */
    private static Operand<TFloat32> withoutRows(Ops tf, Operand<TFloat32> gradient, Slot slot, int frozen) {
        float[] kept = new float[Math.toIntExact(slot.shape().get(0))];
        Arrays.fill(kept, frozen, kept.length, 1f);
        return tf.math.mul(gradient, tf.reshape(tf.constant(kept), tf.constant(new int[] {kept.length, 1})));
    }

    /**
     * Every update waits for the norm of all gradients, so no weight changes while a gradient is still computed from
     * it.
     */
    private Operand<TFloat32> addUpdates(Ops tf, List<Slot> trained, Map<String, Integer> frozenRows, float clipNorm) {
        List<Output<?>> by =
                trained.stream().<Output<?>>map(slot -> slot.value().asOutput()).toList();
        List<Operand<TFloat32>> gradients = new ArrayList<>();
        List<Operand<TFloat32>> halfSquares = new ArrayList<>();
        for (Operand<TFloat32> whole : layers.gradients(graph, tf, loss, by)) {
            Slot slot = trained.get(gradients.size());
            int frozen = frozenRows.getOrDefault(slot.layer(), 0);
            Operand<TFloat32> gradient = frozen == 0 ? whole : withoutRows(tf, whole, slot, frozen);
            gradients.add(gradient);
            halfSquares.add(tf.nn.l2Loss(gradient));
        }
        Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.math.addN(halfSquares), tf.constant(2f)));
        float limit = clipNorm == 0 ? Float.POSITIVE_INFINITY : clipNorm;
        Operand<TFloat32> scale = tf.math.minimum(tf.constant(1f), tf.math.div(tf.constant(limit), norm));
        for (int i = 0; i < trained.size(); i++) {
            Slot slot = trained.get(i);
            updates.add(tf.train.applyAdam(
                    slot.variable(),
                    addMoment(tf, slot.shape()),
                    addMoment(tf, slot.shape()),
                    beta1Power,
                    beta2Power,
                    learningRate,
                    tf.constant(BETA_1),
                    tf.constant(BETA_2),
                    tf.constant(EPSILON),
                    tf.math.mul(gradients.get(i), scale)));
        }
        return norm;
    }

    private Variable<TFloat32> addMoment(Ops tf, Shape shape) {
        Variable<TFloat32> moment = tf.variable(shape, TFloat32.class);
        assignments.add(tf.assign(moment, tf.fill(tf.constant(shape), tf.constant(0f))));
        return moment;
    }

    /**
     * Starts from these weights, in one run: TensorFlow prepares each different run separately, which costs more than
     * the run.
     */
    void start(Weights weights) {
        beta1PowerNow = 1;
        beta2PowerNow = 1;
        try (Feeds feeds = new Feeds(session.runner())) {
            for (Slot slot : slots) {
                NdArray array = Objects.requireNonNull(weights.of(slot.layer()).get(slot.weight()));
                feeds.feed(slot.start(), Engine.tensor(slot.shape(), swapped(slot, array.data())));
            }
            assignments.forEach(feeds.runner::addTarget);
            feeds.runner.run().close();
        }
    }

    /** Takes a step of Adam on a batch. */
    Step train(Batch batch, float rate, long seed) {
        beta1PowerNow *= BETA_1;
        beta2PowerNow *= BETA_2;
        try (Feeds feeds = new Feeds(session.runner())) {
            feedBatch(feeds, batch);
            feeds.scalar(training, 1);
            feeds.feed(stepSeed, TInt64.scalarOf(seed));
            feeds.scalar(learningRate, rate);
            feeds.scalar(beta1Power, (float) beta1PowerNow);
            feeds.scalar(beta2Power, (float) beta2PowerNow);
            feeds.runner.fetch(loss).fetch(gradientNorm);
            updates.forEach(feeds.runner::addTarget);
            try (Result result = feeds.runner.run()) {
                return new Step(((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat());
            }
        }
    }

    /** The loss of a batch without dropout and without changing anything. */
    float evaluate(Batch batch) {
        try (Feeds feeds = new Feeds(session.runner())) {
            feedBatch(feeds, batch);
            feeds.scalar(training, 0);
            feeds.feed(stepSeed, TInt64.scalarOf(0));
            try (Result result = feeds.runner.fetch(loss).run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    /** Whether the most probable class of every step that counts is its target. */
    boolean isRight(Batch batch) {
        if (wrong == null) {
            throw new TrainingException("only training with a sparse categorical cross-entropy can have a goal");
        }
        try (Feeds feeds = new Feeds(session.runner())) {
            feedBatch(feeds, batch);
            feeds.scalar(training, 0);
            feeds.feed(stepSeed, TInt64.scalarOf(0));
            try (Result result = feeds.runner.fetch(wrong).run()) {
                float[] missed = Engine.floats((TFloat32) result.get(0));
                float[] weights = batch.weights();
                int[] places = counted(batch);
                for (int i = 0; i < missed.length; i++) {
                    if (missed[i] != 0 && (weights == null || weights[places[i]] > 0)) {
                        return false;
                    }
                }
                return true;
            }
        }
    }

    /** What the sample weights of a batch add up to: its share in an epoch's mean. */
    double weightOf(Batch batch) {
        float[] weights = batch.weights();
        if (weights == null) {
            return (double) batch.size() * steps;
        }
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /** The weights as they are now. */
    Weights weights() {
        Session.Runner runner = session.runner();
        slots.forEach(slot -> runner.fetch(slot.value()));
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < slots.size(); i++) {
                Slot slot = slots.get(i);
                byLayer.computeIfAbsent(slot.layer(), name -> new LinkedHashMap<>())
                        .put(
                                slot.weight(),
                                NdArray.wrap(dimensions(slot.shape()), swapped(slot, Engine.floats((TFloat32)
                                        result.get(i)))));
            }
        }
        return Weights.of(byLayer);
    }

    /** A weight of a file as it is in the graph, or the other way round. */
    private float[] swapped(Slot slot, float[] values) {
        return layers.swapsGates(slot.layer(), slot.weight())
                ? TrainingLstm.swapGates(
                        values, Math.toIntExact(slot.shape().get(slot.shape().numDimensions() - 1)))
                : values;
    }

    private void feedBatch(Feeds feeds, Batch batch) {
        Network network = model.network();
        int size = batch.size();
        Shape inputShape = Engine.withBatch(size, network.input().shape());
        if (network.input().integer()) {
            int[] ids = batch.ids();
            require("input ids", ids == null ? -1 : ids.length, size * inputLength);
            TensorFlowPredictor.IdRange.of(network).require(Objects.requireNonNull(ids));
            feeds.feed(input, Engine.tensor(inputShape, ids));
            feedReading(feeds, ids);
        } else {
            float[] values = batch.values();
            require("input values", values == null ? -1 : values.length, size * inputLength);
            feeds.feed(input, Engine.tensor(inputShape, Objects.requireNonNull(values)));
        }
        int[] places = counted(batch);
        if (counted != null) {
            feeds.feed(counted, Engine.tensor(Shape.of(places.length), placesOfOutput(feeds, size, places)));
        }
        if (targetIds != null) {
            int[] ids = batch.targetIds();
            require("target ids", ids == null ? -1 : ids.length, size * steps);
            for (int id : Objects.requireNonNull(ids)) {
                if (id < 0 || id >= targetLimit) {
                    throw new IllegalArgumentException(
                            "a target id must be from 0 to " + (targetLimit - 1) + ", but was " + id);
                }
            }
            feeds.feed(
                    targetIds,
                    Engine.tensor(
                            Shape.of(places.length),
                            Arrays.stream(places).map(place -> ids[place]).toArray()));
        }
        if (targetVectors != null) {
            float[] vectors = batch.targetVectors();
            require("target values", vectors == null ? -1 : vectors.length, size * steps * features);
            float[] fed = new float[places.length * features];
            for (int i = 0; i < places.length; i++) {
                System.arraycopy(Objects.requireNonNull(vectors), places[i] * features, fed, i * features, features);
            }
            feeds.feed(targetVectors, Engine.tensor(Shape.of(places.length, features), fed));
        }
        float[] shares = shares(batch, size * steps);
        float[] fed = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            fed[i] = shares[places[i]];
        }
        feeds.feed(sampleWeights, Engine.tensor(Shape.of(places.length), fed));
    }

    /** Feeds which ids an LSTM reads: all but 0, which is padding. */
    private void feedReading(Feeds feeds, int[] ids) {
        if (layers.lasts() == null) {
            return;
        }
        int[][] read = new int[ids.length / inputLength][];
        int[][] fromEnd = new int[read.length][];
        for (int row = 0; row < read.length; row++) {
            int first = row * inputLength;
            read[row] = IntStream.range(0, inputLength)
                    .filter(step -> ids[first + step] != 0)
                    .toArray();
            int count = read[row].length;
            int[] steps = read[row];
            fromEnd[row] =
                    IntStream.range(0, count).map(i -> steps[count - 1 - i]).toArray();
        }
        Reading.Steps steps = new Reading.Steps(inputLength, read);
        feeds.feed(layers.lasts(), Reading.Steps.vector(steps.lasts()));
        if (layers.ids() != null) {
            steps.feed(layers.ids(), feeds::feed);
        }
        if (layers.idsFromEnd() != null) {
            new Reading.Steps(inputLength, fromEnd).feed(layers.idsFromEnd(), feeds::feed);
        }
    }

    /** Where the last dense layer finds the steps that count; feeds which ones are read for them. */
    private int[] placesOfOutput(Feeds feeds, int rows, int[] places) {
        if (layers.ofOutput() == null) {
            return places;
        }
        int[] lengths = new int[rows];
        for (int place : places) {
            lengths[place / steps] = place % steps + 1;
        }
        int[][] read = Arrays.stream(lengths)
                .mapToObj(length -> IntStream.range(0, length).toArray())
                .toArray(int[][]::new);
        Reading.Steps reading = new Reading.Steps(steps, read);
        reading.feed(layers.ofOutput(), feeds::feed);
        return Arrays.stream(places)
                .map(place -> reading.place(place / steps, place % steps))
                .toArray();
    }

    /** The steps that are computed, as places in all steps of a batch: those that count, but at least one. */
    private int[] counted(Batch batch) {
        float[] weights = batch.weights();
        IntStream places = IntStream.range(0, batch.size() * steps);
        if (counted == null || weights == null) {
            return places.toArray();
        }
        require("sample weights", weights.length, batch.size() * steps);
        int[] found = places.filter(place -> !(weights[place] == 0)).toArray();
        return found.length == 0 ? new int[1] : found;
    }

    /** Sample weights divided by their sum, so that the weighted sum of losses is their mean. */
    private float[] shares(Batch batch, int count) {
        float[] weights = batch.weights();
        float[] shares = new float[count];
        if (weights == null) {
            Arrays.fill(shares, 1f / count);
            return shares;
        }
        require("sample weights", weights.length, count);
        double sum = weightOf(batch);
        for (int i = 0; i < count; i++) {
            if (!(weights[i] >= 0) || Float.isInfinite(weights[i])) {
                throw new IllegalArgumentException(
                        "a sample weight must be at least 0 and finite, but was " + weights[i]);
            }
            shares[i] = sum == 0 ? 0 : (float) (weights[i] / sum);
        }
        return shares;
    }

    private void require(String what, int found, int needed) {
        if (found != needed) {
            throw new IllegalArgumentException("network \"" + model.network().name() + "\": a batch needs " + needed
                    + " " + what + ", but there were " + (found < 0 ? "none" : found));
        }
    }

    private static int[] dimensions(Shape shape) {
        return Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }

    /** What is fed into one run, freed after it. */
    private static final class Feeds implements AutoCloseable {
        private final Session.Runner runner;
        private final List<Tensor> tensors = new ArrayList<>();

        Feeds(Session.Runner runner) {
            this.runner = runner;
        }

        void feed(Operand<?> placeholder, Tensor tensor) {
            tensors.add(tensor);
            runner.feed(placeholder, tensor);
        }

        void scalar(Operand<TFloat32> placeholder, float value) {
            feed(placeholder, TFloat32.scalarOf(value));
        }

        @Override
        public void close() {
            tensors.forEach(Tensor::close);
        }
    }
}
