package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pickle of any protocol (0 to 5) as data. What a pickle may mention is a short list ({@link PickleGlobal}),
 * and nothing in it is ever looked up or called: anything else is refused by its name. Lengths are held against the
 * file, and all that is kept against a budget, before anything is allocated.
 */
final class PickleReader extends Unpickler {
    /** Numbers and names in text form are short; a longer line would take time that grows with its square. */
    private static final int LONGEST_LINE = 1000;

    private static final int LONGEST_NUMBER = 64;

    private static final int LONG_TEXT = 1 << 16;

    /** What one opcode may add to memory besides what it says: a list, a map entry, a boxed number. */
    private static final int COST_OF_A_STEP = 64;

    private final FileSource source;
    private final MemoryBudget budget;
    private long opcodeAt;

    PickleReader(FileSource source, MemoryBudget budget) {
        this.source = source;
        this.budget = budget;
    }

    /**
     * The value that the file holds, arrays as {@link PickledArray} or {@link IndexedRows}, tuples as {@code Object[]}.
     */
    @Nullable
    Object read() {
        try {
            return load(source);
        } catch (DataException e) {
            throw e;
        } catch (EOFException e) {
            throw corrupt("it ends in the middle of a value", e);
        } catch (IOException e) {
            throw corrupt("it ends before the value does", e);
        } catch (PickleException e) {
            throw corrupt("it is not a pickle of data", e);
        } catch (RuntimeException e) {
            // The library trusts its input: a missing operand or one of another type shows as whatever exception it
            // runs into.
            throw corrupt("its instructions do not fit together", e);
        }
    }

    private DataException corrupt(String problem, @Nullable Throwable cause) {
        return new DataException(
                "the file " + source.path() + " is truncated, corrupt or no pickle: " + problem + " (byte " + opcodeAt
                        + " of " + source.size() + "); write it again",
                cause);
    }

