package io.deepsentry.core.onnx;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A program that opens a model damaged at random, many times, and computes with what opens. Its arguments are the
 * model, how often, and a seed.
 */
public final class OnnxMutants {
    private OnnxMutants() {}

    static byte[] mutant(byte[] model, Random random) {
        byte[] mutant = model.clone();
        // Most of a file is weights, which may be anything: half of the damage is done to the graph around them.
        int[] structure = new int[] {0, Math.min(4000, model.length)};
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            int at = random.nextBoolean() ? random.nextInt(mutant.length) : random.nextInt(structure[0], structure[1]);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] = (byte) random.nextInt(256);
                case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutant = Arrays.copyOf(mutant, Math.max(1, mutant.length - random.nextInt(50)));
                default -> {
                    int length = Math.min(8, mutant.length - at);
                    System.arraycopy(mutant, random.nextInt(mutant.length - length + 1), mutant, at, length);
                }
            }
            structure[1] = Math.min(structure[1], mutant.length);
        }
        return mutant;
    }

    public static void main(String[] args) throws IOException {
        byte[] model = Files.readAllBytes(Path.of(args[0]));
        int count = Integer.parseInt(args[1]);
        Random random = new Random(Long.parseLong(args[2]));
        Path file = Files.createTempFile("mutant", ".onnx");
        int refused = 0;
        int computed = 0;
        for (int i = 0; i < count; i++) {
            Files.write(file, mutant(model, random));
            try (Predictor predictor = OnnxRuntime.open(file)) {
                int size = predictor.inputShape().stream().reduce(1, Math::multiplyExact);
                float[] result = predictor.takesIds()
                        ? predictor.predict(new int[size], 1)
                        : predictor.predict(new float[size], 1);
                computed += result.length > 0 ? 1 : 0;
            } catch (ModelException e) {
                refused++;
            }
        }
        Files.delete(file);
        System.out.println("refused " + refused + " computed " + computed);
    }
}
