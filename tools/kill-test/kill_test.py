#!/usr/bin/env python3
"""Kills deepsentry live with SIGKILL at random moments while its logs are written and rotated, and counts what it lost or doubled.

Two logs are followed at once. One is rotated by each method in turn: renamed, renamed and compressed by gzip or xz, copied and
emptied in place, removed and created again. The other is a link that is switched to a new file. A file is removed only while the reader follows
it, and the reader is not killed before it has read and remembered it, so every line stays where a reader can find it.
Many older files lie beside the logs, so that looking for one takes a while, in which things change.

After the last kill, or at Ctrl-C, the reader runs once more, to the end of what is there. A second reader, never killed and without a checkpoint, reads
all lines from one file. Both must have judged as many messages, and given the same alerts with the same scores to the bit.

What models are used is trained first, on lines of the same kind, or taken from an earlier run. Needs Linux (/proc), gzip and xz.
"""
import argparse
import collections
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

KEY = r"(req-\d+)"
END = "finished in"
STEPS = [
    "{} accepted from 10.0.0.{}",
    "{} user {} authenticated",
    "{} read /srv/data/part-{}",
    "{} cache hit for key {}",
    "{} wrote {} bytes",
    "{} finished in {} ms",
]
ODD = ["{} failed: disk error {}", "{} retries after {} s", "{} lost connection to peer {}"]
METHODS = ["rename", "gzip", "xz", "copytruncate", "delete"]


class Log:
    """Makes the lines of sessions that overlap; some have a line that training never saw, in a random place."""

    def __init__(self, rng, first, odd_share, times):
        self.times = times
        self.rng = rng
        self.next = first
        self.odd_share = odd_share
        self.open = []
        self.second = 0

    def lines(self, count):
        made = []
        while len(made) < count:
            if len(self.open) < 20:
                steps = list(STEPS)
                if self.rng.random() < self.odd_share:
                    steps.insert(self.rng.randrange(1, len(steps)), self.rng.choice(ODD))
                self.open.append((f"req-{self.next}", collections.deque(steps)))
                self.next += 2
            key, steps = self.rng.choice(self.open)
            made.append(self.stamp() + steps.popleft().format(key, self.rng.randrange(250)))
            if not steps:
                self.open.remove((key, steps))
        return made

    def rest(self):
        made = []
        for key, steps in self.open:
            made.extend(self.stamp() + step.format(key, 7) for step in steps)
        self.open = []
        return made

    def stamp(self):
        if not self.times:
            return ""
        self.second += 1
        at = self.second // 2000
        return f"2201{15 + at // 86400 % 10:02d} {at // 3600 % 24:02d}{at // 60 % 60:02d}{at % 60:02d} "


class Written:
    """A log that is written and rotated; keeps every line for the comparison."""

    def __init__(self, path, archive, log):
        self.path = path
        self.archive = archive
        self.log = log
        self.number = 0
        self.count = 0
        self.half = b""

    def write(self, count, rng):
        lines = "".join(line + "\n" for line in self.log.lines(count)).encode()
        self.archive.write(lines)
        self.count += count
        data = self.half + lines
        # Now and then the last line is written in two pieces.
        cut = len(data) - rng.randrange(20) if rng.random() < 0.3 else len(data)
        self.half = data[cut:]
        self.append(data[:cut])

    def append(self, data):
        with open(self.path, "ab") as out:
            out.write(data)

    def complete(self):
        self.append(self.half)
        self.half = b""

    def end(self):
        lines = self.log.rest()
        self.archive.write("".join(line + "\n" for line in lines).encode())
        self.count += len(lines)
        self.append(self.half + "".join(line + "\n" for line in lines).encode())
        self.half = b""

    def rotated(self):
        self.number += 1
        return self.path.with_name(f"{self.path.name}.{self.number}")

    def rotate(self, method):
        self.complete()
        target = self.rotated()
        if method == "copytruncate":
            shutil.copyfile(self.path, target)
            os.truncate(self.path, 0)
        elif method == "delete":
            self.path.unlink()
        else:
            self.path.rename(target)
            if method in ("gzip", "xz"):
                subprocess.run([method, "-1", str(target)], check=True)

    def switch(self):
        self.complete()
        self.number += 1
        data = self.path.with_name(f"{self.path.stem}-{self.number:06d}{self.path.suffix}")
        data.touch()
        link = self.path.with_name("next-link")
        link.symlink_to(data.name)
        link.replace(self.path)


