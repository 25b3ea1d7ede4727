package io.deepsentry.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The formats known by name. Each is one or more layouts, tried in order; a preset's layouts are strict about what
 * header fields hold, so that a continuation line does not pass for an event.
 */
enum Presets {
    JSON(),
    LOGFMT(),
    BGL(layout("<Label> <Epoch> <Date> <Node> <LocalTime> <NodeRepeat> <Type> <Component> <Level> <Content>", "epoch")),
    THUNDERBIRD(
            layout(
                    "<Label> <Epoch> <Date> <User> <Month> <Day> <Clock> <Location> <Tag>([<Pid>])?: <Content>",
                    "epoch"),
            layout("<Label> <Epoch> <Date> <User> <Month> <Day> <Clock> <Location> <Content>", "epoch")),
    OPENSTACK(
            layout("<Logrecord> <Date> <Time> <Pid> <Level> <Component> [<Context>] <Content>", "yyyy-MM-dd HH:mm:ssf"),
            layout("<Date> <Time> <Pid> <Level> <Component> [<Context>] <Content>", "yyyy-MM-dd HH:mm:ssf"),
            layout("<Date> <Time> <Pid> <Level> <Component> <Content>", "yyyy-MM-dd HH:mm:ssf")),
    HDFS(layout("<Date> <Time> <Pid> <Level> <Component>: <Content>", "yyMMdd HHmmss")),
    APACHE(
            layout("[<Time>] [<Component>:<Level>] [pid <Pid>(:tid <Tid>)?] <Content>", "EEE MMM d HH:mm:ssf yyyy"),
            layout("[<Time>] [<Component>:<Level>] <Content>", "EEE MMM d HH:mm:ssf yyyy"),
            layout("[<Time>] [<Level>] <Content>", "EEE MMM d HH:mm:ssf yyyy"),
            layout("<Component> <Ident> <User> [<Time>] <Content>", "dd/MMM/yyyy:HH:mm:ss Z")),
    HADOOP(
            layout("<Date> <Time> <Level> [<Thread>] <Component>: <Content>", "yyyy-MM-dd HH:mm:ssf"),
            layout("<Date> <Time> <Level> <Component>: <Content>", "yyyy-MM-dd HH:mm:ssf"),
            layout("<Date> <Time> <Level> <Component>: <Content>", "yy/MM/dd HH:mm:ss")),
    LOGBACK(
            layout("<Date> <Time> [<Thread>] <Level> <Component> - <Content>", ""),
            layout("<Date> <Time> <Level> [<Thread>] <Component> - <Content>", ""),
            layout("<Date> <Time> <Level> <Pid> --- [<Thread>] <Component> : <Content>", ""),
            layout("<Timestamp> <Level> <Pid> --- [<Thread>] <Component> : <Content>", ""),
            layout("<Timestamp> <Level> <Pid> --- [<App>] [<Thread>] <Component> : <Content>", ""),
            layout("<Timestamp> [<Thread>] <Level> <Component> - <Content>", ""),
            layout("<Timestamp> <Level> [<Thread>] <Component> - <Content>", ""),
            layout("<Date> <Time> - <Level> [<Thread>] - <Content>", ""),
            layout("<Date> <Time> <Level> <Component> - <Content>", ""),
            layout("<Date> <Time> [<Level>] <Component> - <Content>", "")),
    SYSLOG(
            layout("(\\<<Priority>\\>)?<Month> <Day> <Time> <Host> <Tag>([<Pid>])?: <Content>", "MMM d HH:mm:ssf"),
            layout("(\\<<Priority>\\>)?<Month> <Day> <Time> <Host> <Content>", "MMM d HH:mm:ssf"),
            layout("\\<<Priority>\\>1 <Timestamp> <Host> <Tag> <Procid> <Msgid> - <Content>", "iso"),
            layout("\\<<Priority>\\>1 <Timestamp> <Host> <Tag> <Procid> <Msgid> [<Context>] <Content>", "iso"),
            layout("(\\<<Priority>\\>)?<Timestamp> <Host> <Component>([<Pid>])?: <Content>", "iso")),
    UTAH(layout("<Date> <Time> <Content>", "yyMMdd HHmmss"), layout("<Date> <Time> <Content>", "yyMMdd HH:mm:ss")),
    COLUMNS(),
    HEADER(),
    LEVEL(),
    PLAIN();

    /** One way a preset is written: its layout, and its time format or empty for any known one. */
    private record Way(String layout, String timeFormat) {}

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Way> ways;

    Presets(Way... ways) {
        this.ways = List.of(ways);
    }

    private static Way layout(String layout, String timeFormat) {
        return new Way(layout, timeFormat);
    }

    /** The name users write. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Presets preset : values()) {
            names.add(preset.label());
        }
        return List.copyOf(names);
    }

    static Optional<Presets> named(String name) {
        for (Presets preset : values()) {
            if (preset.label().equals(name.toLowerCase(Locale.ROOT))) {
                return Optional.of(preset);
            }
        }
        return Optional.empty();
    }

    LogParser parser(LogFormat.Options options) {
        return switch (this) {
            case JSON -> MembersParser.json(options);
            case LOGFMT -> MembersParser.logfmt(options);
            case COLUMNS -> ColumnsParser.of(label(), options);
            case HEADER -> Headers.parser(label(), options);
            case SYSLOG -> {
                List<LogParser> parsers = wayParsers(options);
                parsers.add(0, Headers.rfc5424(options));
                LogParser any = new FallbackParser(parsers);
                yield line -> any.parse(line).map(ParsedLine::withLeadingLevel);
            }
            case LEVEL -> Headers.untimed(label(), options);
            case PLAIN -> {
                if (options.timeFormat() != null) {
                    throw LogParseException.badArgument("format 'plain' has no time, so the time format '"
                            + Excerpt.of(options.timeFormat())
                            + "' has nothing to apply to. A layout names the time: <Date> <Time> <Content>");
                }
                yield new PlainParser();
            }
            default -> {
                List<LogParser> parsers = wayParsers(options);
                yield parsers.size() == 1 ? parsers.get(0) : new FallbackParser(parsers);
            }
        };
    }

    private List<LogParser> wayParsers(LogFormat.Options options) {
        List<LogParser> parsers = new ArrayList<>();
        for (Way way : ways) {
            parsers.add(LayoutParser.strict(way.layout(), way.timeFormat(), options));
        }
        return parsers;
    }
}
