package io.deepsentry.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code of docs/flink.md compiles. */
class FlinkGuideTest {
    private static final String BEFORE = """
            import io.deepsentry.anomaly.*;
            import io.deepsentry.flink.*;
            import io.deepsentry.text.prepare.LogSample;
            import java.nio.file.Path;
            import java.time.Duration;
            import org.apache.flink.api.common.eventtime.WatermarkStrategy;
            import org.apache.flink.streaming.api.datastream.*;
            class NAME {
            Path folder;
            DataStream<TextLine> text;
            DataStream<ModelRelease> releases;
            Sentry sentry;
            SentrySession session;
            byte[] bytesOfAnotherPart;
            void run() throws Exception {
            """;

    @Test
    void the_code_of_the_guide_compiles(@TempDir Path folder) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path")));
        Matcher block =
                Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(Path.of("..", "docs", "flink.md")));
        int blocks = 0;
        while (block.find()) {
            String name = "Code" + blocks++;
            Path source = folder.resolve(name + ".java");
            Files.writeString(source, BEFORE.replace("NAME", name) + block.group(1) + "}}\n");
            arguments.add(source.toString());
        }
        assertThat(blocks).isPositive();

        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, messages, arguments.toArray(String[]::new));
        assertThat(result).as(messages.toString(StandardCharsets.UTF_8)).isZero();
    }
}
