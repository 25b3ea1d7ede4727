package io.deepsentry.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskedMessageTest {
    private final MessageNormalizer normalizer = MessageNormalizer.defaults();

    @Test
    void tellsTheTokensTypesAndPlaces() {
        MaskedMessage masked = normalizer.mask("delete blk_1, blk_2 in 5 ms");
        assertThat(masked.text()).isEqualTo("delete <id> in <duration>");
        assertThat(tokens(masked)).containsExactly("delete", "<id>", "<id>", "in", "<duration>");
        assertThat(raws(masked)).containsExactly("delete", "blk_1", "blk_2", "in", "5 ms");
        assertThat(masked.type(0)).isNull();
        assertThat(masked.type(4)).isEqualTo(MaskType.DURATION);
        assertThat(masked.number(4)).isCloseTo(0.005, within(1e-12));
        assertThat(masked.number(1)).isNaN();
        assertThatThrownBy(() -> masked.token(5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aNumberBeforeANumberWithAUnitStaysANumber() {
        assertThat(normalizer.normalize("try 3 4 5 ms")).isEqualTo("try <num> <duration>");
        assertThat(normalizer.normalize("waited 4 ms 5 ms")).isEqualTo("waited <duration>");
        assertThat(tokens(normalizer.mask("waited 4 ms 5 ms"))).containsExactly("waited", "<duration>", "<duration>");
    }

    @Test
    void listsTheFirstOfALongRunAndItsLast() {
        StringBuilder message = new StringBuilder("sum of");
        for (int i = 0; i < 100; i++) {
            message.append(' ').append(i);
        }
        MaskedMessage masked = normalizer.mask(message + " done");
        assertThat(masked.text()).isEqualTo("sum of <num> done");
        assertThat(masked.size()).isEqualTo(MaskedMessage.MAX_RUN + 3);
        assertThat(masked.raw(2)).isEqualTo("0");
        assertThat(masked.raw(MaskedMessage.MAX_RUN + 1)).isEqualTo("99");
    }

    @Test
    void findsTheValuesOfRulesOfTheUsersOwn() {
        MessageNormalizer own = MessageNormalizer.of(NormalizerSettings.parse(
                NormalizerSettings.switchable(), List.of("user=user[= ](\\w+)", "shop=shop-\\w+"), false));
        MaskedMessage masked = own.mask("session of user=root at shop-a from 10.0.0.1");
        assertThat(masked.text()).isEqualTo("session of user <user> at <shop> from <ip>");
        assertThat(raws(masked)).containsExactly("session", "of", "user", "root", "at", "shop-a", "from", "10.0.0.1");
        assertThat(masked.isTyped(3)).isTrue();
        assertThat(masked.type(3)).isNull();
    }

    @Test
    void leavesPlacesOpenWhereSeveralPassesAreNeeded() {
        MessageNormalizer some = MessageNormalizer.of(NormalizerSettings.parse(List.of("num"), List.of(), false));
        MaskedMessage masked = some.mask("on Jul 15 at 7");
        assertThat(masked.text()).isEqualTo(some.normalize("on Jul 15 at 7"));
        assertThat(String.join(" ", tokens(masked))).isEqualTo(masked.text());
    }

    @Test
    void readsNumbersInTheirBaseUnit() {
        assertThat(value("free 3 KB")).isEqualTo(3072);
        assertThat(value("free 1.5GiB")).isEqualTo(1.5 * (1 << 30));
        assertThat(value("took 1h30m")).isEqualTo(5400);
        assertThat(value("balance is -17")).isEqualTo(-17);
        assertThat(value("ratio 2.5e-3")).isEqualTo(0.0025);
        assertThat(value("load 91%")).isEqualTo(91);
    }

    private double value(String message) {
        MaskedMessage masked = normalizer.mask(message);
        for (int i = 0; i < masked.size(); i++) {
            if (masked.isTyped(i)) {
                return masked.number(i);
            }
        }
        throw new AssertionError("no value in " + masked);
    }

    private static List<String> tokens(MaskedMessage masked) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < masked.size(); i++) {
            tokens.add(masked.token(i));
        }
        return tokens;
    }

    private static List<String> raws(MaskedMessage masked) {
        List<String> raws = new ArrayList<>();
        for (int i = 0; i < masked.size(); i++) {
            raws.add(masked.raw(i));
        }
        return raws;
    }
}
