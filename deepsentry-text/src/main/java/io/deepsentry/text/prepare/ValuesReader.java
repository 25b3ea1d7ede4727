package io.deepsentry.text.prepare;

import io.deepsentry.core.DataException;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.token.MaskType;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ValuesWriter} wrote. One thread at a time. */
final class ValuesReader implements AutoCloseable {
    private static final int BUFFER = 1 << 15;
    /** More values, or longer texts, than any writer writes. */
    private static final int MOST = 1 << 16;

    private final Path file;
    private final DataInputStream in;
    private final List<MaskType> types = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private byte[] bytes = new byte[256];

    ValuesReader(Path file) throws IOException {
        this.file = file;
        InputStream raw = Files.newInputStream(file);
        boolean opened = false;
        try {
            in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER));
            readHead();
            opened = true;
        } catch (EOFException | ZipException | UTFDataFormatException e) {
            throw corrupt("its head is incomplete", e);
        } finally {
            if (!opened) {
                raw.close();
            }
        }
    }

    private void readHead() throws IOException {
        if (in.readInt() != ValuesWriter.MAGIC || in.readUnsignedByte() != ValuesWriter.VERSION) {
            throw corrupt("it does not begin as version " + ValuesWriter.VERSION + " does", null);
        }
        var known = Arrays.stream(MaskType.values()).collect(Collectors.toMap(MaskType::key, Function.identity()));
        int count = in.readUnsignedByte();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            MaskType type = known.get(name);
            if (type == null) {
                throw corrupt("it has the unknown type '" + name + "'", null);
            }
            types.add(type);
        }
    }

    /** The values of the next row, or null after the last. */
    @Nullable
    List<MessageValue> next() throws IOException {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int count = number(first);
            List<MessageValue> values = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                values.add(value());
            }
            return values;
        } catch (EOFException | ZipException e) {
            throw corrupt("it breaks off", e);
        }
    }

    private MessageValue value() throws IOException {
        String place = place();
        int kind = in.readUnsignedByte();
        int type = kind & ValuesWriter.TYPE;
        if (type >= types.size()) {
            throw corrupt("it has type " + type + " of " + types.size(), null);
        }
        String text = text();
        double number = (kind & ValuesWriter.NUMBER) != 0
                ? in.readDouble()
                : (kind & ValuesWriter.NUMBER_IS_TEXT) != 0 ? ValuesWriter.plain(text) : Double.NaN;
        return new MessageValue(place, types.get(type), text, number);
    }

    private String place() throws IOException {
        int number = number(in.readUnsignedByte());
        if (number > places.size()) {
            throw corrupt("it has place " + number + " of " + places.size(), null);
        }
        if (number > 0) {
            return places.get(number - 1);
        }
        String place = text();
        if (places.size() < ValuesWriter.MOST_PLACES) {
            places.add(place);
        }
        return place;
    }

    private String text() throws IOException {
        int length = number(in.readUnsignedByte());
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        in.readFully(bytes, 0, length);
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private int number(int first) throws IOException {
        int number = first & 0x7f;
        int shift = 7;
        int next = first;
        while ((next & 0x80) != 0 && shift < 28) {
            next = in.readUnsignedByte();
            number |= (next & 0x7f) << shift;
            shift += 7;
        }
        if (number > MOST) {
            throw corrupt("it has the length " + number, null);
        }
        return number;
    }

    private DataException corrupt(String what, @Nullable Exception cause) {
        return new DataException(file + ": is not a file of values: " + what + "; run prepare again", cause);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
