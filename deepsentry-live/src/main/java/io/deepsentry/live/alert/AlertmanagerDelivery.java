package io.deepsentry.live.alert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Alerts for Alertmanager's API v2. Alertmanager takes an alert for over when it has not heard of it for a while, so
 * those that last are sent again each minute, each time as valid for five more; the end of a finding ends its alert at
 * once. If this program is stopped for good, they end by themselves.
 *
 * <p>An alert is known by its labels: the system, the finding, its kind and its severity. What may change is in
 * annotations.
 */
final class AlertmanagerDelivery implements Delivery {
    /** How often an alert that lasts is sent. */
    static final Duration RESEND = Duration.ofMinutes(1);

    private static final System.Logger LOG = System.getLogger(AlertmanagerDelivery.class.getName());
    private static final String PATH = "/api/v2/alerts";
    /** An alert is valid for as many times the time between two sendings. */
    private static final int VALIDITY = 5;
    /** A finding of which nothing was heard for so long has been forgotten by whoever would tell its end. */
    private static final Duration FORGOTTEN = Duration.ofDays(1);

    private static final int BATCH = 100;
    private static final int LONGEST_LABEL = 200;
    private static final int LONGEST_ANNOTATION = 4000;
    /** Fields that are labels, or whole texts made of the others. */
    private static final Set<String> NOT_ANNOTATED =
            Set.of("id", "finding", "system", "level", "kind", "event", "title", "text");

    private final HttpSender http;
    private final URI address;
    private final @Nullable String authorization;
    private final String system;
    private final Path memory;
    private final Duration resend;
    private final Clock clock;

    /** Alerts that Alertmanager holds for firing, by finding. */
    private final Map<String, Firing> firing = new LinkedHashMap<>();
    /** Ids of alerts that were given in this run and have not been delivered. */
    private final Set<String> ofThisRun = ConcurrentHashMap.newKeySet();

    private volatile boolean resumed;
    private boolean recalled;
    private Instant refreshedAt;
    private @Nullable String refreshFailure;

    /**
     * @param alert labels, annotations and begin
     * @param heard when it was last given
     */
    private record Firing(ObjectNode alert, Instant heard) {}

    /**
     * @param address of Alertmanager, without or with the path of its API
     * @param authorization the value of that header, or null for none
     * @param folder where it is remembered what fires
     * @param resend how often what lasts is sent
     */
    AlertmanagerDelivery(
            HttpSender http,
            URI address,
            @Nullable String authorization,
            String system,
            Path folder,
            Duration resend,
            Clock clock) {
        this.http = http;
        String text = address.toString();
        String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.address = base.endsWith(PATH) ? address : URI.create(base + PATH);
        this.authorization = authorization;
        this.system = system;
        this.memory = folder.resolve("firing.json");
        this.resend = resend;
        this.clock = clock;
        this.refreshedAt = clock.instant();
    }

    @Override
    public int batchSize() {
        return BATCH;
    }

    @Override
    public String target() {
        return HttpSender.server(address);
    }

    @Override
    public String body(Alert alert) {
        ofThisRun.add(alert.id());
        return AlertFormat.JSON.write(alert);
    }

    @Override
    public @Nullable String check() throws InterruptedException {
        return http.check(address);
    }

    @Override
    public void resumed() {
        resumed = true;
    }

    @Override
    public Outcome deliver(List<DiskQueue.Entry> entries) throws InterruptedException {
        recall();
        Instant now = clock.instant();
        Map<JsonNode, ObjectNode> sent = new LinkedHashMap<>();
        Map<String, @Nullable Firing> after = new LinkedHashMap<>();
        for (DiskQueue.Entry entry : entries) {
            Notice notice = Notice.read(entry.body(), system);
            Firing before =
                    after.containsKey(notice.finding()) ? after.get(notice.finding()) : firing.get(notice.finding());
            ObjectNode alert = alert(notice, now);
            if (before != null && !before.alert().get("labels").equals(alert.get("labels"))) {
                if (notice.ended()) {
                    alert.set("labels", before.alert().get("labels"));
                } else {
                    sent.put(before.alert().get("labels"), until(before.alert(), now));
                }
            }
            boolean lasts = !notice.ended() && (resumed || ofThisRun.contains(entry.id()));
            after.put(notice.finding(), lasts ? new Firing(alert, now) : null);
            sent.put(
                    alert.get("labels"), until(alert, notice.ended() ? end(notice, alert, now) : now.plus(validity())));
        }
        try {
            HttpResponse<String> response = post(sent.values());
            if (response.statusCode() / 100 == 2) {
                after.forEach((finding, lasting) -> {
                    if (lasting == null) {
                        firing.remove(finding);
                    } else {
                        firing.put(finding, lasting);
                    }
                });
                entries.forEach(entry -> ofThisRun.remove(entry.id()));
                remember();
                return Outcome.delivered();
            }
            if (!WebhookDelivery.atFault(response.statusCode())) {
                return HttpSender.notTaken(entries, response);
            }
            return entries.size() == 1
                    ? Outcome.refused(
                            entries.get(0),
                            "it answers " + response.statusCode() + ": " + HttpSender.excerpt(response.body()))
                    : oneByOne(entries);
        } catch (IOException e) {
            return Outcome.later(entries, HttpSender.describe(e), null);
        }
    }

