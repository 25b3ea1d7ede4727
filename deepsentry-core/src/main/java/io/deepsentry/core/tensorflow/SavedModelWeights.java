package io.deepsentry.core.tensorflow;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/** Reads the values of the variables of a SavedModel that {@link SavedModelWriter} wrote. */
final class SavedModelWeights {
    private SavedModelWeights() {}

    static Weights read(Path folder, Network network) {
        SavedModelCheck check = new SavedModelCheck(folder);
        var unused = check.read();
        Engine.load();
        try (SavedModelBundle bundle = SavedModelBundle.loader(folder.toString())
                .withTags(SavedModelCheck.TAG)
                .withConfigProto(Engine.config(Device.CPU))
                .load()) {
            Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
            int number = 0;
            for (Map.Entry<String, Map<String, List<Integer>>> layer :
                    network.weightShapes().entrySet()) {
                Map<String, NdArray> arrays = new LinkedHashMap<>();
                for (String weight : layer.getValue().keySet()) {
                    arrays.put(weight, value(check, bundle, SavedModelWriter.WEIGHT + number++));
                }
                byLayer.put(layer.getKey(), arrays);
            }
            return Weights.of(byLayer);
        } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
            throw new ModelException(
                    "the SavedModel " + folder + " cannot be loaded: " + e.getMessage() + "; copy or write it again",
                    e);
        }
    }

    private static NdArray value(SavedModelCheck check, SavedModelBundle bundle, String variable) {
        if (bundle.graph().operation(variable) == null) {
            throw check.problem("it has no variable \"" + variable + "\", so it is not the folder of its architecture;"
                    + " copy the whole folder again");
        }
        try (Result result = bundle.session().runner().fetch(variable).run()) {
            if (!(result.get(0) instanceof TFloat32 values)) {
                throw check.problem("its variable \"" + variable + "\" is not of float32");
            }
            long[] sizes = values.shape().asArray();
            int[] shape = new int[sizes.length];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = (int) sizes[i];
            }
            return NdArray.wrap(shape, Engine.floats(values));
        }
    }
}
