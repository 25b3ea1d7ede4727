package io.deepsentry.live.alert;

import io.deepsentry.core.ConfigException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The files that TLS to one server stands on, all PEM.
 *
 * @param authorities further authorities to trust beside those of the Java runtime, or null for none
 * @param certificate the certificate by which the server knows us, or null for none
 * @param key its private key, unencrypted PKCS #8, or null for none
 */
record TlsFiles(
        @Nullable Path authorities,
        @Nullable Path certificate,
        @Nullable Path key) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = new char[0];

    static TlsFiles trusting(@Nullable Path authorities) {
        return new TlsFiles(authorities, null, null);
    }

    /**
     * Returns what they say as a context of the Java runtime.
     *
     * @throws ConfigException if one of them cannot be used
     */
    SSLContext context() {
        try {
            if (authorities == null && certificate == null) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate == null || key == null
                            ? null
                            : keys(certificate, key).getKeyManagers(),
                    authorities == null ? null : trust(authorities).getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new ConfigException("TLS cannot be used: " + IoErrors.describe(e), e);
        }
    }

    /** Trusts the authorities of the Java runtime and those of a file. */
    static TrustManagerFactory trust(Path authorities) throws GeneralSecurityException {
        KeyStore store = empty();
        int number = 0;
        for (X509Certificate known : ofRuntime()) {
            store.setCertificateEntry("runtime-" + number++, known);
        }
        for (Certificate added : certificates("tls_ca", authorities)) {
            store.setCertificateEntry("added-" + number++, added);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    private static List<X509Certificate> ofRuntime() throws GeneralSecurityException {
        TrustManagerFactory runtime = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        runtime.init((KeyStore) null);
        List<X509Certificate> found = new ArrayList<>();
        for (TrustManager each : runtime.getTrustManagers()) {
            if (each instanceof X509TrustManager trusted) {
                found.addAll(List.of(trusted.getAcceptedIssuers()));
            }
        }
        return found;
    }

    private static KeyManagerFactory keys(Path certificate, Path key) throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry(
                "own",
                privateKey(key),
                NO_PASSWORD,
                certificates("tls_cert", certificate).toArray(new Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return keys;
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException("an empty store is read from nowhere", e);
        }
    }

    private static Collection<? extends Certificate> certificates(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new ConfigException(setting + " " + file + " holds no certificate; name a PEM file");
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new ConfigException(setting + " " + file + " does not exist", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    setting + " " + file + " cannot be used: " + IoErrors.describe(e) + "; name a PEM file", e);
        }
    }

    private static PrivateKey privateKey(Path file) {
        try {
            Matcher found = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (found.find()) {
                PKCS8EncodedKeySpec encoded =
                        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
                for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                    try {
                        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                    } catch (InvalidKeySpecException e) {
                        // It is of another kind.
                        continue;
                    }
                }
            }
        } catch (NoSuchFileException e) {
            throw new ConfigException("tls_key " + file + " does not exist", e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException("tls_key " + file + " cannot be used: " + IoErrors.describe(e), e);
        }
        throw new ConfigException("tls_key " + file
                + " holds no unencrypted private key in PKCS #8; make one with: openssl pkcs8 -topk8 -nocrypt -in KEY");
    }
}
