package io.deepsentry.text.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** The values of one place, in bounded memory. Sums of integers, least and largest alone: the order of merging is lost. */
public final class ValueCounts {
    /** The bits of a double below its sign, exponent and first five bits: steps of a 32nd of a power of two. */
    private static final int BELOW_STEP = 47;

    private final Map<MaskType, Long> types = new EnumMap<>(MaskType.class);
    private final TreeMap<Integer, Long> steps = new TreeMap<>();
    private final LeastHashes<Count> texts = new LeastHashes<>(LogCounts.MOST_VALUES);
    private double least = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;

    private static final class Count {
        long value;
    }

    ValueCounts() {}

    /**
     * What is known of the values of a place.
     *
     * @param types how many values were of each type
     * @param numbers how many were numbers
     * @param least of the numbers; infinity if there is none
     * @param median of the numbers, off by 3% at most; NaN if there is none
     * @param largest of the numbers; minus infinity if there is none
     * @param texts the distinct values with their counts, all of them if fewer than {@link LogCounts#MOST_VALUES}
     */
    public record Summary(
            Map<MaskType, Long> types,
            long numbers,
            double least,
            double median,
            double largest,
            Map<String, Long> texts) {
        public Summary {
            types = Map.copyOf(types);
            texts = Map.copyOf(texts);
        }
    }

    void add(MessageValue value) {
        types.merge(value.type(), 1L, Long::sum);
        if (!Double.isNaN(value.number())) {
            steps.merge(step(value.number()), 1L, Long::sum);
            least = Math.min(least, value.number());
            largest = Math.max(largest, value.number());
        }
        Count count = texts.get(value.text(), Count::new);
        if (count != null) {
            count.value++;
        }
    }

    void merge(ValueCounts other) {
        other.types.forEach((type, count) -> types.merge(type, count, Long::sum));
        other.steps.forEach((step, count) -> steps.merge(step, count, Long::sum));
        least = Math.min(least, other.least);
        largest = Math.max(largest, other.largest);
        other.texts.kept().forEach((key, theirs) -> {
            Count mine = texts.get(key.text(), Count::new);
            if (mine != null) {
                mine.value += theirs.value;
            }
        });
    }

    private static int step(double number) {
        int size = (int) (Double.doubleToLongBits(Math.abs(number)) >>> BELOW_STEP);
        return number < 0 ? -size : size;
    }

    /** The lower end of a step, in size. */
    private static double number(int step) {
        double size = Double.longBitsToDouble((long) Math.abs(step) << BELOW_STEP);
        return step < 0 ? -size : size;
    }

    Summary summary() {
        Map<String, Long> all = new TreeMap<>();
        texts.kept().forEach((key, count) -> all.put(key.text(), count.value));
        long numbers = steps.values().stream().mapToLong(Long::longValue).sum();
        double median = Double.NaN;
        long below = 0;
        for (Map.Entry<Integer, Long> step : steps.entrySet()) {
            below += step.getValue();
            if (2 * below >= numbers) {
                median = Math.max(least, Math.min(largest, number(step.getKey())));
                break;
            }
        }
        return new Summary(types, numbers, least, median, largest, all);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(types.size());
        for (Map.Entry<MaskType, Long> type : types.entrySet()) {
            writeText(out, type.getKey().name());
            out.writeLong(type.getValue());
        }
        out.writeInt(steps.size());
        for (Map.Entry<Integer, Long> step : steps.entrySet()) {
            out.writeInt(step.getKey());
            out.writeLong(step.getValue());
        }
        out.writeDouble(least);
        out.writeDouble(largest);
        out.writeInt(texts.kept().size());
        for (Map.Entry<LeastHashes.Hashed, Count> text : texts.kept().entrySet()) {
            writeText(out, text.getKey().text());
            out.writeLong(text.getValue().value);
        }
    }

    static ValueCounts read(DataInputStream in) throws IOException {
        ValueCounts read = new ValueCounts();
        for (int left = in.readInt(); left > 0; left--) {
            String type = readText(in);
            try {
                read.types.put(MaskType.valueOf(type), in.readLong());
            } catch (IllegalArgumentException e) {
                throw new IOException("there is no type of values " + type, e);
            }
        }
        for (int left = in.readInt(); left > 0; left--) {
            read.steps.put(in.readInt(), in.readLong());
        }
        read.least = in.readDouble();
        read.largest = in.readDouble();
        for (int left = in.readInt(); left > 0; left--) {
            Count count = new Count();
            read.texts.kept().put(LeastHashes.Hashed.of(readText(in)), count);
            count.value = in.readLong();
        }
        return read;
    }

    /** A message may be longer than what {@link DataOutputStream#writeUTF} takes. */
    static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes, where " + in.available() + " are left");
        }
        return new String(in.readNBytes(length), UTF_8);
    }
}
