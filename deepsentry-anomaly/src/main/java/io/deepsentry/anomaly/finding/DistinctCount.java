package io.deepsentry.anomaly.finding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts different texts in bounded memory by the smallest of their hashes (Bar-Yossef et al., 2002: k minimum values),
 * and keeps the first few texts. For one thread.
 */
final class DistinctCount {
    private final int most;
    private final List<String> some = new ArrayList<>();
    /** The smallest hashes in ascending order, as unsigned numbers. */
    private long[] hashes = {};

    private boolean full;

    /** @param most the hashes kept: up to so many the count is exact */
    DistinctCount(int most) {
        this.most = most;
    }

    void add(String text) {
        long hash = Hashing.murmur3_128().hashUnencodedChars(text).asLong() ^ Long.MIN_VALUE;
        int at = Arrays.binarySearch(hashes, hash);
        if (at >= 0) {
            return;
        }
        if (some.size() < Finding.SHOWN && !some.contains(text)) {
            some.add(text);
        }
        int place = -at - 1;
        if (hashes.length == most) {
            full = true;
            if (place == most) {
                return;
            }
            System.arraycopy(hashes, place, hashes, place + 1, most - 1 - place);
        } else {
            long[] more = Arrays.copyOf(hashes, hashes.length + 1);
            System.arraycopy(hashes, place, more, place + 1, hashes.length - place);
            hashes = more;
        }
        hashes[place] = hash;
    }

    long number() {
        if (!full) {
            return hashes.length;
        }
        // The largest of the k smallest hashes lies where k of n evenly spread ones end.
        double share = (hashes[most - 1] - (double) Long.MIN_VALUE) / 0x1p64;
        return Math.round((most - 1) / share);
    }

    Finding.Several several() {
        return new Finding.Several(number(), some);
    }

    void write(ObjectNode node) {
        ArrayNode texts = node.putArray("some");
        some.forEach(texts::add);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * hashes.length);
        bytes.asLongBuffer().put(hashes);
        node.put("hashes", bytes.array());
        node.put("full", full);
    }

    static DistinctCount read(JsonNode node, int most) throws IOException {
        DistinctCount count = new DistinctCount(most);
        for (JsonNode text : node.path("some")) {
            count.some.add(text.asText());
        }
        byte[] bytes = node.path("hashes").binaryValue();
        if (bytes == null || bytes.length > Long.BYTES * most) {
            throw new IOException("hashes that were not written here");
        }
        count.hashes = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(count.hashes);
        count.full = node.path("full").asBoolean();
        return count;
    }
}
