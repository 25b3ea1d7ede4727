package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderParserTest {
    private static final LogFormat.Options OPTIONS =
            new LogFormat.Options(null, ZoneOffset.UTC, Instant.parse("2026-03-03T00:00:00Z"));

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\u0001', textBlock = """
            2026-03-02 08:00:00,123 INFO [main] shop.Cart - saved~2026-03-02T08:00:00.123Z~INFO~shop.Cart~saved
            2026-03-02 08:00:00,123:DEBUG:shop:saved it~2026-03-02T08:00:00.123Z~DEBUG~shop~saved it
            2026-03-02T08:00:00+05:30 error: no space~2026-03-02T02:30:00Z~error~~no space
            2026-03-02T08:00:00.123Z|WARN|Shop.Cart|low~2026-03-02T08:00:00.123Z~WARN~Shop.Cart~low
            2026-03-02 08:00:00 CEST [77] FATAL:  gone~2026-03-02T06:00:00Z~FATAL~~gone
            2026-061T08:00:00 WARN x y~2026-03-02T08:00:00Z~WARN~~x y
            [2026-03-02T08:00:00Z INFO  shop::cart] saved~2026-03-02T08:00:00Z~INFO~shop::cart~saved
            [2026-03-02 08:00:00] [crond] [I] started~2026-03-02T08:00:00Z~info~~started
            I, [2026-03-02T08:00:00.000000 #1]  WARN -- : slow~2026-03-02T08:00:00Z~WARN~~slow
            1:M 02 Mar 2026 08:00:00.000 # cannot save~2026-03-02T08:00:00Z~warning~1:M~cannot save
            F0302 08:00:00.000000       1 sync.go:200] died~2026-03-02T08:00:00Z~fatal~sync.go:200~died
            INFO 2026-03-02 08:00:00 saved~2026-03-02T08:00:00Z~INFO~~saved
            update-alternatives 2026-03-02 08:00:00: run~2026-03-02T08:00:00Z~~update-alternatives~run
            10.0.0.1 - frank [02/Mar/2026:08:00:00 +0100] "GET / HTTP/1.1" 200 1~2026-03-02T07:00:00Z~~10.0.0.1~"GET / HTTP/1.1" 200 1
            Mon Mar  2 08:00:00 PST 2026: checking~2026-03-02T16:00:00Z~~~checking
            Mar 2, 2026 8:00:00 PM shop saved~2026-03-02T20:00:00Z~~~shop saved
            =ERROR REPORT==== 2-Mar-2026::08:00:00 === lost~2026-03-02T08:00:00Z~ERROR~~=== lost
            <187>7: sw1: *Mar  2 08:00:00.000: %LINK-3-UPDOWN: link down~2026-03-02T08:00:00Z~err~%LINK-3-UPDOWN~link down
            08:00:00.5 [main] ERROR a.B -- failed~2026-03-02T08:00:00.500Z~ERROR~a.B~failed
            [   12.345] (EE) no screen~~error~~no screen
            2026-03-02 08:00:00 UTC,"a","b",4,"1.2.3.4:5",x.1,0,"",,3/0,0,ERROR,42P01,"no ""t"" here",,~2026-03-02T08:00:00Z~ERROR~~no "t" here
            2026-03-02 08:00:00 main ERROR Unable to locate appender~2026-03-02T08:00:00Z~ERROR~main~Unable to locate appender
            2026-03-02 08:00:00 foo DEBUG  text~2026-03-02T08:00:00Z~DEBUG~foo~text
            2026-03-02 08:00:00 got ERROR from upstream~2026-03-02T08:00:00Z~~~got ERROR from upstream
            2026-03-02 08:00:00 copy: C:\\Windows\\a.dll~2026-03-02T08:00:00Z~~copy~C:\\Windows\\a.dll
            2026-03-02 08:00:00 localhost sshd[77]: bad password~2026-03-02T08:00:00Z~~sshd~bad password
            Mar  2 08:00:00 mac1 Simulator[77] <Notice>: com.example.Sim.Service 857 up~2026-03-02T08:00:00Z~Notice~Simulator~com.example.Sim.Service 857 up
            2026-03-02T08:00:00Z source=k8s-1 2026-03-02 08:00:00,5 [id:] - INFO [a:b@1] - sent~2026-03-02T08:00:00Z~INFO~source=k8s-1~sent
            2026-03-02 08:00:00 fail: Shop.Cart[14]~2026-03-02T08:00:00Z~fail~~Shop.Cart[14]
            2026-03-02T08:00:00Z host1 2026-03-02 08:00:00,5 INFO again~2026-03-02T08:00:00Z~INFO~host1~again
            """)
    void readsTimeLevelComponentAndMessageOfAnyHeader(
            String line, Instant time, String level, String component, String message) {
        ParsedLine parsed = read(line).orElseThrow();
        assertThat(parsed.time()).isEqualTo(time);
        assertThat(parsed.level()).isEqualTo(level);
        assertThat(parsed.component()).isEqualTo(component);
        assertThat(parsed.message()).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "disk is full",
                "started at 2026-03-02 08:00:00",
                "\tat a.B.c(B.java:7)",
                "2026-13-45 08:00:00 no such date",
                "2026-03-02 08:00:00XYZ a zone that nobody knows",
                "1772438400 a count that may be an identifier",
                "03/02/2026 08:00:00 in an order nobody told",
                "\"timestamp\": \"2026-03-02T08:00:00Z\",",
                "|",
                "[",
                "<",
                ","
            })
    void aLineWithoutATimeNearItsStartDoesNotFit(String line) {
        assertThat(read(line)).isEmpty();
    }

    @Test
    void aWordBeforeAColonStaysInTheMessageWhereItMayBePartOfIt() {
        assertThat(read("Oct 06 01:14:54 Updated: libgcc-4.8.5").orElseThrow().message())
                .isEqualTo("Updated: libgcc-4.8.5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\u0001', textBlock = """
            2026-03-02 08:00:00 INFO [main] KeyLoader : - Jwks - Count of keys: 1~KeyLoader~main~Jwks - Count of keys: 1
            2026-03-02 08:00:00 INFO [main] KeyLoader : - Jwks - [+] A key~KeyLoader~main~Jwks - [+] A key
            20260302-08:00:00:649|Step_Receiver|300|REPORT : 7007 5002~Step_Receiver~300~REPORT : 7007 5002
            03-02 08:00:00.905  1702 10454 D PowerManager: release:lock=2, f=0~PowerManager~1702/10454~release:lock=2, f=0
            Mar  2 08:00:00 mac1 QQ[77]: FA||Url||task dealloc~QQ~mac1/77~FA||Url||task dealloc
            2026-03-02 08:00:00 INFO shop.Cart: main.go:23: saved~shop.Cart~~main.go:23: saved
            2026-03-02 08:00:00 INFO shop.Cart: a.b.Other saved~shop.Cart~~a.b.Other saved
            2026-03-02 08:00:00|INFO|main|shop.Cart|saved~main~shop.Cart~saved
            2026-03-02 08:00:00 | INFO | shop.cart:save:41 - saved~shop.cart:save:41~~saved
            2026-03-02 08:00:00 INFO a.b.C [req-1] [cart: 7] saved~a.b.C~req-1~[cart: 7] saved
            2026-03-02 08:00:00 INFO [main] [req-1] a.B - saved~a.B~main~saved
            2026-03-02T08:00:00Z 8 [ERROR] [MY-010584] [Server] lost~Server~8/MY-010584~lost
            [2026-03-02T08:00:00.000+0000][0.000s][info][gc,start    ] GC(0) Pause~gc,start~~GC(0) Pause
            [2026-03-02T08:00:00.000+0000][123ms][77][info][gc,start    ] GC(0) Pause~gc,start~77~GC(0) Pause
            [0.012s][info][gc] Using G1~gc~~Using G1
            [0.012s][77][88][info][gc] Using G1~gc~77~Using G1
            <187>7: sw1: *Mar  2 08:00:00.000: %LINK-3-UPDOWN: link down~%LINK-3-UPDOWN~sw1~link down
            000042: *Mar  2 08:00:00.000: %LINK-3-UPDOWN: link down~%LINK-3-UPDOWN~~link down
            [pid: 88185|app: 0|req: 1/1] 127.0.0.1 () {38 vars in 696 bytes} [Mon Mar  2 08:00:00 2026] GET /a => generated\
             47 bytes~127.0.0.1~88185~GET /a => generated 47 bytes
            ####<Mar 2, 2026 8:00:00 AM UTC> <Info> <Cart> <edge7> <srv1> <[ACTIVE] Thread: '0'> <<WLS Kernel>> <> <> <1>\
             <BEA-0001> <saved>~Cart~edge7/srv1/[ACTIVE] Thread: '0'~saved
            ####<Mar 2, 2026 8:00:00 AM UTC> <Info> <> <> <srv1> <main> <> <> <> <1> <BEA-0001> <saved>~~srv1/main~saved
            """)
    void noWordBehindTheHeaderIsLost(String line, String component, String thread, String message) {
        ParsedLine parsed = read(line).orElseThrow();
        assertThat(parsed.component()).isEqualTo(component);
        assertThat(parsed.thread()).isEqualTo(thread);
        assertThat(parsed.message()).isEqualTo(message);
    }

    @Test
    void everyPrefixOfALineIsReadWithoutAFailure() {
        String line = "<34>1 [2026/03/02 08:00:00.5 PM +01:00,  2] ../a.c:84(f) <0.1.2> WARN/main | x:y - \"t\" {j}";
        for (int from = 0; from < line.length(); from++) {
            for (int to = from; to <= line.length(); to++) {
                assertThat(read(line.substring(from, to))).isNotNull();
            }
        }
    }

    private static Optional<ParsedLine> read(String line) {
        return LogFormat.of("header", OPTIONS).parse(line);
    }
}
