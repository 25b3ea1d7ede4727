package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Network;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KerasConfigReaderTest {
    private static Network read(String json) {
        try {
            return new KerasConfigReader(Path.of("model.h5"), 2).network(new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static String sequential(String shape) {
        return """
                {"class_name": "Sequential", "config": {"name": "net", "layers": [
                  {"class_name": "InputLayer", "config": {"name": "window", "batch_input_shape": %s}},
                  {"class_name": "Dense", "config": {"name": "dense", "units": 2, "activation": "linear", "use_bias": true}}
                ]}}
                """.formatted(shape);
    }

    @Test
    void takesAnInputOfAFixedLength() {
        assertThat(read(sequential("[null, 10, 4]")).shapeOf("dense")).containsExactly(10, 2);
        assertThat(read(sequential("[32, 10, 4]")).input().shape()).containsExactly(10, 4);
    }

    @Test
    void refusesAnInputOfAnOpenLength() {
        for (String shape : new String[] {"[null, null, 4]", "[null, 10, null]", "[null, 0, 4]"}) {
            assertThatThrownBy(() -> read(sequential(shape)))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("model file model.h5: the input \"window\" has the shape " + shape.replace(" ", "")
                            + ", but only the batch may be open; give the model an Input of a fixed length");
        }
    }

    @Test
    void refusesAnInputWithoutAShape() {
        for (String shape : new String[] {"[null]", "[]", "null"}) {
            assertThatThrownBy(() -> read(sequential(shape)))
                    .isInstanceOf(ModelException.class)
                    .hasMessage("model file model.h5: the input \"window\" has no shape; give the model an Input of a"
                            + " fixed shape");
        }
    }

    @Test
    void refusesSeveralInputs() {
        String json = """
                {"class_name": "Functional", "config": {"name": "net", "layers": [
                  {"class_name": "InputLayer", "name": "a", "inbound_nodes": [],
                   "config": {"name": "a", "batch_input_shape": [null, 4]}},
                  {"class_name": "InputLayer", "name": "b", "inbound_nodes": [],
                   "config": {"name": "b", "batch_input_shape": [null, 4]}},
                  {"class_name": "Concatenate", "name": "joined", "inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]],
                   "config": {"name": "joined", "axis": -1}}
                ], "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["joined", 0, 0]]}}
                """;
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(ModelException.class)
                .hasMessage("model file model.h5: a model of one input is supported, but it has [a, b]");
    }

    @Test
    void refusesLayersAndModelsItDoesNotKnow() {
        assertThatThrownBy(() -> read("{\"class_name\": \"Mine\", \"config\": {}}"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a model of class \"Mine\" is not supported; Sequential and Functional are");
        assertThatThrownBy(() -> read(sequential("[null, 4]").replace("\"Dense\"", "\"Conv1D\"")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layer \"dense\" of class \"Conv1D\" is not supported")
                .hasMessageContaining("LSTM, GRU, Bidirectional (of LSTM or GRU)");
    }
}
