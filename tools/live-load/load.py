#!/usr/bin/env python3
"""Measures deepsentry live under load: how many lines a second it judges, how soon it alerts, and whether its memory stays flat.

  throughput  reads a log from a file to its end, once and again several times as long; the difference gives the rate without start-up
  latency     lines are written at a steady rate; the time from the write of a line that training never saw to its alert in the file.
              With --long-lines, lines of a megabyte stand between them, each made of one of the units that take long to read
  health      the same lines while clients have sent half a request each and wait; the time that /health takes to answer another one
  soak        lines are written at a steady rate for a long time, with sessions and words that never come again; memory is sampled. A heap that grows to
              its limit is no leak: give it its size from the start (DEEPSENTRY_JAVA_OPTS="-Xms256m -Xmx256m -XX:+AlwaysPreTouch")

Models are trained first, on lines of the same kind, unless --data-dir names trained ones. Needs Linux (/proc).
"""
import argparse
import os
import random
import re
import select
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "kill-test"))
from kill_test import KEY, Log, train  # noqa: E402


def command(options, work, log, output, more):
    settings = work / "live.yml"
    settings.write_text(
        "alert_format: json\n"
        f"batch_interval: {options.batch_interval}\n"
        f"runtime: {options.runtime}\n"
        # An alert for each anomaly, though they are alike.
        "renotify: 0\n"
        "max_alerts_per_minute: 1000000\n"
        + (f"log_format: {options.format}\n" if options.format else "")
        + (f"session_key: '{options.session_key}'\n" if options.session_key else "")
    )
    return [
        *options.program, "live", "--data-dir", str(options.data_dir), "--config", str(settings),
        "--log-file", str(log), "--output-file", str(output), *more,
    ]  # fmt: skip


def memory(pid, field="VmRSS"):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise OSError("no such process")


def throughput(options, work):
    log, longer = work / "lines.log", work / "longer.log"
    if options.log is None:
        source = Log(random.Random(options.seed), 0, options.odd_share, True)
        text = "".join(line + "\n" for line in source.lines(options.lines))
        rest = "".join(line + "\n" for line in source.lines(options.lines * (options.repeats - 1)))
        log.write_text(text)
        longer.write_text(text + rest)
        count = options.lines
    else:
        # Every repetition has sessions of its own, or they would grow as no session does.
        text = options.log.read_bytes()
        count = text.count(b"\n")
        log.write_bytes(text)
        with open(longer, "wb") as out:
            for i in range(options.repeats):
                mark = b"%d" % i
                out.write(re.sub(options.session_key.encode(), lambda key: key[0] + mark, text) if i and options.session_key else text)
    rates, peaks = [], []
    for _ in range(options.rounds):
        walls = []
        for file in (log, longer):
            begun = time.monotonic()
            peak = 0
            process = subprocess.Popen(
                command(options, work, file, work / "alerts.jsonl", ["--from-start", "--until-end"]),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(work / "live.err", "wb"),
            )  # fmt: skip
            while process.poll() is None:
                try:
                    peak = max(peak, memory(process.pid, "VmHWM"))
                except OSError:
                    pass
                time.sleep(0.02)
            if process.returncode != 0:
                sys.exit((work / "live.err").read_text())
            walls.append(time.monotonic() - begun)
            peaks.append(peak)
        rates.append(count * (options.repeats - 1) / (walls[1] - walls[0]))
        print(
            f"{count:,} lines in {walls[0]:.1f} s, {count * options.repeats:,} in {walls[1]:.1f} s:"
            f" {rates[-1]:,.0f} lines/s; peak RSS {peaks[-1]:,.0f} MB",
            flush=True,
        )
    print(f"median {statistics.median(rates):,.0f} lines/s over {options.rounds} rounds")
    return 0


class Sessions:
    """Lines as the log has them; now and then a session gets a line that training never saw, of which it is noted when it was written."""

    def __init__(self, rng, odd_share, unique_words):
        self.log = Log(rng, 0, 0, True)
        self.rng = rng
        self.odd_share = odd_share
        self.unique_words = unique_words
        self.number = 0

    def lines(self, count):
        lines = self.log.lines(count)
        odd = []
        if self.rng.random() < self.odd_share * count:
            self.number += 1
            key = f"req-{10_000_000 + self.number}"
            word = f"x{self.number:x}y" if self.unique_words else "error"
            lines.append(self.log.stamp() + f"{key} failed: disk {word} {self.number}")
            odd.append(key)
        return lines, odd


