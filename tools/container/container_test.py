#!/usr/bin/env python3
"""Runs the image of deepsentry live in a container that is allowed little, and prints what it saw.

The root file system is read-only, the user is 10001 without capabilities, /tmp is noexec, there is no network, and memory ends at 400 MB. The log is mounted
read-only; checkpoint and alerts lie on a volume, from which no program can be run. A log is written while the container runs, is stopped by SIGTERM, started again, killed by
SIGKILL and started again. Each of some strange lines must be alerted exactly once: none lost, none twice.

Fails at the first thing that is not as it should be. Needs root, Podman and runc or crun.
"""
import argparse
import collections
import gzip
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "deepsentry-cli/src/main/resources/io/deepsentry/cli/sample/hdfs-sample.log.gz"
MODELS = ROOT / "deepsentry-cli/src/test/resources/io/deepsentry/cli/golden/streams"
USER = 10001
PORT = 9464
# As docs/operations.md has it.
HEALTH = ('bash -c "exec 3<>/dev/tcp/127.0.0.1/9464 && printf \\"GET /health HTTP/1.0\\\\r\\\\n\\\\r\\\\n\\" >&3 && read -r line <&3'
          ' && [[ \\$line == *\\" 200 \\"* ]]"')
SETTINGS = f"""
log_file: /var/log/app/app.log
from_start: true
output_file: /var/lib/deepsentry/alerts.log
checkpoint_dir: /var/lib/deepsentry/checkpoint
max_alerts_per_minute: 100000
health_port: {PORT}
metrics_port: {PORT}
"""
WORDS = "amber birch cedar delta ember fjord grove heron inlet jetty knoll larch maple north otter plume quartz raven spruce tundra".split()


def require(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def row(what, seen):
    print(f"{what:<28}{seen}", flush=True)


class Engine:
    def __init__(self, work, runtime):
        self.base = ["podman", "--root", str(work / "storage"), "--runroot", str(work / "run"), "--runtime", runtime, "--cgroup-manager", "cgroupfs"]

    def run(self, *arguments, check=True):
        done = subprocess.run([*self.base, *arguments], capture_output=True, text=True)
        if check and done.returncode:
            sys.exit(f"FAILED: podman {' '.join(arguments)}\n{done.stderr}")
        return done


class Container:
    def __init__(self, engine, image, work, memory):
        self.engine, self.image, self.work, self.memory = engine, image, work, memory

    def start(self):
        self.began = time.monotonic()
        self.engine.run(
            "run", "--detach", "--name", "live", "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp:rw,noexec,nosuid,nodev,mode=1777",
            "--user", f"{USER}:{USER}", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "none",
            "--memory", self.memory, "--memory-swap", self.memory, "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096",
            "--health-cmd", HEALTH, "--health-interval", "disable",
            "--volume", f"{self.work}/etc:/etc/deepsentry:ro", "--volume", f"{self.work}/log:/var/log/app:ro",
            "--volume", f"{self.work}/data:/var/lib/deepsentry:noexec", self.image)

    def sh(self, script, check=True):
        return self.engine.run("exec", "live", "bash", "-c", script, check=check)

    def page(self, name):
        got = self.sh(f"exec 3<>/dev/tcp/127.0.0.1/{PORT} && printf 'GET /{name} HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3", check=False).stdout
        head, _, body = got.partition("\n\n")
        return (int(head.split()[1]) if head else 0), body

    def until(self, what, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or self.state("Running") != "true":
                sys.exit(f"FAILED: {what}\n{self.logs()}")
            time.sleep(0.2)

    def ready(self):
        self.until("it is ready", lambda: self.page("ready")[0] == 200)
        return time.monotonic() - self.began

    def metric(self, name):
        found = re.search(rf"^{name}\{{[^}}]*\}} (\S+)$", self.page("metrics")[1], re.M)
        return float(found[1]) if found else float("nan")

    def state(self, field):
        return self.engine.run("inspect", "--format", "{{.State." + field + "}}", "live").stdout.strip()

    def logs(self):
        done = self.engine.run("logs", "live", check=False)
        return done.stdout + done.stderr

    def memory_files(self):
        """The most that was charged, what of it was not cache, and how often the limit killed: of cgroup 2 or 1."""
        peak = self.sh("cat /sys/fs/cgroup/memory.peak 2>/dev/null || cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes").stdout
        stat = self.sh("cat /sys/fs/cgroup/memory.stat 2>/dev/null || cat /sys/fs/cgroup/memory/memory.stat").stdout
        kills = self.sh("cat /sys/fs/cgroup/memory.events 2>/dev/null || cat /sys/fs/cgroup/memory/memory.oom_control").stdout
        own = re.search(r"^(?:anon|total_rss) (\d+)$", stat, re.M)
        return int(peak), int(own[1]), int(re.search(r"^oom_kill (\d+)$", kills, re.M)[1])

    def end(self, signal=None):
        began = time.monotonic()
        if signal:
            self.engine.run("kill", "--signal", signal, "live")
            self.engine.run("wait", "live")
        else:
            self.engine.run("stop", "--time", "40", "live")
        took, code, said = time.monotonic() - began, int(self.state("ExitCode")), self.logs()
        self.engine.run("rm", "live")
        return code, took, said


class Log:
    """The lines of the sample that follow those its models were trained on, a strange one after each fifty."""

    def __init__(self, path):
        self.path, self.strange = path, []
        with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
            self.lines = [line for number, line in enumerate(lines) if 20000 <= number < 40000]
        self.written = 0
        path.touch()

    def write(self, count):
        with self.path.open("a", encoding="utf-8") as out:
            for line in self.lines[self.written:self.written + count]:
                out.write(line)
                self.written += 1
                if self.written % 50 == 0 and re.match(r"\d{6} ", line):
                    n = len(self.strange)
                    text = f"{WORDS[n // 20 % 20]} {WORDS[n % 20]} {WORDS[n // 400]} refused what nobody asked"
                    self.strange.append(text)
                    out.write(f"{line[:17]} ERROR strange.Thing: {text}\n")


def alerted(data):
    found = []
    for line in (data / "alerts.log").read_text(encoding="utf-8").splitlines():
        message = re.search(r' MESSAGE="([^"]*refused what nobody asked)', line)
        if message and "NOTIFICATION=new" in line:
            found.append(message[1])
    return collections.Counter(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True, help="archive of the image, as Jib makes it")
    parser.add_argument("--runtime", default="runc" if shutil.which("runc") else "crun", help="the OCI runtime")
    parser.add_argument("--memory", default="400m", help="limit of memory (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with everything that was written")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="deepsentry-container-"))
    engine = Engine(work, options.runtime)
    try:
        loaded = engine.run("load", "--input", options.image).stdout
        image = re.search(r"Loaded image:\s*(\S+)", loaded)[1]
        (work / "etc").mkdir()
        (work / "etc/live.yml").write_text(SETTINGS, encoding="utf-8")
        (work / "log").mkdir()
        data = shutil.copytree(MODELS, work / "data")
        for path in [data, *data.rglob("*")]:
            shutil.chown(path, USER, USER)
        data.chmod(0o700)
        watch(Container(engine, image, work, options.memory), Log(work / "log/app.log"), data)
        print("passed")
    finally:
        engine.run("rm", "--force", "--all", check=False)
        if options.keep:
            print(f"kept: {work}")
        else:
            engine.run("system", "reset", "--force", check=False)
            shutil.rmtree(work, ignore_errors=True)


