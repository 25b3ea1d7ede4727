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
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers over HTTP/1.1, one request a connection (RFC 9112). One thread serves all connections and waits for none of them: one that sends or takes its bytes slowly is
 * closed after {@link #TIME_LIMIT}, and beyond {@link #MOST_CONNECTIONS} the oldest makes room for the next.
 *
 * <p>A connection may stay open for {@link Events}. Nothing queues up for one that does not read: it misses events, is sent the whole once it reads again, and is closed
 * if it does not. Beyond {@link #MOST_STREAMS} the oldest makes room here, too.
 *
 * <p>Safe for use by many threads.
 */
public final class PageServer implements AutoCloseable {
    /** Connections that are open at once. */
    public static final int MOST_CONNECTIONS = 512;
    /** How long a connection may take, from its first byte to its last. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(5);
    /** Connections that are sent events at once. They do not count among the others. */
    public static final int MOST_STREAMS = 32;
    /** How often events are sent. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(PageServer.class.getName());
    /** Bytes of a request's line, headers and body. */
    private static final int LONGEST_REQUEST = 8 << 10;
    /** Bytes that the system may hold for a client that does not read. */
    private static final int STREAM_BUFFER = 64 << 10;

    private static final int BACKLOG = 256;

    /**
     * A request that came whole.
     *
     * @param path without its query
     * @param headers by their names in lower case; of equal ones the first
     */
    public record Request(String method, String path, Map<String, String> headers, String body) {
        public Request {
            headers = Map.copyOf(headers);
        }

        /** Returns a header, or null if there is none. */
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    /** What a client gets. */
    public sealed interface Answer permits Page, Events {}

    /**
     * A text, after which the connection ends.
     *
     * @param more further headers
     */
    public record Page(int status, String type, String text, Map<String, String> more) implements Answer {
        public Page {
            more = Map.copyOf(more);
        }

        /** An answer without further headers. */
        public Page(int status, String type, String text) {
            this(status, type, text, Map.of());
        }
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
    private final @Nullable Feed feed;
    private final Thread thread;
    private final List<ServerSocketChannel> doors = new ArrayList<>();
    /** The oldest first. Of the serving thread. */
    private final Set<Connection> connections = new LinkedHashSet<>();
    /** Those that are sent events, the oldest first. Of the serving thread. */
    private final Set<Connection> streams = new LinkedHashSet<>();

    private long lastEvents = System.nanoTime();

    private PageServer(Selector selector, @Nullable Feed feed) {
        this.selector = selector;
        this.feed = feed;
        this.thread = new Thread(this::serve, "deepsentry-endpoint");
        thread.setDaemon(true);
    }

    /** Makes a server that listens nowhere yet. */
    public static PageServer create() throws IOException {
        return new PageServer(Selector.open(), null);
    }

    /** Makes a server that may answer with {@link Events}. */
    public static PageServer create(Feed feed) throws IOException {
        return new PageServer(Selector.open(), feed);
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
                closeSlow();
                sendEvents();
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
        try {
            if (!connection.goOn(key)) {
                close(connection);
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

    private void accept(ServerSocketChannel door, Function<Request, Answer> site) {
        try {
            for (SocketChannel channel = door.accept(); channel != null; channel = door.accept()) {
                while (connections.size() >= MOST_CONNECTIONS) {
                    close(connections.iterator().next());
                }
                channel.configureBlocking(false);
                Connection connection = new Connection(channel, site, feed);
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
            if (now - connection.since < TIME_LIMIT.toNanos()) {
                return;
            }
            oldest.remove();
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
                    if (now - stream.since > TIME_LIMIT.toNanos()) {
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
        closeQuietly(connection.channel);
    }

    private static void closeQuietly(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection", e);
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

    /** One client: its request, then our answer, then what it may still send, which is thrown away so that it gets the answer. */
    private static final class Connection {
        private final SocketChannel channel;
        private final Function<Request, Answer> site;
        private final @Nullable Feed feed;
        private final ByteBuffer request = ByteBuffer.allocate(LONGEST_REQUEST);
        /** When it was opened; of a stream, when its last event was begun. */
        private long since = System.nanoTime();

        private @Nullable ByteBuffer answer;
        private boolean streams;
        /** Whether it missed an event. */
        private boolean behind;

        Connection(SocketChannel channel, Function<Request, Answer> site, @Nullable Feed feed) {
            this.channel = channel;
            this.site = site;
            this.feed = feed;
        }

        /** Does what can be done now; says whether the connection stays open. */
        boolean goOn(SelectionKey key) throws IOException {
            ByteBuffer ready = answer;
            if (ready == null) {
                if (channel.read(request) < 0) {
                    return false;
                }
                ready = answerTo(request);
                if (ready == null) {
                    return true;
                }
                answer = ready;
                if (streams) {
                    channel.setOption(StandardSocketOptions.SO_SNDBUF, STREAM_BUFFER);
                    since = System.nanoTime();
                }
                key.interestOps(streams ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_WRITE);
            }
            if (ready.hasRemaining()) {
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
            request.clear();
            return channel.read(request) >= 0;
        }

        /** Whether it has not taken all of its last event. */
        boolean isBusy() {
            return answer != null && answer.hasRemaining();
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

        /** Null as long as the request is not complete. */
        private @Nullable ByteBuffer answerTo(ByteBuffer received) {
            String text = StandardCharsets.ISO_8859_1
                    .decode(received.duplicate().flip())
                    .toString();
            int end = endOfHeaders(text);
            if (end < 0) {
                return received.hasRemaining() ? null : bytes(plain(431, "the request is too long"), true);
            }
            List<String> lines = text.substring(0, end).lines().toList();
            String[] parts =
                    lines.isEmpty() ? new String[0] : lines.get(0).strip().split(" ", -1);
            if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
                return bytes(plain(400, "not a request of HTTP/1.1"), true);
            }
            Map<String, String> headers = headers(lines);
            String length = headers.getOrDefault("content-length", "0");
            if (headers.containsKey("transfer-encoding") || !length.matches("\\d{1,9}")) {
                return bytes(plain(411, "the length of the body must be given"), true);
            }
            int whole = end + Integer.parseInt(length);
            if (whole > LONGEST_REQUEST) {
                return bytes(plain(413, "the request is too long"), true);
            }
            if (received.position() < whole) {
                return null;
            }
            int query = parts[1].indexOf('?');
            Answer given = site.apply(new Request(
                    parts[0],
                    query < 0 ? parts[1] : parts[1].substring(0, query),
                    headers,
                    text.substring(end, whole)));
            Feed source = feed;
            if (given instanceof Page page) {
                return bytes(page, !parts[0].equals("HEAD"));
            }
            if (source == null) {
                throw new IllegalStateException("a server of events needs a feed");
            }
            streams = true;
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
            byte[] text = page.text().getBytes(StandardCharsets.UTF_8);
            StringBuilder header = new StringBuilder("HTTP/1.1 " + page.status() + " " + reason(page.status())
                    + "\r\nContent-Type: " + page.type() + "\r\nContent-Length: " + text.length + "\r\n");
            page.more().forEach((name, value) -> header.append(name + ": " + value + "\r\n"));
            byte[] begin = header.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
            ByteBuffer all = ByteBuffer.allocate(begin.length + (withText ? text.length : 0));
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
                case 431 -> "Request Header Fields Too Large";
                default -> "Service Unavailable";
            };
        }
    }
}
