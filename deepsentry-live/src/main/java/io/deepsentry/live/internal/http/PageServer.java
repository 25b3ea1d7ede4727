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
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET} and {@code HEAD} for a few pages over HTTP/1.1, one request a connection (RFC 9112). One thread serves all connections and waits for none of
 * them: one that sends or takes its bytes slowly is closed after {@link #TIME_LIMIT}, and beyond {@link #MOST_CONNECTIONS} the oldest makes room for the next.
 *
 * <p>Safe for use by many threads.
 */
public final class PageServer implements AutoCloseable {
    /** Connections that are open at once. */
    public static final int MOST_CONNECTIONS = 512;
    /** How long a connection may take, from its first byte to its last. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(PageServer.class.getName());
    /** Bytes of a request's line and headers. */
    private static final int LONGEST_REQUEST = 8 << 10;

    private static final int BACKLOG = 256;

    /** An answer. */
    public record Page(int status, String type, String text) {}

    private final Selector selector;
    private final Thread thread;
    private final List<ServerSocketChannel> doors = new ArrayList<>();
    /** The oldest first. Of the serving thread. */
    private final Set<Connection> connections = new LinkedHashSet<>();

    private PageServer(Selector selector) {
        this.selector = selector;
        this.thread = new Thread(this::serve, "deepsentry-endpoint");
        thread.setDaemon(true);
    }

    /** Makes a server that listens nowhere yet. */
    public static PageServer create() throws IOException {
        return new PageServer(Selector.open());
    }

    /**
     * Listens at an address. Call it before {@link #start}.
     *
     * @param pages by their paths
     * @throws java.net.BindException if the port is taken or may not be used
     */
    public void listen(InetSocketAddress address, Map<String, Supplier<Page>> pages) throws IOException {
        ServerSocketChannel door = ServerSocketChannel.open();
        boolean open = false;
        try {
            door.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            door.bind(address, BACKLOG);
            door.configureBlocking(false);
            door.register(selector, SelectionKey.OP_ACCEPT, Map.copyOf(pages));
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
                selector.select(500);
                if (!selector.isOpen()) {
                    return;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                closeSlow();
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
            accept(door, (Map<String, Supplier<Page>>) key.attachment());
            return;
        }
        Connection connection = (Connection) key.attachment();
        try {
            if (!connection.goOn(key)) {
                close(connection);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection ends", e);
            close(connection);
        }
    }

    private void accept(ServerSocketChannel door, Map<String, Supplier<Page>> pages) {
        try {
            for (SocketChannel channel = door.accept(); channel != null; channel = door.accept()) {
                while (connections.size() >= MOST_CONNECTIONS) {
                    close(connections.iterator().next());
                }
                channel.configureBlocking(false);
                Connection connection = new Connection(channel, pages);
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

    private void close(Connection connection) {
        connections.remove(connection);
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
        private final Map<String, Supplier<Page>> pages;
        private final long since = System.nanoTime();
        private final ByteBuffer request = ByteBuffer.allocate(LONGEST_REQUEST);
        private @Nullable ByteBuffer answer;

        Connection(SocketChannel channel, Map<String, Supplier<Page>> pages) {
            this.channel = channel;
            this.pages = pages;
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
                key.interestOps(SelectionKey.OP_WRITE);
            }
            if (ready.hasRemaining()) {
                channel.write(ready);
                if (!ready.hasRemaining()) {
                    channel.shutdownOutput();
                    key.interestOps(SelectionKey.OP_READ);
                }
                return true;
            }
            request.clear();
            return channel.read(request) >= 0;
        }

        /** Null as long as the request is not complete. */
        private @Nullable ByteBuffer answerTo(ByteBuffer received) {
            String text = StandardCharsets.ISO_8859_1
                    .decode(received.duplicate().flip())
                    .toString();
            boolean whole = text.contains("\r\n\r\n") || text.contains("\n\n");
            if (!whole) {
                return received.hasRemaining()
                        ? null
                        : bytes(new Page(431, "text/plain", "the request is too long\n"), "", true);
            }
            String[] parts = text.substring(0, text.indexOf('\n')).strip().split(" ", -1);
            if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
                return bytes(new Page(400, "text/plain", "not a request of HTTP/1.1\n"), "", true);
            }
            boolean head = parts[0].equals("HEAD");
            int query = parts[1].indexOf('?');
            Supplier<Page> page = pages.get(query < 0 ? parts[1] : parts[1].substring(0, query));
            if (page == null) {
                return bytes(new Page(404, "text/plain", "no such page\n"), "", !head);
            }
            if (!head && !parts[0].equals("GET")) {
                return bytes(new Page(405, "text/plain", "only GET and HEAD\n"), "Allow: GET, HEAD\r\n", true);
            }
            return bytes(page.get(), "", !head);
        }

        private static ByteBuffer bytes(Page page, String more, boolean withText) {
            byte[] text = page.text().getBytes(StandardCharsets.UTF_8);
            byte[] header = ("HTTP/1.1 " + page.status() + " " + reason(page.status()) + "\r\nContent-Type: "
                            + page.type() + "\r\nContent-Length: " + text.length + "\r\n" + more
                            + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            ByteBuffer all = ByteBuffer.allocate(header.length + (withText ? text.length : 0));
            all.put(header);
            if (withText) {
                all.put(text);
            }
            return all.flip();
        }

        private static String reason(int status) {
            return switch (status) {
                case 200 -> "OK";
                case 400 -> "Bad Request";
                case 404 -> "Not Found";
                case 405 -> "Method Not Allowed";
                case 431 -> "Request Header Fields Too Large";
                default -> "Service Unavailable";
            };
        }
    }
}
