package io.deepsentry.core.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/**
 * What can be known of a SavedModel folder before native code reads it: that its graph parses, that its variables are
 * whole and that it holds no operation that runs other programs or touches files. It does not make a folder of unknown
 * origin safe: native code reads it, and trusts it.
 */
final class SavedModelCheck {
    static final String GRAPH = "saved_model.pb";
    static final String TAG = "serve";

    private static final long LARGEST_GRAPH = 512L << 20;

    /** The last bytes of the index of variables, which is a table of LevelDB: its magic number. */
    private static final long INDEX_MAGIC = 0xdb4775248b80fb57L;

    private static final int INDEX_FOOTER = 48;
    private static final Pattern SHARD = Pattern.compile("variables\\.data-(\\d{5})-of-(\\d{5})");

    private static final Set<String> VARIABLES =
            Set.of("VarHandleOp", "Variable", "VariableV2", "RestoreV2", "ReadVariableOp");

    /** Operations that run code of the host's, or read or write files other than the model's own. */
    private static final Set<String> FORBIDDEN = Set.of(
            "PyFunc",
            "PyFuncStateless",
            "EagerPyFunc",
            "ReadFile",
            "WriteFile",
            "MatchingFiles",
            "WholeFileReader",
            "WholeFileReaderV2",
            "TextLineReader",
            "TextLineReaderV2",
            "FixedLengthRecordReader",
            "FixedLengthRecordReaderV2",
            "TFRecordReader",
            "TFRecordReaderV2");

    private final Path folder;

    SavedModelCheck(Path folder) {
        this.folder = folder;
    }

    /** The graph for serving. */
    MetaGraphDef read() {
        SavedModel model = parse(folder.resolve(GRAPH));
        List<MetaGraphDef> serving = model.getMetaGraphsList().stream()
                .filter(graph -> graph.getMetaInfoDef().getTagsList().contains(TAG))
                .toList();
        if (serving.size() != 1) {
            throw problem("it must hold one graph with the tag \"" + TAG + "\", but holds " + serving.size() + " of "
                    + model.getMetaGraphsCount() + " graphs; export the model again");
        }
        GraphDef graph = serving.get(0).getGraphDef();
        Set<String> operations = operations(graph);
        Set<String> forbidden = new TreeSet<>(operations);
        forbidden.retainAll(FORBIDDEN);
        if (!forbidden.isEmpty()) {
            throw problem("its graph holds " + forbidden
                    + ", which run other programs or touch files, and is not loaded; export a model of layers only");
        }
        if (operations.stream().anyMatch(VARIABLES::contains)) {
            requireVariables();
        }
        return serving.get(0);
    }

    static Set<String> operations(GraphDef graph) {
        return Stream.concat(
                        graph.getNodeList().stream(),
                        graph.getLibrary().getFunctionList().stream().flatMap(each -> each.getNodeDefList().stream()))
                .map(NodeDef::getOp)
                .collect(java.util.stream.Collectors.toSet());
    }

    private SavedModel parse(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("there is no SavedModel " + folder + ": it has no " + GRAPH
                    + "; name the folder that model.export or model.save wrote");
        }
        try (InputStream in = Files.newInputStream(file)) {
            long size = Files.size(file);
            if (size > LARGEST_GRAPH) {
                throw problem(GRAPH + " must be at most " + LARGEST_GRAPH + " bytes, but has " + size);
            }
            return SavedModel.parseFrom(in.readNBytes((int) size));
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(
                    "the SavedModel " + folder + ": " + GRAPH + " is damaged or cut short (" + e.getMessage()
                            + "); copy or export it again",
                    e);
        } catch (IOException e) {
            throw new MissingDataException("the SavedModel " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void requireVariables() {
        Path variables = folder.resolve("variables");
        Path index = variables.resolve("variables.index");
        if (!Files.isRegularFile(index)) {
            throw problem("its graph has variables, but there is no " + index + "; copy the whole folder again");
        }
        try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "r")) {
            byte[] magic = new byte[Long.BYTES];
            if (file.length() >= INDEX_FOOTER) {
                file.seek(file.length() - magic.length);
                file.readFully(magic);
            }
            if (ByteBuffer.wrap(magic).order(ByteOrder.LITTLE_ENDIAN).getLong() != INDEX_MAGIC) {
                throw problem(index + " is damaged or cut short; copy the whole folder again");
            }
            requireShards(variables);
        } catch (IOException e) {
            throw new ModelException("the SavedModel " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void requireShards(Path variables) throws IOException {
        Set<Integer> found = new TreeSet<>();
        int count = 0;
        try (Stream<Path> files = Files.list(variables)) {
            for (Path file : files.toList()) {
                Matcher shard = SHARD.matcher(String.valueOf(file.getFileName()));
                if (shard.matches()) {
                    found.add(Integer.parseInt(shard.group(1)));
                    count = Math.max(count, Integer.parseInt(shard.group(2)));
                }
            }
        }
        if (count == 0 || found.size() != count) {
            throw problem("the values of its variables are not all there: of " + count + " files variables.data-*, "
                    + found.size() + " are in " + variables + "; copy the whole folder again");
        }
    }

    ModelException problem(String problem) {
        return new ModelException("the SavedModel " + folder + ": " + problem);
    }
}
