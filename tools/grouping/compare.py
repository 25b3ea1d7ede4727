"""Compares the messages that `deepsentry prepare` tells apart with those of Drain3 at its defaults.

--loghub names a folder of loghub's 2,000-line samples (SYSTEM/SYSTEM_2k.log_structured.csv), whose lines carry the
templates that people wrote. --logs names a folder of other logs, of which the share of new messages in the last fifth of
the lines is measured, with the first four fifths learned.
"""

import argparse
import collections
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

LEAST_LINES = 20


def pairs(n):
    return n * (n - 1) // 2


def groups(names):
    """Returns the lines of each name."""
    lines = collections.defaultdict(list)
    for line, name in enumerate(names):
        lines[name].append(line)
    return lines


def measure(found, right):
    """Returns grouping accuracy, F1 of groups, F1 over pairs of lines, and the lines in groups that mix templates."""
    ours, theirs = groups(found), groups(right)
    whole = {tuple(lines) for lines in theirs.values()}
    same = [lines for lines in ours.values() if tuple(lines) in whole]
    precision, recall = len(same) / len(ours), len(same) / len(theirs)
    both = sum(pairs(n) for n in collections.Counter(zip(found, right)).values())
    all_pairs = sum(pairs(len(g)) for g in ours.values()) + sum(pairs(len(g)) for g in theirs.values())
    return (
        sum(map(len, same)) / len(right),
        2 * precision * recall / (precision + recall) if same else 0,
        2 * both / all_pairs if all_pairs else 1,
        sum(len(g) for g in ours.values() if len({right[line] for line in g}) > 1))


def run(program, *arguments):
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors='replace')
    if done.returncode:
        raise RuntimeError(f'{program} {" ".join(arguments)}: {done.stderr.strip() or done.stdout.strip()}')
    return done.stdout


def write(path, messages):
    with open(path, 'w', encoding='utf-8') as out:
        out.writelines(message + '\n' for message in messages)
    return path


def prepared(folder, part):
    """Returns line number and message of the rows of a part."""
    base = os.path.join(folder, 'prepared_data', part)
    with open(base + '.txt', encoding='utf-8') as text, \
            gzip.open(base + '_index.jsonl.gz', 'rt', encoding='utf-8') as index:
        return [(json.loads(row)['line'], message)
                for message, row in zip(text.read().split('\n'), index)]


def prepare(program, messages, folder):
    """Returns the message that `prepare` writes for each line, None where it has none."""
    log = write(os.path.join(folder, 'messages.log'), messages)
    run(program, 'prepare', '--input', log, '--format', 'plain', '--data-dir', folder)
    found = [None] * len(messages)
    for part in ('train', 'val', 'test'):
        for line, message in prepared(folder, part):
            found[line - 1] = message
    return found


def drain(messages):
    """Returns the cluster that Drain3 puts each message in as it reads them one by one."""
    miner = TemplateMiner(config=TemplateMinerConfig())
    return [miner.add_log_message(message)['cluster_id'] for message in messages]


def one_line(text):
    return text.replace('\n', ' ').replace('\r', ' ')


def templates(program, base):
    csv.field_size_limit(10 ** 9)
    sums = collections.defaultdict(list)
    print('                 deepsentry                       Drain3')
    print('system           GA    groups  pairs  mixed   GA    groups  pairs  mixed')
    for system in sorted(name for name in os.listdir(base) if os.path.isdir(os.path.join(base, name))):
        file = os.path.join(base, system, system + '_2k.log_structured.csv')
        with open(file, encoding='utf-8', errors='replace', newline='') as source:
            rows = list(csv.DictReader(source))
        messages, right = [one_line(row['Content']) for row in rows], [row['EventId'] for row in rows]
        with tempfile.TemporaryDirectory() as folder:
            both = [measure(prepare(program, messages, folder), right), measure(drain(messages), right)]
        print(f'{system:15}', '  '.join('%.3f  %.3f  %.3f  %5d' % figures for figures in both), flush=True)
        for miner, figures in enumerate(both):
            sums[miner].append(figures)
    means = [tuple(sum(column) / len(column) for column in list(zip(*sums[miner]))[:3])
             + (sum(figures[3] for figures in sums[miner]),) for miner in (0, 1)]
    print(f'{"mean, sum":15}', '  '.join('%.3f  %.3f  %.3f  %5d' % figures for figures in means))


def new_messages(program, base):
    """Prints the share of new messages in the last fifth of each log."""
    shares = []
    lines = 0
    print('\nnew in the last fifth of the lines                              lines  deepsentry  Drain3')
    for folder, _, names in sorted(os.walk(base)):
        for name in sorted(names):
            try:
                parsed = run(program, 'parse', '--input', os.path.join(folder, name), '--output', 'json')
                messages = [one_line(json.loads(event)['message']) for event in parsed.splitlines()]
            except (RuntimeError, ValueError, KeyError):
                continue
            first = len(messages) * 4 // 5
            if len(messages) < LEAST_LINES:
                continue
            with tempfile.TemporaryDirectory() as data:
                share = (new_of_ours(program, messages, first, data), new_of_drain(messages, first))
            print(f'{name[:60]:60} {len(messages):8}  {share[0]:10.3f}  {share[1]:6.3f}', flush=True)
            shares.append(share)
            lines += len(messages)
    if shares:
        mean = [sum(share[miner] for share in shares) / len(shares) for miner in (0, 1)]
        print(f'{"mean of " + str(len(shares)) + " logs":60} {lines:8}  {mean[0]:10.3f}  {mean[1]:6.3f}')


def new_of_ours(program, messages, first, folder):
    known = write(os.path.join(folder, 'known.log'), messages[:first])
    rest = write(os.path.join(folder, 'rest.log'), messages[first:])
    config = write(os.path.join(folder, 'prepare.yml'), ['validation_split: 0.01'])
    run(program, 'prepare', '--config', config, '--input', known, '--test', rest, '--format', 'plain', '--data-dir',
        folder)
    seen = {message for part in ('train', 'val') for _, message in prepared(folder, part)}
    tested = [message for _, message in prepared(folder, 'test')]
    return sum(message not in seen for message in tested) / max(1, len(tested))


def new_of_drain(messages, first):
    clusters = drain(messages)
    seen = set(clusters[:first])
    return sum(cluster not in seen for cluster in clusters[first:]) / (len(messages) - first)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--program', default='deepsentry')
    parser.add_argument('--loghub', help='a folder of SYSTEM/SYSTEM_2k.log_structured.csv')
    parser.add_argument('--logs', help='a folder of logs')
    arguments = parser.parse_args()
    if not arguments.loghub and not arguments.logs:
        parser.error('give --loghub or --logs')
    if arguments.loghub:
        templates(arguments.program, arguments.loghub)
    if arguments.logs:
        new_messages(arguments.program, arguments.logs)
    return 0


if __name__ == '__main__':
    sys.exit(main())
