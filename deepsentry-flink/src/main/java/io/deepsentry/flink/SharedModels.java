package io.deepsentry.flink;

import io.deepsentry.anomaly.ModelBundle;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The models that a subtask uses at the moment: shares in those that the task manager has opened. For one thread. */
final class SharedModels implements AutoCloseable {
    /** Further ones take the place of those used longest ago. */
    private static final int MOST = 3;

    private final Map<String, ModelBundle> open = new LinkedHashMap<>(4, 0.75f, true);

    ModelBundle of(ModelRelease release) {
        ModelBundle known = open.get(release.digest());
        if (known != null) {
            return known;
        }
        ModelBundle bundle = ModelBundle.acquire(Path.of(release.folder()), release.digest());
        open.put(release.digest(), bundle);
        if (open.size() > MOST) {
            Iterator<ModelBundle> oldest = open.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        return bundle;
    }

    @Override
    public void close() {
        open.values().forEach(ModelBundle::close);
        open.clear();
    }
}
