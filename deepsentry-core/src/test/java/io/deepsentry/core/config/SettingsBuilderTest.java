package io.deepsentry.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettingsBuilderTest {
    private enum Pace {
        SLOW,
        VERY_FAST
    }

    private static final ConfigSchema SCHEMA = ConfigSchema.named("walk")
            .key("steps", ConfigType.INT, 10)
            .range(1, 100)
            .key("length", ConfigType.DOUBLE, 0.7)
            .above(0)
            .key("target", ConfigType.PATH, "{ROOT_DATA_DIR}/target")
            .key("pace", ConfigType.ENUM, Pace.SLOW)
            .key("companion", ConfigType.STRING, null)
            .build();

    private record Walk(
            int steps,
            double length,
            Path target,
            Pace pace,
            @Nullable String companion) {
        Walk {
            SettingsCheck.of(SCHEMA)
                    .value("steps", steps)
                    .value("length", length)
                    .rule(companion == null || pace == Pace.SLOW, "a companion needs a slow pace, but was " + pace)
                    .done();
        }

        static Walk from(Config config) {
            return new Walk(
                    config.getInt("steps"),
                    config.getDouble("length"),
                    config.getPath("target"),
                    config.getEnum("pace", Pace.class),
                    config.findString("companion").orElse(null));
        }
    }

    private static final class Builder extends SettingsBuilder<Walk, Builder> {
        Builder() {
            super(SCHEMA);
        }

        @CanIgnoreReturnValue
        Builder steps(int number) {
            return set("steps", number);
        }

        @CanIgnoreReturnValue
        Builder length(double metres) {
            return set("length", metres);
        }

        @CanIgnoreReturnValue
        Builder target(Path folder) {
            return set("target", folder);
        }

        @CanIgnoreReturnValue
        Builder pace(Pace pace) {
            return set("pace", pace);
        }

        @CanIgnoreReturnValue
        Builder companion(@Nullable String name) {
            return set("companion", name);
        }

        @CanIgnoreReturnValue
        Builder unheardOf() {
            return set("stride", 1);
        }

        @Override
        protected Walk from(Config config) {
            return Walk.from(config);
        }
    }

    @Test
    void has_the_defaults_of_the_schema_in_the_usual_data_folder() {
        assertThat(new Builder().build())
                .isEqualTo(Walk.from(Config.defaults(SCHEMA, Sources.none())))
                .isEqualTo(new Walk(10, 0.7, Path.of("deepsentry-data/target"), Pace.SLOW, null));
    }

    @Test
    void puts_what_is_not_set_into_the_data_folder_and_what_is_set_where_it_says() {
        assertThat(new Builder().dataDir(Path.of("week")).build().target()).isEqualTo(Path.of("week/target"));
        assertThat(new Builder()
                        .target(Path.of("elsewhere"))
                        .dataDir(Path.of("week"))
                        .build()
                        .target())
                .isEqualTo(Path.of("elsewhere"));
    }

    @Test
    void takes_typed_values_as_they_are() {
        Path odd = Path.of("{ROOT_DATA_DIR}");
        Walk walk = new Builder()
                .steps(3)
                .length(1e-9)
                .target(odd)
                .companion("none")
                .build();

        assertThat(walk).isEqualTo(new Walk(3, 1e-9, odd, Pace.SLOW, "none"));
        assertThat(new Builder().pace(Pace.VERY_FAST).build().pace()).isEqualTo(Pace.VERY_FAST);
        assertThat(new Builder().companion("Ann").companion(null).build().companion())
                .isNull();
    }

    @Test
    void names_every_problem_at_once() {
        Builder builder =
                new Builder().steps(0).length(Double.NaN).companion("Ann").pace(Pace.VERY_FAST);

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .containsExactly(
                        "steps must be at least 1, but was 0",
                        "length must be a finite number, but was NaN",
                        "a companion needs a slow pace, but was VERY_FAST"));
    }

    @Test
    void holds_each_end_of_a_range() {
        assertThat(new Builder().steps(1).build().steps()).isOne();
        assertThat(new Builder().steps(100).build().steps()).isEqualTo(100);
        assertThatThrownBy(() -> new Builder().steps(101).build()).hasMessage("steps must be at most 100, but was 101");
        assertThatThrownBy(() -> new Builder().length(0).build()).hasMessage("length must be above 0, but was 0.0");
    }

    @Test
    void refuses_a_key_that_the_schema_does_not_have() {
        assertThatThrownBy(() -> new Builder().unheardOf())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("walk")
                .hasMessageContaining("stride");
    }

    @Test
    void an_enum_gives_its_key_the_words_allowed() {
        assertThat(SCHEMA.toYaml()).contains("one of slow, very_fast");
        assertThat(Walk.from(Config.of(SCHEMA, Map.of("pace", "very_fast"), Path.of("x")))
                        .pace())
                .isEqualTo(Pace.VERY_FAST);
    }

    @Test
    void a_key_of_another_schema_is_the_same_but_for_what_is_said_of_it() {
        ConfigSchema run = ConfigSchema.named("run")
                .keyOf(SCHEMA, "steps")
                .doc("How many, in a run.")
                .build();

        assertThat(run.toYaml()).contains("How many, in a run. (a whole number, at least 1, at most 100)", "steps: 10");
        assertThat(SCHEMA.toYaml()).doesNotContain("in a run");
        assertThatThrownBy(() -> ConfigSchema.named("run").keyOf(SCHEMA, "stride"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stride");
    }
}
