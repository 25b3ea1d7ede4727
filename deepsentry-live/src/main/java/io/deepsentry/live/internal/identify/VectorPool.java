package io.deepsentry.live.internal.identify;

import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distinct vectors of the messages that are remembered, each under a number as long as it is used. For one thread.
 */
final class VectorPool {
    private static final int RECENT = 256;

    private final Map<Content, Integer> ids = new HashMap<>();
    private final List<@Nullable Content> vectors = new ArrayList<>();
    private final List<long[]> uses = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    /**
     * Some of the last vectors, by what object they are, and their numbers: a message that repeats has the same object.
     */
    private final float[] @Nullable [] recent = new float[RECENT][];

    private final int[] recentIds = new int[RECENT];
    /** The numbers whose vectors stand in what is written at the moment. */
    private final BitSet written = new BitSet();

    private static final class Content {
        private final float[] vector;
        private final int hash;

        Content(float[] vector) {
            this.vector = vector;
            this.hash = Arrays.hashCode(vector);
        }

        @Override
        public boolean equals(Object other) {
            if (!(other instanceof Content content) || content.hash != hash) {
                return false;
            }
            if (content.vector == vector) {
                return true;
            }
            // By their bits, as 0 and -0 are two inputs to a network.
            for (int i = 0; i < vector.length; i++) {
                if (Float.floatToRawIntBits(vector[i]) != Float.floatToRawIntBits(content.vector[i])) {
                    return false;
                }
            }
            return vector.length == content.vector.length;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** The number of a vector, which is used once more. */
    int use(float[] vector) {
        int place = System.identityHashCode(vector) & (RECENT - 1);
        if (recent[place] == vector) {
            uses.get(recentIds[place])[0]++;
            return recentIds[place];
        }
        int id = useContent(new Content(vector));
        recent[place] = vector;
        recentIds[place] = id;
        return id;
    }

    private int useContent(Content content) {
        Integer known = ids.get(content);
        if (known != null) {
            uses.get(known)[0]++;
            return known;
        }
        Integer id = free.poll();
        if (id == null) {
            id = vectors.size();
            vectors.add(content);
            uses.add(new long[] {1});
        } else {
            vectors.set(id, content);
            uses.get(id)[0] = 1;
            written.clear(id);
        }
        ids.put(content, id);
        return id;
    }

    /** One use less; without any, the vector is forgotten. */
    void release(int id) {
        long[] count = uses.get(id);
        count[0]--;
        if (count[0] == 0) {
            ids.remove(vectors.set(id, null));
            free.add(id);
            for (int place = 0; place < RECENT; place++) {
                if (recentIds[place] == id) {
                    recent[place] = null;
                }
            }
        }
    }

    float[] vector(int id) {
        Content content = vectors.get(id);
        if (content == null) {
            throw new IllegalStateException("there is no vector " + id);
        }
        return content.vector;
    }

    /** How many distinct vectors are remembered. */
    int size() {
        return ids.size();
    }

    /** What is written from now on is read apart from what was written before. */
    void beginWriting() {
        written.clear();
    }

    /** Writes a vector by its number, and itself where it was not written yet. */
    void write(int id, StateOutput out) throws IOException {
        out.number(((long) id << 1) | (written.get(id) ? 0 : 1));
        if (!written.get(id)) {
            out.vector(vector(id));
            written.set(id);
        }
    }

    /** Reads vectors that one book wrote. */
    static final class Reader {
        private final Map<Integer, float[]> known = new HashMap<>();

        float[] read(StateInput in) throws IOException {
            long coded = in.number();
            int id = (int) (coded >>> 1);
            if ((coded & 1) != 0) {
                known.put(id, in.vector());
            }
            float[] vector = known.get(id);
            if (vector == null) {
                throw new IOException("there is no vector " + id);
            }
            return vector;
        }
    }
}
