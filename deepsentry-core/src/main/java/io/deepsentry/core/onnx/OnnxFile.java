package io.deepsentry.core.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX file says of itself, read without running it. Immutable.
 *
 * @param producer the program that wrote it
 * @param operatorSets the versions of the sets of operators it uses; the name of ONNX' own is empty
 * @param operators how many there are of each
 * @param parameters how many numbers its constants have
 * @param metadata texts by name
 */
public record OnnxFile(
        String producer,
        Map<String, Long> operatorSets,
        Map<String, Integer> operators,
        long parameters,
        Map<String, String> metadata) {
    /** The names of our own texts begin with this. */
    static final String OURS = "deepsentry.";

    static final String FORMAT = OURS + "format";
    static final String FORMAT_VERSION = "1";
    static final String PRECISION = OURS + "precision";
    static final String SOURCE = OURS + "source_sha256";
    static final String WORDS = OURS + "words";
    static final String PADDING_AT_END = OURS + "padding_at_end";
    static final String ROWS_INDEPENDENT = OURS + "rows_independent";
    static final String EXTRA = OURS + "extra.";

    private static final long LARGEST = 1L << 28;
    private static final int DATA_LOCATION = 14;

    public OnnxFile {
        operatorSets = Collections.unmodifiableMap(new TreeMap<>(operatorSets));
        operators = Collections.unmodifiableMap(new TreeMap<>(operators));
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /**
     * Writes a model.
     *
     * @param file the file
     * @param model the model to write
     * @param precision how weights are kept
     * @param inputBound what no value of the input exceeds, if that is known: greater ones are cut off; null if it
     *     is not known, which keeps what reads the input in floats. For models that take ids it means nothing
     * @param extras texts that the model carries, by name
     * @param source the SHA-256 of the file the model was read from; null if there is none
     * @throws ModelException if the model has a layer or an option that cannot be written
     * @throws io.deepsentry.core.DataException if the file cannot be written
     */
    public static void write(
            Path file,
            Model model,
            Precision precision,
            @Nullable Float inputBound,
            Map<String, String> extras,
            @Nullable String source) {
        byte[] bytes = bytes(model, precision, inputBound, extras, source);
        AtomicFile.write(file, out -> out.write(bytes));
    }

    static byte[] bytes(
            Model model,
            Precision precision,
            @Nullable Float inputBound,
            Map<String, String> extras,
            @Nullable String source) {
        OnnxWriter writer = new OnnxWriter(model, precision, inputBound);
        OnnxGraph graph = writer.write();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(FORMAT, FORMAT_VERSION);
        metadata.put(PRECISION, precision == Precision.INT8 ? "int8" : "float32");
        if (source != null) {
            metadata.put(SOURCE, source);
        }
        writer.words().ifPresent(words -> metadata.put(WORDS, Integer.toString(words)));
        metadata.put(PADDING_AT_END, Boolean.toString(writer.masks()));
        metadata.put(ROWS_INDEPENDENT, Boolean.toString(!writer.hasFloatProducts()));
        new TreeMap<>(extras).forEach((name, text) -> metadata.put(EXTRA + name, text));
        return graph.toModel(metadata);
    }

    /**
     * Reads what a file says of itself.
     *
     * @param file the file
     * @return what the file says of itself
     * @throws MissingDataException if it is not there or cannot be read
     * @throws ModelException if it is damaged, keeps weights in other files, or is of a newer format of ours
     */
    public static OnnxFile read(Path file) {
        return new Reader(file).read();
    }

    /**
     * Checks that a file is one that DeepSentry could have written, without running it.
     *
     * @param file the file
     * @return what goes in and what comes out
     * @throws MissingDataException if it is not there or cannot be read
     * @throws ModelException if it is not as it would have been written
     */
    public static OnnxShape check(Path file) {
        return OnnxCheck.require("the model " + file, Reader.bytes(file));
    }

    /** {@return the texts that a model of ours carries beside its weights, by name} */
    public Map<String, String> extras() {
        Map<String, String> extras = new TreeMap<>();
        metadata.forEach((name, text) -> {
            if (name.startsWith(EXTRA)) {
                extras.put(name.substring(EXTRA.length()), text);
            }
        });
        return extras;
    }

    /** Goes through the fields of onnx.proto that are of interest. For one file. */
    private static final class Reader {
        private final Path file;
        private String producer = "";
        private final Map<String, Long> operatorSets = new TreeMap<>();
        private final Map<String, Integer> operators = new TreeMap<>();
        private final Map<String, String> metadata = new TreeMap<>();
        private long parameters;
        private boolean graph;

        Reader(Path file) {
            this.file = file;
        }

        /** Takes a field, or leaves it to be skipped. */
        @FunctionalInterface
        private interface Fields {
            boolean take(int number, int type, CodedInputStream in) throws IOException;
        }

        static byte[] bytes(Path file) {
            try {
                if (!Files.isRegularFile(file)) {
                    throw new MissingDataException("there is no model " + file + "; check the path");
                }
                if (Files.size(file) > LARGEST) {
                    throw new ModelException(
                            "the model " + file + " must have at most " + LARGEST + " bytes; is it another file?");
                }
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new MissingDataException(
                        "the model " + file + " cannot be read: " + e.getMessage() + "; check its permissions", e);
            }
        }

        OnnxFile read() {
            try {
                each(CodedInputStream.newInstance(bytes(file)), this::model);
            } catch (IOException e) {
                throw new ModelException(
                        "the model " + file + " is not an ONNX file, or is damaged (" + e.getMessage()
                                + "); copy or write it again",
                        e);
            }
            if (!graph) {
                throw new ModelException("the model " + file
                        + " is not an ONNX file, or is damaged: it has no graph; copy or write it again");
            }
            String format = metadata.get(FORMAT);
            if (format != null && !format.equals(FORMAT_VERSION)) {
                throw new ModelException("the model " + file + " is of format " + format + ", but this version reads "
                        + FORMAT_VERSION + "; a newer DeepSentry may read it");
            }
            return new OnnxFile(producer, operatorSets, operators, parameters, metadata);
        }

        private static void each(CodedInputStream in, Fields fields) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (!fields.take(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag), in)
                        && !in.skipField(tag)) {
                    throw new InvalidProtocolBufferException("a group ends that did not begin");
                }
            }
        }

        /** A message, or a text: both are a length and that many bytes. */
        private static boolean isMessage(int type) {
            return type == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }

        private static void within(CodedInputStream in, Fields fields) throws IOException {
            ByteString message = in.readBytes();
            each(message.newCodedInput(), fields);
        }

        private boolean model(int number, int type, CodedInputStream in) throws IOException {
            if (!isMessage(type)) {
                return false;
            }
            switch (number) {
                case 2 -> producer = in.readString();
                case 7 -> {
                    graph = true;
                    within(in, this::graph);
                }
                case 8 -> operatorSet(in);
                case 14 -> property(in);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void operatorSet(CodedInputStream in) throws IOException {
            String[] domain = {""};
            long[] version = {0};
            within(in, (number, type, set) -> {
                if (number == 1 && isMessage(type)) {
                    domain[0] = set.readString();
                } else if (number == 2 && type == WireFormat.WIRETYPE_VARINT) {
                    version[0] = set.readInt64();
                } else {
                    return false;
                }
                return true;
            });
            operatorSets.put(domain[0], version[0]);
        }

        private void property(CodedInputStream in) throws IOException {
            String[] entry = {"", ""};
            within(in, (number, type, property) -> {
                if (isMessage(type) && (number == 1 || number == 2)) {
                    entry[number - 1] = property.readString();
                    return true;
                }
                return false;
            });
            metadata.put(entry[0], entry[1]);
        }

        private boolean graph(int number, int type, CodedInputStream in) throws IOException {
            if (!isMessage(type)) {
                return false;
            }
            if (number == 1) {
                within(in, (field, wire, node) -> {
                    if (field == 4 && isMessage(wire)) {
                        operators.merge(node.readString(), 1, Integer::sum);
                        return true;
                    }
                    return false;
                });
                return true;
            }
            if (number == 5) {
                tensor(in);
                return true;
            }
            return false;
        }

        private void tensor(CodedInputStream in) throws IOException {
            long[] size = {1};
            within(in, (number, type, tensor) -> {
                if (number == 1 && type == WireFormat.WIRETYPE_VARINT) {
                    size[0] *= Math.max(0, tensor.readInt64());
                } else if (number == 1 && isMessage(type)) {
                    CodedInputStream packed = tensor.readBytes().newCodedInput();
                    while (!packed.isAtEnd()) {
                        size[0] *= Math.max(0, packed.readInt64());
                    }
                } else if (number == DATA_LOCATION && type == WireFormat.WIRETYPE_VARINT) {
                    if (tensor.readEnum() != 0) {
                        throw new InvalidProtocolBufferException("it keeps weights in other files");
                    }
                } else {
                    return false;
                }
                return true;
            });
            parameters += size[0];
        }
    }
}
