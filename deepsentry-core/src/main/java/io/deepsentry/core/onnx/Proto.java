package io.deepsentry.core.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A message of Protocol Buffers while it is written, field by field; numbers of fields as in onnx.proto. */
final class Proto {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    /** Writes a field to a stream in memory, which does not fail. */
    @FunctionalInterface
    private interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    private Proto field(Field field) {
        try {
            field.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Proto number(int number, long value) {
        return field(stream -> stream.writeInt64(number, value));
    }

    Proto real(int number, float value) {
        return field(stream -> stream.writeFloat(number, value));
    }

    Proto text(int number, String value) {
        return field(stream -> stream.writeString(number, value));
    }

    Proto bytes(int number, byte[] value) {
        return field(stream -> stream.writeByteArray(number, value));
    }

    Proto message(int number, Proto message) {
        return bytes(number, message.toBytes());
    }

    byte[] toBytes() {
        return field(CodedOutputStream::flush).bytes.toByteArray();
    }
}