def watch(live, log, data):
    log.write(2000)
    live.start()
    row("ready after", f"{live.ready():.1f} s")
    row("user", live.sh("id").stdout.strip())
    row("process 1", live.sh("tr '\\0' ' ' </proc/1/cmdline").stdout.split(" -jar ")[0])
    refused = live.sh("touch /opt/deepsentry/x", check=False)
    require("Read-only file system" in refused.stderr, "the root file system can be written")
    require("noexec" in live.sh("grep ' /tmp ' /proc/mounts").stdout, "/tmp is not noexec")
    row("root, /tmp", "read-only, noexec")

    def all_alerted():
        return sum(alerted(data).values()) >= len(log.strange)

    live.until("what was there is judged", all_alerted)
    health = live.engine.run("healthcheck", "run", "live", check=False)
    require(health.returncode == 0, f"the health check fails: {health.stdout}{health.stderr}")
    row("health check", f"exit code {health.returncode}; /health {live.page('health')[1].strip()}")
    for _ in range(10):
        log.write(300)
    live.until("what came is judged", all_alerted)
    age = time.time() - live.metric("deepsentry_last_line_timestamp_seconds")
    require(age < 60, f"the last line is {age} s old")
    peak, own, kills = live.memory_files()
    require(kills == 0, "the limit of memory killed")
    row("memory", f"{own / 2**20:.0f} MB its own, {peak / 2**20:.0f} MB at most with files cached, limit {live.memory}")

    log.write(300)
    code, took, said = live.end()
    require(code == 143, f"exit code {code} after SIGTERM\n{said}")
    require(any((data / "checkpoint").iterdir()), "there is no checkpoint")
    row("SIGTERM", f"exit code {code} after {took:.1f} s; " + said.strip().splitlines()[-1])
    row("checkpoint", ", ".join(f"{each.name} {each.stat().st_mode & 0o777:o}" for each in sorted((data / "checkpoint").iterdir())))

    log.write(1000)
    live.start()
    row("started again, ready after", f"{live.ready():.1f} s")
    log.write(1000)
    live.until("what came while it was stopped is judged", all_alerted)
    log.write(1000)
    code, _, _ = live.end("KILL")
    row("SIGKILL", f"exit code {code}, {sum(alerted(data).values())} of {len(log.strange)} alerts written")
    log.write(1000)
    live.start()
    live.ready()
    live.until("what came while it was killed is judged", all_alerted)
    code, took, _ = live.end()
    require(code == 143, f"exit code {code} after SIGTERM")

    counts = alerted(data)
    lost = [each for each in log.strange if each not in counts]
    twice = [each for each, count in counts.items() if count > 1]
    row("strange lines", f"{len(log.strange)} among {log.written}: {len(lost)} lost, {len(twice)} twice")
    require(not lost and not twice, f"lost {lost[:3]}, twice {twice[:3]}")


if __name__ == "__main__":
    main()
