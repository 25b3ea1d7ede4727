package io.deepsentry.core.keras;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.nn.NdArray;
import io.jhdf.api.WritableGroup;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Puts arrays into an HDF5 file that is being written, each under a path whose groups are made as needed. */
final class HdfTarget {
    private final WritableGroup root;
    private final Map<String, WritableGroup> groups = new HashMap<>();

    HdfTarget(WritableGroup root) {
        this.root = root;
    }

    void put(String path, NdArray array) {
        int slash = path.lastIndexOf('/');
        group(path.substring(0, slash)).putDataset(path.substring(slash + 1), nested(array));
    }

    /** The group of a path, made if it is not there. */
    @CanIgnoreReturnValue
    WritableGroup group(String path) {
        WritableGroup group = groups.get(path);
        if (group == null) {
            int slash = path.lastIndexOf('/');
            WritableGroup parent = slash < 0 ? root : group(path.substring(0, slash));
            group = parent.putGroup(path.substring(slash + 1));
            groups.put(path, group);
        }
        return group;
    }

    /** A text ends in a 0: the library refuses an array without elements. */
    static void putText(WritableGroup group, String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        group.putDataset(name, Arrays.copyOf(bytes, bytes.length + 1));
    }

    private static Object nested(NdArray array) {
        int[] shape = array.shape();
        float[] data = array.toArray();
        if (shape.length == 1) {
            return data;
        }
        float[][] rows = new float[shape[0]][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(data, row * shape[1], (row + 1) * shape[1]);
        }
        return rows;
    }
}