def identity(path):
    found = os.stat(path)
    return found.st_dev, found.st_ino


class Reader:
    def __init__(self, command, errors):
        self.errors = open(errors, "ab")
        self.start_of_errors = self.errors.tell()
        self.path = errors
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.errors)

    def said(self):
        with open(self.path, "rb") as errors:
            errors.seek(self.start_of_errors)
            return errors.read().decode(errors="replace")

    def watching(self):
        return "watching" in self.said()

    def open_files(self):
        found = set()
        folder = Path(f"/proc/{self.process.pid}/fd")
        try:
            for fd in folder.iterdir():
                try:
                    found.add(identity(fd))
                except OSError:
                    pass
        except OSError:
            pass
        return found

    def follows(self, file):
        """Whether it has the file open to follow it; it also opens logs for a moment, to read back the lines of an alert, and while it comes up only for that."""
        if not self.watching():
            return False
        for _ in range(5):
            if file not in self.open_files():
                return False
            time.sleep(0.005)
        return True

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.errors.close()


class Writer(threading.Thread):
    """Writes at a steady rate and rotates every few seconds."""

    def __init__(self, plain, linked, rate, every, rng, reader_of):
        super().__init__(daemon=True)
        self.plain = plain
        self.linked = linked
        self.rate = rate
        self.every = every
        self.rng = rng
        self.reader_of = reader_of
        self.stop = threading.Event()
        self.paused = threading.Event()
        self.lock = threading.Lock()
        self.removed = set()
        # Before the reader has remembered a place for the first time, what is rotated away is none of its business.
        self.may_rotate = threading.Event()
        self.rotations = collections.Counter()
        # Removals that had to wait for a reader that follows the file.
        self.owed = 0
        self.failure = None

    def run(self):
        try:
            self.work()
        except BaseException as e:  # reported by the main thread
            self.failure = e

    def work(self):
        tick = 0.01
        due = time.monotonic()
        rotate_at = due + self.every
        turn = 0
        while not self.stop.is_set():
            if self.paused.is_set():
                time.sleep(tick)
                due = time.monotonic()
                continue
            share = max(1, int(self.rate * tick / 2))
            self.plain.write(share, self.rng)
            self.linked.write(share, self.rng)
            if self.may_rotate.is_set() and time.monotonic() >= rotate_at:
                rotate_at = time.monotonic() + self.every * self.rng.uniform(0.5, 1.5)
                self.rotate(METHODS[turn % len(METHODS)])
                turn += 1
                if turn % 2 == 0:
                    self.linked.switch()
                    self.rotations["symlink"] += 1
            due += tick
            time.sleep(max(0, due - time.monotonic()))

    def rotate(self, method):
        # Between this lock and the next look at what was removed, nobody kills the reader.
        with self.lock:
            self.owed += method == "delete"
            if self.owed:
                file = identity(self.plain.path)
                reader = self.reader_of()
                if reader is not None and reader.follows(file):
                    self.owed -= 1
                    self.removed.add(file)
                    method = "delete"
                elif method == "delete":
                    method = "rename"
            self.plain.rotate(method)
            self.rotations[method] += 1


def live(options, work, log_files, output, more):
    settings = work / f"{output.stem}.yml"
    settings.write_text(
        f"log_format: '{layout(options)}'\n"
        f"session_key: '{KEY}'\n"
        f"session_end: '{END}'\n"
        "idle_timeout: 1000000\n"
        # A session here never continues, and a small state makes starts short, so that more kills hit what is read.
        "max_sessions: 1000\n"
        # An alert for each anomaly: what else is told depends on how the lines of the logs interleave.
        "renotify: 0\n"
        "end_after: 1000000000\n"
        "max_alerts_per_minute: 1000000\n"
        "alert_format: json\n"
        "from_start: true\n"
        f"batch_interval: {options.batch_interval}\n"
        f"runtime: {options.runtime}\n"
    )
    return [
        *options.program,
        "live",
        "--data-dir",
        str(work / "trained"),
        "--config",
        str(settings),
        "--log-file",
        *[str(file) for file in log_files],
        "--output-file",
        str(output),
        *more,
    ]


def layout(options):
    return "<Content>" if options.without_times else "utah"