    private DataException refused(String what) {
        return new DataException("the file " + source.path() + " is refused: it asks for " + what + " (byte " + opcodeAt
                + "), and a pickle of data has only numbers, texts, lists, dicts and numpy arrays; do not open"
                + " it in Python, and write such data again");
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        opcodeAt = source.position() - 1;
        budget.take(COST_OF_A_STEP);
        switch (opcode) {
            case Opcodes.INT -> stack.add(textInt(line()));
            case Opcodes.LONG -> stack.add(textLong(line()));
            case Opcodes.FLOAT -> stack.add(Double.parseDouble(line()));
            case Opcodes.LONG1 -> stack.add(binaryLong(source.readLittleEndian(1)));
            case Opcodes.LONG4 -> stack.add(binaryLong(source.readLittleEndian(4)));
            case Opcodes.BINUNICODE -> stack.add(perhapsLongText(source.readLittleEndian(4)));
            case Opcodes.BINUNICODE8 -> stack.add(perhapsLongText(source.readLittleEndian(8)));
            case Opcodes.SHORT_BINUNICODE -> stack.add(text(source.readLittleEndian(1)));
            case Opcodes.UNICODE -> stack.add(PickleUtils.decode_unicode_escaped(longLine()));
            case Opcodes.STRING -> stack.add(quotedText(longLine()));
            // Python 2 had no bytes: its arrays are in strings, which are kept as bytes until it is clear what they
            // are.
            case Opcodes.BINSTRING -> stack.add(bytes(source.readLittleEndian(4)));
            case Opcodes.SHORT_BINSTRING -> stack.add(bytes(source.readLittleEndian(1)));
            case Opcodes.BINBYTES -> stack.add(bytes(source.readLittleEndian(4)));
            case Opcodes.SHORT_BINBYTES -> stack.add(bytes(source.readLittleEndian(1)));
            case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> stack.add(bytes(source.readLittleEndian(8)));
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
            case Opcodes.DICT -> dict();
            case Opcodes.SETITEM -> setItem();
            case Opcodes.SETITEMS -> setItems();
            case Opcodes.GLOBAL -> global(line(), line());
            case Opcodes.STACK_GLOBAL -> stackGlobal();
            case Opcodes.REDUCE -> reduce();
            case Opcodes.BUILD -> build();
            case Opcodes.INST -> throw refused(shown(line() + "." + line()));
            case Opcodes.OBJ, Opcodes.NEWOBJ, Opcodes.NEWOBJ_EX -> throw refused("an object of a class");
            case Opcodes.PERSID, Opcodes.BINPERSID -> throw refused("an object outside the file");
            case Opcodes.EXT1, Opcodes.EXT2, Opcodes.EXT4 -> throw refused("an extension of Python");
            case Opcodes.NEXT_BUFFER, Opcodes.READONLY_BUFFER -> throw refused("a buffer outside the file");
            case Opcodes.EMPTY_SET, Opcodes.FROZENSET, Opcodes.ADDITEMS -> throw refused("a set");
            default -> {
                return super.dispatch(opcode);
            }
        }
        return NO_RETURN_VALUE;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = source.read(); c != '\n'; c = source.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (line.length() == LONGEST_LINE) {
                throw corrupt("a number or a name has more than " + LONGEST_LINE + " characters", null);
            }
            line.append((char) c);
        }
        return line.toString();
    }

    /** A line of text, however long: it is paid for while it is read. */
    private String longLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = source.read(); c != '\n'; c = source.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            budget.take(4);
            line.append((char) c);
        }
        return line.toString();
    }

    private static Object textInt(String line) {
        // Truth values of protocols 0 and 1 are these two spellings of integers.
        return switch (line) {
            case "00" -> false;
            case "01" -> true;
            default -> narrowed(new BigInteger(line));
        };
    }

    private static Object textLong(String line) {
        return narrowed(new BigInteger(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
    }

    private static Object narrowed(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private Object binaryLong(long length) throws IOException {
        if (length < 0 || length > LONGEST_NUMBER) {
            throw corrupt("an integer has " + length + " bytes", null);
        }
        byte[] littleEndian = source.readNBytes((int) length);
        if (littleEndian.length < length) {
            throw new EOFException();
        }
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = littleEndian[i];
        }
        if (littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0) {
            bigEndian[0] = -1;
        }
        return narrowed(new BigInteger(bigEndian));
    }

    private void requireLeft(long length) {
        if (length < 0 || length > source.remaining()) {
            throw corrupt(
                    "a text or an array claims " + Long.toUnsignedString(length) + " bytes, but " + source.remaining()
                            + " are left",
                    null);
        }
    }

    private String text(long length) throws IOException {
        return PythonText.decode(inMemory(length));
    }

    /** What may be the content of an array stays in the file until it is clear what it is. */
    private Object perhapsLongText(long length) throws IOException {
        if (length < LONG_TEXT) {
            return text(length);
        }
        requireLeft(length);
        PickledText text = new PickledText(source.position(), length);
        source.skipKnown(length);
        return text;
    }

    private byte[] inMemory(long length) throws IOException {
        requireLeft(length);
        budget.take(4 * length);
        return source.readNBytes((int) length);
    }

    private RawBytes bytes(long length) {
        requireLeft(length);
        RawBytes.InFile bytes = new RawBytes.InFile(source.position(), length);
        source.skipKnown(length);
        return bytes;
    }

    private static Object quotedText(String line) {
        String trimmed = line.strip();
        int end = trimmed.length() - 1;
        if (end < 1 || trimmed.charAt(0) != trimmed.charAt(end) || "'\"".indexOf(trimmed.charAt(0)) < 0) {
            throw new PickleException("a text without quotes");
        }
        return new RawBytes.InMemory(
                PickleUtils.decode_escaped(trimmed.substring(1, end)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private String string(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof RawBytes bytes && bytes.length() <= LONGEST_LINE) {
            byte[] copy = new byte[(int) bytes.length()];
            bytes.copy(source, 0, copy, copy.length);
            return new String(copy, StandardCharsets.UTF_8);
        }
        throw corrupt("a text was expected", null);
    }

    private void dict() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        putAll(map, stack.pop_all_since_marker());
        stack.add(map);
    }

    private void setItem() {
        Object value = stack.pop();
        Object key = stack.pop();
        List<@Nullable Object> pair = new ArrayList<>();
        pair.add(key);
        pair.add(value);
        putAll(topMap(), pair);
    }

    private void setItems() {
        List<Object> items = stack.pop_all_since_marker();
        putAll(topMap(), items);
    }

    @SuppressWarnings("unchecked") // only this class puts maps on the stack
    private Map<Object, @Nullable Object> topMap() {
        return (Map<Object, @Nullable Object>) stack.peek();
    }

    private void putAll(Map<Object, @Nullable Object> map, List<? extends @Nullable Object> items) {
        if (items.size() % 2 != 0) {
            throw corrupt("a dict has a key without a value", null);
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (key instanceof RawBytes) {
                key = string(key);
            } else if (key instanceof PickledText text) {
                key = text.read(source, budget);
            }
            // Only keys that do not contain others: hashing one that contained itself would never end.
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
                throw corrupt("a dict has a key that is neither text nor number", null);
            }
            map.put(key, items.get(i + 1));
        }
    }

    private void stackGlobal() {
        Object name = stack.pop();
        Object module = stack.pop();
        global(string(module), string(name));
    }

    private void global(String module, String name) {
        stack.add(PickleGlobal.named(module, name).orElseThrow(() -> refused(shown(module + "." + name))));
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(100).forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return shown.toString();
    }

    private void reduce() throws IOException {
        Object arguments = stack.pop();
        Object function = stack.pop();
        if (!(function instanceof PickleGlobal global) || !(arguments instanceof Object[] tuple)) {
            throw corrupt("a call has no function of numpy's or no arguments", null);
        }
        stack.add(
                switch (global) {
                    case RECONSTRUCT -> new PickledArray();
                    case FROM_BUFFER -> fromBuffer(tuple);
                    case DTYPE -> new PickledDtype(string(at(tuple, 0)));
                    case SCALAR -> scalar(tuple);
                    case ENCODE -> encoded(tuple);
                    case BYTES -> noBytes(tuple);
                    case GETITEM -> rows(tuple);
                    case NDARRAY -> throw refused("numpy.ndarray as a function");
                });
    }

    private @Nullable Object at(Object[] tuple, int index) {
        if (index >= tuple.length) {
            throw corrupt("a call has too few arguments", null);
        }
        return tuple[index];
    }

    private RawBytes noBytes(Object[] tuple) {
        if (tuple.length > 0) {
            throw refused("bytes made by a function");
        }
        return new RawBytes.InMemory(new byte[0]);
    }

    /** Protocols 0 to 2 spell bytes as a text and the name of an encoding that has one character a byte. */
    private RawBytes encoded(Object[] tuple) {
        if (!string(at(tuple, 1)).equals("latin1")) {
            throw refused("_codecs.encode with something else than latin1");
        }
        if (at(tuple, 0) instanceof PickledText text) {
            return RawBytes.Latin1InFile.of(source, text.offset(), text.length());
        }
        if (!(at(tuple, 0) instanceof String text)) {
            throw refused("_codecs.encode of something else than text");
        }
        budget.take(text.length());
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c > 0xff) {
                throw corrupt("a character of its bytes is none of latin1", null);
            }
            bytes[i] = (byte) c;
        }
        return new RawBytes.InMemory(bytes);
    }

    private RawBytes raw(@Nullable Object value) {
        if (value instanceof RawBytes bytes) {
            return bytes;
        }
        throw corrupt("the bytes of an array are missing; an array of objects is none of numbers", null);
    }

    private Dtype dtype(@Nullable Object value) {
        if (!(value instanceof PickledDtype pickled)) {
            throw corrupt("an array has no dtype", null);
        }
        return Dtype.parse(pickled.name)
                .map(dtype -> dtype.withOrder(pickled.order))
                .orElseThrow(
                        () -> new DataException("the file " + source.path() + " must hold numbers, but has an array of "
                                + shown(pickled.name) + "; save it as array.astype('float32')"));
    }

    private long[] shape(@Nullable Object value) {
        Object[] dimensions = value instanceof Long || value instanceof Integer
                ? new Object[] {value}
                : value instanceof Object[] tuple ? tuple : null;
        if (dimensions == null || dimensions.length > 64) {
            throw corrupt("an array has no shape", null);
        }
        long[] shape = new long[dimensions.length];
        for (int i = 0; i < shape.length; i++) {
            if (!(dimensions[i] instanceof Long || dimensions[i] instanceof Integer)) {
                throw corrupt("the shape of an array has something else than integers", null);
            }
            shape[i] = ((Number) dimensions[i]).longValue();
        }
        return shape;
    }

    private PickledArray fromBuffer(Object[] tuple) {
        PickledArray array = new PickledArray();
        boolean fortran = string(at(tuple, 3)).equals("F");
        array.data = ArrayData.of(source.path(), dtype(at(tuple, 1)), shape(at(tuple, 2)), fortran, raw(at(tuple, 0)));
        return array;
    }

    private IndexedRows rows(Object[] tuple) {
        if (tuple.length == 2
                && tuple[0] instanceof PickledArray table
                && tuple[1] instanceof PickledArray index
                && table.data != null
                && index.data != null) {
            return IndexedRows.of(source.path(), table.data, index.data);
        }
        throw refused("operator.getitem of something else than two arrays");
    }

    private Object scalar(Object[] tuple) {
        Dtype dtype = dtype(at(tuple, 0));
        RawBytes raw = raw(at(tuple, 1));
        if (raw.length() != dtype.size()) {
            throw corrupt("a number of " + dtype + " has " + raw.length() + " bytes", null);
        }
        byte[] bytes = new byte[dtype.size()];
        raw.copy(source, 0, bytes, bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(dtype.order());
        return switch (dtype.kind()) {
            case 'f' -> dtype.size() == 4 ? (Object) (double) buffer.getFloat() : (Object) buffer.getDouble();
            case 'b' -> bytes[0] != 0;
            default -> integer(dtype, buffer);
        };
    }

    private static Object integer(Dtype dtype, ByteBuffer buffer) {
        long signed =
                switch (dtype.size()) {
                    case 1 -> buffer.get();
                    case 2 -> buffer.getShort();
                    case 4 -> buffer.getInt();
                    default -> buffer.getLong();
                };
        if (dtype.kind() == 'i') {
            return signed;
        }
        if (dtype.size() == 8) {
            return narrowed(new BigInteger(Long.toUnsignedString(signed)));
        }
        return signed & ((1L << (dtype.size() * 8)) - 1);
    }

    private void build() {
        Object state = stack.pop();
        Object target = stack.peek();
        if (!(state instanceof Object[] tuple)) {
            throw refused("the state of an object");
        }
        if (target instanceof PickledDtype dtype) {
            dtype.order = string(at(tuple, 1));
        } else if (target instanceof PickledArray array && array.data == null) {
            boolean fortran =
                    Boolean.TRUE.equals(at(tuple, 3)) || Long.valueOf(1).equals(at(tuple, 3));
            array.data =
                    ArrayData.of(source.path(), dtype(at(tuple, 2)), shape(at(tuple, 1)), fortran, raw(at(tuple, 4)));
        } else {
            throw refused("the state of an object");
        }
    }

    /** A dtype whose byte order comes after its name. */
    private static final class PickledDtype {
        private final String name;
        private String order = "<";

        PickledDtype(String name) {
            this.name = name;
        }
    }

    /** A long text that is still in the file. */
    record PickledText(long offset, long length) {
        /** Reads it. */
        String read(FileSource source, MemoryBudget budget) {
            if (length > Integer.MAX_VALUE / 4) {
                throw new DataException(
                        "the file " + source.path() + " has a text of " + length + " bytes; write it again");
            }
            budget.take(4 * length);
            byte[] bytes = new byte[(int) length];
            source.readAt(offset, bytes, 0, bytes.length);
            return PythonText.decode(bytes);
        }
    }

    /** An array whose content comes after it. */
    static final class PickledArray {
        private @Nullable ArrayData data;

        @Nullable
        ArrayData data() {
            return data;
        }
    }
}
