package io.deepsentry.anomaly.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.anomaly.finding.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The page of a report: style, script and chart library in one file, with its data as a block of JSON. It loads
 * nothing, and its content security policy lets it load nothing; texts of the log reach it as data alone. Immutable.
 */
public final class ReportPage {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHARTS = "org.webjars.npm/uplot";

    private final String template;
    private final String style;
    private final List<String> scripts;

    private ReportPage(String template, String style, List<String> scripts) {
        this.template = template;
        this.style = style;
        this.scripts = scripts;
    }

    /**
     * Reads the parts of the page from the class path.
     *
     * @return the page
     * @throws IllegalStateException if a part is not there
     */
    public static ReportPage load() {
        String charts = "META-INF/resources/webjars/uplot/" + versionOf(CHARTS) + "/";
        // Whoever passes the page on passes the library on, with its licence.
        String licensed = "/*\n" + library(charts + "LICENSE") + "*/\n" + library(charts + "dist/uPlot.iife.min.js");
        return new ReportPage(
                own("report.html"),
                library(charts + "dist/uPlot.min.css") + "\n" + own("report.css"),
                List.of(licensed, own("report.js")));
    }

    /**
     * {@return the page of a report, in UTF-8}
     *
     * @param data what the page shows, by name
     */
    public byte[] of(Map<String, ?> data) {
        return of(data, List.of(), null);
    }

    /**
     * {@return a page that shows data and may load more of it, in UTF-8}
     *
     * @param data what to show first
     * @param more further scripts, run after the page's own
     * @param connectTo where scripts may connect to, such as {@code 'self'}; null: nowhere
     */
    public byte[] of(Map<String, ?> data, List<String> more, @Nullable String connectTo) {
        List<String> all = new ArrayList<>(scripts);
        all.addAll(more);
        StringBuilder code = new StringBuilder();
        StringBuilder hashes = new StringBuilder();
        for (String script : all) {
            code.append("<script>").append(script).append("</script>\n");
            hashes.append(' ').append(hash(script));
        }
        String policy = "default-src 'none'; script-src" + hashes + "; style-src " + hash(style)
                + "; img-src data:; base-uri 'none'; form-action 'none'"
                + (connectTo == null ? "" : "; connect-src " + connectTo);
        // One pass over the template: what is put in is never searched for further marks.
        StringBuilder page = new StringBuilder(1 << 18);
        int from = 0;
        for (String[] part : new String[][] {
            {"{{policy}}", policy}, {"{{style}}", style}, {"{{data}}", json(data)}, {"{{scripts}}", code.toString()}
        }) {
            int at = template.indexOf(part[0], from);
            if (at < 0) {
                throw new IllegalStateException("the template of the report has no " + part[0]);
            }
            page.append(template, from, at).append(part[1]);
            from = at + part[0].length();
        }
        page.append(template, from, template.length());
        return page.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * {@return a finding as the page reads it: every text on one line, bounded, and with control characters as escapes}
     *
     * @param finding the finding
     */
    public static Map<String, Object> item(Finding finding) {
        ObjectNode item = JSON.valueToTree(finding.toMap());
        ReportedFindings.shorten(item);
        return JSON.convertValue(item, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /**
     * JSON that can stand inside a script element, whatever the log says: nothing in it ends the element or begins
     * another.
     */
    private static String json(Map<String, ?> data) {
        try {
            return JSON.writeValueAsString(data).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, texts and numbers have a JSON form", e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String own(String name) {
        return text(ReportPage.class.getResourceAsStream(name), name);
    }

    private static String library(String name) {
        return text(ReportPage.class.getClassLoader().getResourceAsStream(name), name);
    }

    /** Returns the version of a library whose jar tells it, named by group and artifact; null without one. */
    static @Nullable String versionOf(String artifact) {
        String name = "META-INF/maven/" + artifact + "/pom.properties";
        try (InputStream in = ReportPage.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                return null;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Line ends as a browser sees them: it hashes what it parsed, where a carriage return is a line feed. */
    private static String text(@Nullable InputStream in, String name) {
        if (in == null) {
            throw new IllegalStateException("the report needs " + name + ", but it is not on the class path");
        }
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
