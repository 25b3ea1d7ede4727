package io.deepsentry.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes open sessions and streams into checkpoints. Its form has a version of its own, so it evolves by itself. */
final class OpenCaseSerializer extends TypeSerializerSingleton<OpenCase> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public OpenCase createInstance() {
        return new OpenCase("", 0);
    }

    @Override
    public OpenCase copy(OpenCase from) {
        return from.copy();
    }

    @Override
    public OpenCase copy(OpenCase from, OpenCase reuse) {
        return from.copy();
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(OpenCase open, DataOutputView target) throws IOException {
        open.write(target);
    }

    @Override
    public OpenCase deserialize(DataInputView source) throws IOException {
        return OpenCase.read(source);
    }

    @Override
    public OpenCase deserialize(OpenCase reuse, DataInputView source) throws IOException {
        return OpenCase.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        OpenCase.read(source).write(target);
    }

    @Override
    public TypeSerializerSnapshot<OpenCase> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in checkpoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<OpenCase> {
        /** Made by Flink when it reads a checkpoint. */
        public Snapshot() {
            super(OpenCaseSerializer::new);
        }
    }
}
