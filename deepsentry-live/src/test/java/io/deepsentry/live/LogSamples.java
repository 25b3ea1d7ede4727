package io.deepsentry.live;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** A log of each kind that is read. They have more lines than are needed to choose a format. */
@SuppressWarnings(
        "TimeInStaticInitializer") // a run of tests across New Year would still be right: no file of it is that old
final class LogSamples {
    private static final int EVENTS = 320;
    /** The next New Year's Eve: the logs cross it, and their files are younger than whatever reads them. */
    private static final LocalDateTime FIRST =
            LocalDateTime.of(Year.now(ZoneOffset.UTC).getValue(), 12, 31, 23, 20);

    /** When the files were written last, which tells times without a year or a day. */
    static final Instant WRITTEN = FIRST.plusMinutes(80).toInstant(ZoneOffset.UTC);

    private LogSamples() {}

    /** The samples by name. */
    static Map<String, byte[]> all() {
        Map<String, byte[]> logs = new LinkedHashMap<>();
        logs.put(
                "spring boot with traces",
                utf8(i -> time("yyyy-MM-dd HH:mm:ss.SSS", i) + "  " + level(i) + " 7 --- [main] shop.Cart : saved " + i
                        + "\n" + (i % 5 == 0 ? javaTrace(i) : "")));
        logs.put(
                "python with traces",
                utf8(i -> time("yyyy-MM-dd HH:mm:ss,SSS", i) + " " + level(i) + " shop.cart: order " + i + "\n"
                        + (i % 6 == 0 ? pythonTrace(i) : "")));
        logs.put(
                "go with panics",
                utf8(i -> time("yyyy/MM/dd HH:mm:ss", i) + " order " + i + "\n"
                        + (i % 9 == 0
                                ? "panic: index " + i
                                        + "\n\ngoroutine 1 [running]:\nmain.save(0x1)\n\t/src/main.go:7 +0x1d\n"
                                : "")));
        logs.put(
                "dotnet console",
                utf8(i -> level(i).toLowerCase(Locale.ROOT).substring(0, 4)
                        + ": Shop.Cart[0]\n      saved order " + i + "\n"
                        + (i % 9 == 0
                                ? "      System.Exception: no space\n         at Shop.Cart.Save() in Cart.cs:line 7\n"
                                : "")));
        logs.put(
                "java.util.logging",
                utf8(i -> time("MMM dd, yyyy h:mm:ss a", i) + " shop.Cart save\n"
                        + (i % 7 == 0 ? "SEVERE: no space\n\tat a.B.c(B.java:7)\n" : "INFO: saved cart " + i + "\n")));
        logs.put("cri with parts", utf8(LogSamples::cri));
        logs.put("cri around json", utf8(i -> time("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", i) + " stderr F " + json(i) + "\n"));
        logs.put("docker json-file", utf8(LogSamples::docker));
        logs.put(
                "docker compose",
                utf8(i -> (i % 2 == 0 ? "web-1  | " : "db-1   | ")
                        + time("yyyy-MM-dd HH:mm:ss", i) + " " + level(i) + " up " + i + "\n"
                        + (i % 8 == 0 ? "web-1  |   at frame " + i + "\n" : "")));
        logs.put(
                "syslog around a program's line",
                utf8(i -> time("MMM dd HH:mm:ss", i) + " host shop[7]: " + level(i) + ":"
                        + time("yyyy/MM/dd HH:mm:ss", i) + " main.go:23: order " + i + "\n"));
        logs.put(
                "syslog without a year",
                utf8(i -> time("MMM dd HH:mm:ss", i) + " host sshd[" + i + "]: session " + i + "\n"));
        logs.put("times of day", utf8(i -> time("HH:mm:ss.SSS", i) + " " + level(i) + " order " + i + "\n"));
        logs.put(
                "iis",
                joined(
                        "#Software: x\n#Date: " + time("yyyy-MM-dd HH:mm:ss", 0)
                                + "\n#Fields: date time cs-method cs-uri-stem sc-status\n",
                        i -> (i == 200 ? "#Fields: date time sc-status cs-uri-stem cs-method\n" : "")
                                + time("yyyy-MM-dd HH:mm:ss", i)
                                + (i < 200 ? " GET /a 200\n" : " 404 /b POST\n"),
                        ""));
        logs.put(
                "journald json",
                utf8(i -> "{\"__REALTIME_TIMESTAMP\":\"" + seconds(i) + "000000\",\"PRIORITY\":\""
                        + (i % 7) + "\",\"MESSAGE\":"
                        + (i % 4 == 0 ? "[104,105,32," + (48 + i % 10) + "]" : "\"unit " + i + "\"")
                        + ",\"_PID\":\"" + i + "\"}\n"));
        logs.put("json lines", utf8(i -> json(i) + "\n"));
        logs.put(
                "pretty json",
                utf8(i -> "{\n  \"time\": \"" + time("yyyy-MM-dd'T'HH:mm:ss'Z'", i)
                        + "\",\n  \"level\": \"" + level(i) + "\",\n  \"msg\": \"braces } { and \\\" in " + i
                        + "\",\n  \"deep\": {\n    \"n\": [1, 2]\n  }\n}\n"));
        logs.put("json array in lines", joined("[\n", i -> json(i) + (i == EVENTS - 1 ? "\n" : ",\n"), "]\n"));
        logs.put("json array in one line", joined("[", i -> json(i) + (i == EVENTS - 1 ? "" : ","), "]"));
        logs.put(
                "json array cut anywhere",
                joined(
                        "[",
                        i -> json(i).replace(":", i % 3 == 0 ? ":\n" : ":")
                                + (i % 4 == 0 ? "," + json(i) : "")
                                + (i == EVENTS - 1 ? "" : i % 5 == 0 ? ",\n" : ","),
                        "]\n"));
        logs.put(
                "cloudtrail records",
                joined(
                        "{\"Records\":[",
                        i -> "{\"eventTime\":\""
                                + time("yyyy-MM-dd'T'HH:mm:ss'Z'", i) + "\",\"eventName\":\"Get" + i + "\"}"
                                + (i == EVENTS - 1 ? "" : i % 5 == 0 ? ",\n" : ","),
                        "]}\n"));
        logs.put(
                "json and text",
                utf8(i -> i % 3 == 0 ? json(i) + "\n" : time("yyyy-MM-dd HH:mm:ss", i) + " FATAL broken " + i + "\n"));
        logs.put(
                "logfmt",
                utf8(i ->
                        "ts=" + time("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", i) + " level=" + level(i).toLowerCase(Locale.ROOT)
                                + " component=tsdb msg=\"done " + i + "\" block=b" + i + "\n"));
        logs.put(
                "klog",
                utf8(i -> "IWEF".charAt(i % 4) + time("MMdd HH:mm:ss.SSSSSS", i) + "    1 store.go:200] pod " + i
                        + "\n"));
        logs.put("csvlog", utf8(LogSamples::csvlog));
        logs.put(
                "windows csv",
                joined(
                        "\"TimeCreated\",\"LevelDisplayName\",\"ProviderName\",\"Id\",\"Message\"\n",
                        i -> "\"" + time("M/d/yyyy h:mm:ss a", i) + "\",\"" + (i % 3 == 0 ? "Error" : "Information")
                                + "\",\"Service Control Manager\",\"7036\",\"The Cart service, " + i
                                + " times.\n\nDetail: code \"\"" + i + "\"\"\"\n",
                        ""));
        logs.put(
                "colours",
                utf8(i -> "\u001b[2m" + time("yyyy-MM-dd'T'HH:mm:ss'Z'", i) + "\u001b[0m \u001b[32m" + level(i)
                        + "\u001b[0m \u001b[2mshop\u001b[0m: order " + i + (i % 3 == 0 ? " #033[31mred#033[0m" : "")
                        + "\n"));
        logs.put(
                "broken first lines",
                joined(
                        "no header here\n\n   nor here\n",
                        i -> time("yyyy-MM-dd HH:mm:ss", i) + " INFO " + i + "\r\n" + (i % 50 == 0 ? "\n" : ""),
                        "unfinished"));
        logs.put("prose", utf8(i -> "something happened " + i + "\n"));
        logs.put(
                "holes of NULs",
                utf8(i -> (i % 40 == 39 ? "\0".repeat(i * 100) : i % 40 == 5 ? "\0".repeat(3) : "")
                        + time("yyyy-MM-dd HH:mm:ss", i) + " INFO a" + (i % 40 == 20 ? "\0".repeat(8 + i) : "")
                        + (i % 40 == 30 ? "\0\0" : "") + "b " + i + "\n"));
        logs.put("hole at the beginning", joined("\0".repeat(70_000), i -> plain(i), "\0".repeat(9) + "\n"));
        logs.put("mark at the beginning", joined("\uFEFF", i -> plain(i), ""));
        logs.put("marks anywhere", utf8(i -> (i % 30 == 7 ? "\uFEFF" : "") + plain(i)));
        logs.put("latin-1", text(StandardCharsets.ISO_8859_1, "", i -> plain(i).replace(
                        "order", "Bestellung f\u00fcr M\u00fcller")));
        for (Charset charset : new Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
            for (String mark : new String[] {"", "\uFEFF"}) {
                logs.put(
                        charset + (mark.isEmpty() ? "" : " with a mark"),
                        text(
                                charset,
                                mark,
                                i -> plain(i).replace(
                                                        "order",
                                                        i % 9 == 0 ? "\u6ce8\u6587 \ud83d\ude00 \u010a\u0a00" : "order")
                                        + (i % 8 == 0 ? "\tat a.B.c(B.java:7)\r\n" : "")));
            }
        }
        return logs;
    }

