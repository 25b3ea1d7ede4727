#!/usr/bin/env python3
"""Runs deepsentry live beside real servers that go away, or that look on, and checks what they then hold.

  elasticsearch, opensearch
              the server is killed by SIGKILL while alerts come, and started again minutes later; afterwards the ids of its documents
              must be those of the alerts in the file, each once
  prometheus  scrapes each second while a hostile log is read: label syntax, forged metrics, escapes, broken bytes, a session to each
              line; the number of series must stay, and promtool must find nothing

The servers are those that tools/test-servers/fetch has put into a folder. Models are trained first. Needs Linux.
"""
import argparse
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "kill-test"))
from kill_test import END, KEY, Log, train  # noqa: E402

NOBODY = 65534


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def ask(port, path, method="GET", body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers={"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


class SearchServer:
    def __init__(self, kind, servers, folder):
        self.folder = folder
        self.port, self.transport = free_port(), free_port()
        folder.mkdir()
        java = Path(shutil.which("java")).resolve().parent.parent
        if kind == "opensearch":
            libraries = (servers / "opensearch.classpath").read_text().strip()
            self.command = [
                str(java / "bin/java"), "-Xmx400m", "-cp", libraries, str(servers / "OpenSearchNode.java"),
                str(self.port), str(self.transport), str(folder / "node"),
            ]  # fmt: skip
        else:
            config = folder / "config"
            config.mkdir()
            for name in ("jvm.options", "log4j2.properties"):
                shutil.copy(servers / "elasticsearch/config" / name, config)
            self.command = [
                "env", f"ES_PATH_CONF={config}", f"ES_JAVA_HOME={java}", "ES_JAVA_OPTS=-Xms400m -Xmx400m", f"HOME={folder}",
                str(servers / "elasticsearch/bin/elasticsearch"), f"-Ehttp.port={self.port}", f"-Etransport.port={self.transport}",
                "-Ediscovery.type=single-node", "-Expack.security.enabled=false", "-Ecluster.routing.allocation.disk.threshold_enabled=false",
                f"-Epath.data={folder / 'data'}", f"-Epath.logs={folder / 'logs'}",
            ]  # fmt: skip
            if os.getuid() == 0:
                # It refuses to run as root.
                subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
                folder.parent.chmod(0o755)
                self.command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *self.command]

    def start(self):
        with open(self.folder.with_suffix(".out"), "ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        while True:
            try:
                if json.loads(ask(self.port, "/_cluster/health?wait_for_status=yellow&timeout=5s"))["status"] in ("yellow", "green"):
                    return
            except OSError:
                time.sleep(1)
            if self.process.poll() is not None:
                sys.exit(self.folder.with_suffix(".out").read_text()[-3000:])

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ids(self, index):
        ask(self.port, f"/{index}/_refresh", "POST")
        page = json.loads(ask(self.port, f"/{index}/_search?scroll=1m", "POST", {"size": 5000, "_source": False, "sort": ["_doc"]}))
        found = []
        while page["hits"]["hits"]:
            found += [hit["_id"] for hit in page["hits"]["hits"]]
            page = json.loads(ask(self.port, "/_search/scroll", "POST", {"scroll": "1m", "scroll_id": page["_scroll_id"]}))
        return found


class Watched:
    """The program, reading a log that grows."""

    def __init__(self, options, work, settings):
        self.log, self.alerts = work / "app.log", work / "alerts.jsonl"
        self.errors, self.checkpoint = work / "live.err", work / "checkpoint"
        self.metrics = free_port()
        self.log.touch()
        (work / "live.yml").write_text(
            f"log_format: utah\nsession_key: '{KEY}'\nsession_end: '{END}'\nalert_format: json\nfrom_start: true\n"
            # An alert for each anomaly, though they are alike.
            f"renotify: 0\nmax_alerts_per_minute: 1000000\nbatch_interval: 0.1\nmetrics_port: {self.metrics}\n" + settings
        )
        with open(self.errors, "wb") as err:
            self.process = subprocess.Popen(
                [*options.program, "live", "--data-dir", str(work / "trained"), "--config", str(work / "live.yml"), "--log-file", str(self.log),
                 "--output-file", str(self.alerts), "--checkpoint-dir", str(self.checkpoint)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
            )  # fmt: skip
        while "watching" not in self.errors.read_text():
            if self.process.poll() is not None:
                sys.exit(self.errors.read_text())
            time.sleep(0.1)

    def write_until(self, over, lines):
        """Writes what lines() gives, ten times a second, beside what the caller does."""

        def write():
            with open(self.log, "ab", buffering=0) as out:
                while not over.wait(0.1):
                    out.write(lines())

        writer = threading.Thread(target=write)
        writer.start()
        return writer

    def scraped(self):
        return ask(self.metrics, "/metrics")

    def end(self):
        """Whether it ended as what SIGTERM ends does."""
        self.process.terminate()
        return self.process.wait() == 128 + signal.SIGTERM


def outage(options, work, say):
    server = SearchServer(options.server, options.servers, work / "server")
    server.start()
    say(f"{options.server} is up")
    live = Watched(options, work, f"elasticsearch: 'http://127.0.0.1:{server.port}'\nelasticsearch_index: deepsentry\n")
    source = Log(random.Random(options.seed), 0, options.odd_share, True)
    over = threading.Event()
    writer = live.write_until(over, lambda: "".join(line + "\n" for line in source.lines(options.rate // 10)).encode())
    try:
        time.sleep(options.before)
        server.kill()
        say("killed")
        time.sleep(options.seconds)
        spooled = sum(file.stat().st_size for file in live.checkpoint.rglob("*") if file.is_file())
        say(f"{spooled:,} bytes beside the checkpoint")
        server.start()
        say("up again")
        time.sleep(options.after)
        over.set()
        writer.join()
        # Until the next try of those that wait, and as long as the server then takes.
        patience = time.monotonic() + options.patience
        while json.loads(ask(server.port, "/deepsentry/_count"))["count"] < live.alerts.read_bytes().count(b"\n") and time.monotonic() < patience:
            time.sleep(1)
        ended = live.end()
        wanted = [json.loads(line)["id"] for line in live.alerts.read_text().splitlines()]
        found = server.ids("deepsentry")
    finally:
        over.set()
        server.kill()
        live.process.kill()
    same = ended and len(wanted) > 0 and len(set(wanted)) == len(wanted) and sorted(wanted) == sorted(found)
    say(f"{len(wanted):,} alerts in the file, {len(found):,} documents, {len(set(wanted) & set(found)):,} ids the same")
    return same


HOSTILE = [
    'user="a",level="evil"} 1',
    "deepsentry_anomalies_total{forged=\"yes\"} 999",
    "# HELP deepsentry_forged x\\n# TYPE deepsentry_forged counter",
    "\x1b[2J\x1b]0;owned\x07 escapes \u202e bidi \u2028 separator",
    "nul \0 byte and a very long word " + "x" * 2000,
    "{{ template }} ${jndi:ldap://localhost/a} %n%s%x",
]


def scrape(options, work, say):
    tools = options.servers / "prometheus/usr/bin"
    live = Watched(options, work, "")
    own = free_port()
    settings = work / "prometheus.yml"
    settings.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: deepsentry\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{live.metrics}']\n"
    )
    with open(work / "prometheus.out", "wb") as out:
        prometheus = subprocess.Popen(
            [str(tools / "prometheus"), f"--config.file={settings}", f"--storage.tsdb.path={work / 'tsdb'}", f"--web.listen-address=127.0.0.1:{own}"],
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def query(expression):
        try:
            result = json.loads(ask(own, "/api/v1/query?query=" + urllib.parse.quote(expression)))["data"]["result"]
        except OSError:
            return 0
        return float(result[0]["value"][1]) if result else 0

    rng = random.Random(options.seed)
    sessions = [0]

    def lines():
        made = []
        for _ in range(options.rate // 10):
            sessions[0] += 1
            made.append(f"220115 120000 req-{sessions[0]} {rng.choice(HOSTILE)}\n".encode() + bytes(rng.choices(range(128, 256), k=8)) + b"\n")
        return b"".join(made)

    over = threading.Event()
    try:
        while query("count({__name__=~'deepsentry_.+'})") == 0:
            time.sleep(1)
        writer = live.write_until(over, lines)
        counts, said = [], set()
        begun = time.monotonic()
        while time.monotonic() - begun < options.seconds:
            time.sleep(min(10, options.seconds))
            counts.append(int(query("count({__name__=~'deepsentry_.+'})")))
            checked = subprocess.run([str(tools / "promtool"), "check", "metrics"], input=live.scraped(), capture_output=True, text=True)
            said.add((checked.returncode, (checked.stdout + checked.stderr).strip()))
        over.set()
        writer.join()
        # The last record may have more lines, so live waits five seconds for them.
        last = time.monotonic() + 20
        while (processed := int(query("deepsentry_messages_processed_total"))) < sessions[0] and time.monotonic() < last:
            time.sleep(1)
        missed = query("count_over_time(up[1h])") - query("sum_over_time(up[1h])")
        ended = live.end()
    finally:
        over.set()
        prometheus.kill()
        live.process.kill()
    say(f"{sessions[0]:,} sessions written, {processed:,} messages processed; series at {len(counts)} moments: {sorted(set(counts))}; {missed:.0f} scrapes failed")
    for returned, words in said:
        say(f"promtool: {returned} {words or 'nothing to say'}")
    return ended and len(set(counts)) == 1 and said == {(0, "")} and processed >= sessions[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", choices=["elasticsearch", "opensearch", "prometheus"])
    parser.add_argument("--program", type=shlex.split, required=True, help="the command that starts deepsentry")
    parser.add_argument("--servers", type=Path, default=os.environ.get("DEEPSENTRY_TEST_SERVERS"), help="the folder (default: $DEEPSENTRY_TEST_SERVERS)")
    parser.add_argument("--seconds", type=float, default=270, help="for which the server is away; prometheus: for which it scrapes")
    parser.add_argument("--before", type=float, default=40, help="seconds of alerts before the server is killed")
    parser.add_argument("--after", type=float, default=40, help="seconds of alerts once it is back")
    parser.add_argument("--patience", type=float, default=120, help="seconds, at most, until the last alert must be there")
    parser.add_argument("--rate", type=int, default=500, help="lines a second")
    parser.add_argument("--odd-share", type=float, default=0.05, help="of the sessions")
    parser.add_argument("--training-lines", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.without_times = False
    if options.servers is None or not options.servers.is_dir():
        sys.exit("no servers: fill a folder with tools/test-servers/fetch FOLDER and name it with --servers or DEEPSENTRY_TEST_SERVERS")
    options.servers = options.servers.resolve()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        train(options, work)
        good = (scrape if options.server == "prometheus" else outage)(
            options, work, lambda text: print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)
        )
    print("passed" if good else "FAILED")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
