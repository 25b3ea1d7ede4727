package io.deepsentry.live;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What an Elasticsearch with TLS and users needs, in its folder.
 *
 * @param certificate its own, which is its authority too
 */
record SecureServer(Path certificate) {
    private static final String PASSWORD = "only-a-test";

    static SecureServer prepare(Path home) throws IOException, GeneralSecurityException, InterruptedException {
        Path config = Files.createDirectories(home.resolve("config"));
        Path store = home.resolveSibling("tls.p12");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .start()
                .waitFor(60, TimeUnit.SECONDS);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Key key = keys.getKey("node", PASSWORD.toCharArray());
        pem(config.resolve("node.key"), "PRIVATE KEY", key.getEncoded());
        pem(
                config.resolve("node.crt"),
                "CERTIFICATE",
                keys.getCertificate("node").getEncoded());
        Path copy = home.resolveSibling("authority.pem");
        Files.copy(config.resolve("node.crt"), copy);
        Files.writeString(config.resolve("users"), "tester:" + hash() + "\n");
        Files.writeString(config.resolve("users_roles"), "superuser:tester\n");
        return new SecureServer(copy);
    }

    private static void pem(Path file, String what, byte[] content) throws IOException {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n" + lines.encodeToString(content) + "\n-----END " + what + "-----\n");
    }

    /** In the form that its file of users has. */
    private static String hash() throws GeneralSecurityException {
        byte[] salt = new byte[32];
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2withHMACSHA512")
                .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), salt, 10_000, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder();
        return "{PBKDF2}10000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    String[] settings() {
        return new String[] {
            "xpack.security.enabled=true",
            "xpack.security.http.ssl.enabled=true",
            "xpack.security.http.ssl.key=node.key",
            "xpack.security.http.ssl.certificate=node.crt",
            "xpack.security.authc.api_key.enabled=true"
        };
    }

    Map<String, String> password() {
        return Map.of("DEEPSENTRY_ELASTICSEARCH_USER", "tester", "DEEPSENTRY_ELASTICSEARCH_PASSWORD", PASSWORD);
    }

    /** Whether it answers who knows its password. */
    boolean answers(String address) throws IOException, InterruptedException {
        String pair = Base64.getEncoder().encodeToString(("tester:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> response = new HttpSender(certificate)
                .send(HttpRequest.newBuilder(URI.create(address + "/_cluster/health?wait_for_status=yellow&timeout=5s"))
                        .header("Authorization", "Basic " + pair));
        return response.statusCode() == 200;
    }
}
