package io.deepsentry.live.internal.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers over HTTP/1.1, one request a connection (RFC 9112). One thread serves all connections and waits for none of
 * them: one that sends or takes its bytes slowly is closed after its {@link Limits#time}, and beyond
 * {@link Limits#connections} the oldest makes room for the next.
 *
 * <p>A connection may stay open for {@link Events}. Nothing queues up for one that does not read: it misses events, is
 * sent the whole once it reads again, and is closed if it does not. Beyond {@link #MOST_STREAMS} the oldest makes room
 * here, too.
 *
 * <p>Safe for use by many threads.
 */
public final class PageServer implements AutoCloseable {
    /** Connections that are open at once, unless set otherwise. */
    public static final int MOST_CONNECTIONS = 512;
    /** How long a connection may take, from its first byte to its last, unless set otherwise. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(5);
    /** Connections that are sent events at once. They do not count among the others. */
    public static final int MOST_STREAMS = 32;
    /** How often events are sent. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(PageServer.class.getName());
    /** Bytes of a request's line and headers. */
    private static final int LONGEST_HEAD = 8 << 10;
    /** Bytes of a body, unless set otherwise. */
    private static final int LONGEST_BODY = 8 << 10;

    private static final int PIECE = 64 << 10;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Bytes that the system may hold for a client that does not read. */
    private static final int STREAM_BUFFER = 64 << 10;

    private static final int BACKLOG = 256;

    /**
     * A request that came whole.
     *
     * @param path without its query
     * @param headers by their names in lower case; of equal ones the first
     * @param body for reading only
     */
    public record Request(String method, String path, Map<String, String> headers, ByteBuffer body) {
        public Request {
            headers = Map.copyOf(headers);
        }

        /** Returns the body as Latin-1. */
        public String text() {
            return StandardCharsets.ISO_8859_1.decode(body.duplicate()).toString();
        }

        /** Returns a header, or null if there is none. */
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    /** What a client gets. */
    public sealed interface Answer permits Page, Later, Events {}

    /**
     * A text or other bytes, after which the connection ends.
     *
     * @param body for reading only
     * @param more further headers
     */
    public record Page(int status, String type, ByteBuffer body, Map<String, String> more) implements Answer {
        public Page {
            more = Map.copyOf(more);
        }

        /** A text as UTF-8. */
        public Page(int status, String type, String text, Map<String, String> more) {
            this(status, type, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), more);
        }

        /** An answer without further headers. */
        public Page(int status, String type, String text) {
            this(status, type, text, Map.of());
        }
    }

    /** A page that is not there yet. It must come within {@link Limits#time}, or the connection is closed. */
    public record Later(CompletableFuture<Page> page) implements Answer {}

    /**
     * What clients may take.
     *
     * @param connections that are open at once
     * @param time from the first byte of a request to its last, from there to the answer, and from the answer's first
     *     byte to its last
     * @param body the most bytes of a body
     * @param bodies the most bytes of all bodies that are coming in at once
     */
    public record Limits(int connections, Duration time, int body, long bodies) {
        /** Those of small pages. */
        public static final Limits PAGES =
                new Limits(MOST_CONNECTIONS, TIME_LIMIT, LONGEST_BODY, (long) MOST_CONNECTIONS * LONGEST_BODY);
    }

    /** The connection stays open, and its client is sent what the {@link Feed} has. */
    public record Events() implements Answer {}

    /** What clients of {@link Events} are sent, each a text on one line. Called by the serving thread. */
    public interface Feed {
        /** Returns all there is to know, for a client that knows nothing. */
        String whole();

        /** Returns what is new since the last call. */
        String news();
    }

    private final Selector selector;
    private final Limits limits;
    private final @Nullable Feed feed;
    private final Thread thread;
    private final RequestBody.Room room;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private final List<ServerSocketChannel> doors = new ArrayList<>();
    /** The oldest first. Of the serving thread. */
    private final Set<Connection> connections = new LinkedHashSet<>();
    /** Those that are sent events, the oldest first. Of the serving thread. */
    private final Set<Connection> streams = new LinkedHashSet<>();

    /** Those whose page has come. Of any thread. */
    private final Queue<Connection> answered = new ConcurrentLinkedQueue<>();

    private final LongAdder tooLong = new LongAdder();
    private long lastEvents = System.nanoTime();
    /** Whether it ends once those who asked have their answers. */
    private volatile boolean finishing;

    private PageServer(Selector selector, Limits limits, @Nullable Feed feed) {
        this.selector = selector;
        this.limits = limits;
        this.feed = feed;
        this.room = new RequestBody.Room(limits.bodies());
        this.thread = new Thread(this::serve, "deepsentry-endpoint");
        thread.setDaemon(true);
    }

    /** Makes a server that listens nowhere yet. */
    public static PageServer create() throws IOException {
        return create(Limits.PAGES);
    }

    /** Makes a server with limits of its own. */
    public static PageServer create(Limits limits) throws IOException {
        return new PageServer(Selector.open(), limits, null);
    }

    /** Makes a server that may answer with {@link Events}. */
    public static PageServer create(Feed feed) throws IOException {
        return new PageServer(Selector.open(), Limits.PAGES, feed);
    }

    /** A site of a few pages by their paths, for {@code GET} and {@code HEAD}. */
    public static Function<Request, Answer> pages(Map<String, Supplier<Page>> pages) {
        Map<String, Supplier<Page>> all = Map.copyOf(pages);
        return request -> {
            Supplier<Page> page = all.get(request.path());
            if (page == null) {
                return new Page(404, "text/plain", "no such page\n");
            }
            return isReading(request) ? page.get() : notAllowed("GET, HEAD");
        };
    }

    /** Whether a request only asks for something. */
    public static boolean isReading(Request request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    /** The answer to a method that a page does not have. */
    public static Page notAllowed(String allowed) {
        return new Page(405, "text/plain", "only " + allowed.replace(", ", " and ") + "\n", Map.of("Allow", allowed));
    }

    /**
     * Listens at an address. Call it before {@link #start}.
     *
     * @param site answers each request, on the serving thread
     * @throws java.net.BindException if the port is taken or may not be used
     */
    public void listen(InetSocketAddress address, Function<Request, Answer> site) throws IOException {
        ServerSocketChannel door = ServerSocketChannel.open();
        boolean open = false;
        try {
            door.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            door.bind(address, BACKLOG);
            door.configureBlocking(false);
            door.register(selector, SelectionKey.OP_ACCEPT, site);
            doors.add(door);
            open = true;
        } finally {
            if (!open) {
                door.close();
            }
        }
    }

    /** The ports that are listened at, in the order of the calls. */
    public List<Integer> ports() {
        return doors.stream().map(door -> door.socket().getLocalPort()).toList();
    }

    /** How many requests were refused because their bodies were too long. */
    public long tooLong() {
        return tooLong.sum();
    }

    /** Begins to answer. */
    public void start() {
        thread.start();
    }

    private void serve() {
        while (selector.isOpen()) {
            try {
                selector.select(streams.isEmpty() ? 500 : millisUntilEvents());
                if (!selector.isOpen()) {
                    return;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                for (Connection next = answered.poll(); next != null; next = answered.poll()) {
                    answer(next);
                }
                closeSlow();
                sendEvents();
                if (finishing && connections.stream().noneMatch(Connection::isOwedAnything)) {
                    return;
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "serving pages", e);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private void serve(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.channel() instanceof ServerSocketChannel door) {
            accept(door, (Function<Request, Answer>) key.attachment());
            return;
        }
        Connection connection = (Connection) key.attachment();
        boolean waited = connection.waits;
        try {
            if (!connection.goOn(key)) {
                close(connection);
            } else if (connection.waits && !waited && connections.remove(connection)) {
                // Its time begins again.
                connections.add(connection);
            } else if (connection.streams && connections.remove(connection)) {
                if (streams.size() >= MOST_STREAMS) {
                    close(streams.iterator().next());
                }
                streams.add(connection);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection ends", e);
            close(connection);
        }
    }

    /** Sends a page that was waited for. */
    private void answer(Connection connection) {
        if (connections.remove(connection)) {
            connections.add(connection);
            connection.answerLate(selector);
        }
    }

    private void accept(ServerSocketChannel door, Function<Request, Answer> site) {
        try {
            for (SocketChannel channel = door.accept(); channel != null; channel = door.accept()) {
                while (connections.size() >= limits.connections()) {
                    close(connections.iterator().next());
                }
                channel.configureBlocking(false);
                Connection connection = new Connection(channel, site);
                channel.register(selector, SelectionKey.OP_READ, connection);
                connections.add(connection);
            }
        } catch (IOException e) {
            // Such as too many open files: the oldest connection is given up for the next.
            LOG.log(System.Logger.Level.DEBUG, "accepting a connection", e);
            if (!connections.isEmpty()) {
                close(connections.iterator().next());
            }
        }
    }

    private void closeSlow() {
        long now = System.nanoTime();
        Iterator<Connection> oldest = connections.iterator();
        while (oldest.hasNext()) {
            Connection connection = oldest.next();
            if (now - connection.since < limits.time().toNanos()) {
                return;
            }
            oldest.remove();
            connection.release();
            closeQuietly(connection.channel);
        }
    }

    private long millisUntilEvents() {
        return Math.max(1, (lastEvents + INTERVAL.toNanos() - System.nanoTime()) / 1_000_000);
    }

    private void sendEvents() {
        long now = System.nanoTime();
        Feed source = feed;
        if (source == null || streams.isEmpty() || now - lastEvents < INTERVAL.toNanos()) {
            return;
        }
        lastEvents = now;
        ByteBuffer news = event("news", source.news());
        ByteBuffer whole = null;
        for (Connection stream : List.copyOf(streams)) {
            try {
                if (stream.isBusy()) {
                    stream.behind = true;
                    if (now - stream.since > limits.time().toNanos()) {
                        close(stream);
                    }
                } else if (stream.behind) {
                    whole = whole == null ? event("whole", source.whole()) : whole;
                    stream.send(whole, now, selector);
                } else {
                    stream.send(news, now, selector);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a connection ends", e);
                close(stream);
            }
        }
    }

    /** An event of a stream, see "Server-sent events" of the HTML standard. */
    private static ByteBuffer event(String name, String line) {
        return ByteBuffer.wrap(("event: " + name + "\ndata: " + line + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private void close(Connection connection) {
        connections.remove(connection);
        streams.remove(connection);
        connection.release();
        closeQuietly(connection.channel);
    }

    private static void closeQuietly(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection", e);
        }
    }

    /** Takes no more requests, and closes once those who wait for an answer have it, or after a time. */
    public void finish(Duration within) {
        finishing = true;
        doors.forEach(PageServer::closeQuietly);
        selector.wakeup();
        try {
            thread.join(within.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        doors.forEach(PageServer::closeQuietly);
        try {
            for (SelectionKey key : selector.keys()) {
                SelectableChannel channel = key.channel();
                closeQuietly(channel);
            }
        } finally {
            closeQuietly(selector);
        }
    }

    /**
     * One client: its request, then our answer, then what it may still send, which is thrown away so that it gets the
     * answer.
     */
    private final class Connection {
        private final SocketChannel channel;
        private final Function<Request, Answer> site;
        private final ByteBuffer head = ByteBuffer.allocate(LONGEST_HEAD);
        /** When it was opened, or was owed an answer; of a stream, when its last event was begun. */
        private long since = System.nanoTime();

        private String method = "";
        private String path = "";
        private Map<String, String> headers = Map.of();
        /** Null before all headers are there. */
        private @Nullable RequestBody body;

        private boolean waits;
        private volatile @Nullable Page late;
        private @Nullable ByteBuffer answer;
        private boolean streams;
        /** Whether it missed an event. */
        private boolean behind;

        Connection(SocketChannel channel, Function<Request, Answer> site) {
            this.channel = channel;
            this.site = site;
        }

        /** Does what can be done now; says whether the connection stays open. */
        boolean goOn(SelectionKey key) throws IOException {
            if (answer == null && !waits) {
                piece.clear();
                if (channel.read(body == null ? head : piece) < 0) {
                    return false;
                }
                Answer given = body == null ? begin() : after(body.take(piece.flip()));
                if (given == null) {
                    return true;
                }
                give(given, key);
            }
            ByteBuffer ready = answer;
            if (ready != null && ready.hasRemaining()) {
                channel.write(ready);
                if (!ready.hasRemaining()) {
                    if (!streams) {
                        channel.shutdownOutput();
                    }
                    key.interestOps(SelectionKey.OP_READ);
                }
                if (!streams) {
                    return true;
                }
            }
            piece.clear();
            return channel.read(piece) >= 0;
        }

        private void give(Answer given, SelectionKey key) throws IOException {
            if (given instanceof Page page) {
                answer = bytes(page, !method.equals("HEAD"));
                key.interestOps(SelectionKey.OP_WRITE);
            } else if (given instanceof Later later) {
                waits = true;
                since = System.nanoTime();
                CompletableFuture<Page> unused = later.page().whenComplete((page, failed) -> {
                    late = page == null ? plain(500, "the request failed") : page;
                    answered.add(this);
                    selector.wakeup();
                });
            } else {
                answer = firstEvent();
                streams = true;
                channel.setOption(StandardSocketOptions.SO_SNDBUF, STREAM_BUFFER);
                since = System.nanoTime();
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }

        void answerLate(Selector from) {
            Page page = late;
            SelectionKey key = channel.keyFor(from);
            if (page != null && key != null && key.isValid()) {
                since = System.nanoTime();
                waits = false;
                answer = bytes(page, true);
                key.interestOps(SelectionKey.OP_WRITE);
            }
        }

        /** Whether it has not taken all of its last event. */
        boolean isBusy() {
            return answer != null && answer.hasRemaining();
        }

        /** Whether its answer is not sent. */
        boolean isOwedAnything() {
            return waits || isBusy();
        }

        void release() {
            if (body != null) {
                body.release();
            }
        }

        void send(ByteBuffer event, long now, Selector selector) throws IOException {
            since = now;
            behind = false;
            ByteBuffer rest = event.duplicate();
            answer = rest;
            channel.write(rest);
            SelectionKey key = channel.keyFor(selector);
            if (rest.hasRemaining() && key != null) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }

        /** Reads the headers and what is there of the body. Null as long as the request is not complete. */
        private @Nullable Answer begin() throws IOException {
            ByteBuffer received = head.duplicate().flip();
            String text =
                    StandardCharsets.ISO_8859_1.decode(received.duplicate()).toString();
            int end = endOfHeaders(text);
            if (end < 0) {
                return head.hasRemaining() ? null : plain(431, "the headers are too long");
            }
            List<String> lines = text.substring(0, end).lines().toList();
            String[] parts =
                    lines.isEmpty() ? new String[0] : lines.get(0).strip().split(" ", -1);
            if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
                return plain(400, "not a request of HTTP/1.1");
            }
            int query = parts[1].indexOf('?');
            method = parts[0];
            path = query < 0 ? parts[1] : parts[1].substring(0, query);
            headers = headers(lines);
            String coding = headers.get("transfer-encoding");
            String length = headers.getOrDefault("content-length", "0");
            boolean chunked = "chunked".equalsIgnoreCase(coding);
            if ((coding != null && !chunked) || !length.matches("\\d{1,18}")) {
                return plain(411, "the length of the body must be given");
            }
            if (chunked && headers.containsKey("content-length")) {
                return plain(400, "the length of the body is given twice");
            }
            long given = chunked ? RequestBody.CHUNKED : Long.parseLong(length);
            if (given > limits.body()) {
                return after(RequestBody.State.TOO_LONG);
            }
            RequestBody coming = new RequestBody(given, limits.body(), room);
            body = coming;
            RequestBody.State state = coming.take(received.position(end));
            if (state == RequestBody.State.UNFINISHED && "100-continue".equalsIgnoreCase(headers.get("expect"))) {
                channel.write(ByteBuffer.wrap(CONTINUE));
            }
            return after(state);
        }

        private @Nullable Answer after(RequestBody.State state) {
            RequestBody coming = body;
            if (state == RequestBody.State.UNFINISHED) {
                return null;
            }
            if (state == RequestBody.State.WHOLE && coming != null) {
                return site.apply(new Request(method, path, headers, coming.handOut()));
            }
            release();
            if (state == RequestBody.State.TOO_LONG) {
                tooLong.increment();
            }
            return switch (state) {
                case TOO_LONG -> plain(413, "the body must be at most " + limits.body() + " bytes");
                case NO_ROOM -> new Page(503, "text/plain", "too much at once\n", Map.of("Retry-After", "1"));
                default -> plain(400, "the chunks of the body are malformed");
            };
        }

        private ByteBuffer firstEvent() {
            Feed source = feed;
            if (source == null) {
                throw new IllegalStateException("a server of events needs a feed");
            }
            ByteBuffer first = event("whole", source.whole());
            byte[] header = String.join(
                            "\r\n",
                            "HTTP/1.1 200 OK",
                            "Content-Type: text/event-stream",
                            "Cache-Control: no-store",
                            "X-Content-Type-Options: nosniff",
                            "Connection: close",
                            "",
                            "")
                    .getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(header.length + first.remaining())
                    .put(header)
                    .put(first)
                    .flip();
        }

        /** Where the body begins, or -1. */
        private static int endOfHeaders(String text) {
            int strict = text.indexOf("\r\n\r\n");
            int loose = text.indexOf("\n\n");
            if (strict >= 0 && (loose < 0 || strict < loose)) {
                return strict + 4;
            }
            return loose < 0 ? -1 : loose + 2;
        }

        private static Map<String, String> headers(List<String> lines) {
            Map<String, String> headers = new HashMap<>();
            for (String line : lines.subList(1, lines.size())) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    headers.putIfAbsent(
                            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
            }
            return headers;
        }

        private static Page plain(int status, String text) {
            return new Page(status, "text/plain", text + "\n");
        }

        private static ByteBuffer bytes(Page page, boolean withText) {
            ByteBuffer text = page.body().duplicate();
            StringBuilder header = new StringBuilder("HTTP/1.1 " + page.status() + " " + reason(page.status())
                    + "\r\nContent-Type: " + page.type() + "\r\nContent-Length: " + text.remaining() + "\r\n");
            page.more().forEach((name, value) -> header.append(name + ": " + value + "\r\n"));
            byte[] begin = header.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
            ByteBuffer all = ByteBuffer.allocate(begin.length + (withText ? text.remaining() : 0));
            all.put(begin);
            if (withText) {
                all.put(text);
            }
            return all.flip();
        }

        private static String reason(int status) {
            return switch (status) {
                case 200 -> "OK";
                case 400 -> "Bad Request";
                case 403 -> "Forbidden";
                case 404 -> "Not Found";
                case 405 -> "Method Not Allowed";
                case 409 -> "Conflict";
                case 411 -> "Length Required";
                case 413 -> "Content Too Large";
                case 415 -> "Unsupported Media Type";
                case 429 -> "Too Many Requests";
                case 431 -> "Request Header Fields Too Large";
                case 500 -> "Internal Server Error";
                default -> "Service Unavailable";
            };
        }
    }
}
