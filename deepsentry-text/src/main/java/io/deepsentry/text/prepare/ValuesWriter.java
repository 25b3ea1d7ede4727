package io.deepsentry.text.prepare;

import io.deepsentry.text.token.MaskType;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the values of rows to a file, gzip around binary records: a head with the version and the names of the types,
 * then for each row the number of its values and the values. Of a value: its place, as a number that was given to the
 * place when it first came; its type; its text; and its number, unless that is what the text says. One thread at a
 * time.
 */
final class ValuesWriter implements Closeable {
    private static final List<MaskType> TYPES = List.of(MaskType.values());
    static final int MAGIC = 0x44535641;
    static final int VERSION = 1;
    /** The most places that have a number; those of later ones are written out each time. */
    static final int MOST_PLACES = 4096;

    static final int NUMBER = 0x20;
    static final int NUMBER_IS_TEXT = 0x40;
    static final int TYPE = 0x1f;

    private static final int BUFFER = 1 << 15;

    private final Map<String, Integer> places = new HashMap<>();
    private final DataOutputStream out;

    ValuesWriter(OutputStream file) throws IOException {
        out = new DataOutputStream(new BufferedOutputStream(new FastGzip(file), BUFFER));
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeByte(TYPES.size());
        for (MaskType type : TYPES) {
            out.writeUTF(type.key());
        }
    }

    /** Begins a row of so many values. */
    void row(int values) throws IOException {
        number(values);
    }

    void value(String place, MaskType type, String text, double number) throws IOException {
        Integer known = places.get(place);
        if (known != null) {
            number(known + 1);
        } else {
            number(0);
            text(place);
            if (places.size() < MOST_PLACES) {
                places.put(place, places.size());
            }
        }
        boolean isText = !Double.isNaN(number) && number == plain(text);
        int flag = Double.isNaN(number) ? 0 : isText ? NUMBER_IS_TEXT : NUMBER;
        out.writeByte(TYPES.indexOf(type) | flag);
        text(text);
        if (flag == NUMBER) {
            out.writeDouble(number);
        }
    }

    /** The number that a text of digits and a dot is, or NaN. */
    static double plain(String text) {
        if (text.isEmpty() || text.length() > 20) {
            return Double.NaN;
        }
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            dots += c == '.' ? 1 : 0;
            if (c != '.' && (c < '0' || c > '9')) {
                return Double.NaN;
            }
        }
        return dots > 1 || text.length() == dots ? Double.NaN : Double.parseDouble(text);
    }

    private void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.write(bytes);
    }

    private void number(int number) throws IOException {
        int rest = number;
        while (rest > 0x7f) {
            out.writeByte(0x80 | (rest & 0x7f));
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