# What parsers, masking and redaction look at closely, over and over.
UNITS = [
    "x", "x ", "1", "1 ", "1.", "1:", "-eyJ", "eyJaaaaaaaa.", "password=", 'password="', "password is ", "pwd for a: ", "token:\"' ", "secret_",
    "authorization: basic ", "bearer a", "://a:b", "http://a:b@", "a@b.", "-----BEGIN PRIVATE KEY-----", "ghp_", "4111 1111 1111 ", "/a", "\\", "a=",
    '{"a":', "[", "(", "<password>", "\"", "'", "::", "0x", "2026-01-01 ", "\0", "\33[1m", "\u00e9", "cookie: a=b; ", "curl -u ", "key_1_",
]  # fmt: skip
LONG = 1_000_000


class LongLines:
    """A line of a megabyte every so many seconds."""

    def __init__(self, seconds, stamp):
        self.seconds = seconds
        self.stamp = stamp
        self.due = time.monotonic() + (seconds or 0)
        self.count = 0

    def lines(self):
        if not self.seconds or time.monotonic() < self.due:
            return []
        self.due += self.seconds
        unit = UNITS[self.count % len(UNITS)]
        self.count += 1
        return [self.stamp() + unit * (LONG // len(unit.encode()))]


def paced(options, source, write):
    """Writes at the rate until the time is over; a line's time is that of its write."""
    tick = 0.002
    share = max(1, round(options.rate * tick))
    due = begun = time.monotonic()
    written = 0
    while time.monotonic() - begun < options.seconds:
        lines, odd = source.lines(share)
        write(lines, odd)
        written += len(lines)
        due += share / options.rate
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
    return written, time.monotonic() - begun


def watching(process, errors):
    while "watching" not in errors.read_text():
        if process.poll() is not None:
            sys.exit(errors.read_text())
        time.sleep(0.05)


def start(options, work, log, output, *more):
    log.touch()
    errors = work / "live.err"
    with open(errors, "wb") as err:
        process = subprocess.Popen(
            command(options, work, log, output, ["--from-start", *more]),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
        )  # fmt: skip
    watching(process, errors)
    return process


def latency(options, work):
    log, output = work / "app.log", work / "alerts.jsonl"
    process = start(options, work, log, output)
    at = {}
    seen = []
    stop = threading.Event()

    def look():
        with open(output, "rb") as alerts:
            rest = b""
            while not stop.is_set():
                data = alerts.read()
                now = time.monotonic()
                if not data:
                    time.sleep(0.0005)
                    continue
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    begin = line.find(b'"session":"') + 11
                    written = at.pop(line[begin : line.find(b'"', begin)].decode(), None)
                    if written is not None:
                        seen.append((now - written) * 1000)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    with open(log, "ab", buffering=0) as out:
        warm_until = time.monotonic() + options.warm_up
        source = Sessions(random.Random(options.seed), options.odd_share, False)
        long = LongLines(options.long_lines, source.log.stamp)

        def write(lines, odd):
            lines = long.lines() + lines
            now = time.monotonic()
            for key in odd:
                if now > warm_until:
                    at[key] = now
            out.write("".join(line + "\n" for line in lines).encode())

        written, took = paced(options, source, write)
    time.sleep(2)
    stop.set()
    watcher.join()
    process.terminate()
    process.wait()
    seen.sort()
    print(f"{written:,} lines written in {took:.1f} s: {written / took:,.0f} lines/s; {len(seen):,} alerts timed, {len(at)} never came; {long.count} long lines")
    for share in (0.5, 0.9, 0.99, 1):
        print(f"p{share * 100:g} {seen[min(len(seen) - 1, int(share * len(seen)))]:.1f} ms")
    return 1 if at else 0


HALVES = [b"", b"GET", b"GET /health HTTP/1.1\r\nX: ", b"POST /health HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"]


def health(options, work):
    log, output = work / "app.log", work / "alerts.jsonl"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(options, work, log, output, "--health-port", str(port))
    stop = threading.Event()
    took, failed, held = [], [], [0]

    def ask():
        clients = []
        while not stop.is_set():
            # The server closes those who wait too long; others take their place.
            clients = [client for client in clients if select.select([client], [], [], 0)[0] == [] or client.close()]
            while len(clients) < options.clients:
                client = socket.create_connection(("127.0.0.1", port))
                client.sendall(HALVES[len(clients) % len(HALVES)])
                clients.append(client)
            held[0] = len(clients)
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
                    answer.read()
            except OSError as e:
                failed.append(e)
            took.append((time.monotonic() - begun) * 1000)
            stop.wait(0.1)
        for client in clients:
            client.close()

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    with open(log, "ab", buffering=0) as out:
        source = Sessions(random.Random(options.seed), options.odd_share, False)
        written, wall = paced(options, source, lambda lines, odd: out.write("".join(line + "\n" for line in lines).encode()))
    stop.set()
    asker.join()
    process.terminate()
    process.wait()
    took.sort()
    print(f"{written:,} lines written in {wall:.1f} s: {written / wall:,.0f} lines/s; {held[0]} clients that stopped halfway; {len(took):,} times asked")
    for share in (0.5, 0.9, 0.99, 1):
        print(f"p{share * 100:g} {took[min(len(took) - 1, int(share * len(took)))]:.1f} ms")
    if failed:
        print(f"FAILED: {len(failed)} without an answer, the first: {failed[0]}")
    return 1 if failed else 0


def soak(options, work):
    log, output = work / "app.log", work / "alerts.jsonl"
    process = start(options, work, log, output)
    samples = []
    stop = threading.Event()

    def look():
        while not stop.wait(1):
            try:
                samples.append(memory(process.pid))
            except OSError:
                return

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    out = [open(log, "ab", buffering=0)]
    size = [0]

    def write(lines, odd):
        data = "".join(line + "\n" for line in lines).encode()
        out[0].write(data)
        size[0] += len(data)
        if size[0] > options.rotate_bytes:
            # Two files are kept; the reader has the older one open while it needs it.
            out[0].close()
            log.replace(log.with_name("app.log.1"))
            out[0] = open(log, "ab", buffering=0)
            size[0] = 0
        if output.stat().st_size > options.rotate_bytes:
            output.replace(output.with_name("alerts.jsonl.1"))
            output.touch()

    written, took = paced(options, Sessions(random.Random(options.seed), options.odd_share, True), write)
    out[0].close()
    stop.set()
    watcher.join()
    code = process.poll()
    process.terminate()
    process.wait()
    said = (work / "live.err").read_text()
    tenths = [samples[len(samples) * i // 10 : len(samples) * (i + 1) // 10] for i in range(10)]
    peaks = [max(tenth) for tenth in tenths if tenth]
    print(f"{written:,} lines written in {took:.0f} s: {written / took:,.0f} lines/s")
    print("highest RSS in each tenth of the time, MB: " + " ".join(f"{peak:,.0f}" for peak in peaks))
    print(said.strip().splitlines()[-1] if said.strip() else "")
    # The heap grows to its limit at first; after that, what grows is a leak.
    flat = len(peaks) == 10 and max(peaks[5:]) <= max(peaks[2:5]) * 1.05 + 16
    print("flat" if flat and code is None else "FAILED")
    return 0 if flat and code is None else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["throughput", "latency", "health", "soak"])
    parser.add_argument("--program", type=shlex.split, required=True, help="the command that starts deepsentry")
    parser.add_argument("--data-dir", type=Path, default=None, help="of trained models")
    parser.add_argument("--log", type=Path, default=None, help="throughput: the log to read; --session-key gives each repetition its own sessions")
    parser.add_argument("--format", default=None)
    parser.add_argument("--session-key", default=None)
    parser.add_argument("--lines", type=int, default=200_000, help="throughput: lines of the shorter file, if no log is named")
    parser.add_argument("--repeats", type=int, default=10, help="throughput: how many times longer the longer one is")
    parser.add_argument("--rounds", type=int, default=3, help="throughput")
    parser.add_argument("--rate", type=int, default=5_000, help="latency, health, soak: lines a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=10, help="latency: seconds that are not counted")
    parser.add_argument("--odd-share", type=float, default=0.002, help="latency, soak: lines that training never saw")
    parser.add_argument("--long-lines", type=float, default=None, help="latency: seconds between two lines of a megabyte; none if not given")
    parser.add_argument("--clients", type=int, default=200, help="health: how many stop halfway")
    parser.add_argument("--rotate-bytes", type=int, default=64 << 20, help="soak")
    parser.add_argument("--batch-interval", type=float, default=0)
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--training-lines", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.without_times = False
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        if options.data_dir is None:
            train(options, work)
            options.data_dir = work / "trained"
            options.format = options.format or "utah"
            options.session_key = options.session_key or KEY
        code = {"throughput": throughput, "latency": latency, "health": health, "soak": soak}[options.mode](options, work)
    sys.exit(code)


if __name__ == "__main__":
    main()