def train(options, work):
    log = Log(random.Random(options.seed), 1, 0, not options.without_times)
    lines = log.lines(options.training_lines) + log.rest()
    source = work / "train.log"
    source.write_text("".join(line + "\n" for line in lines))
    command = [
        *options.program, "run", "--input", str(source), "--format", layout(options), "--session-key", KEY,
        "--epochs", "3", "--seed", "1", "--output-dir", str(work / "trained"),
    ]  # fmt: skip
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"training failed:\n{done.stderr}")


def alerts(file):
    if not file.exists():
        return [], 0
    rows, torn = [], 0
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            torn += 1
    return rows, torn


def messages(said):
    found = re.findall(r"live: (?:including previous runs: )?([\d,]+) messages", said)
    return int(found[-1].replace(",", "")) if found else -1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=shlex.split, required=True, help="the command that starts deepsentry")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=int, default=5000, help="lines a second, over both logs")
    parser.add_argument("--rotate-every", type=float, default=3.0, help="seconds")
    parser.add_argument("--longest-life", type=float, default=4.0, help="seconds from being up to being killed, at most")
    parser.add_argument("--batch-interval", type=float, default=0.05)
    parser.add_argument("--runtime", default="auto", help="what computes")
    parser.add_argument("--older-files", type=int, default=500, help="beside each log, from rotations long ago")
    parser.add_argument("--training-lines", type=int, default=3000)
    parser.add_argument("--trained", type=Path, default=None, help="the folder 'trained' of an earlier run, of the same kind of lines")
    parser.add_argument("--odd-share", type=float, default=0.02, help="of the sessions")
    parser.add_argument("--without-times", action="store_true", help="of lines that say no time")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--work", type=Path, default=None, help="an empty folder to work in, which is kept")
    parser.add_argument("--minutes", type=float, default=None, help="stop killing after that time, however many it were")
    options = parser.parse_args()
    seed = options.seed = random.randrange(1 << 30) if options.seed is None else options.seed
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        print(f"seed {seed}, in {work}", flush=True)
        if options.trained:
            shutil.copytree(options.trained, work / "trained")
        else:
            train(options, work)
        failed = test(options, work, rng)
    sys.exit(1 if failed else 0)


def test(options, work, rng):
    logs = work / "logs"
    logs.mkdir()
    times = not options.without_times
    output = work / "alerts.jsonl"
    errors = work / "reader.err"
    with open(work / "all-1.log", "wb") as all_plain, open(work / "all-2.log", "wb") as all_linked:
        plain = Written(logs / "app.log", all_plain, Log(random.Random(rng.random()), 0, options.odd_share, times))
        linked = Written(logs / "link.log", all_linked, Log(random.Random(rng.random()), 1, options.odd_share, times))
        older(plain, options.older_files, "{}.{}")
        older(linked, options.older_files, "{0.stem}-{1:06d}{0.suffix}")
        linked.switch()
        followed = [plain.path, linked.path]
        command = live(options, work, followed, output, ["--checkpoint-dir", str(work / "checkpoint")])
        current = [None]
        writer = Writer(
            plain, linked, options.rate, options.rotate_every, random.Random(rng.random()), lambda: current[0]
        )
        writer.start()
        began = time.monotonic()
        kills = early = 0
        enough = threading.Event()
        signal.signal(signal.SIGINT, lambda number, frame: enough.set())
        try:
            while (
                kills < options.kills
                and not enough.is_set()
                and (not options.minutes or time.monotonic() - began < 60 * options.minutes)
            ):
                current[0] = reader = Reader(command, errors)
                early += one_life(reader, writer, rng, options, work / "checkpoint")
                current[0] = None
                kills += 1
                if sys.stdout.isatty() or kills % 20 == 0:
                    print(f"{kills} kills, {plain.count + linked.count:,} lines", flush=True)
        finally:
            writer.stop.set()
            writer.join()
        if writer.failure:
            raise writer.failure
        plain.end()
        linked.end()
    total = plain.count + linked.count
    last = Reader(command + ["--until-end"], errors)
    code = last.process.wait()
    said = last.said()
    reference = work / "reference.jsonl"
    everything = Reader(
        # With a checkpoint, as findings end with the input where there is none.
        live(
            options,
            work,
            [work / "all-1.log", work / "all-2.log"],
            reference,
            ["--until-end", "--checkpoint-dir", str(work / "reference-checkpoint")],
        ),
        work / "reference.err",
    )
    everything.process.wait()
    return report(total, kills, early, writer.rotations, code, said, output, reference, times)


