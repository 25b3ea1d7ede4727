package io.deepsentry.core.onnx;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program that scores by ONNX Runtime in several class loaders at once, as the web applications of one server do. Its
 * argument is the number of loaders; it prints how many of them scored.
 */
public final class ClassLoaders {
    private ClassLoaders() {}

    /** What each of the class loaders loads for itself. */
    public static final class Scoring implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            Model model = Model.initialise(
                    Network.builder("small")
                            .input(new InputLayer("values", List.of(3), false))
                            .add(new Dense("dense", 2, Activation.TANH, true))
                            .build(),
                    1);
            if (!OnnxRuntime.runs(model)) {
                return 0;
            }
            try (Predictor predictor = OnnxRuntime.open(model)) {
                return predictor.predict(new float[3], 1).length == 2 ? 1 : 0;
            }
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    public static void main(String[] args) throws Exception {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(ClassLoaders::url)
                .toArray(URL[]::new);
        int count = Integer.parseInt(args[0]);
        CyclicBarrier together = new CyclicBarrier(count);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
            all.add(threads.submit(() -> {
                Callable<?> scoring = (Callable<?>) loader.loadClass(Scoring.class.getName())
                        .getDeclaredConstructor()
                        .newInstance();
                together.await();
                return (Integer) scoring.call();
            }));
        }
        int scored = 0;
        for (Future<Integer> each : all) {
            scored += each.get();
        }
        threads.shutdown();
        System.out.println("scored " + scored);
    }
}
