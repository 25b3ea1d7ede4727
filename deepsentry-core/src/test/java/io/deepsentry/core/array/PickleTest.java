package io.deepsentry.core.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Bytes;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.razorvine.pickle.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PickleTest {
    static final FloatArray MATRIX = FloatArray.of(new int[] {3, 4}, eighths(12));

    static float[] eighths(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 8f;
        }
        return values;
    }

    static float[] counting(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "2,1", "3,1", "4,1", "5,1", "0,2", "1,2", "2,2", "3,2", "4,2", "5,2"})
    void readsArraysOfEveryProtocolAndNumpy(int protocol, int numpy) {
        String end = "_p" + protocol + "_numpy" + numpy + ".pkl";
        assertThat(Pickle.read(Fixtures.file("matrix" + end))).isEqualTo(MATRIX);
        assertThat(Pickle.read(Fixtures.file("double_fortran" + end))).isEqualTo(MATRIX);
        assertThat(Pickle.read(Fixtures.file("big_endian" + end))).isEqualTo(MATRIX);
        assertThat(Pickle.read(Fixtures.file("empty" + end))).isEqualTo(FloatArray.of(new int[] {0, 4}, new float[0]));
        assertThat(Pickle.readFloats(Fixtures.file("rows" + end))).isEqualTo(MATRIX);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void readsVocabulariesOfEveryProtocol(int protocol) {
        assertThat(Pickle.readWordIds(Fixtures.file("words_p" + protocol + ".pkl")))
                .containsExactly(
                        Map.entry("<pad>", 0),
                        Map.entry("<unk>", 1),
                        Map.entry("block", 2),
                        Map.entry("gr\u00fc\u00dfe \ud83d\ude00", 300),
                        Map.entry("x".repeat(300), 70000));
    }

    @Test
    void readsNumpysSingleValues() {
        for (int numpy = 1; numpy <= 2; numpy++) {
            assertThat(Pickle.readWordIds(Fixtures.file("numpy_ids_numpy" + numpy + ".pkl")))
                    .isEqualTo(Map.of("a", 0, "b", 1, "c", 200));
            assertThat(Pickle.read(Fixtures.file("scalars_numpy" + numpy + ".pkl")))
                    .isEqualTo(List.of(0.5, 0.25, true, new BigInteger("18446744073709551615")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"values.pkl", "values_p0.pkl"})
    void readsPlainValues(String name) {
        assertThat(Pickle.read(Fixtures.file(name)))
                .isEqualTo(Arrays.asList(
                        1L,
                        -1L,
                        1L << 40,
                        BigInteger.ONE.shiftLeft(80).negate(),
                        1.5,
                        true,
                        null,
                        "text",
                        List.of("tuple", List.of(2L)),
                        Map.of("key", 1.0)));
    }

    @Test
    void readsArraysOfOneAndThreeDimensionsAndListsOfNumbers() {
        assertThat(Pickle.readFloats(Fixtures.file("vector.pkl"))).isEqualTo(FloatArray.ofVector(counting(5)));
        assertThat(Pickle.readFloats(Fixtures.file("cube.pkl")))
                .isEqualTo(FloatArray.of(new int[] {2, 3, 4}, counting(24)));
        assertThat(Pickle.readFloats(Fixtures.file("python_floats.pkl")).toMatrix())
                .isEqualTo(Matrix.of(2, 2, new float[] {1, 2, 3, 4}));
    }

    @Test
    void readsIntegersAndDictsOfArrays() {
        assertThat(Pickle.readFloats(Fixtures.file("integers.pkl"))).isEqualTo(FloatArray.ofVector(counting(3)));
        for (int numpy = 1; numpy <= 2; numpy++) {
            assertThat(Pickle.readArrays(Fixtures.file("arrays_numpy" + numpy + ".pkl")))
                    .containsExactly(Map.entry("a", MATRIX), Map.entry("b", FloatArray.ofVector(counting(5))));
        }
    }

    @Test
    void readsBackADictOfArraysItWrites(@TempDir Path folder) {
        Path file = folder.resolve("arrays.pkl");
        Map<String, FloatArray> arrays = new LinkedHashMap<>();
        arrays.put("z", MATRIX);
        arrays.put("a", FloatArray.ofVector(counting(20_000)));
        Pickle.writeArrays(file, arrays);
        assertThat(Pickle.readArrays(file)).containsExactlyEntriesOf(arrays);
        Pickle.writeArrays(file, Map.of());
        assertThat(Pickle.readArrays(file)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused_command_p0.pkl | system",
                "refused_command_p1.pkl | system",
                "refused_command_p2.pkl | system",
                "refused_command_p3.pkl | system",
                "refused_command_p4.pkl | posix.system",
                "refused_command_p5.pkl | posix.system",
                "refused_ordered_dict.pkl | collections.OrderedDict",
                "refused_set.pkl | a set",
                "too_wide_integer.pkl | the value 16777217, which does not fit into float32",
                "objects.pkl | array of O8",
                "too_wide.pkl | does not fit into float32",
                "ragged.pkl | item 0 has [2] and item 1 has [3]",
                "contains_itself.pkl | contains itself",
                "deep.pkl | nested more than 100 deep",
                "refused_command_p4.pkl | byte ",
            })
    void refusesWhatIsNoData(String name, String message) {
        Path trace = Path.of("/tmp/deepsentry-was-here");
        assertThatThrownBy(() -> Pickle.readFloats(Fixtures.file(name)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(message);
        assertThat(trace).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an 8 GiB text in 11 bytes | 8004 8d 0000000002000000 | claims 8589934592 bytes",
                "an endless text | 8004 8d ffffffffffffffff | claims 18446744073709551615 bytes",
                "a 2 GiB text | 8004 58 ffffff7f 61 | claims 2147483647 bytes",
                "bytes longer than the file | 8004 8e 0100000000000000 | claims 1 bytes",
                "a huge integer | 8004 8b 00000001 00 | an integer has 16777216 bytes",
                "a negative integer length | 8004 8b ffffffff 00 | an integer has",
                "a missing operand | 8004 61 2e | do not fit together",
                "an unknown opcode | 8004 ff 2e | not a pickle of data",
                "a memo that was never set | 8004 68 07 2e | byte 2 of",
                "a dict in a dict's key | 8004 7d 7d 4b01 73 2e | neither text nor number",
                "a dict that is its own key | 8004 7d 94 68 00 4b01 73 2e | neither text nor number",
                "a dict with an odd number | 8004 7d 28 4b01 75 2e | a key without a value",
                "only the protocol | 8004 | ends",
                "a text file | 68656c6c6f | byte",
                "an empty array description | 80 04 8c 05 6e756d7079 8c 07 6e646172726179 93 29 52 2e | numpy.ndarray"
                        + " as a function",
                "a class of the standard library | 63 5f5f6275696c74696e5f5f 0a 6576616c 0a 2e | __builtin__.eval",
                "a persistent object | 50 31 0a 2e | outside the file",
                "an instance | 28 69 6f73 0a 73797374656d 0a 2e | os.system",
            })
    void saysWhatIsWrongWithABrokenFile(String defect, String hex, String message, @TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("broken.pkl");
        Files.write(file, new BigInteger("01" + hex.replace(" ", ""), 16).toByteArray());
        byte[] withMark = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOfRange(withMark, 1, withMark.length));
        assertThatThrownBy(() -> Pickle.read(file))
                .as(defect)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesEveryTruncation(@TempDir Path folder) throws IOException {
        for (String name :
                List.of("matrix_p4_numpy2.pkl", "matrix_p0_numpy1.pkl", "matrix_p5_numpy2.pkl", "words_p2.pkl")) {
            byte[] whole = Files.readAllBytes(Fixtures.file(name));
            Path file = folder.resolve(name);
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> Pickle.read(file))
                        .as("%s of %s bytes", name, length)
                        .isInstanceOf(DataException.class);
            }
        }
    }

    @Test
    void refusesListsThatMultiplyWithoutHang(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 4, ']', (byte) 0x94});
        for (int i = 0; i < 90; i++) {
            // a list of the list before, twice
            out.writeBytes(new byte[] {']', (byte) 0x94, 'h', (byte) i, 'a', 'h', (byte) i, 'a'});
        }
        out.write('.');
        Path file = folder.resolve("multiply.pkl");
        Files.write(file, out.toByteArray());
        Object value = Pickle.read(file);
        assertThat(value).isInstanceOf(List.class);
    }

    @Test
    void refusesNestingThatWouldExhaustTheStack(@TempDir Path folder) throws IOException {
        byte[] bytes = new byte[400_001];
        Arrays.fill(bytes, 0, 200_000, (byte) ']');
        Arrays.fill(bytes, 200_000, 399_999, (byte) 'a');
        bytes[399_999] = '.';
        Path file = folder.resolve("nested.pkl");
        Files.write(file, bytes);
        assertThatThrownBy(() -> Pickle.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nested");
    }

    @Test
    void refusesAFileOfMoreObjectsThanMemoryHolds(@TempDir Path folder) throws IOException {
        long steps = Runtime.getRuntime().maxMemory() / 3 / 64 + 1;
        byte[] piece = new byte[1 << 20];
        Arrays.fill(piece, (byte) '}');
        Path file = folder.resolve("many.pkl");
        try (var out = Files.newOutputStream(file)) {
            for (long written = 0; written < steps; written += piece.length) {
                out.write(piece);
            }
        }
        assertThatThrownBy(() -> Pickle.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("more memory");
    }

    @Test
    void tellsMissingAndEmptyFilesFromCorruptOnes(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Pickle.read(folder.resolve("none.pkl")))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("none.pkl");
        assertThatThrownBy(() -> Pickle.read(folder)).isInstanceOf(MissingDataException.class);
        Path empty = Files.createFile(folder.resolve("empty.pkl"));
        assertThatThrownBy(() -> Pickle.read(empty))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void readsBackWhatItWrites(@TempDir Path folder) {
        Path file = folder.resolve("a.pkl");
        for (FloatArray array : List.of(
                MATRIX,
                FloatArray.ofVector(counting(20_000)),
                FloatArray.of(new int[0], new float[] {2}),
                FloatArray.of(new int[] {0, 4}, new float[0]),
                FloatArray.of(new int[] {300, 2, 1}, counting(600)))) {
            Pickle.writeFloats(file, array);
            assertThat(Pickle.read(file)).isEqualTo(array);
        }
    }

    @Test
    void readsBackAVocabularyItWrites(@TempDir Path folder) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            ids.put("word" + i, i);
        }
        ids.put("\u00e9\ud83d\ude00\"'\\\n\u0000", 1 << 20);
        ids.put("y".repeat(70_000), Integer.MAX_VALUE);
        ids.put("", 20_001);
        ids.put("half \ud83d", 20_002);
        ids.put("half \udbff\ud83d \ude00", 20_003);
        Path file = folder.resolve("vocab.pkl");
        Pickle.writeWordIds(file, ids);
        assertThat(Pickle.readWordIds(file)).containsExactlyEntriesOf(ids);
        Pickle.writeWordIds(file, Map.of());
        assertThat(Pickle.readWordIds(file)).isEmpty();
    }

    @Test
    void refusesAVocabularyWithOtherThanWordsAndIds(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Pickle.readWordIds(Fixtures.file("vector.pkl")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("dict from word to id");
        Path file = folder.resolve("vocab.pkl");
        Files.write(file, "(S'a'\nI1\nS'b'\nI1\nd.".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Pickle.readWordIds(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("gives the id 1 to both a and b");
        Files.write(file, "(S'a'\nI-1\nd.".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Pickle.readWordIds(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a: -1");
        Files.write(file, "(S'a'\nF1.5\nd.".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Pickle.readWordIds(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a: 1.5");
    }

    /** An array as protocols 1 and 2 have it: its bytes are a text of one character each. */
    private static byte[] protocolTwo(long[] shape, String characters) {
        byte[] head = PickleBytes.arrayHead(shape);
        byte[] tail = new PickleBytes()
                .global("_codecs", "encode")
                .text(characters)
                .text("latin1")
                .op(Opcodes.TUPLE2)
                .op(Opcodes.REDUCE)
                .take();
        int lengthOfBytes = 1 + Long.BYTES;
        return Bytes.concat(
                new PickleBytes().begin().take(),
                Arrays.copyOf(head, head.length - lengthOfBytes),
                tail,
                PickleBytes.afterArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8_000, 16_384, 100_000})
    void readsAndConvertsArraysOfProtocolTwoHoweverLong(int count, @TempDir Path folder) throws IOException {
        float[] values = new float[count];
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
            bytes.putFloat(values[i]);
        }
        Path file = folder.resolve("a.pkl");
        Files.write(file, protocolTwo(new long[] {count}, new String(bytes.array(), StandardCharsets.ISO_8859_1)));

        FloatArray expected = FloatArray.ofVector(values);
        assertThat(Pickle.readFloats(file)).isEqualTo(expected);
        for (String ending : List.of(".npy", ".npz", ".pkl")) {
            Path to = folder.resolve("b" + ending);
            assertThat(ArrayConversion.run(file, to, null)).hasSize(1);
            Path back = folder.resolve("c.npy");
            if (!ending.equals(".npy")) {
                assertThat(ArrayConversion.run(to, back, null)).hasSize(1);
            }
            assertThat(Npy.read(ending.equals(".npy") ? to : back)).isEqualTo(expected);
        }
    }

    @Test
    void refusesALongArrayWhoseCharactersAreNoBytes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.pkl");
        for (String character : List.of("\u0100", "\u20ac")) {
            Files.write(file, protocolTwo(new long[] {25_000}, "a".repeat(99_999) + character));
            assertThatThrownBy(() -> Pickle.readFloats(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("latin1");
        }
    }

    @Test
    void readsALongTextThatIsNoArray(@TempDir Path folder) throws IOException {
        String text = "\u00e4".repeat(100_000);
        Path file = folder.resolve("a.pkl");
        Files.write(file, new PickleBytes().begin().text(text).op(Opcodes.STOP).take());
        assertThat(Pickle.read(file)).isEqualTo(text);
    }
}
