package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembersParserTest {
    @Test
    void nestedMembersAreReadByTheirPathAndTheOthersAreFields() {
        ParsedLine line = parse(
                "json",
                "{'@timestamp':'2026-03-02T08:00:00Z','log':{'level':'warn','logger':'shop'},'message':'slow','http':{'ms':7}}");
        assertThat(line.time()).isEqualTo(Instant.parse("2026-03-02T08:00:00Z"));
        assertThat(line.level()).isEqualTo("warn");
        assertThat(line.component()).isEqualTo("shop");
        assertThat(line.message()).isEqualTo("slow");
        assertThat(line.fields()).containsExactly(Map.entry("http.ms", "7"));
    }

    @Test
    void aTemplateIsFilledWithItsValues() {
        assertThat(parse(
                                "json",
                                "{'@t':'2026-03-02T08:00:00Z','@mt':'User {Name} took {Ms:0.0} ms','Name':'ada','Ms':3}")
                        .message())
                .isEqualTo("User ada took 3 ms");
    }

    @Test
    void theJournalsBytesAreAMessageAndItsMicrosecondsATime() {
        ParsedLine line = parse(
                "json",
                "{'__REALTIME_TIMESTAMP':'1772438400000000','PRIORITY':'3','MESSAGE':[104,97,108,108,195,182]}");
        assertThat(line.time()).isEqualTo(Instant.parse("2026-03-02T08:00:00Z"));
        assertThat(line.level()).isEqualTo("err");
        assertThat(line.message()).isEqualTo("hall\u00F6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[72,105] | Hi",
                "[27,91,51,49,109,72,105,27,91,48,109,0] | Hi",
                "[72,228,110,100,101,32,104,111,99,104] | H\u00E4nde hoch",
                "['a',null,'b'] | a,b",
                "[1,2,300] | 1,2,300",
                "null | (no message)",
                "[null] | (no message)"
            })
    void everyWayInWhichTheJournalWritesAMessageIsRead(String written, String message) {
        assertThat(parse("json", "{'MESSAGE':" + written + ",'__CURSOR':'s=1','_PID':'7','_BOOT_ID':'a0'}")
                        .message())
                .isEqualTo(message);
    }

    @Test
    void aJournalEntryWithoutAMessageIsNotItsAddressInTheJournal() {
        ParsedLine line = parse("json", "{'__CURSOR':'s=1;i=2','__REALTIME_TIMESTAMP':'1772438400000000','_PID':'7'}");
        assertThat(line.time()).isEqualTo(Instant.parse("2026-03-02T08:00:00Z"));
        assertThat(line.message()).isEqualTo("(no message)");
    }

    @Test
    void anObjectWithoutAMessageIsToldByItsMembers() {
        assertThat(parse("json", "{'time':'2026-03-02T08:00:00Z','method':'GET','uri':'/a','status':503,'size':1}")
                        .message())
                .isEqualTo("method=GET uri=/a status=503");
    }

    @ParameterizedTest
    @CsvSource({"level,50,error", "level,3,err", "severityNumber,13,warn", "levelno,40,error", "level,DISASTER,DISASTER"
    })
    void numbersOfLevelsBecomeWords(String name, String value, String level) {
        assertThat(parse("json", "{'msg':'m','" + name + "':'" + value + "'}").level())
                .isEqualTo(level);
    }

    @Test
    void ownNamesAreTaken() {
        ParsedLine line = parse(
                "json:message=detail.what,time=at",
                "{'message':'no','detail':{'what':'yes'},'at':'2026-03-02T08:00:00Z'}");
        assertThat(line.message()).isEqualTo("yes");
        assertThat(line.time()).isEqualTo(Instant.parse("2026-03-02T08:00:00Z"));
        assertThatThrownBy(() -> LogFormat.of("json:text=a")).hasMessageContaining("has 'text=a'");
    }

    @Test
    void recordsOfLinuxAuditAreReadWithTheirTimeAndWhatTheySay() {
        LogParser logfmt = LogFormat.of("logfmt");
        ParsedLine call = logfmt.parse(
                        "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no"
                                + " exit=-13 a0=7fffd19c5592 pid=3538 uid=1000 comm=\"cat\" exe=\"/bin/cat\" key=\"sshd_config\""
                                + "\u001dARCH=x86_64 SYSCALL=open")
                .orElseThrow();
        assertThat(call.time()).isEqualTo(Instant.parse("2013-03-28T14:36:03.243Z"));
        assertThat(call.message()).isEqualTo("SYSCALL success=no comm=cat exe=/bin/cat key=sshd_config");
        assertThat(call.fields()).containsEntry("audit_id", "24287").containsEntry("exit", "-13");

        ParsedLine login = logfmt.parse(
                        "node=web1 type=USER_LOGIN msg=audit(1364481370.001:24290): pid=1 uid=0 auid=1000"
                                + " msg='op=login acct=\"bob\" exe=\"/usr/sbin/sshd\" hostname=? addr=10.0.0.7 res=failed'")
                .orElseThrow();
        assertThat(login.message()).isEqualTo("USER_LOGIN op=login acct=bob exe=/usr/sbin/sshd res=failed");
        assertThat(login.fields()).containsEntry("node", "web1").containsEntry("addr", "10.0.0.7");

        ParsedLine said = logfmt.parse("type=DAEMON_START msg=audit(1364481360.5:1): msg='auditd start, ver=2.4'")
                .orElseThrow();
        assertThat(said.message()).isEqualTo("DAEMON_START msg='auditd start, ver=2.4'");
    }

    @Test
    void proseWithAnEqualsSignIsNoLogfmt() {
        LogParser logfmt = LogFormat.of("logfmt");
        assertThat(logfmt.parse("connection lost a=1 b=2")).isEmpty();
        assertThat(logfmt.parse("a=1 b=2")).isEmpty();
        assertThat(logfmt.parse("msg=\"open a=1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            {'level':30,'msg':'a'};info
            {'level':60,'msg':'a','v':0};fatal
            {'level':3,'short_message':'a'};err
            {'level':400,'channel':'shop','message':'a'};error
            {'level':250,'message':'a'};notice
            {'level':275,'message':'a'};
            {'severityNumber':14,'body':'a'};warn
            {'levelno':50,'message':'a'};critical
            {'PRIORITY':'6','MESSAGE':'a'};info
            """)
    void aNumberIsTheWordOfItsScale(String record, String level) {
        assertThat(parse("json", record).level()).isEqualTo(level);
    }

    @Test
    void anObjectOfALevelAloneHasAMessageAndAnEmptyMessageStaysEmpty() {
        assertThat(parse("json", "{'level':'INFO'}").message()).isEqualTo("level=INFO");
        assertThat(parse("json", "{'time':'2026-03-02T08:00:00Z','level':'INFO','code':7}")
                        .message())
                .isEqualTo("code=7");
        assertThat(parse("json", "{'level':'INFO','msg':''}").message()).isEmpty();
    }

    private static ParsedLine parse(String format, String line) {
        return LogFormat.of(format).parse(line.replace('\'', '"')).orElseThrow();
    }
}
