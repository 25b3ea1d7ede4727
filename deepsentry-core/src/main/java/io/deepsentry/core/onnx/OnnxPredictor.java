package io.deepsentry.core.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Computes with ONNX Runtime, in the thread of the caller.
 *
 * <p>On the CPU a row's result does not depend on the rows beside it. Models in eight bits are written that way. How a
 * product of matrices of floats rounds may depend on its size, which ONNX Runtime leaves open: rows of our other models
 * go through together by as many as a trial at opening finds to give the same bits as each row alone. Others' models
 * get one row at a time.
 *
 * <p>On a GPU a row alone would cost as much as thousands together, so all rows of a call go together and a result may
 * differ in its last bits from one call to another.
 */
final class OnnxPredictor implements Predictor {
    private static final int MOST_ROWS = 256;
    /**
     * How many rows go together whose bits might depend on it: blocks of the greatest size first. Each size is tried at
     * opening.
     */
    private static final int FLOAT_BLOCK = 64;

    private static final int FEW_FLOAT_ROWS = 8;
    private static final int TRIALS = 8;
    /** On a GPU: a call's rows go together up to here, and steps of a sequence are held against the whole by this. */
    private static final int MOST_GPU_ROWS = 16_384;

    private static final float GPU_TOLERANCE = 1e-5f;

    private final String name;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String input;
    private final OnnxJavaType inputType;
    private final List<Integer> inputShape;
    private final String output;
    private final List<Integer> outputShape;
    private final int words;
    private final boolean paddingAtEnd;
    private final boolean independent;
    private final boolean gpu;
    private final int mostTogether;
    private final byte[] model;
    private final Map<String, String> metadata;
    /** Of the steps asked for, what computes them alone; empty if nothing does. Opened and used under the read lock. */
    private final Map<Integer, Optional<OnnxPredictor>> steps = new ConcurrentHashMap<>();

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private OnnxPredictor(
            String name,
            byte[] model,
            OrtEnvironment environment,
            OrtSession session,
            Map<String, String> metadata,
            boolean gpu)
            throws OrtException {
        this.name = name;
        this.gpu = gpu;
        this.model = model;
        this.metadata = Map.copyOf(metadata);
        this.environment = environment;
        this.session = session;
        NodeInfo only = only(session.getInputInfo(), "input", 1);
        NodeInfo first = only(session.getOutputInfo(), "output", Integer.MAX_VALUE);
        this.input = only.getName();
        this.output = first.getName();
        TensorInfo inputInfo = tensor(only);
        this.inputType = inputInfo.type;
        if (inputType != OnnxJavaType.FLOAT && inputType != OnnxJavaType.INT32 && inputType != OnnxJavaType.INT64) {
            throw problem("its input \"" + input + "\" must be of float32, int32 or int64, but is of " + inputType);
        }
        TensorInfo outputInfo = tensor(first);
        if (outputInfo.type != OnnxJavaType.FLOAT) {
            throw problem("its output \"" + output + "\" must be of float32, but is of " + outputInfo.type);
        }
        this.inputShape = shape(only.getName(), inputInfo);
        this.outputShape = shape(first.getName(), outputInfo);
        this.words = metadata.containsKey(OnnxFile.WORDS) ? words(metadata.get(OnnxFile.WORDS)) : Integer.MAX_VALUE;
        this.paddingAtEnd = Boolean.parseBoolean(metadata.get(OnnxFile.PADDING_AT_END));
        this.independent = independent(metadata);
        this.mostTogether = mostTogether(metadata.containsKey(OnnxFile.FORMAT));
    }

    /** Whether a model is in eight bits, with rows that do not depend on each other. */
    private static boolean independent(Map<String, String> metadata) {
        return Boolean.parseBoolean(metadata.get(OnnxFile.ROWS_INDEPENDENT));
    }

    private int mostTogether(boolean ours) {
        if (gpu) {
            return MOST_GPU_ROWS;
        }
        return independent ? MOST_ROWS : ours ? keepBitsInCompany() : 1;
    }

    /** How many rows may go together: where few, or a block, give the same bits as one by one. */
    private int keepBitsInCompany() {
        Random random = new Random(1);
        int length = length(inputShape);
        float[] values = new float[FLOAT_BLOCK * length];
        int[] ids = new int[FLOAT_BLOCK * length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
            // A row of ids has padding from somewhere on.
            boolean padding = i % length > 0 && (ids[i - 1] == 0 || random.nextInt(length) == 0);
            ids[i] = padding || words < 2 ? 0 : 1 + random.nextInt(words - 1);
        }
        float[] alone = trial(values, ids, FLOAT_BLOCK, 1);
        for (int count = 2; count <= FEW_FLOAT_ROWS; count++) {
            float[] together = trial(values, ids, count, count);
            if (!Arrays.equals(together, Arrays.copyOf(alone, together.length))) {
                return 1;
            }
        }
        return Arrays.equals(trial(values, ids, FLOAT_BLOCK, FLOAT_BLOCK), alone) ? FLOAT_BLOCK : FEW_FLOAT_ROWS;
    }

