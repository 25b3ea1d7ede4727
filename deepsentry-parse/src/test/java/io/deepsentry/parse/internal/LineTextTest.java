package io.deepsentry.parse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LineTextTest {
    @Test
    void findsTheFirstNewlineWhateverIsAroundIt() {
        Random random = new Random(3);
        byte[] like = {'\n', '\n' + 1, '\n' - 1, 0, (byte) 0x8a, (byte) 0xff, 'a', 1};
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = like[random.nextInt(like.length)];
                if (bytes[k] == '\n' && random.nextInt(8) > 0) {
                    bytes[k] = 11;
                }
            }
            int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            int end = from + random.nextInt(bytes.length - from + 1);
            int expected = from;
            while (expected < end && bytes[expected] != '\n') {
                expected++;
            }
            assertThat(LineText.newline(bytes, from, end)).isEqualTo(expected);
        }
    }
}
