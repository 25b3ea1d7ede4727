package io.deepsentry.flink.job;

import io.deepsentry.flink.TextLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of one file, numbered from 1. After a restart, Flink reads the file from its beginning and drops the
 * lines that came before the checkpoint.
 */
final class NumberedLines extends SimpleStreamFormat<TextLine> {
    private static final long serialVersionUID = 1;

    private final String source;

    NumberedLines(String source) {
        this.source = source;
    }

    @Override
    public StreamFormat.Reader<TextLine> createReader(Configuration config, FSDataInputStream stream) {
        return new Lines(source, new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8)));
    }

    @Override
    public TypeInformation<TextLine> getProducedType() {
        return TypeInformation.of(TextLine.class);
    }

    private static final class Lines implements StreamFormat.Reader<TextLine> {
        private final String source;
        private final BufferedReader reader;
        private long number;

        Lines(String source, BufferedReader reader) {
            this.source = source;
            this.reader = reader;
        }

        @Override
        public @Nullable TextLine read() throws IOException {
            String text = reader.readLine();
            number++;
            return text == null ? null : new TextLine(source, number, text);
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
