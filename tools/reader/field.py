"""Checks what `deepsentry parse` reads of the inputs made after public reports, one line an input: expected, got, ok.

The folder holds one folder an input, and line i of most inputs is at 2026-03-02T08:00:00Z + 7 i s.
"""

import argparse
import fnmatch
import os
import sys
from datetime import datetime, timedelta, timezone

from compare import files, millis, ours, unaccounted

START = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
ERRORS = {'err', 'error', 'severe', 'crit', 'critical', 'fatal', 'fail', 'failed', 'alert', 'emerg', 'panic', 'disaster'}

# input: events, those with a time, those with a level, those of a level of errors; None is not checked. The step in
# seconds between events says that times are those of the rule above.
EXPECTED = [
    ('02-docker-json/*', 14, 14, 14, 1, None),
    ('03-klog/*', 20, 20, 20, 1, 7),
    ('05-pg-csvlog/*', 12, 12, 12, 0, 7),
    ('06-logfmt/kit.log', 20, 20, 20, 1, 7),
    ('06-logfmt/logrus.log', 20, 20, 20, 1, None),
    ('10-compressed/app.zip', 0, 0, 0, 0, None),
    ('10-compressed/members*', 60, 60, 60, 0, None),
    ('10-compressed/*', 30, 30, 30, 0, 7),
    ('11-rfc5424-sd/*', 72, 72, 72, 12, None),
    ('12-utf16/bom-in-middle.log', 60, 60, 60, 0, None),
    ('12-utf16/*', 30, 30, 30, 0, 7),
    ('15-redis/*', 20, 20, 20, 0, 7),
    ('18-gc/gc-time.log', 20, 20, 20, None, 7),
    ('18-gc/gc-uptime.log', 20, 0, 20, None, None),
    ('19-ansi/rsyslog*', 20, 20, 0, 0, 7),
    ('19-ansi/*', 20, 20, 20, 1, 7),
    ('20-ampm/us.log', 20, 20, 0, 0, None),
    ('20-ampm/*', 20, 20, 20, 1, None),
    ('23-nul-hole/*', 30, 30, 30, 0, 7),
    ('27-envoy/*', 20, 20, 20, 3, 7),
    ('29-windows-csv/*', 16, 16, 16, 1, None),
    ('33-order/joined.log', 200, 200, 200, None, None),
    ('33-order/b-new.log', 100, 100, 100, None, 7),
    ('33-order/*', 100, 100, 100, None, None),
    ('37-services/dotnet-console.log', 20, 0, 20, 1, None),
    ('37-services/cisco.log', 20, 20, 20, 0, 7),
    ('37-services/logback-default.log', 20, 20, 20, 1, None),
    ('37-services/journal-short-iso.log', 20, 20, 0, 0, None),
    ('37-services/tomcat-access.log', 20, 20, 20, 1, None),
    ('37-services/rabbit.log', 20, 20, 20, 1, None),
    ('37-services/haproxy.log', 20, 20, 0, 0, 7),
    ('37-services/sqlserver.log', 20, 20, 0, 0, 7),
    ('37-services/*', 20, 20, 20, 1, 7),
    ('38-pretty-json/*', 20, 20, 20, 0, 7),
    ('40-dst/*', 10, 10, 10, 0, None),
    ('44-two-inputs/access.log', 30, 30, 30, 0, 7),
    ('44-two-inputs/app-old.log', 40, 40, 0, 0, 7),
    ('44-two-inputs/error.log', 10, 10, 10, 0, 7),
    ('45-epochs/order-ids.log', 20, 0, 0, 0, None),
    ('45-epochs/dmesg.log', 20, 0, 0, 0, None),
    ('45-epochs/ms-comma.log', 20, 20, 20, 0, 7),
    ('45-epochs/*', 20, 20, 0, 0, 7),
    ('46-empty/*', 20, 20, 0, 0, 7),
    ('48-rust-json/*', 20, 20, 20, 1, 7),
    ('52-unknown-level/*', 80, 80, 80, 3, None),
]


def rule(name):
    return next((x for x in EXPECTED if fnmatch.fnmatch(name, x[0])), None)


def wrong_times(events, step):
    """How many events are not within the second that the rule says."""
    expected = [millis((START + timedelta(seconds=step * i)).isoformat()) for i in range(len(events))]
    return sum(1 for x, at in zip(events, expected) if not x.get('time') or not 0 <= millis(x['time']) - at < 1000)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument('--program', default=os.environ.get('DS', 'deepsentry'), help='the deepsentry to run')
    options.add_argument('folder', help='the folder of inputs, with one folder each')
    given = options.parse_args()
    good = checked = 0
    print('| input | events, times, levels, errors expected | got | wrong times | unaccounted | ok |')
    print('|---|---|---|---|---|---|')
    for file in files([given.folder]):
        name = os.path.relpath(file, given.folder)
        wanted = rule(name)
        if wanted is None:
            continue
        _, events, account = ours(given.program, file)
        got = (len(events), sum(1 for x in events if x.get('time')), sum(1 for x in events if x.get('level')),
               sum(1 for x in events if str(x.get('level')).lower() in ERRORS))
        wrong = 0 if wanted[5] is None else wrong_times(events, wanted[5])
        gone = unaccounted(file, events, account) if account else 0
        ok = all(w is None or w == g for w, g in zip(wanted[1:5], got)) and not wrong and not gone
        checked += 1
        good += ok
        print(f'| {name} | {wanted[1:5]} | {got} | {wrong} | {gone} | {"yes" if ok else "NO"} |', flush=True)
    print(f'\n{good} of {checked} right')
    return 0 if good == checked else 1


if __name__ == '__main__':
    sys.exit(main())
