package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Alerts as syslog messages (RFC 5424), over UDP (RFC 5426) or TCP with octet counting (RFC 6587). Syslog acknowledges nothing: what a server has lost after it was
 * handed over, or a datagram on its way, nobody learns of.
 */
final class SyslogDelivery implements Delivery {
    /** Facility local0, severity warning. */
    private static final int PRIORITY = 16 * 8 + 4;
    /** What RFC 5426 asks every receiver to take. */
    private static final int LARGEST_DATAGRAM = 2048;

    private static final int CONNECT_MILLIS = 5_000;

    private final URI address;
    private final boolean udp;
    private final int port;
    private final AlertFormat format;
    private final String host;
    private @Nullable DatagramSocket datagrams;
    private @Nullable SocketChannel connection;

    SyslogDelivery(URI address, AlertFormat format) {
        this.address = address;
        this.udp = "udp".equalsIgnoreCase(address.getScheme());
        this.port = address.getPort() >= 0 ? address.getPort() : udp ? 514 : 601;
        this.format = format;
        this.host = hostName();
    }

    /** The server of a setting such as {@code udp://host:514}. */
    static URI address(String text) {
        try {
            URI uri = new URI(text.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && (scheme.equals("udp") || scheme.equals("tcp"))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static ConfigException wrong(String text) {
        return new ConfigException(
                "syslog must be an address such as udp://localhost:514 or tcp://localhost:601, but was '" + text + "'");
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[!-~]{1,255}") ? name : "-";
        } catch (UnknownHostException e) {
            return "-";
        }
    }

    @Override
    public int batchSize() {
        return 100;
    }

    @Override
    public String target() {
        return "syslog " + address.getScheme().toLowerCase(Locale.ROOT) + "://" + address.getHost() + ":" + port;
    }

    /** The whole message. The id stands first in it, as UDP may cut its end. */
    @Override
    public String body(Alert alert) {
        return "<" + PRIORITY + ">1 " + alert.time().truncatedTo(ChronoUnit.MICROS) + " " + host + " deepsentry "
                + ProcessHandle.current().pid() + " anomaly - " + format.write(alert);
    }

    @Override
    public @Nullable String check() {
        if (!udp) {
            return WebhookDelivery.connectionTo(address.getHost(), port);
        }
        try {
            InetAddress unused = InetAddress.getByName(bareHost());
            return null;
        } catch (UnknownHostException e) {
            return "the host " + address.getHost() + " is not known";
        }
    }

    private String bareHost() {
        String name = address.getHost();
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) {
        int sent = 0;
        try {
            for (DiskQueue.Entry entry : entries) {
                byte[] message = entry.body().getBytes(StandardCharsets.UTF_8);
                if (udp) {
                    datagram(message);
                } else {
                    frame(message);
                }
                sent++;
            }
            return Outcome.delivered();
        } catch (IOException e) {
            close();
            return Outcome.later(entries.subList(sent, entries.size()), IoErrors.describe(e), null);
        }
    }

    private void datagram(byte[] message) throws IOException {
        if (datagrams == null) {
            datagrams = new DatagramSocket();
        }
        datagrams.send(new DatagramPacket(
                message,
                lengthWithin(message, LARGEST_DATAGRAM),
                new InetSocketAddress(InetAddress.getByName(bareHost()), port)));
    }

    /** The longest beginning of a text that ends with a whole character. */
    static int lengthWithin(byte[] utf8, int most) {
        if (utf8.length <= most) {
            return utf8.length;
        }
        int length = most;
        while (length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        return length;
    }

    private void frame(byte[] message) throws IOException {
        SocketChannel open = connected();
        byte[] count = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(count.length + message.length)
                .put(count)
                .put(message)
                .flip();
        while (frame.hasRemaining()) {
            open.write(frame);
        }
    }

    /** A server that has closed the connection still lets us write into it once, for nothing: so it is looked at before. */
    private SocketChannel connected() throws IOException {
        SocketChannel open = connection;
        if (open != null && endedBy(open)) {
            open.close();
            open = null;
        }
        if (open == null) {
            open = SocketChannel.open();
            open.socket().connect(new InetSocketAddress(InetAddress.getByName(bareHost()), port), CONNECT_MILLIS);
            connection = open;
        }
        return open;
    }

    private static boolean endedBy(SocketChannel open) throws IOException {
        open.configureBlocking(false);
        try {
            ByteBuffer unexpected = ByteBuffer.allocate(256);
            int read = open.read(unexpected);
            while (read > 0) {
                unexpected.clear();
                read = open.read(unexpected);
            }
            return read < 0;
        } catch (IOException e) {
            return true;
        } finally {
            if (open.isOpen()) {
                open.configureBlocking(true);
            }
        }
    }

    @Override
    public void close() {
        if (datagrams != null) {
            datagrams.close();
            datagrams = null;
        }
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // A connection that is being left need not end well.
                connection = null;
            }
            connection = null;
        }
    }
}
