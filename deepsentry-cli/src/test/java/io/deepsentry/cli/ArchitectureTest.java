package io.deepsentry.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** Keeps the borders between the modules where the design drew them. */
@AnalyzeClasses(packages = "io.deepsentry", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] LIBRARIES = {
        "io.deepsentry.parse..",
        "io.deepsentry.core..",
        "io.deepsentry.text..",
        "io.deepsentry.anomaly..",
        "io.deepsentry.live..",
        "io.deepsentry.benchmark.."
    };

    @ArchTest
    static final ArchRule modules_know_only_those_below_them = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.deepsentry..")
            .layer("parse")
            .definedBy("io.deepsentry.parse..")
            .layer("core")
            .definedBy("io.deepsentry.core..")
            .layer("text")
            .definedBy("io.deepsentry.text..")
            .layer("anomaly")
            .definedBy("io.deepsentry.anomaly..")
            .layer("live")
            .definedBy("io.deepsentry.live..")
            .layer("benchmark")
            .definedBy("io.deepsentry.benchmark..")
            .layer("cli")
            .definedBy("io.deepsentry.cli..")
            .whereLayer("parse")
            .mayNotAccessAnyLayer()
            .whereLayer("core")
            .mayNotAccessAnyLayer()
            .whereLayer("text")
            .mayOnlyAccessLayers("core", "parse")
            .whereLayer("anomaly")
            .mayOnlyAccessLayers("core", "parse", "text")
            .whereLayer("live")
            .mayOnlyAccessLayers("core", "parse", "text", "anomaly")
            .whereLayer("benchmark")
            .mayOnlyAccessLayers("core", "parse", "text", "anomaly")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule only_the_engine_sees_tensorflow = noClasses()
            .that()
            .resideOutsideOfPackage("io.deepsentry.core.nn..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.tensorflow..");

    @ArchTest
    static final ArchRule no_tensorflow_type_is_in_a_public_signature =
            classes().that().resideInAPackage("io.deepsentry..").should(notShow("org.tensorflow"));

    @ArchTest
    static final ArchRule only_one_package_sees_onnx_runtime = noClasses()
            .that()
            .resideOutsideOfPackage("io.deepsentry.core.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule arrays_of_nd4j_stay_at_the_border = noClasses()
            .that()
            .resideInAnyPackage("io.deepsentry.parse..", "io.deepsentry.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..");

    @ArchTest
    static final ArchRule parse_needs_neither_the_engine_nor_a_config_reader = noClasses()
            .that()
            .resideInAPackage("io.deepsentry.parse..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.tensorflow..",
                    "org.nd4j..",
                    "org.bytedeco..",
                    "com.fasterxml.jackson.dataformat..",
                    "com.google..");

    @ArchTest
    static final ArchRule only_main_ends_the_process = noClasses()
            .that()
            .doNotBelongToAnyOf(Main.class)
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule libraries_print_nothing = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            // Its alerts go to standard output where its settings name no file: that is its result, not a remark.
            .and()
            .doNotHaveFullyQualifiedName("io.deepsentry.live.LiveMonitor")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule only_live_and_the_program_start_threads = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.deepsentry.parse..",
                    "io.deepsentry.core..",
                    "io.deepsentry.text..",
                    "io.deepsentry.anomaly..",
                    "io.deepsentry.benchmark..")
            .should()
            .callMethod(Thread.class, "start")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.Executors");

    private static ArchCondition<JavaClass> notShow(String forbidden) {
        return new ArchCondition<>("not show types of " + forbidden + " to callers") {
            @Override
            public void check(JavaClass owner, ConditionEvents events) {
                if (!owner.getModifiers().contains(JavaModifier.PUBLIC)) {
                    return;
                }
                Stream.concat(
                                owner.getMethods().stream().map(each -> (JavaMember) each),
                                Stream.concat(owner.getConstructors().stream(), owner.getFields().stream()))
                        .filter(ArchitectureTest::visible)
                        .filter(member -> signatureOf(member)
                                .anyMatch(type -> type.getPackageName().startsWith(forbidden)))
                        .forEach(member -> events.add(
                                SimpleConditionEvent.violated(member, member.getFullName() + " shows " + forbidden)));
            }
        };
    }

    private static boolean visible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> signatureOf(JavaMember member) {
        return member.getAllInvolvedRawTypes().stream().map(JavaClass::getBaseComponentType);
    }
}
