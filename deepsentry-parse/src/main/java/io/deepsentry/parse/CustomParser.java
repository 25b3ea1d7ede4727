package io.deepsentry.parse;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/** Makes a user's own {@link LogParser} from the name of its class. */
final class CustomParser {
    private CustomParser() {}

    static LogParser named(String className) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? CustomParser.class.getClassLoader() : context;
        Class<?> type;
        try {
            type = Class.forName(className, true, loader);
        } catch (ClassNotFoundException e) {
            throw bad(
                    className,
                    "was not found on the class path. Give its full name with the package, and add its jar",
                    e);
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

    private static LogParseException bad(String className, String problem, Throwable cause) {
        return LogParseException.badArgument("custom parser " + className + " " + problem, cause);
    }
}
