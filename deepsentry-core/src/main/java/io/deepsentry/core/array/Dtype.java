package io.deepsentry.core.array;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * numpy's name for what an array holds, such as {@code <f4}.
 *
 * @param kind {@code f} float, {@code i} and {@code u} integer, {@code b} truth value
 * @param size bytes a value
 * @param order the order of these bytes
 */
record Dtype(char kind, int size, ByteOrder order) {
    private static final Pattern NAME = Pattern.compile("([<>|=]?)(f2|f4|f8|i1|i2|i4|i8|u1|u2|u4|u8|b1)");

    /** The type of a name, if it is one whose values are numbers. */
    static Optional<Dtype> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String type = matcher.group(2);
        return Optional.of(new Dtype(type.charAt(0), type.charAt(1) - '0', orderOf(matcher.group(1))));
    }

    private static ByteOrder orderOf(String mark) {
        return mark.equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    Dtype withOrder(String mark) {
        return new Dtype(kind, size, orderOf(mark));
    }

    @Override
    public String toString() {
        String name =
                switch (kind) {
                    case 'f' -> "float";
                    case 'i' -> "int";
                    case 'u' -> "uint";
                    default -> "bool";
                };
        return kind == 'b' ? name : name + size * 8;
    }
}
