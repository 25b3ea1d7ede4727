package io.deepsentry.parse.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    /** Of an alert. */
    private static final int LONGEST_MESSAGE = 4_000;

    private static final Redaction ALL = Redaction.ofAll();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    login password=hunter2 for bob            | login password=<redacted> for bob
                    db_password: 'two words', port 1          | db_password: '<redacted>', port 1
                    {"api_key": "k-1", "user": "u"}           | {"api_key": "<redacted>", "user": "u"}
                    Authorization: Basic dXNlcjpwYXNz done    | Authorization: Basic <redacted> done
                    bearer abcdef0123456789xyz                | bearer <redacted>
                    jdbc:pg://bob:secret1@db/x                | jdbc:pg://bob:<redacted>@db/x
                    AKIAIOSFODNN7EXAMPLE used                 | <redacted> used
                    mail to jane.doe+x@mail.example.org sent  | mail to <redacted> sent
                    paid with 4111 1111 1111 1111.            | paid with <redacted>.
                    paid with 4111-1111-1111-1111             | paid with <redacted>
                    amex 378282246310005                      | amex <redacted>
                    the password is hunter2, he said          | the password is <redacted>, he said
                    Password was 'a b'                        | Password was '<redacted>'
                    password for bob: hunter2                 | password for bob: <redacted>
                    new password of user a.b: tr0ub4dor&3     | new password of user a.b: <redacted>
                    """)
    void replacesWhatMustNotLeave(String text, String expected) {
        assertThat(ALL.apply(text)).isEqualTo(expected);
        assertThat(ALL.apply(expected)).as("redacted again").isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106",
                "card 4111111111111112 has a wrong check digit",
                "number 1234567890123452 has a right one, but no network gives it out",
                "tokenizer: bpe, passwords changed, secretary = Ann",
                "password expired for bob",
                "the password is expired, is 30 days old and was SHA-256",
                "password is /etc/shadow2, is f(x1) or is http://host1/a",
                "Failed password for root from 10.0.0.1 port 22: denied1",
                "password for bob: permission denied",
                "10 20 30 40 50 60 70 80 90",
                "a@b and user@localhost",
                "time 1700000000000000000 ns"
            })
    void leavesTheRestOfALogAlone(String text) {
        assertThat(ALL.apply(text)).isEqualTo(text);
    }

    @Test
    void replacesAWholePrivateKeyAlsoWhereItsEndIsMissing() {
        String key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n";
        assertThat(ALL.apply("x " + key + "-----END RSA PRIVATE KEY----- y")).isEqualTo("x <redacted> y");
        assertThat(ALL.apply("x " + key)).isEqualTo("x <redacted>");
    }

    @Test
    void doesOnlyWhatItIsToldTo() {
        String text = "password=a1 b@example.org";
        assertThat(Redaction.of(List.of()).apply(text)).isSameAs(text);
        assertThat(Redaction.of(List.of(Redaction.Kind.EMAILS)).apply(text)).isEqualTo("password=a1 <redacted>");
    }

    @Test
    void knowsTheNamesAndPatternsOfUsers() {
        Redaction own = ALL.with(new RedactionRules(List.of("door code"), List.of("ACME-[0-9]{4}", "badge (\\d+)")));
        assertThat(own.apply("doorCode=77, ACME-1234 and badge 42"))
                .isEqualTo("doorCode=<redacted>, <redacted> and badge <redacted>");
        assertThat(own.apply("doorCode=<redacted>, <redacted> and badge <redacted>"))
                .isEqualTo("doorCode=<redacted>, <redacted> and badge <redacted>");
        assertThatThrownBy(() -> new RedactionRules(List.of(), List.of("a*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a*");
        assertThatThrownBy(() -> new RedactionRules(List.of("-"), List.of())).hasMessageContaining("letters");
    }

    @Test
    void knowsThatAFieldIsASecretByItsName() {
        assertThat(ALL.apply("db_password", "two words")).isEqualTo("<redacted>");
        assertThat(ALL.apply("authorization", "Basic YWI6Yw==")).isEqualTo("Basic <redacted>");
        assertThat(ALL.apply("token", "else")).isEqualTo("else");
        assertThat(ALL.apply("user", "password=a1")).isEqualTo("password=<redacted>");
    }

    @Test
    @Timeout(20)
    void takesNoLongTimeOverTextMadeToTakeOne() {
        for (String part : List.of(
                "a",
                "a.",
                "a@",
                "password",
                "://",
                "4111 ",
                "-----BEGIN ",
                "eyJ",
                "1",
                "bearer ",
                "1:",
                "password is ",
                "password for a: ",
                "a: ")) {
            String hostile = part.repeat(LONGEST_MESSAGE / part.length());
            assertThat(ALL.apply(hostile).length()).isLessThanOrEqualTo(2 * LONGEST_MESSAGE);
        }
    }
}
