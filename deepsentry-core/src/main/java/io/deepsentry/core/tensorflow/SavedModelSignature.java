package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What of a SavedModel is fed and fetched.
 *
 * @param input the name of the input tensor
 * @param inputType its type: float32, int32 or int64
 * @param inputShape without the batch
 * @param batch the number of rows it always takes; 0 for any
 * @param ids whether the input is ids, whatever their type
 * @param output the name of the output tensor, of float32
 */
record SavedModelSignature(
        String input, DataType inputType, List<Integer> inputShape, int batch, boolean ids, String output) {
    private static final String DEFAULT = "serving_default";

    /** The output that is meant where there are several: Keras numbers them. */
    private static final String FIRST_OUTPUT = "output_0";

    private static final String INITIALISE = "__saved_model_init_op";
    private static final String TRAIN = "__saved_model_train_op";
    /** More values than this in a batch are taken for damage: they are allocated before the graph is run. */
    private static final long LARGEST_BATCH = 1L << 25;

    private static final Set<DataType> INPUT_TYPES = Set.of(DataType.DT_FLOAT, DataType.DT_INT32, DataType.DT_INT64);

    SavedModelSignature {
        inputShape = List.copyOf(inputShape);
    }

    /**
     * The signature of a graph.
     *
     * @param name its name; null for the default one, or the only one
     * @throws io.deepsentry.core.ModelException if there is none of that name, or it has not one input and one output
     *     of numbers
     */
    static SavedModelSignature of(SavedModelCheck check, MetaGraphDef graph, @Nullable String name) {
        TreeMap<String, SignatureDef> signatures = new TreeMap<>(graph.getSignatureDefMap());
        signatures.remove(INITIALISE);
        signatures.remove(TRAIN);
        String chosen = name != null ? name : signatures.size() == 1 ? signatures.firstKey() : DEFAULT;
        SignatureDef signature = signatures.get(chosen);
        if (signature == null) {
            throw check.problem(
                    (name == null ? "it has no signature \"" + DEFAULT + "\"" : "it has no signature \"" + name + "\"")
                            + "; it has " + signatures.keySet());
        }
        String where = "its signature \"" + chosen + "\"";
        if (signature.getInputsCount() != 1) {
            throw check.problem(where + " must have one input, but has "
                    + new TreeSet<>(signature.getInputsMap().keySet()));
        }
        Map.Entry<String, TensorInfo> input =
                signature.getInputsMap().entrySet().iterator().next();
        TensorInfo info = input.getValue();
        if (!INPUT_TYPES.contains(info.getDtype())) {
            throw check.problem(where + " must take float32, int32 or int64, but its input \"" + input.getKey()
                    + "\" is of " + info.getDtype());
        }
        List<Integer> shape = shape(check, where + " and its input \"" + input.getKey() + "\"", info.getTensorShape());
        boolean ids = info.getDtype() != DataType.DT_FLOAT || (shape.size() == 2 && looksUp(graph));
        return new SavedModelSignature(
                info.getName(),
                info.getDtype(),
                shape.subList(1, shape.size()),
                Math.max(0, shape.get(0)),
                ids,
                output(check, where, signature));
    }

    /** An embedding of Keras takes ids as floats, too, and is the only thing in our layers that looks rows up. */
    private static boolean looksUp(MetaGraphDef graph) {
        Set<String> operations = SavedModelCheck.operations(graph.getGraphDef());
        return operations.contains("ResourceGather") || operations.contains("GatherV2");
    }

    private static String output(SavedModelCheck check, String where, SignatureDef signature) {
        TreeMap<String, TensorInfo> outputs = new TreeMap<>(signature.getOutputsMap());
        String name = outputs.size() == 1 ? outputs.firstKey() : FIRST_OUTPUT;
        TensorInfo output = outputs.get(name);
        if (output == null) {
            throw check.problem(where + " must have one output, or one named \"" + FIRST_OUTPUT + "\", but has "
                    + outputs.keySet());
        }
        if (output.getDtype() != DataType.DT_FLOAT) {
            throw check.problem(
                    where + " must give float32, but its output \"" + name + "\" is of " + output.getDtype());
        }
        return output.getName();
    }

    /** With the batch first, -1 if it is open. */
    private static List<Integer> shape(SavedModelCheck check, String where, TensorShapeProto declared) {
        List<Long> sizes = new ArrayList<>();
        declared.getDimList().forEach(dimension -> sizes.add(dimension.getSize()));
        boolean known = !declared.getUnknownRank() && (sizes.size() == 2 || sizes.size() == 3);
        List<Integer> shape = new ArrayList<>();
        for (int i = 0; known && i < sizes.size(); i++) {
            long size = sizes.get(i);
            known = size <= Layer.LARGEST && (i == 0 ? size >= -1 && size != 0 : size >= 1);
            shape.add((int) size);
        }
        long values = 1;
        for (int size : shape) {
            // Both factors are at most 2^25.
            values = Math.min(values * (size < 0 ? Predictor.DEFAULT_BLOCK : size), LARGEST_BATCH + 1);
        }
        if (known && values > LARGEST_BATCH) {
            throw check.problem(where + " must have at most " + LARGEST_BATCH + " values in a batch, but has the shape "
                    + sizes + "; export the model again");
        }
        if (!known) {
            throw check.problem(where + " must have the shape [batch, n] or [batch, n, m], where only the batch may be"
                    + " open, but it is " + (declared.getUnknownRank() ? "unknown" : sizes)
                    + "; give the model an Input of a fixed length and export it again");
        }
        return shape;
    }
}
