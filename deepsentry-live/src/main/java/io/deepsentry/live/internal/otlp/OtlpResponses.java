package io.deepsentry.live.internal.otlp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedOutputStream;
import io.deepsentry.live.internal.http.PageServer.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What is answered to exporters: an ExportLogsServiceResponse, or the Status of google.rpc, encoded as the request was.
 */
final class OtlpResponses {
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";

    private OtlpResponses() {}

    /**
     * Everything was taken but some log records.
     *
     * @param rejected how many of them held nothing
     */
    static Page taken(long rejected, boolean json) {
        String why = "log records with neither a body nor an event name hold nothing to judge";
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            if (rejected > 0) {
                answer.putObject("partialSuccess")
                        .put("rejectedLogRecords", Long.toString(rejected))
                        .put("errorMessage", why);
            }
            return new Page(200, JSON, answer.toString());
        }
        return protobuf(200, Map.of(), answer -> {
            if (rejected > 0) {
                ByteArrayOutputStream partial = new ByteArrayOutputStream();
                CodedOutputStream out = CodedOutputStream.newInstance(partial);
                out.writeInt64(1, rejected);
                out.writeString(2, why);
                out.flush();
                answer.writeByteArray(1, partial.toByteArray());
            }
        });
    }

    /** It was not taken. */
    static Page error(int status, String why, boolean json, Map<String, String> headers) {
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance.objectNode().put("message", why);
            return new Page(status, JSON, answer.toString(), headers);
        }
        return protobuf(status, headers, answer -> answer.writeString(2, why));
    }

    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    private static Page protobuf(int status, Map<String, String> headers, Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writer.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(status, PROTOBUF, ByteBuffer.wrap(bytes.toByteArray()), headers);
    }
}
