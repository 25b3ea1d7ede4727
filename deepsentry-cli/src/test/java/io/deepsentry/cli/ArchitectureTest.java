package io.deepsentry.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
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
        "io.deepsentry.kafka..",
        "io.deepsentry.benchmark.."
    };

    private static final int MOST_FILES = 45;

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
            .layer("kafka")
            .definedBy("io.deepsentry.kafka..")
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
            .whereLayer("kafka")
            .mayOnlyAccessLayers("core", "parse", "anomaly", "live")
            .whereLayer("benchmark")
            .mayOnlyAccessLayers("core", "parse", "text", "anomaly")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule only_the_engine_sees_tensorflow = noClasses()
            .that()
            .resideOutsideOfPackage("io.deepsentry.core.tensorflow..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.tensorflow..");

    /** So that a model can be described, read, converted and run by ONNX Runtime with no TensorFlow there. */
    @ArchTest
    static final ArchRule networks_and_their_files_see_no_engine = noClasses()
            .that()
            .resideInAnyPackage("io.deepsentry.core.nn..", "io.deepsentry.core.keras..", "io.deepsentry.core.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.deepsentry.core.tensorflow..", "org.tensorflow..");

    @ArchTest
    static final ArchRule no_tensorflow_type_is_in_a_public_signature = classes()
            .that()
            .resideInAPackage("io.deepsentry..")
            .should(notShow(type -> type.getPackageName().startsWith("org.tensorflow")));

    @ArchTest
    static final ArchRule only_one_package_sees_onnx_runtime = noClasses()
            .that()
            .resideOutsideOfPackage("io.deepsentry.core.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.onnxruntime..");

    /** The module deepsentry-nd4j is not on the class path of the program. */
    @ArchTest
    static final ArchRule neither_the_libraries_nor_the_program_see_nd4j = noClasses()
            .that()
            .resideInAPackage("io.deepsentry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "io.deepsentry.nd4j..");

    /** So that who reads files carries no client of a broker. */
    @ArchTest
    static final ArchRule only_one_module_sees_kafka = noClasses()
            .that()
            .resideOutsideOfPackage("io.deepsentry.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.deepsentry.kafka..");

    @ArchTest
    static final ArchRule parse_needs_neither_the_engine_nor_a_config_reader = noClasses()
            .that()
            .resideInAPackage("io.deepsentry.parse..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.tensorflow..", "org.bytedeco..", "com.fasterxml.jackson.dataformat..", "com.google.common..");

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

    @ArchTest
    static final ArchRule packages_form_no_circle =
            slices().matching("io.deepsentry.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule a_package_can_be_overlooked =
            classes().that().resideInAPackage("io.deepsentry..").should(belongToAPackageOfAtMost(MOST_FILES));

    @ArchTest
    static final ArchRule internal_types_stay_internal = classes()
            .that()
            .resideInAPackage("io.deepsentry..")
            .and()
            .resideOutsideOfPackage("..internal..")
            .should(notShow(type -> type.getPackageName().contains(".internal")));

    @ArchTest
    static final ArchRule a_simple_name_means_one_class = classes()
            .that()
            .resideInAPackage("io.deepsentry..")
            .and()
            .areTopLevelClasses()
            // One that moved keeps its name until it is removed.
            .and()
            .areNotAnnotatedWith(Deprecated.class)
            .should(haveANameOfTheirOwn());

    /**
     * Public and protected members of public classes show no such type, generic parameters and array components
     * included.
     */
    private static ArchCondition<JavaClass> notShow(Predicate<JavaClass> forbidden) {
        return new ArchCondition<>("not show such types to callers") {
            @Override
            public void check(JavaClass owner, ConditionEvents events) {
                if (!isPublic(owner)) {
                    return;
                }
                Stream.concat(
                                owner.getMethods().stream().map(each -> (JavaMember) each),
                                Stream.concat(owner.getConstructors().stream(), owner.getFields().stream()))
                        .filter(ArchitectureTest::visible)
                        .forEach(member -> member.getAllInvolvedRawTypes().stream()
                                .map(JavaClass::getBaseComponentType)
                                .filter(forbidden)
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        member, member.getFullName() + " shows " + type.getName()))));
            }
        };
    }

    private static ArchCondition<JavaClass> belongToAPackageOfAtMost(int files) {
        return new ArchCondition<>("belong to a package of at most " + files + " files") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                long count = type.getPackage().getClasses().stream()
                        // Those that the compiler makes for a switch count as top-level ones otherwise.
                        .filter(each -> !each.getName().contains("$"))
                        .filter(each -> !each.getSimpleName().equals("package-info"))
                        .count();
                if (count > files) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " is one of " + count + " in " + type.getPackageName()));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> haveANameOfTheirOwn() {
        return new ArchCondition<>("have a simple name of their own") {
            private final Map<String, String> owners = new HashMap<>();

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String owner = owners.putIfAbsent(type.getSimpleName(), type.getName());
                if (owner != null && !type.getSimpleName().equals("package-info")) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is called like " + owner));
                }
            }
        };
    }

    /** Whether code outside its package can name it: it and the classes around it are public. */
    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
    }

    private static boolean visible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }
}
