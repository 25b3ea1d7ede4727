package io.deepsentry.flink.job;

import io.deepsentry.text.prepare.LogSample;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.jspecify.annotations.Nullable;

/** Merges samples, in whatever order they come, and writes one file when all have come. It must have one writer. */
final class SampleSink implements Sink<byte[]> {
    private static final long serialVersionUID = 1;

    private final String file;

    SampleSink(String file) {
        this.file = file;
    }

    @Override
    public SinkWriter<byte[]> createWriter(WriterInitContext context) {
        return new Writer(file);
    }

    private static final class Writer implements SinkWriter<byte[]> {
        private final Path file;
        private @Nullable LogSample merged;

        Writer(String file) {
            this.file = Path.of(file);
        }

        @Override
        public void write(byte[] part, Context context) {
            LogSample next = LogSample.fromBytes(part);
            if (merged == null) {
                merged = next;
            } else {
                merged.merge(next);
            }
        }

        @Override
        public void flush(boolean endOfInput) {
            if (endOfInput && merged != null) {
                merged.write(file);
            }
        }

        @Override
        public void close() {}
    }
}
