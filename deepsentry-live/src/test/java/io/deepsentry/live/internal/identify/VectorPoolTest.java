package io.deepsentry.live.internal.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorPoolTest {
    private final VectorPool pool = new VectorPool();

    @Test
    void equal_vectors_have_one_number_whatever_object_they_are() {
        float[] vector = {1, 2, 3};
        int id = pool.use(vector);

        assertThat(pool.use(vector)).isEqualTo(id);
        assertThat(pool.use(vector.clone())).isEqualTo(id);
        assertThat(pool.use(new float[] {1, 2, -0f})).isNotEqualTo(pool.use(new float[] {1, 2, 0}));
        assertThat(pool.size()).isEqualTo(3);
    }

    @Test
    void a_vector_that_was_forgotten_is_not_found_under_its_number_again() {
        float[] first = {1, 2, 3};
        float[] second = {4, 5, 6};
        int id = pool.use(first);
        pool.release(id);
        assertThatThrownBy(() -> pool.vector(id)).isInstanceOf(IllegalStateException.class);

        assertThat(pool.use(second)).isEqualTo(id);
        assertThat(pool.use(first)).isNotEqualTo(id);
        assertThat(pool.vector(id)).isEqualTo(second);
    }

    @Test
    void each_use_counts() {
        float[] vector = {1};
        int id = pool.use(vector);
        pool.use(vector);
        pool.release(id);
        assertThat(pool.vector(id)).isSameAs(vector);
        pool.release(id);
        assertThat(pool.size()).isZero();
    }

    @Test
    void many_vectors_in_use_and_released_keep_their_numbers() {
        Random random = new Random(1);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            vectors.add(new float[] {i, i % 7});
        }
        List<Integer> uses = new ArrayList<>();
        List<float[]> used = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (uses.size() < 50 || random.nextBoolean()) {
                float[] vector = vectors.get(random.nextInt(vectors.size()));
                uses.add(pool.use(random.nextInt(4) == 0 ? vector.clone() : vector));
                used.add(vector);
            } else {
                int place = random.nextInt(uses.size());
                assertThat(pool.vector(uses.get(place))).isEqualTo(used.get(place));
                pool.release(uses.get(place));
                uses.remove(place);
                used.remove(place);
            }
        }
        for (int i = 0; i < uses.size(); i++) {
            assertThat(pool.vector(uses.get(i))).isEqualTo(used.get(i));
        }
    }
}
