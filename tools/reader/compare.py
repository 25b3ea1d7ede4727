"""Compares what `deepsentry parse` reads of each file of some folders with what lnav reads, as a table."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

LEVELS = {
    'trace': 'trace', 'trc': 'trace', 'verbose': 'trace', 'finest': 'trace', 'finer': 'trace', 'fine': 'debug',
    'debug': 'debug', 'dbg': 'debug', 'debug2': 'debug', 'debug3': 'debug', 'debug4': 'debug', 'debug5': 'debug',
    'config': 'debug', 'info': 'info', 'inf': 'info', 'information': 'info', 'stats': 'stats', 'notice': 'notice',
    'warn': 'warning', 'warning': 'warning', 'wrn': 'warning', 'err': 'error', 'error': 'error', 'severe': 'error',
    'crit': 'critical', 'critical': 'critical', 'alert': 'critical', 'emerg': 'fatal', 'panic': 'fatal',
    'fatal': 'fatal', 'ftl': 'fatal',
}


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
    """Returns the exit code, the events, and what was told of the lines."""
    done = subprocess.run([program, 'parse', '--input', file, '--output', 'json'], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors='replace', timeout=600)
    events = []
    for line in done.stdout.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            pass
    return done.returncode, events, done.stderr


def unaccounted(told):
    """Lines that `parse` says it neither made an event of nor attached; none if it says nothing of them."""
    found = re.search(r'([\d,]+) (?:lines? )?(?:unaccounted|skipped|left out|dropped)', told)
    return int(found.group(1).replace(',', '')) if found else 0


def millis(text):
    from datetime import datetime
    return round(datetime.fromisoformat(re.sub(r'(\.\d{1,6})\d*', r'\1', text).replace('Z', '+00:00')).timestamp() * 1000)


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
    if not given.summary:
        print('| file | lnav times | ours | of events | equal | lnav levels | ours equal | unaccounted | exit |')
        print('|---|---|---|---|---|---|---|---|---|')
    for file in files(given.paths):
        theirs = [x for x in lnav(file) if x[0]]
        code, events, told = ours(given.program, file)
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
        same = len({x[0] for x in theirs} & own)
        distinct = len({x[0] for x in theirs})
        compared += distinct
        equal += same
        by_time = {}
        for x in timed:
            by_time.setdefault(millis(x['time']), set()).add(LEVELS.get(str(x.get('level') or '').lower(), ''))
        # Where a line says no level lnav shows info or unknown.
        leveled = [x for x in theirs if x[1] not in (None, 'unknown', 'info', 'stats') and x[0] in by_time]
        level_right = sum(1 for x in leveled if x[1] in by_time[x[0]])
        with_levels += len(leveled)
        levels += level_right
        gone = unaccounted(told)
        lost += gone
        if not given.summary:
            print(f'| {os.path.basename(file)} | {n} | {len(timed)} | {len(events)} | {same}/{distinct} | '
                  f'{len(leveled)} | {level_right} | {gone} | {code} |', flush=True)
    print()
    print('| measure | figure |')
    print('|---|---|')
    print(f'| files in which lnav reads times: times read | {times} of {read} |')
    print(f'| files with times beyond lnav | {beyond} |')
    print(f'| distinct times equal to lnav | {equal} of {compared} |')
    print(f'| levels equal to lnav (warnings, errors, debug) | {levels} of {with_levels} |')
    print(f'| lines unaccounted for | {lost} |')
    print(f'| refused; failed | {refused}; {failed} |')
    return 0 if times >= .95 * read and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
