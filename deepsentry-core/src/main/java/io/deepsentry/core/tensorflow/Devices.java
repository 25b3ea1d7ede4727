package io.deepsentry.core.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetCode;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_OK;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;

/** Asks TensorFlow which devices it sees, once. */
final class Devices {
    private Devices() {}

    /** Looked up on first use, when the library is known to load. */
    private static final class Found {
        static final List<String> TYPES = list();
    }

    static List<String> types() {
        Engine.load();
        return Found.TYPES;
    }

    static void require(Device device) {
        if (device == Device.GPU && !types().contains("GPU")) {
            throw new ModelException("a GPU was requested, but TensorFlow finds none (it sees " + types()
                    + "); check the NVIDIA driver and that TensorFlow's GPU library (classifier linux-x86_64-gpu or"
                    + " windows-x86_64-gpu) is the one on the class path, or do not request a GPU");
        }
    }

    private static List<String> list() {
        List<String> types = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            TF_Status status = TF_Status.newStatus();
            TF_Session session =
                    TF_Session.newSession(TF_Graph.newGraph(), TF_SessionOptions.newSessionOptions(), status);
            TF_DeviceList devices = TF_SessionListDevices(session, status);
            if (TF_GetCode(status) != TF_OK) {
                throw new ModelException("TensorFlow cannot list its devices");
            }
            for (int i = 0; i < TF_DeviceListCount(devices); i++) {
                types.add(TF_DeviceListType(devices, i, status).getString());
            }
            TF_DeleteDeviceList(devices);
            scope.deallocate();
        }
        return List.copyOf(types);
    }
}
