package io.deepsentry.live.internal.otlp;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.http.PageServer;
import io.deepsentry.live.internal.http.PageServer.Answer;
import io.deepsentry.live.internal.http.PageServer.Later;
import io.deepsentry.live.internal.http.PageServer.Page;
import io.deepsentry.live.internal.http.PageServer.Request;
import io.deepsentry.live.internal.record.OtlpLogs;
import io.deepsentry.live.internal.record.RecordLines;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.record.OtlpSettings;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.record.RecordedLine;
import io.deepsentry.live.record.RequestStats;
import io.deepsentry.live.record.SourceRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes logs over OTLP/HTTP: {@code POST /v1/logs}, protobuf or JSON, also compressed by gzip.
 *
 * <p>A request is answered 200 when its lines are judged and kept, as whoever sent it throws them away then. Until then
 * it may come again: a request that is known is not judged a second time, but answered when the first is. Requests are
 * known by their bytes, across restarts too; one with a record that has no time is not, as it might be another one.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpReceiver implements RecordSource {
    /** The most bytes of a request, before and after it is inflated: as many as a Collector takes. */
    static final int LONGEST = 20 << 20;
    /** The most bytes of requests that are not answered. */
    static final long MOST_WAITING = 64L << 20;
    /** How long a client waits for its answer: exporters give up after 10 seconds or later, unless set otherwise. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final System.Logger LOG = System.getLogger(OtlpReceiver.class.getName());
    private static final String PARTITION = "otlp";
    private static final PageServer.Limits LIMITS =
            new PageServer.Limits(512, Duration.ofSeconds(30), LONGEST, MOST_WAITING);
    private static final int MOST_REQUESTS = 10_000;
    /** Log records given at once, and in one record: their lines have places of their own in it. */
    private static final int AT_ONCE = 4096;

    private static final int IN_ONE = 1000;
    /** Requests that are remembered, and for how long. */
    private static final int REMEMBERED = 2000;

    private static final Duration MEMORY = Duration.ofHours(1);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);
    private static final Map<String, String> SOON = Map.of("Retry-After", "1");

    private final PageServer server;
    private final RecordLines lines;
    private final Duration patience;
    private final Object lock = new Object();
    private final ExecutorService decoding = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "deepsentry-otlp");
        thread.setDaemon(true);
        return thread;
    });

    /** What is read and not wholly given. */
    private final Deque<Export> queue = new ArrayDeque<>();
    /** What is given and not settled. */
    private final List<Export> given = new ArrayList<>();
    /** Both, by their digests. */
    private final Map<String, Export> pending = new HashMap<>();
    /** What was given, the latest last. */
    private final LinkedHashMap<String, Note> notes = new LinkedHashMap<>();

    private long waitingBytes;
    private int waiting;
    private long offset;
    private boolean begun;
    private boolean closed;

    private long received;
    private long refused;
    private long invalid;
    private long repeated;
    private long records;
    private long rejected;

    /** How many of the log records of a request were given, and when. */
    private record Note(long given, Instant time) {
        String text() {
            return given + " " + time.getEpochSecond();
        }

        static @Nullable Note of(String text) {
            String[] parts = text.split(" ", -1);
            return parts.length != 2 || !parts[0].matches("\\d{1,18}") || !parts[1].matches("\\d{1,11}")
                    ? null
                    : new Note(Long.parseLong(parts[0]), Instant.ofEpochSecond(Long.parseLong(parts[1])));
        }
    }

    /** A request that was read. */
    private static final class Export {
        private final OtlpLogs logs;
        private final @Nullable String digest;
        private final long empty;
        private final Instant received = Instant.now();
        private final List<Client> clients = new ArrayList<>();
        private long given;

        Export(OtlpLogs logs, @Nullable String digest, long empty) {
            this.logs = logs;
            this.digest = digest;
            this.empty = empty;
        }
    }

    /** Who waits for an answer, and how it is written. */
    private record Client(CompletableFuture<Page> answer, boolean json) {
        void refuse(int status, String why) {
            answer.complete(error(status, why, json));
        }
    }

    private OtlpReceiver(PageServer server, int maxLineLength, Duration patience) {
        this.server = server;
        this.patience = patience;
        this.lines = new RecordLines(RecordFormat.OTLP_JSON, maxLineLength);
    }

    /**
     * Begins to listen; requests are answered from {@link #start} on.
     *
     * @param maxLineLength the length in chars beyond which the rest of a line is left out
     * @throws DataException if the port is taken or may not be used
     */
    public static OtlpReceiver open(OtlpSettings settings, int maxLineLength) {
        return open(settings, maxLineLength, PATIENCE);
    }

    static OtlpReceiver open(OtlpSettings settings, int maxLineLength, Duration patience) {
        PageServer server;
        try {
            server = PageServer.create(LIMITS);
        } catch (IOException e) {
            throw new DataException("nothing can be served: " + IoErrors.describe(e), e);
        }
        boolean opened = false;
        try {
            OtlpReceiver receiver = new OtlpReceiver(server, maxLineLength, patience);
            server.listen(
                    new InetSocketAddress(InetAddress.getByName(settings.listenAddress()), settings.port()),
                    receiver::answer);
            opened = true;
            return receiver;
        } catch (UnknownHostException e) {
            throw new DataException(
                    "listen_address " + settings.listenAddress() + " is not an address of this machine", e);
        } catch (BindException e) {
            throw new DataException(
                    "otlp_port " + settings.port() + " cannot be used on " + settings.listenAddress() + ": "
                            + IoErrors.describe(e) + "; stop what uses it or choose another",
                    e);
        } catch (IOException e) {
            throw new DataException("otlp_port " + settings.port() + " cannot be used: " + IoErrors.describe(e), e);
        } finally {
            if (!opened) {
                server.close();
            }
        }
    }

    /** The port in use. */
    public int port() {
        return server.ports().get(0);
    }

    @Override
    public String name() {
        return PARTITION;
    }

    @Override
    public void recall(Map<String, String> earlier) {
        synchronized (lock) {
            earlier.forEach((digest, text) -> {
                Note note = Note.of(text);
                if (note != null) {
                    notes.put(digest, note);
                }
            });
        }
    }

    @Override
    public void start(Map<String, Long> next) {
        synchronized (lock) {
            offset = next.getOrDefault(PARTITION, 0L);
        }
        server.start();
    }

    /** On the serving thread: what can be said of a request without reading it. */
    private Answer answer(Request request) {
        String type = word(request.header("content-type"));
        boolean json = type.equals("application/json");
        if (!request.path().equals("/v1/logs")) {
            return error(404, "send logs to /v1/logs", json);
        }
        if (!request.method().equals("POST")) {
            return PageServer.notAllowed("POST");
        }
        String coding = word(request.header("content-encoding"));
        synchronized (lock) {
            received++;
            if (!json && !type.equals("application/x-protobuf")) {
                invalid++;
                return error(415, "the Content-Type must be application/x-protobuf or application/json", json);
            }
            if (!Set.of("", "identity", "gzip").contains(coding)) {
                invalid++;
                return error(415, "the Content-Encoding must be gzip or none", json);
            }
            if (closed) {
                refused++;
                return error(503, "the run ends", json);
            }
            if (isFull(request.body().remaining())) {
                refused++;
                return error(429, "too many logs wait to be judged", json);
            }
            hold(request.body().remaining());
        }
        CompletableFuture<Page> page = new CompletableFuture<Page>()
                .completeOnTimeout(
                        error(503, "not judged yet: send it again", json), patience.toMillis(), TimeUnit.MILLISECONDS);
        Client client = new Client(page, json);
        decoding.execute(() -> take(request.body(), coding.equals("gzip"), client));
        return new Later(page);
    }

    /** The value of a header without its parameters. */
    private static String word(@Nullable String header) {
        return header == null ? "" : header.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    private boolean isFull(int more) {
        return waiting > 0 && (waitingBytes + more > MOST_WAITING || waiting >= MOST_REQUESTS);
    }

    private void hold(int bytes) {
        waiting++;
        waitingBytes += bytes;
    }

    private void letGo(int bytes) {
        waiting--;
        waitingBytes -= bytes;
    }

    /** On the decoding thread. */
    private void take(ByteBuffer body, boolean gzipped, Client client) {
        Export export = null;
        try {
            byte[] bytes = bytes(body, gzipped);
            if (bytes == null) {
                client.refuse(413, "the request must be at most " + LONGEST + " bytes when inflated");
            } else {
                export = read(bytes, client.json());
            }
        } catch (IOException e) {
            client.refuse(400, "not an export of logs: " + IoErrors.describe(e));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a request could not be read", e);
            client.refuse(400, "not an export of logs");
        }
        synchronized (lock) {
            letGo(body.remaining());
            if (export == null) {
                invalid++;
                return;
            }
            offer(export, client);
        }
    }

    /** Null if it is too long. */
    private static byte @Nullable [] bytes(ByteBuffer body, boolean gzipped) throws IOException {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        if (!gzipped) {
            return bytes;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] inflated = in.readNBytes(LONGEST + 1);
            return inflated.length > LONGEST ? null : inflated;
        }
    }

    private static Export read(byte[] bytes, boolean json) throws IOException {
        OtlpLogs logs = json ? OtlpLogs.ofJson(bytes) : OtlpLogs.ofProtobuf(bytes);
        OtlpLogs.Contents contents = logs.contents();
        return new Export(logs, contents.timed() ? digest(bytes) : null, contents.empty());
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Queues what was read, if there is room and it is new. */
    private void offer(Export export, Client client) {
        String digest = export.digest;
        Export known = digest == null ? null : pending.get(digest);
        if (known != null) {
            repeated++;
            known.clients.add(client);
            return;
        }
        Note note = digest == null ? null : notes.get(digest);
        if (note != null && note.time().plus(MEMORY).isAfter(export.received)) {
            repeated++;
            skip(export, note.given());
        }
        if (closed) {
            refused++;
            client.refuse(503, "the run ends");
            return;
        }
        if (isFull(export.logs.size())) {
            refused++;
            client.refuse(429, "too many logs wait to be judged");
            return;
        }
        hold(export.logs.size());
        rejected += export.given == 0 ? export.empty : 0;
        export.clients.add(client);
        if (digest != null) {
            pending.put(digest, export);
        }
        queue.add(export);
    }

    private static void skip(Export export, long records) {
        while (export.given < records && next(export) != null) {
            export.given++;
        }
    }

    /** It was read once before. */
    private static @Nullable RecordedLine next(Export export) {
        try {
            return export.logs.next();
        } catch (IOException e) {
            throw new IllegalStateException("an export cannot be read twice", e);
        }
    }

    @Override
    public Map<String, Long> takeBegun() {
        synchronized (lock) {
            boolean first = !begun;
            begun = true;
            return first ? Map.of(PARTITION, offset) : Map.of();
        }
    }

    @Override
    public List<SourceRecord> poll() {
        synchronized (lock) {
            List<SourceRecord> some = new ArrayList<>();
            int left = AT_ONCE;
            while (left > 0 && !queue.isEmpty()) {
                Export export = queue.element();
                List<RecordedLine> held = new ArrayList<>();
                boolean more = true;
                while (more && left > 0 && held.size() < IN_ONE) {
                    RecordedLine line = next(export);
                    more = line != null;
                    if (line != null) {
                        held.addAll(lines.linesOf(line));
                        export.given++;
                        records++;
                        left--;
                    }
                }
                if (!held.isEmpty()) {
                    int bytes =
                            held.stream().mapToInt(line -> line.text().length()).sum();
                    some.add(new SourceRecord(PARTITION, offset++, export.received, bytes, held));
                    remember(export);
                }
                if (!more) {
                    given.add(queue.remove());
                }
            }
            return some;
        }
    }

    private void remember(Export export) {
        String digest = export.digest;
        if (digest != null) {
            notes.remove(digest);
            notes.put(digest, new Note(export.given, export.received));
            if (notes.size() > REMEMBERED) {
                notes.remove(notes.keySet().iterator().next());
            }
        }
    }

    @Override
    public Map<String, String> notes() {
        synchronized (lock) {
            Map<String, String> all = new LinkedHashMap<>();
            notes.forEach((digest, note) -> all.put(digest, note.text()));
            return all;
        }
    }

    @Override
    public boolean isAwaited() {
        synchronized (lock) {
            return !given.isEmpty();
        }
    }

    @Override
    public void settled(Map<String, Long> next) {
        List<Export> settled;
        synchronized (lock) {
            settled = List.copyOf(given);
            given.clear();
            for (Export export : settled) {
                letGo(export.logs.size());
                if (export.digest != null) {
                    pending.remove(export.digest);
                }
            }
        }
        settled.forEach(export -> export.clients.forEach(
                client -> client.answer().complete(OtlpResponses.taken(export.empty, client.json()))));
    }

    private static Page error(int status, String why, boolean json) {
        return OtlpResponses.error(status, why, json, status == 429 || status == 503 ? SOON : Map.of());
    }

    @Override
    public Set<String> takeLeft() {
        return Set.of();
    }

    @Override
    public boolean isPlaced() {
        return true;
    }

    @Override
    public boolean isEnded() {
        return false;
    }

    @Override
    public RecordStats stats() {
        synchronized (lock) {
            long tooLong = server.tooLong();
            return new RecordStats(
                    records,
                    rejected,
                    0,
                    Map.of(),
                    0,
                    false,
                    new RequestStats(received + tooLong, refused, invalid + tooLong, repeated, waitingBytes));
        }
    }

    /** What was settled is still answered; the rest is to be sent again. */
    @Override
    public void close() {
        List<Export> left = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            left.addAll(queue);
            left.addAll(given);
            queue.clear();
            given.clear();
        }
        left.forEach(export -> export.clients.forEach(client -> client.refuse(503, "the run ends")));
        decoding.shutdown();
        server.finish(LAST_ANSWERS);
    }
}