    private static byte[] utf8(IntFunction<String> event) {
        return text(StandardCharsets.UTF_8, "", event);
    }

    private static byte[] joined(String begin, IntFunction<String> event, String end) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text(StandardCharsets.UTF_8, begin, event));
        all.writeBytes(end.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    private static byte[] text(Charset charset, String begin, IntFunction<String> event) {
        StringBuilder text = new StringBuilder(begin);
        for (int i = 0; i < EVENTS; i++) {
            text.append(event.apply(i));
        }
        return text.toString().getBytes(charset);
    }

    private static String plain(int i) {
        return time("yyyy-MM-dd HH:mm:ss", i) + " " + level(i) + " order " + i + "\n";
    }

    private static String json(int i) {
        return "{\"time\":\"" + time("yyyy-MM-dd'T'HH:mm:ss'Z'", i) + "\",\"level\":\"" + level(i)
                + "\",\"msg\":\"order [" + i + "}\",\"user\":{\"id\":" + i + "}}";
    }

    private static String cri(int i) {
        String time = time("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", i);
        String out = time + " stdout ";
        return switch (i % 6) {
            case 0 -> out + "P ERROR order \n" + time + " stderr F warn: other " + i + "\n" + out + "F " + i + "\n";
            case 1 ->
                out + "P ERROR a\n" + out + "P b\n" + time + " stderr P c\n" + out + "F d\n" + time + " stderr F e " + i
                        + "\n";
            case 2 -> out + "F   at frame " + i + "\n" + out + "F \n";
            default -> out + "F INFO order " + i + "\n";
        };
    }

    private static String docker(int i) {
        String end = ",\"stream\":\"" + (i % 4 == 0 ? "stderr" : "stdout") + "\",\"time\":\""
                + time("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", i) + "\"}\n";
        String message = time("yyyy-MM-dd HH:mm:ss", i) + " " + level(i) + " order " + i;
        return i % 5 == 0
                ? "{\"log\":\"" + message + "\"" + end + "{\"log\":\" and more\\n\"" + end
                        + "{\"log\":\"\\tat a.B.c(B.java:7)\\n\"" + end
                : "{\"log\":\"" + message + "\\n\"" + end;
    }

    private static String csvlog(int i) {
        return time("yyyy-MM-dd HH:mm:ss.SSS", i) + " UTC,\"shop\",\"orders\",4711,\"10.3.0.9:40000\",69a5.1267," + i
                + ",\"SELECT\",2026-12-31 20:59:00 UTC,3/0,0," + (i % 3 == 0 ? "ERROR" : "LOG")
                + ",00000,\"duration: 0.1 ms  plan:\nQuery Text: select * from \"\"basket\"\" where id = " + i
                + ";\n\n  Filter: (id = 0)\",,,,,,,,,\"psql\",\"client backend\",,0\n";
    }

    private static String javaTrace(int i) {
        return "java.lang.IllegalStateException: no space " + i + "\n\tat a.B.c(B.java:7)\n"
                + "Caused by: java.io.IOException: disk\n\t... 7 more\n";
    }

    private static String pythonTrace(int i) {
        return "Traceback (most recent call last):\n  File \"cart.py\", line " + i + ", in save\n    save(cart)\n"
                + "OSError: no space\n";
    }

    private static String level(int i) {
        return i % 5 == 0 ? "ERROR" : i % 3 == 0 ? "WARN" : "INFO";
    }

    private static String time(String pattern, int i) {
        return FIRST.plusSeconds(15L * i).format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }

    private static long seconds(int i) {
        return FIRST.plusSeconds(15L * i).toEpochSecond(ZoneOffset.UTC);
    }
}
