package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of a stage is a setting of its schema: none is taken and then forgotten. */
class OptionsTest {
    /** Options about how the result is shown, not about the stage. */
    private static final Set<String> PRESENTATION = Set.of("parse --output");

    @Test
    void every_option_of_a_stage_reaches_its_settings() {
        List<String> forgotten = new ArrayList<>();
        CommandLine program = new Program(Console.ofProcess(), Cancellation.none(), Map.of()).commandLine();
        program.getSubcommands().forEach((name, command) -> {
            if (command.getCommand() instanceof StageCommand stage) {
                for (OptionSpec option : command.getCommandSpec().options()) {
                    String flag = option.longestName();
                    if (!option.inherited()
                            && !option.usageHelp()
                            && !option.versionHelp()
                            && !PRESENTATION.contains(name + " " + flag)
                            && stage.schemas().stream().noneMatch(schema -> knows(schema, flag))) {
                        forgotten.add(name + " " + flag);
                    }
                }
            }
        });

        assertThat(forgotten).isEmpty();
    }

    private static boolean knows(ConfigSchema schema, String flag) {
        try {
            Config config = Config.defaults(schema, new Sources(Map.of(flag, "?"), Map.of(), null));
            return schema.keyNames().stream().anyMatch(key -> config.where(key).equals(flag));
        } catch (ConfigException e) {
            // The value is nonsense for most settings; that one refuses it says that the flag belongs to it.
            return String.valueOf(e.getMessage()).contains("(" + flag + ")");
        }
    }
}