    /** How many of the rows left go next. */
    private int next(int left, int most) {
        if (independent || gpu || left >= most) {
            return Math.min(left, most);
        }
        return Math.min(left, Math.min(most, FEW_FLOAT_ROWS));
    }

    private float[] trial(float[] values, int[] ids, int count, int atOnce) {
        return takesIds() ? run(count, atOnce, filling(ids)) : run(count, atOnce, filling(values));
    }

    static OnnxPredictor open(Path file, Device device) {
        OnnxFile described = OnnxFile.read(file);
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (!Boolean.getBoolean(OnnxRuntime.TRUST)) {
                OnnxCheck.require("the model " + file, bytes);
            }
            return open("the model " + file, bytes, described.metadata(), device);
        } catch (IOException e) {
            throw new ModelException("the model " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static OnnxPredictor open(Model model, Device device) {
        byte[] bytes = OnnxFile.bytes(model, Precision.FLOAT32, null, Map.of(), null);
        OnnxWriter written = new OnnxWriter(model, Precision.FLOAT32, null);
        Map<String, String> metadata = new HashMap<>();
        metadata.put(OnnxFile.FORMAT, OnnxFile.FORMAT_VERSION);
        metadata.put(OnnxFile.PADDING_AT_END, Boolean.toString(written.masks()));
        written.words().ifPresent(words -> metadata.put(OnnxFile.WORDS, Integer.toString(words)));
        return open("the network \"" + model.network().name() + "\"", bytes, metadata, device);
    }

    private static OnnxPredictor open(String name, byte[] bytes, Map<String, String> metadata, Device device) {
        boolean eightBits = independent(metadata);
        if (eightBits && device == Device.GPU) {
            throw new ModelException(name
                    + " is in eight bits, which ONNX Runtime computes on the CPU, but a GPU was requested; take the"
                    + " model that it was made from, or do not request a GPU");
        }
        OrtSession session = null;
        try {
            OrtEnvironment environment = OnnxLibraries.environment();
            boolean gpu = !eightBits && Cuda.use(device);
            try (OrtSession.SessionOptions options = options(gpu)) {
                session = environment.createSession(bytes, options);
            }
            OnnxPredictor predictor = new OnnxPredictor(name, bytes, environment, session, metadata, gpu);
            session = null;
            return predictor;
        } catch (OrtException e) {
            throw new ModelException(
                    name + " cannot be run by ONNX Runtime: " + e.getMessage() + "; copy or write it again", e);
        } finally {
            closeQuietly(session);
        }
    }

    /** The options of a session. */
    static OrtSession.SessionOptions options(boolean gpu) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        boolean complete = false;
        try {
            // What it would write to standard error is in its exceptions.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            if (gpu) {
                Cuda.addTo(options);
            }
            complete = true;
            return options;
        } finally {
            if (!complete) {
                options.close();
            }
        }
    }

    private static void closeQuietly(@Nullable OrtSession session) {
        if (session != null) {
            try {
                session.close();
            } catch (OrtException e) {
                System.getLogger(OnnxPredictor.class.getName())
                        .log(System.Logger.Level.DEBUG, "a session cannot be closed: {0}", e.getMessage());
            }
        }
    }

    private NodeInfo only(Map<String, NodeInfo> nodes, String what, int most) {
        if (nodes.isEmpty() || nodes.size() > most) {
            throw problem("it must have one " + what + ", but has " + nodes.keySet());
        }
        return nodes.values().iterator().next();
    }

    private TensorInfo tensor(NodeInfo node) {
        if (node.getInfo() instanceof TensorInfo tensor) {
            return tensor;
        }
        throw problem("\"" + node.getName() + "\" must be a tensor, but is " + node.getInfo());
    }

    /** Without the batch, which comes first and may be of any size; all else is fixed. */
    private List<Integer> shape(String what, TensorInfo tensor) {
        List<Integer> shape = new ArrayList<>();
        long[] all = tensor.getShape();
        for (int i = 1; i < all.length; i++) {
            if (all[i] < 1 || all[i] > 1 << 24) {
                throw problem(
                        "\"" + what + "\" must have fixed dimensions after the batch, but has " + Arrays.toString(all));
            }
            shape.add((int) all[i]);
        }
        if (all.length < 2 || all[0] > 0) {
            throw problem("\"" + what + "\" must have a batch of any size as its first dimension, but has "
                    + Arrays.toString(all));
        }
        return List.copyOf(shape);
    }

