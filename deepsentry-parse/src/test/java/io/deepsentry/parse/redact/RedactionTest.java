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
                    passwd is hunter2                         | passwd is <redacted>
                    pwd for bob: hunter2                      | pwd for bob: <redacted>
                    Your pass phrase is: "two words"          | Your pass phrase is: "<redacted>"
                    pass-phrase of the account a@b is Hunter2 | pass-phrase of the account a@b is <redacted>
                    password is now hunter2.                  | password is now <redacted>.
                    password is 12345678                      | password is <redacted>
                    password is set to HUNTER2, ok            | password is set to <redacted>, ok
                    the passcode was 08154711                 | the passcode was <redacted>
                    client secret for app-1 is k3yk3yk3y      | client secret for app-1 is <redacted>
                    the secret equals S3cr3tS3cr3t            | the secret equals <redacted>
                    password changed to hunter2               | password changed to <redacted>
                    password for bob has been reset to hunter2| password for bob has been reset to <redacted>
                    set the password of user bob to hunter2   | set the password of user bob to <redacted>
                    bob logged in with password hunter2       | bob logged in with password <redacted>
                    tried the wrong password "let me in" twice| tried the wrong password "<redacted>" twice
                    PIN is 4711.                              | PIN is <redacted>.
                    your PIN for card-7: 4711                 | your PIN for card-7: <redacted>
                    pin code for bob: 0815                    | pin code for bob: <redacted>
                    Your verification code is 482-913         | Your verification code is <redacted>
                    otp for bob: 482913                       | otp for bob: <redacted>
                    pin=4711                                  | pin=<redacted>
                    access token is ya29abcdef0123            | access token is <redacted>
                    the token for bob is 9f8e7d6c5b4a         | the token for bob is <redacted>
                    API key for app is a1b2c3d4e5f6           | API key for app is <redacted>
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
                "password is md5, was argon2id and will be SHA-512",
                "password was changed to a stronger one and sent to server1",
                "send the password to host1a.example.org",
                "authenticated with password sha256 and with password from 10.0.0.1",
                "PIN is 17, pin 4 is high and pin: 0x1234",
                "GPIO pin is 12345678901, verification code is missing",
                "token is expired, the token was else and tokens are valid2",
                "the secret is mounted, secret was not found, passwords are equal",
                "user password set to expire, password to be reset to default",
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
