package io.deepsentry.core.tensorflow;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Computes with the graph of a SavedModel. Rows go through in blocks of one size, as those of other models do. */
final class SavedModelPredictor implements Predictor {
    private final Path folder;
    private final SavedModelSignature signature;
    private final SavedModelBundle bundle;
    private int block;
    private final int inputLength;
    private final List<Integer> outputShape;
    private final int outputLength;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private SavedModelPredictor(Path folder, SavedModelSignature signature, SavedModelBundle bundle) {
        this.folder = folder;
        this.signature = signature;
        this.bundle = bundle;
        this.block = signature.batch() > 0 ? signature.batch() : DEFAULT_BLOCK;
        this.inputLength = Network.length(signature.inputShape());
        // What a graph says of its shapes may leave out what only running it tells.
        try (Result result = run(new float[block * inputLength])) {
            Shape shape = result.get(0).shape();
            if (!(result.get(0) instanceof TFloat32)
                    || shape.numDimensions() < 2
                    || shape.numDimensions() > 3
                    || shape.get(0) != block) {
                throw new ModelException(
                        "the SavedModel " + folder + " must give float32 values [batch, n] or [batch, n, m],"
                                + " but gives " + shape + " for a batch of " + block);
            }
            this.outputShape = shape.numDimensions() == 2
                    ? List.of((int) shape.get(1))
                    : List.of((int) shape.get(1), (int) shape.get(2));
            this.outputLength = Network.length(outputShape);
        }
        if (signature.batch() <= 0) {
            block = evenBlock();
        }
    }

    private int evenBlock() {
        for (int size : RowBlocks.SIZES) {
            block = size;
            if (size == 1 || isEven()) {
                return size;
            }
        }
        throw new IllegalStateException("no size of blocks");
    }

    private boolean isEven() {
        return RowBlocks.isEven(block, inputLength, rows -> {
            try (Result result = run(rows)) {
                return Engine.floats((TFloat32) result.get(0));
            }
        });
    }

    static SavedModelPredictor open(Path folder, @Nullable String signatureName, Device device) {
        SavedModelCheck check = new SavedModelCheck(folder);
        SavedModelSignature signature = SavedModelSignature.of(check, check.read(), signatureName);
        Engine.load();
        Devices.require(device);
        SavedModelBundle bundle = null;
        try {
            bundle = SavedModelBundle.loader(folder.toString())
                    .withTags(SavedModelCheck.TAG)
                    .withConfigProto(Engine.config(device))
                    .load();
            SavedModelPredictor predictor = new SavedModelPredictor(folder, signature, bundle);
            bundle = null;
            return predictor;
        } catch (TensorFlowException
                | TFUnimplementedException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            // Not all of TensorFlow's own are TensorFlowExceptions; a name or an output that is not in the graph is one
            // of the last two.
            throw new ModelException(
                    "the SavedModel " + folder + " cannot be loaded: " + e.getMessage()
                            + "; copy or export it again, or it needs another version of TensorFlow",
                    e);
        } finally {
            if (bundle != null) {
                bundle.close();
            }
        }
    }

    @Override
    public List<Integer> inputShape() {
        return signature.inputShape();
    }

    @Override
    public List<Integer> outputShape() {
        return outputShape;
    }

    @Override
    public boolean takesIds() {
        return signature.ids();
    }

    /** Not known: an id that is too large ends in an error where it is looked up. */
    @Override
    public int words() {
        return Integer.MAX_VALUE;
    }

    @Override
    public float[] predict(float[] rows, int batch) {
        requireInput(false, rows.length, batch);
        return predicted(batch, (from, filled, count) -> System.arraycopy(rows, from, filled, 0, count));
    }

    @Override
    public float[] predict(int[] rows, int batch) {
        requireInput(true, rows.length, batch);
        return predicted(batch, (from, filled, count) -> {
            for (int i = 0; i < count; i++) {
                filled[i] = id(rows[from + i]);
            }
        });
    }

    /** Ids travel as floats to their tensor, which are exact up to 2^24; no vocabulary is larger. */
    private static float id(int id) {
        if (id < 0 || id > Layer.LARGEST) {
            throw new IllegalArgumentException("ids are from 0 to " + Layer.LARGEST + ", but one was " + id);
        }
        return id;
    }

    private void requireInput(boolean ids, int length, int batch) {
        if (signature.ids() != ids) {
            throw new IllegalArgumentException(
                    "the SavedModel " + folder + " takes " + (ids ? "float values, not ids" : "ids, not float values"));
        }
        if (batch < 0 || (long) batch * inputLength != length) {
            throw new IllegalArgumentException("the SavedModel " + folder + " takes rows of shape "
                    + signature.inputShape() + ", so a batch of " + batch + " needs " + (long) batch * inputLength
                    + " values, but there were " + length);
        }
    }

    @FunctionalInterface
    private interface Filling {
        void fill(int from, float[] filled, int count);
    }

    private float[] predicted(int batch, Filling rows) {
        float[] results = new float[Math.multiplyExact(batch, outputLength)];
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the predictor of the SavedModel " + folder + " is closed");
            }
            for (int from = 0; from < batch; from += block) {
                int count = Math.min(block, batch - from);
                float[] filled = new float[block * inputLength];
                rows.fill(from * inputLength, filled, count * inputLength);
                try (Result result = run(filled)) {
                    float[] values = Engine.floats((TFloat32) result.get(0));
                    System.arraycopy(values, 0, results, from * outputLength, count * outputLength);
                }
            }
        } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
            throw new ModelException(
                    "the SavedModel " + folder + " failed to predict: " + e.getMessage()
                            + "; check that the input is one that the model was made for",
                    e);
        } finally {
            lock.readLock().unlock();
        }
        return results;
    }

    private Result run(float[] block) {
        try (Tensor input = tensor(block)) {
            return bundle.session()
                    .runner()
                    .feed(signature.input(), input)
                    .fetch(signature.output())
                    .run();
        }
    }

    private Tensor tensor(float[] values) {
        Shape shape = Engine.withBatch(block, signature.inputShape());
        if (signature.inputType() == DataType.DT_FLOAT) {
            return Engine.tensor(shape, values);
        }
        if (signature.inputType() == DataType.DT_INT32) {
            int[] ids = new int[values.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) values[i];
            }
            return Engine.tensor(shape, ids);
        }
        long[] ids = new long[values.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (long) values[i];
        }
        return TInt64.tensorOf(shape, DataBuffers.of(ids, true, false));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                bundle.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