    private int words(@Nullable String text) {
        try {
            return Integer.parseInt(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new ModelException(name + " is damaged: it says that it knows " + text + " words", e);
        }
    }

    private ModelException problem(String problem) {
        return new ModelException(name + " cannot be used: " + problem);
    }

    @Override
    public List<Integer> inputShape() {
        return inputShape;
    }

    @Override
    public List<Integer> outputShape() {
        return outputShape;
    }

    @Override
    public boolean takesIds() {
        return inputType != OnnxJavaType.FLOAT;
    }

    @Override
    public int words() {
        return words;
    }

    @Override
    public float[] predict(float[] rows, int batch) {
        requireInput(false, rows.length, batch);
        return run(batch, mostTogether, filling(rows));
    }

    @Override
    public float[] predictStep(float[] rows, int batch, int step) {
        requireInput(false, rows.length, batch);
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            Optional<OnnxPredictor> alone = steps.computeIfAbsent(step, this::openStep);
            return alone.isPresent()
                    ? alone.get().predict(rows, batch)
                    : Predictor.super.predictStep(rows, batch, step);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What computes a step alone, if a trial gives the same as the whole: the same bits on the CPU. */
    private Optional<OnnxPredictor> openStep(int step) {
        Optional<OnnxPredictor> opened = OnnxStep.of(model, OnnxCheck.shapes(model), step)
                .map(bytes -> open(name + ", step " + step, bytes, metadata, gpu ? Device.GPU : Device.CPU));
        return opened.filter(alone -> {
            Random random = new Random(step);
            float[] rows = new float[TRIALS * length(inputShape)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (float) random.nextGaussian();
            }
            boolean same = same(alone.predict(rows, TRIALS), Predictor.super.predictStep(rows, TRIALS, step));
            if (!same) {
                alone.close();
            }
            return same;
        });
    }

    private boolean same(float[] some, float[] others) {
        if (!gpu) {
            return Arrays.equals(some, others);
        }
        boolean near = some.length == others.length;
        for (int i = 0; near && i < some.length; i++) {
            near = Math.abs(some[i] - others[i]) <= GPU_TOLERANCE * Math.max(1, Math.abs(others[i]));
        }
        return near;
    }

    private Rows filling(float[] rows) {
        int length = length(inputShape);
        return (from, count) -> OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(rows, from * length, count * length).slice(),
                shape(count));
    }

    @Override
    public float[] predict(int[] rows, int batch) {
        requireInput(true, rows.length, batch);
        int length = length(inputShape);
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < 0 || rows[i] >= words) {
                throw new IllegalArgumentException(name + " knows ids from 0 to " + (words - 1L)
                        + ", but the id at position " + i + " was " + rows[i]);
            }
            if (paddingAtEnd && rows[i] != 0 && i % length > 0 && rows[i - 1] == 0) {
                throw new IllegalArgumentException(
                        name + " takes padding (id 0) only at the end of a row, but it comes before position " + i);
            }
        }
        return run(batch, mostTogether, filling(rows));
    }

    private Rows filling(int[] rows) {
        int length = length(inputShape);
        return (from, count) -> {
            IntBuffer some = IntBuffer.wrap(rows, from * length, count * length).slice();
            if (inputType == OnnxJavaType.INT32) {
                return OnnxTensor.createTensor(environment, some, shape(count));
            }
            long[] wide = new long[count * length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = some.get(i);
            }
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(wide), shape(count));
        };
    }

    private long[] shape(int batch) {
        long[] shape = new long[inputShape.size() + 1];
        shape[0] = batch;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = inputShape.get(i - 1);
        }
        return shape;
    }

    private static int length(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    private void requireInput(boolean ids, int length, int batch) {
        if (takesIds() != ids) {
            throw new IllegalArgumentException(
                    name + " takes " + (ids ? "float values, not ids" : "ids, not float values"));
        }
        if (batch < 0 || (long) batch * length(inputShape) != length) {
            throw new IllegalArgumentException(name + " takes rows of shape " + inputShape + ", so a batch of " + batch
                    + " needs " + (long) batch * length(inputShape) + " values, but there were " + length);
        }
    }

    @FunctionalInterface
    private interface Rows {
        OnnxTensor fill(int from, int count) throws OrtException;
    }

    private float[] run(int batch, int together, Rows rows) {
        int outputLength = length(outputShape);
        float[] results = new float[Math.multiplyExact(batch, outputLength)];
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
            int count;
            for (int from = 0; from < batch; from += count) {
                count = next(batch - from, together);
                try (OnnxTensor filled = rows.fill(from, count);
                        OrtSession.Result result = session.run(Map.of(input, filled), Set.of(output))) {
                    FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    if (values.remaining() != count * outputLength) {
                        throw problem("for " + count + " rows it gave " + values.remaining() + " values instead of "
                                + count * outputLength);
                    }
                    values.get(results, from * outputLength, count * outputLength);
                }
            }
        } catch (OrtException e) {
            throw new ModelException(name + " failed to predict: " + e.getMessage(), e);
        } finally {
            lock.readLock().unlock();
        }
        return results;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                steps.values().forEach(step -> step.ifPresent(OnnxPredictor::close));
                session.close();
            }
        } catch (OrtException e) {
            throw new ModelException(name + " cannot be closed: " + e.getMessage(), e);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