    private Outcome oneByOne(List<DiskQueue.Entry> entries) throws InterruptedException {
        Map<DiskQueue.Entry, String> refused = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Outcome outcome = deliver(entries.subList(i, i + 1));
            refused.putAll(outcome.refused());
            if (!outcome.again().isEmpty()) {
                return new Outcome(
                        entries.subList(i, entries.size()),
                        refused,
                        outcome.why(),
                        outcome.notBefore(),
                        outcome.denied());
            }
        }
        return new Outcome(List.of(), refused, null, null, false);
    }

    /** What lasts is sent again. */
    @Override
    public @Nullable String refresh() throws InterruptedException {
        recall();
        Instant now = clock.instant();
        if (now.isBefore(refreshedAt.plus(resend))) {
            return refreshFailure;
        }
        refreshedAt = now;
        refreshFailure = null;
        firing.values().removeIf(each -> each.heard().plus(FORGOTTEN).isBefore(now));
        List<ObjectNode> lasting = new ArrayList<>();
        firing.values().forEach(each -> lasting.add(until(each.alert(), now.plus(validity()))));
        try {
            for (int from = 0; from < lasting.size(); from += BATCH) {
                HttpResponse<String> response = post(lasting.subList(from, Math.min(from + BATCH, lasting.size())));
                if (response.statusCode() / 100 != 2) {
                    refreshFailure = "it answers " + response.statusCode() + ": " + HttpSender.excerpt(response.body());
                    break;
                }
            }
        } catch (IOException e) {
            refreshFailure = HttpSender.describe(e);
        }
        return refreshFailure;
    }

    private Duration validity() {
        return resend.multipliedBy(VALIDITY);
    }

    private HttpResponse<String> post(Iterable<ObjectNode> alerts) throws IOException, InterruptedException {
        ArrayNode body = WebhookBody.JSON.createArrayNode();
        alerts.forEach(body::add);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("User-Agent", "deepsentry")
                .POST(HttpRequest.BodyPublishers.ofString(WebhookBody.text(body), StandardCharsets.UTF_8));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return http.send(request);
    }

    private static ObjectNode until(ObjectNode alert, Instant end) {
        return alert.deepCopy().put("endsAt", end.toString());
    }

    /** Alertmanager takes no alert that ends before it begins, and keeps one for firing whose end is still to come. */
    private static Instant end(Notice notice, ObjectNode alert, Instant now) {
        Instant begin = Instant.parse(alert.get("startsAt").textValue());
        Instant last = notice.lastSeen().isAfter(now) ? now : notice.lastSeen();
        return last.isBefore(begin) ? begin : last;
    }

    private static ObjectNode alert(Notice notice, Instant now) {
        ObjectNode alert = WebhookBody.JSON.createObjectNode();
        alert.putObject("labels")
                .put("alertname", "DeepSentry")
                .put("system", Texts.line(notice.system(), LONGEST_LABEL))
                .put("severity", notice.critical() ? "critical" : "warning")
                .put("kind", Texts.line(notice.kind(), LONGEST_LABEL))
                .put("finding", Texts.line(notice.finding(), LONGEST_LABEL));
        ObjectNode annotations = alert.putObject("annotations");
        annotations.put("summary", Texts.line(notice.title(), LONGEST_ANNOTATION));
        annotations.put("description", Texts.cut(notice.text(), LONGEST_ANNOTATION));
        notice.fields().forEach((name, value) -> {
            String text = String.valueOf(value);
            if (!text.isEmpty() && !NOT_ANNOTATED.contains(name)) {
                annotations.put(name, Texts.cut(Texts.harmless(text), LONGEST_ANNOTATION));
            }
        });
        Instant begin = notice.firstSeen().isAfter(now) ? now : notice.firstSeen();
        alert.put("startsAt", begin.toString());
        return alert;
    }

    /** What an earlier run sent holds if this one continues it; otherwise nobody would send the ends. */
    private void recall() {
        if (!resumed || recalled) {
            return;
        }
        recalled = true;
        try {
            JsonNode known = WebhookBody.JSON.readTree(Files.readString(memory));
            known.properties().forEach(each -> {
                if (each.getValue().path("alert") instanceof ObjectNode alert
                        && alert.path("labels").isObject()) {
                    firing.putIfAbsent(
                            each.getKey(),
                            new Firing(
                                    alert,
                                    Instant.parse(each.getValue().path("heard").asText())));
                }
            });
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException | DateTimeException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be read: {1}; what fired before is not sent again",
                    memory,
                    IoErrors.describe(e));
        }
    }

    private void remember() {
        ObjectNode known = WebhookBody.JSON.createObjectNode();
        firing.forEach((finding, each) -> {
            ObjectNode entry =
                    known.putObject(finding).put("heard", each.heard().toString());
            entry.set("alert", each.alert());
        });
        AtomicFile.writeText(memory, WebhookBody.text(known));
    }

    @Override
    public void close() {}
}
