"""Compares what `deepsentry parse` reads of each file of some folders with what lnav reads, as a table."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

LEVELS = {
    'trace': 'trace', 'trc': 'trace', 'verbose': 'trace', 'finest': 'trace', 'finer': 'trace', 'fine': 'debug',
    'debug': 'debug', 'dbg': 'debug', 'debug2': 'debug', 'debug3': 'debug', 'debug4': 'debug', 'debug5': 'debug',
    'config': 'debug', 'trce': 'trace', 'dbug': 'debug', 'fail': 'error', 'info': 'info', 'inf': 'info', 'information': 'info', 'stats': 'stats', 'notice': 'notice',
    'warn': 'warning', 'warning': 'warning', 'wrn': 'warning', 'err': 'error', 'error': 'error', 'severe': 'error',
    'crit': 'critical', 'critical': 'critical', 'alert': 'critical', 'emerg': 'fatal', 'panic': 'fatal',
    'fatal': 'fatal', 'ftl': 'fatal',
}

# lnav 0.11.1 ignores some zones: its time may be off by whole quarters of an hour.
ZONES = [quarter * 900_000 for quarter in range(-56, 57)]


def lnav(file):
    """Returns lnav's (time in ms, level) of each line; nothing where it fails or is not installed."""
    with tempfile.TemporaryDirectory() as home:
        out = os.path.join(home, 'lines.json')
        try:
            subprocess.run(
                ['lnav', '-n', '-c', ';SELECT log_time_msecs, log_level FROM all_logs', '-c', ':write-json-to ' + out,
                 file],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
                env=dict(os.environ, HOME=home, TZ='UTC'))
            with open(out) as lines:
                return [(x.get('log_time_msecs'), x.get('log_level')) for x in json.load(lines)]
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return []


def ours(program, file):
    """Returns the exit code, the events, and the account of the lines; none where the file is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'account.json')
        done = subprocess.run([program, 'parse', '--input', file, '--output', 'json', '--account', path],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace', timeout=600)
        account = json.load(open(path)) if os.path.exists(path) else None
    events = []
    for line in done.stdout.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            pass
    return done.returncode, events, account


def unaccounted(file, events, account):
    """Lines of a plain file that are no event, part of none, not blank and not left out by choice, added up here."""
    if account is None:
        return None
    with open(file, 'rb') as log:
        data = log.read()
    if data[:2] in (b'\x1f\x8b', b'BZ', b'\xff\xfe', b'\xfe\xff') or b'\0' in data:
        lines = account['lines']
    else:
        lines = data.count(b'\n') + (bool(data) and not data.endswith(b'\n'))
    # Several records of JSON can stand on one line.
    begun = len({(x['file'], x['line']) for x in events})
    return max(0, lines - begun - account['attached'] - account['blank'] - account['dropped'])


def millis(text):
    moment = datetime.fromisoformat(re.sub(r'(\.\d{1,6})\d*', r'\1', text).replace('Z', '+00:00'))
    return int(moment.timestamp() * 1_000_000) // 1000


def agrees(theirs, own):
    """Whether one of our times is lnav's instant, but for a zone that it ignores, or a year that no line names."""
    return any(theirs + shift in own for shift in ZONES) or yearless(theirs) in {yearless(x) for x in own}


def yearless(milliseconds):
    return datetime.fromtimestamp(milliseconds // 1000, timezone.utc).strftime('%m-%d %H:%M:%S')


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders.sort()
                yield from (os.path.join(folder, name) for name in sorted(names))
        else:
            yield path


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument('--program', default=os.environ.get('DS', 'deepsentry'), help='the deepsentry to run')
    options.add_argument('--summary', action='store_true', help='leave the row of each file out')
    options.add_argument('paths', nargs='+', help='logs, or folders of them')
    given = options.parse_args()
    read = times = equal = compared = beyond = levels = with_levels = lost = failed = refused = 0
    level_files = 0
    if not given.summary:
        print('| file | lines | events | times | lnav times | right | levels | lnav levels | right | unaccounted | exit |')
        print('|---|---|---|---|---|---|---|---|---|---|---|')
    for file in files(given.paths):
        theirs = [x for x in lnav(file) if x[0]]
        code, events, account = ours(given.program, file)
        timed = [x for x in events if x.get('time')]
        n = len(theirs)
        right = bool(events) and len(timed) >= .9 * min(n, len(events)) and len(timed) >= .5 * n
        read += bool(n)
        times += bool(n) and right
        beyond += not n and bool(timed)
        failed += code not in (0, 2, 3)
        refused += code in (2, 3) and os.path.getsize(file) > 0
        # lnav may take a line for a continuation that we take for an event: times are compared as sets.
        own = {millis(x['time']) for x in timed}
        distinct = {x[0] for x in theirs}
        same = sum(agrees(x, own) for x in distinct)
        compared += len(distinct)
        equal += same
        by_time = {}
        for x in timed:
            by_time.setdefault(millis(x['time']), set()).add(LEVELS.get(str(x.get('level') or '').lower(), ''))
        # Where a line says no level lnav shows info or unknown, and guesses others by words in the message.
        leveled = [x for x in theirs if x[1] not in (None, 'unknown', 'info', 'stats') and x[0] in by_time]
        level_right = sum(1 for x in leveled if x[1] in by_time[x[0]])
        with_levels += len(leveled)
        levels += level_right
        own_levels = sum(1 for x in events if x.get('level'))
        level_files += bool(own_levels)
        gone = unaccounted(file, events, account)
        lost += gone or 0
        if not given.summary:
            name = os.path.basename(file)
            print(f'| {name} | {account["lines"] if account else ""} | {len(events)} | {len(timed)} | {n} | '
                  f'{same}/{len(distinct)} | {own_levels} | {len(leveled)} | {level_right} | '
                  f'{"" if gone is None else gone} | {code} |', flush=True)
    print()
    print('| measure | figure |')
    print('|---|---|')
    print(f'| files in which lnav reads times: times read | {times} of {read} |')
    print(f'| files with times beyond lnav | {beyond} |')
    print(f'| distinct times equal to lnav | {equal} of {compared} |')
    print(f'| levels equal to lnav, of lines that it calls debug, warning, error or worse | {levels} of {with_levels} |')
    print(f'| files with levels | {level_files} |')
    print(f'| lines unaccounted for | {lost} |')
    print(f'| refused; failed | {refused}; {failed} |')
    return 0 if times >= .95 * read and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
