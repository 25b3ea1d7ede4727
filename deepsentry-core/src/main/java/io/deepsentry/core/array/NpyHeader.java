package io.deepsentry.core.array;

import com.google.common.base.Splitter;
import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header of numpy's {@code .npy} format, versions 1 to 3 (NEP 1 and the format's own documentation). */
final class NpyHeader {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int LONGEST = 1 << 16;
    private static final int MOST_DIMENSIONS = 64;
    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,20})['\"]");
    private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

    private NpyHeader() {}

    /** Whether a file begins as the format does. */
    static boolean begins(FileSource source) {
        if (source.size() < MAGIC.length) {
            return false;
        }
        byte[] start = new byte[MAGIC.length];
        source.readAt(0, start, 0, start.length);
        return Arrays.equals(start, MAGIC);
    }

    /** Reads the header; the source stands at the beginning of the file. */
    static ArrayData read(FileSource source) {
        try {
            return parse(source);
        } catch (IOException e) {
            throw corrupt(source, "it ends within its header");
        }
    }

    private static ArrayData parse(FileSource source) throws IOException {
        byte[] magic = source.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new DataException("the file " + source.path()
                    + " is not an .npy file: it does not begin with \\x93NUMPY; name one that numpy.save wrote");
        }
        long major = source.readLittleEndian(1);
        source.readLittleEndian(1);
        if (major < 1 || major > 3) {
            throw new DataException(
                    "the file " + source.path() + " must be .npy of version 1, 2 or 3, but is of version " + major
                            + "; save it again with numpy.save");
        }
        long length = source.readLittleEndian(major == 1 ? 2 : 4);
        if (length > source.remaining()) {
            throw corrupt(source, "its header claims " + length + " bytes, but " + source.remaining() + " are left");
        }
        if (length > LONGEST) {
            throw corrupt(source, "its header claims " + length + " bytes, more than any array of numbers needs");
        }
        String header = new String(source.readNBytes((int) length), StandardCharsets.UTF_8);
        String type = find(source, DESCR, header, "descr");
        Dtype dtype = Dtype.parse(type)
                .orElseThrow(() -> new DataException("the file " + source.path()
                        + " must hold numbers, but has an array of " + type + "; save it as array.astype('float32')"));
        boolean fortran = find(source, ORDER, header, "fortran_order").equals("True");
        long[] shape = shapeOf(source, find(source, SHAPE, header, "shape"));
        long bytes = source.remaining();
        long needed = bytesOf(dtype, shape);
        // numpy appends arrays to one file, so more than is needed is allowed
        return ArrayData.of(
                source.path(),
                dtype,
                shape,
                fortran,
                new RawBytes.InFile(source.position(), needed >= 0 && needed <= bytes ? needed : bytes));
    }

    private static long bytesOf(Dtype dtype, long[] shape) {
        long bytes = dtype.size();
        for (long dimension : shape) {
            if (dimension == 0) {
                return 0;
            }
            long product = Math.multiplyHigh(bytes, dimension) == 0 ? bytes * dimension : -1;
            if (product < 0) {
                return -1;
            }
            bytes = product;
        }
        return bytes;
    }

    private static String find(FileSource source, Pattern pattern, String header, String name) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw corrupt(source, "its header has no " + name + " that describes an array of numbers");
        }
        return matcher.group(1);
    }

    private static long[] shapeOf(FileSource source, String text) {
        List<Long> shape = new ArrayList<>();
        for (String dimension :
                Splitter.on(',').trimResults().omitEmptyStrings().split(text)) {
            try {
                shape.add(Long.parseLong(
                        dimension.endsWith("L") ? dimension.substring(0, dimension.length() - 1) : dimension));
            } catch (NumberFormatException e) {
                throw corrupt(source, "its shape is (" + text.substring(0, Math.min(60, text.length())) + ")");
            }
        }
        if (shape.size() > MOST_DIMENSIONS) {
            throw corrupt(source, "it has " + shape.size() + " dimensions");
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static DataException corrupt(FileSource source, String problem) {
        return new DataException(
                "the file " + source.path() + " is truncated or corrupt: " + problem + "; write it again");
    }

    /** The bytes before the values, in version 1: the values begin at a multiple of 64, as numpy writes them. */
    static byte[] write(long[] shape) {
        StringBuilder dimensions = new StringBuilder();
        for (long dimension : shape) {
            dimensions.append(dimension).append(shape.length == 1 ? "," : ", ");
        }
        if (shape.length > 1) {
            dimensions.setLength(dimensions.length() - 2);
        }
        String header =
                String.format(Locale.ROOT, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", dimensions);
        int before = MAGIC.length + 4;
        int total = (before + header.length() + 1 + 63) / 64 * 64;
        byte[] bytes = new byte[total];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
        bytes[6] = 1;
        bytes[7] = 0;
        bytes[8] = (byte) (total - before);
        bytes[9] = (byte) ((total - before) >> 8);
        byte[] ascii = header.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, bytes, before, ascii.length);
        bytes[total - 1] = '\n';
        return bytes;
    }
}
