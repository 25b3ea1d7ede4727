package io.deepsentry.parse;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of an event, in order and unmodifiable: known to be so, and therefore copied once on their way. */
final class FieldMap extends AbstractMap<String, String> {
    private final Map<String, String> fields;

    private FieldMap(Map<String, String> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    /** Returns the same fields, which no later change of the argument reaches. */
    static Map<String, String> copyOf(Map<String, String> fields) {
        if (fields instanceof FieldMap || fields.isEmpty()) {
            return fields.isEmpty() ? Map.of() : fields;
        }
        return new FieldMap(new LinkedHashMap<>(fields));
    }

    /** Returns fields that nobody else holds, without a copy. */
    static Map<String, String> of(Map<String, String> owned) {
        return owned.isEmpty() ? Map.of() : new FieldMap(owned);
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return fields.entrySet();
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        return fields.get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return fields.containsKey(key);
    }

    @Override
    public int size() {
        return fields.size();
    }
}
