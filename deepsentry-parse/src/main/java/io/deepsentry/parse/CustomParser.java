package io.deepsentry.parse;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a user's own {@link LogParser} from the name of its class. */
final class CustomParser {
    private CustomParser() {}

    /**
     * The parser of a class.
     *
     * @param path a jar, or a folder of classes and jars, where the class is looked for too; null for none
     */
    static LogParser named(String className, @Nullable Path path) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader known = context == null ? CustomParser.class.getClassLoader() : context;
        ClassLoader loader = path == null ? known : loader(path, known);
        Class<?> type;
        try {
            type = Class.forName(className, true, loader);
        } catch (ClassNotFoundException e) {
            String where = path == null
                    ? "was not found on the class path. Give its full name with the package, and its jar as parser_path"
                    : "was not found in " + path
                            + ". Give its full name with the package, and the jar or folder of classes"
                            + " that it is in";
            throw bad(className, where, e);
        } catch (LinkageError e) {
            throw bad(className, "could not be loaded: " + e, e);
        }
        if (!LogParser.class.isAssignableFrom(type)) {
            throw LogParseException.badArgument(
                    "custom parser " + className + " must implement " + LogParser.class.getName() + ", but does not");
        }
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw LogParseException.badArgument(
                    "custom parser " + className + " must be a concrete class, but is abstract");
        }
        try {
            Constructor<?> constructor = type.getConstructor();
            return (LogParser) constructor.newInstance();
        } catch (NoSuchMethodException e) {
            throw bad(className, "must have a public constructor without arguments, but has none", e);
        } catch (IllegalAccessException e) {
            throw bad(className, "must be a public class", e);
        } catch (InstantiationException e) {
            throw bad(className, "could not be constructed", e);
        } catch (InvocationTargetException e) {
            throw bad(className, "failed in its constructor: " + e.getCause(), e);
        }
    }

    /** A loader of a jar, or of a folder with classes and jars; open as long as its classes are used. */
    private static ClassLoader loader(Path path, ClassLoader parent) {
        if (!Files.exists(path)) {
            throw LogParseException.badArgument("parser path " + path + " does not exist (looked for "
                    + path.toAbsolutePath().normalize() + "); name a jar, or a folder of classes");
        }
        List<Path> places = new ArrayList<>(List.of(path));
        try {
            if (Files.isDirectory(path)) {
                try (DirectoryStream<Path> jars = Files.newDirectoryStream(path, "*.jar")) {
                    jars.forEach(places::add);
                }
                Collections.sort(places);
            }
            URL[] urls = new URL[places.size()];
            for (int i = 0; i < urls.length; i++) {
                urls[i] = places.get(i).toUri().toURL();
            }
            return new URLClassLoader(urls, parent);
        } catch (IOException | DirectoryIteratorException e) {
            throw LogParseException.badArgument("parser path " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static LogParseException bad(String className, String problem, Throwable cause) {
        return LogParseException.badArgument("custom parser " + className + " " + problem, cause);
    }
}