def older(written, count, name):
    for number in range(1, count + 1):
        file = written.path.with_name(name.format(written.path, number).rsplit("/", 1)[-1])
        file.write_text(f"older {number}\n")
        os.utime(file, (1_600_000_000 + number, 1_600_000_000 + number))
    written.number = count


def one_life(reader, writer, rng, options, checkpoint):
    """Lets a reader live for a while and kills it; says whether that was before it was up."""
    first = not writer.may_rotate.is_set()
    hurried = not first and rng.random() < 0.15
    deadline = time.monotonic() + rng.uniform(0, options.longest_life) if hurried else None
    begun = []
    while deadline is None or time.monotonic() < deadline:
        if first and deadline is not None:
            now = journals(checkpoint)
            begun += [now] if any(size for _, size in now) and now not in begun else []
            if len(begun) > 3:
                writer.may_rotate.set()
        check(reader, writer)
        if deadline is None and reader.watching():
            deadline = time.monotonic() + (60 if first else rng.uniform(0, options.longest_life))
        if first and writer.may_rotate.is_set():
            break
        time.sleep(0.005)
    while True:
        with writer.lock:
            if not writer.removed:
                up = reader.watching()
                reader.kill()
                return not up
        remember_removed(reader, writer, checkpoint)
        time.sleep(rng.uniform(0, 0.5))


def remember_removed(reader, writer, checkpoint):
    """What was removed is gone from the disk: the reader must read it, and remember that it did: until then nothing is written that would be judged instead."""
    while True:
        writer.paused.clear()
        while writer.removed & reader.open_files():
            check(reader, writer)
            time.sleep(0.01)
        writer.paused.set()
        state, since = None, time.monotonic()
        while time.monotonic() - since < 1 and not writer.removed & reader.open_files():
            now = journals(checkpoint)
            if now != state:
                state, since = now, time.monotonic()
            check(reader, writer)
            time.sleep(0.01)
        with writer.lock:
            if not writer.removed & reader.open_files():
                writer.removed.clear()
                writer.paused.clear()
                return


def check(reader, writer):
    if reader.process.poll() is not None:
        sys.exit(f"the reader ended by itself with {reader.process.returncode}:\n{reader.said()[-3000:]}")
    if writer.failure:
        raise writer.failure


def journals(checkpoint):
    found = []
    for file in checkpoint.glob("journal-*"):
        try:
            found.append((file.name, file.stat().st_size))
        except OSError:
            pass
    return found


def report(total, kills, early, rotations, code, said, output, reference, times):
    given, torn = alerts(output)
    expected, _ = alerts(reference)
    ids = collections.Counter(alert["id"] for alert in given)
    doubled = sum(count - 1 for count in ids.values())

    def essence(alert):
        # An alert of a line that says no time has that of its reading.
        when = alert["timestamp"] if times else ""
        return alert["session"], alert["score"], alert["message"], tuple(alert["context_window"]), when

    have = collections.Counter(map(essence, given))
    want = collections.Counter(map(essence, expected))
    lost = sum((want - have).values())
    wrong = sum((have - want).values())
    judged = messages(said)
    print(f"kills                   {kills} ({early} of them before the reader was up)")
    print("rotations               " + ", ".join(f"{name} {count}" for name, count in sorted(rotations.items())))
    print(f"lines written           {total:,}")
    print(f"messages judged         {judged:,} ({judged - total:+,})")
    print(f"alerts expected         {len(expected):,}")
    print(f"alerts given            {len(given):,}")
    print(f"alerts lost             {lost:,}")
    print(f"alerts doubled          {doubled:,}")
    print(f"alerts that are others  {wrong:,}")
    print(f"torn records            {torn:,}")
    failed = code != 0 or judged != total or lost or doubled or wrong or torn or not expected
    if failed:
        print(said[-3000:], file=sys.stderr)
        for name, some in (("lost", want - have), ("other", have - want)):
            for alert in list(some)[:5]:
                print(name, alert, file=sys.stderr)
    print("FAILED" if failed else "passed")
    return failed


if __name__ == "__main__":
    main()
