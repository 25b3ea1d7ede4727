package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Alerts as documents of an index of Elasticsearch (7.8 and later) or OpenSearch, over {@code _bulk}. The alert's id is
 * the document's, and a document is only ever created: sending it again changes nothing.
 */
final class ElasticsearchDelivery implements Delivery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 500;
    private static final int CONFLICT = 409;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY = 429;

    private final HttpSender http;
    private final URI base;
    private final String index;
    private final boolean installTemplate;
    private final @Nullable String authorization;
    private boolean templateInstalled;

    /** @param authorization the value of that header, or null for none */
    ElasticsearchDelivery(
            HttpSender http, URI base, String index, boolean installTemplate, @Nullable String authorization) {
        this.http = http;
        this.base = base;
        this.index = index;
        this.installTemplate = installTemplate;
        this.authorization = authorization;
    }

    @Override
    public int batchSize() {
        return BATCH;
    }

    @Override
    public String target() {
        return HttpSender.server(base) + "/" + index;
    }

    @Override
    public String body(Alert alert) {
        return document(alert);
    }

    /** The alert's JSON under the names that dashboards expect. */
    static String document(Alert alert) {
        String json = AlertFormat.JSON.write(alert);
        try {
            ObjectNode from = (ObjectNode) JSON.readTree(json);
            Notice notice = Notice.read(json, "");
            ObjectNode to = JSON.createObjectNode();
            to.set("@timestamp", from.remove("timestamp"));
            to.set("message", from.remove("message"));
            to.set("anomaly_score", from.remove("score"));
            to.put("is_anomaly", true);
            to.set("alert_id", from.remove("id"));
            to.setAll(from);
            to.put("finding", notice.finding());
            to.put("level", notice.level());
            to.put("status", notice.status());
            to.put("kind", notice.kind());
            to.put("count", notice.count());
            to.put("host", notice.host());
            to.put("component", notice.component());
            return JSON.writeValueAsString(to);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an alert's own JSON cannot be read", e);
        }
    }

    @Override
    public @Nullable String check() throws InterruptedException {
        try {
            HttpResponse<String> response = installTemplate
                    ? putTemplate()
                    : http.send(request("/" + index).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            int status = response.statusCode();
            if (status == 401 || status == 403) {
                throw HttpSender.refused(
                        "Elasticsearch",
                        target(),
                        response,
                        installTemplate
                                ? "correct DEEPSENTRY_ELASTICSEARCH_API_KEY or _USER and _PASSWORD, give that user the"
                                        + " privilege to manage index templates, or install the template yourself and"
                                        + " set elasticsearch_template: false"
                                : "correct DEEPSENTRY_ELASTICSEARCH_API_KEY or _USER and _PASSWORD");
            }
            if (status == TOO_MANY || status >= 500) {
                return "it answers " + status;
            }
            if (installTemplate && status / 100 != 2) {
                throw HttpSender.refused(
                        "Elasticsearch",
                        target(),
                        response,
                        "correct the address, or set elasticsearch_template: false");
            }
            templateInstalled = true;
            return null;
        } catch (IOException e) {
            return HttpSender.describe(e);
        }
    }

    private HttpResponse<String> putTemplate() throws IOException, InterruptedException {
        return http.send(request("/_index_template/" + index)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(template(), StandardCharsets.UTF_8)));
    }

    /** The index template, for this index and those that begin with its name and a dash. */
    private String template() {
        try (InputStream in = Objects.requireNonNull(
                ElasticsearchDelivery.class.getResourceAsStream("elasticsearch-template.json"), "in our jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("INDEX", index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        String root = base.toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) throws InterruptedException {
        try {
            if (installTemplate && !templateInstalled) {
                HttpResponse<String> response = putTemplate();
                if (response.statusCode() / 100 != 2) {
                    return later(entries, response);
                }
                templateInstalled = true;
            }
            StringBuilder body = new StringBuilder();
            for (DiskQueue.Entry entry : entries) {
                body.append("{\"create\":{\"_id\":")
                        .append(Escaping.quote(entry.id()))
                        .append("}}\n")
                        .append(entry.body())
                        .append('\n');
            }
            HttpResponse<String> response = http.send(request("/" + index
                            + "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason")
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8)));
            if (response.statusCode() == TOO_LARGE) {
                return tooLarge(entries, response);
            }
            return response.statusCode() / 100 == 2 ? items(entries, response.body()) : later(entries, response);
        } catch (IOException e) {
            return Outcome.later(entries, HttpSender.describe(e), null);
        }
    }

    /** The server takes no request of this size: the halves are tried by themselves. */
    private Outcome tooLarge(List<DiskQueue.Entry> entries, HttpResponse<String> response) throws InterruptedException {
        if (entries.size() == 1) {
            return Outcome.refused(entries.get(0), "it is too large: " + HttpSender.excerpt(response.body()));
        }
        Outcome first = deliver(entries.subList(0, entries.size() / 2));
        Outcome second = deliver(entries.subList(entries.size() / 2, entries.size()));
        List<DiskQueue.Entry> again = new ArrayList<>(first.again());
        again.addAll(second.again());
        Map<DiskQueue.Entry, String> refused = new LinkedHashMap<>(first.refused());
        refused.putAll(second.refused());
        return new Outcome(again, refused, first.why() == null ? second.why() : first.why(), null, false);
    }

    private static Outcome later(List<DiskQueue.Entry> entries, HttpResponse<String> response) {
        return HttpSender.notTaken(entries, response);
    }

    /** What became of each document, which the answer tells in their order. */
    private static Outcome items(List<DiskQueue.Entry> entries, String body) {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return Outcome.later(entries, "its answer is not JSON: " + HttpSender.excerpt(body), null);
        }
        if (!answer.path("errors").asBoolean(true)) {
            return Outcome.delivered();
        }
        JsonNode items = answer.path("items");
        if (items.size() != entries.size()) {
            return Outcome.later(entries, "its answer is about other documents: " + HttpSender.excerpt(body), null);
        }
        List<DiskQueue.Entry> again = new ArrayList<>();
        Map<DiskQueue.Entry, String> refused = new LinkedHashMap<>();
        String why = null;
        for (int i = 0; i < entries.size(); i++) {
            JsonNode item = items.get(i).path("create");
            int status = item.path("status").asInt();
            if (status / 100 == 2 || status == CONFLICT) {
                continue;
            }
            String type = item.path("error").path("type").asText();
            String said = status + " " + type + ": "
                    + HttpSender.excerpt(item.path("error").path("reason").asText());
            if (passes(status, type)) {
                again.add(entries.get(i));
                why = said;
            } else {
                refused.put(entries.get(i), said);
            }
        }
        return new Outcome(again, refused, why, null, false);
    }

    /** Whether it is the server's state and not the document that is at fault. */
    private static boolean passes(int status, String type) {
        return status == TOO_MANY
                || status >= 500
                || status == 401
                || status == 403
                || status == 404
                || type.equals("cluster_block_exception");
    }

    @Override
    public void close() {}
}
