"""Flink and Kafka as processes on this machine, each found again by the file with its id in a folder."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "live-servers"))
from live_servers import SearchServer, ask  # noqa: E402

ROOT = HERE.parent.parent
FLINK = "2.3.0"
JOB = "io.deepsentry.flink.job.JudgeJob"
# What bin/config.sh of a full distribution passes to Java 17.
OPENS = [
    *[f"--add-exports={name}=ALL-UNNAMED" for name in
      ("java.base/sun.net.util", "java.rmi/sun.rmi.registry", "java.security.jgss/sun.security.krb5")],
    *[f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in
      ("java.lang", "java.net", "java.io", "java.nio", "sun.nio.ch", "java.lang.reflect", "java.text", "java.time",
       "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks")],
]  # fmt: skip
# Of processes that are short or do little: what they would gain from the second compiler is less than it costs.
LIGHT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# On a path of the job's libraries, but brought by Flink itself in other versions.
BROUGHT_BY_FLINK = ("flink-", "slf4j-", "log4j-", "logback-")
TESTS_ONLY = ("kafka_", "kafka-server", "kafka-group", "scala-", "junit-", "archunit", "assertj", "awaitility")


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def expand(path):
    """The entries of a class path, wildcards resolved as Java does."""
    entries = []
    for entry in path.split(os.pathsep):
        if entry.endswith("*"):
            entries += sorted(str(jar) for jar in Path(entry[:-1]).glob("*.jar"))
        elif entry:
            entries.append(entry)
    return entries


def fetch_flink(cache):
    """The folder of Flink's own jars, fetched once from the Python package index."""
    home = cache / f"flink-{FLINK}"
    if not home.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, f"apache-flink-libraries=={FLINK}"],
                check=True,
            )
            (wheel,) = Path(scratch).glob("*.whl")
            with zipfile.ZipFile(wheel) as packed:
                wanted = [name for name in packed.namelist() if name.startswith(("pyflink/lib/", "pyflink/plugins/", "pyflink/licenses/"))]
                packed.extractall(scratch, wanted)
            (Path(scratch) / "pyflink").rename(home)
    return home


def maven_path(arguments):
    with tempfile.NamedTemporaryFile("r", suffix=".classpath") as file:
        subprocess.run(
            ["mvn", "-q", "-B", "-f", *arguments, "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath",
             f"-Dmdep.outputFile={file.name}"],
            check=True,
        )  # fmt: skip
        return expand(Path(file.name).read_text().strip())


def build_job():
    """The job, its libraries and those of this machine's platform. The tests' libraries have the natives."""
    libraries = maven_path(
        [str(ROOT / "pom.xml"), "-pl", "deepsentry-flink-job", "-am", "package", "-Dmaven.test.skip=true", "-Dspotless.check.skip=true"]
    )
    job = [jar for jar in (ROOT / "deepsentry-flink-job/target").glob("*.jar") if "sources" not in jar.name and "javadoc" not in jar.name]
    return [*map(str, job), *libraries]


class Processes:
    """What was started in a folder, by names."""

    def __init__(self, work, cache, job_path=None, broker_path=None):
        self.work = work
        self.cache = cache
        self.java = shutil.which("java") or sys.exit("Java 17 is needed")
        self.pids, self.logs = work / "pids", work / "logs"
        for folder in (self.pids, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.given = {"job": job_path, "broker": broker_path}
        self.children = {}

    def libraries(self, name):
        """A class path, found once and kept beside the processes."""
        file = self.work / f"{name}.classpath"
        if not file.exists():
            given = self.given[name]
            found = expand(given) if given else build_job() if name == "job" else maven_path([str(HERE / "pom.xml")])
            file.write_text(os.pathsep.join(found))
        return file.read_text().split(os.pathsep)

    def start(self, name, command, **more):
        with open(self.logs / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **more)
        self.children[name] = child
        (self.pids / name).write_text(str(child.pid))
        return child.pid

    def running(self):
        return sorted(file.name for file in self.pids.iterdir() if self.pid(file.name))

    def pid(self, name):
        """The id of a process that is there and is what was started; or None."""
        child = self.children.get(name)
        if child:
            # Of a process that has only just begun, the system does not show the command yet.
            return child.pid if child.poll() is None else None
        try:
            pid = int((self.pids / name).read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            return pid if b"java" in command or b"elasticsearch" in command else None
        except OSError:
            return None

    def kill(self, name, sign=signal.SIGKILL):
        pid = self.pid(name)
        if pid:
            os.kill(pid, sign)
            for _ in range(600):
                if not self.pid(name):
                    break
                time.sleep(0.1)
            else:
                os.kill(pid, signal.SIGKILL)
        (self.pids / name).unlink(missing_ok=True)

    def wait(self, name, done, patience=600):
        """Until a process serves; ends if it is gone."""
        def served():
            if not self.pid(name):
                sys.exit(f"{name} has ended:\n" + (self.logs / f"{name}.log").read_text()[-3000:])
            return done()
        wait(name, served, patience)

    def stop(self):
        for name in reversed(self.running()):
            self.kill(name, signal.SIGTERM)


class Kafka:
    """A broker and controller of one node, with what it had stored when it is started again."""

    def __init__(self, processes, port=None):
        self.processes = processes
        self.folder = processes.work / "kafka"
        self.settings = self.folder / "server.properties"
        self.path = os.pathsep.join(processes.libraries("broker"))
        if not self.settings.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            port, controller = port or free_port(), free_port()
            self.settings.write_text(
                "process.roles=broker,controller\nnode.id=1\n"
                f"controller.quorum.voters=1@127.0.0.1:{controller}\ncontroller.listener.names=CONTROLLER\n"
                f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n"
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
                f"log.dirs={self.folder}/data\nnum.partitions=4\noffsets.topic.replication.factor=1\n"
                "transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n"
                "transaction.state.log.num.partitions=2\noffsets.topic.num.partitions=2\n"
            )
            self.tool("kafka.tools.StorageTool", "format", "-t", str(uuid.uuid4()), "-c", str(self.settings))
        listeners = next(line for line in self.settings.read_text().splitlines() if line.startswith("listeners="))
        self.bootstrap = listeners.split("//")[1].split(",")[0]

    def tool(self, *arguments):
        done = subprocess.run([self.processes.java, *LIGHT, "-cp", self.path, *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        self.processes.start("kafka", [self.processes.java, "-Xmx400m", *LIGHT, "-cp", self.path, "kafka.Kafka", str(self.settings)])
        host, port = self.bootstrap.split(":")
        self.processes.wait("kafka", lambda: socket.create_connection((host, int(port)), 1).close() is None)

    def topics(self, **partitions):
        """Makes topics of names with so many partitions."""
        self.tool(str(HERE / "Topics.java"), self.bootstrap, *(f"{name}:{count}" for name, count in partitions.items()))


class Search:
    """An Elasticsearch of tools/test-servers/fetch."""

    def __init__(self, processes):
        self.processes = processes
        self.folder = processes.work / "elasticsearch"
        self.command = processes.work / "elasticsearch.json"

    def start(self):
        if not (self.processes.cache / "elasticsearch").is_dir():
            sys.exit(f"Elasticsearch is not there: run tools/test-servers/fetch {self.processes.cache}")
        if not self.command.exists():
            server = SearchServer("elasticsearch", self.processes.cache, self.folder)
            self.command.write_text(json.dumps([server.port, server.command]))
        self.processes.start("elasticsearch", json.loads(self.command.read_text())[1])
        self.processes.wait("elasticsearch", lambda: ask(self.port(), "/_cluster/health?wait_for_status=yellow&timeout=5s"))

    def port(self):
        return json.loads(self.command.read_text())[0]

    def url(self):
        return f"http://127.0.0.1:{self.port()}"

    def documents(self, index):
        """The first 10,000 of an index; none before the job has made it."""
        try:
            ask(self.port(), f"/{index}/_refresh", "POST")
        except urllib.error.HTTPError as e:
            if e.code == 404:
                return []
            raise
        return [hit["_source"] for hit in json.loads(ask(self.port(), f"/{index}/_search?size=10000"))["hits"]["hits"]]


class Flink:
    """A cluster of one JobManager and some TaskManagers; ZooKeeper lets a JobManager that is started again go on."""

    def __init__(self, processes, slots=2, cores=2, heap=768, checkpoint="10 s", more=()):
        self.processes = processes
        work = processes.work
        home = fetch_flink(processes.cache)
        job = [entry for entry in processes.libraries("job") if not Path(entry).name.startswith(BROUGHT_BY_FLINK + TESTS_ONLY)
               or Path(entry).name.startswith("flink-connector-kafka")]  # fmt: skip
        self.path = os.pathsep.join([*expand(f"{home}/lib/*"), *job])
        self.conf = work / "conf"
        self.heap, self.cores = heap, cores
        self.placeholder = work / "placeholder.jar"
        if not (self.conf / "config.yaml").exists():
            self.conf.mkdir()
            rest, rpc, zookeeper, quorum, election = (free_port() for _ in range(5))
            settings = {
                "rest.address": "127.0.0.1", "rest.port": rest, "rest.bind-address": "127.0.0.1",
                "jobmanager.rpc.address": "127.0.0.1", "jobmanager.rpc.port": rpc, "high-availability.jobmanager.port": rpc,
                "high-availability.type": "zookeeper", "high-availability.zookeeper.quorum": f"127.0.0.1:{zookeeper}",
                "high-availability.storageDir": f"file://{work}/ha", "high-availability.cluster-id": "deepsentry",
                "taskmanager.host": "127.0.0.1", "taskmanager.numberOfTaskSlots": slots, "parallelism.default": slots,
                "execution.checkpointing.dir": f"file://{work}/checkpoints", "execution.checkpointing.storage": "filesystem",
                "execution.checkpointing.tolerable-failed-checkpoints": 100,
                "restart-strategy.type": "fixed-delay", "restart-strategy.fixed-delay.attempts": 1000000, "restart-strategy.fixed-delay.delay": "1 s",
                "heartbeat.interval": 2000, "heartbeat.timeout": 20000, "io.tmp.dirs": f"{work}/tmp",
                "env.java.opts.all": '"' + " ".join(OPENS) + '"',
            }  # fmt: skip
            settings.update(more)
            (self.conf / "config.yaml").write_text("".join(f"{name}: {value}\n" for name, value in settings.items()))
            (self.conf / "log4j.properties").write_text(
                "rootLogger.level = INFO\nrootLogger.appenderRef.out.ref = out\nappender.out.name = out\nappender.out.type = CONSOLE\n"
                "appender.out.layout.type = PatternLayout\nappender.out.layout.pattern = %d{HH:mm:ss,SSS} %-5p %c{1} - %m%n\n"
                "logger.kafka.name = org.apache.kafka\nlogger.kafka.level = WARN\n"
            )
            (self.conf / "zoo.cfg").write_text(
                f"tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir={work}/zookeeper\nclientPort={zookeeper}\nclientPortAddress=127.0.0.1\n"
                f"admin.enableServer=false\nserver.1=127.0.0.1:{quorum}:{election}\n"
            )
            (work / "tmp").mkdir()
            with zipfile.ZipFile(self.placeholder, "w") as jar:
                jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        config = dict(line.split(": ", 1) for line in (self.conf / "config.yaml").read_text().splitlines())
        self.zookeeper = config["high-availability.zookeeper.quorum"]
        self.rest = f"http://127.0.0.1:{config['rest.port']}"

    def command(self, main, memory, *arguments):
        return [
            self.processes.java, *memory, *OPENS, f"-Dlog4j.configurationFile=file:{self.conf}/log4j.properties", "-cp", self.path, main, *arguments,
        ]  # fmt: skip

    def start(self, task_managers=1):
        self.processes.start(
            "zookeeper",
            self.command("org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer", ["-Xmx64m", *LIGHT],
                         "--zkConfigFile", str(self.conf / "zoo.cfg"), "--peerId", "1"),
        )  # fmt: skip
        host, port = self.zookeeper.split(":")
        self.processes.wait("zookeeper", lambda: socket.create_connection((host, int(port)), 1).close() is None)
        self.start_job_manager()
        for number in range(1, task_managers + 1):
            self.start_task_manager(f"task-manager-{number}")

    def wait_for_slots(self, slots=2):
        self.processes.wait("job-manager", lambda: self.ask("/overview")["slots-total"] >= slots)

    def start_job_manager(self):
        memory = {
            "jobmanager.memory.heap.size": "512mb", "jobmanager.memory.off-heap.size": "128mb", "jobmanager.memory.jvm-metaspace.size": "256mb",
            "jobmanager.memory.jvm-overhead.min": "192mb", "jobmanager.memory.jvm-overhead.max": "192mb",
        }  # fmt: skip
        self.processes.start(
            "job-manager",
            self.command("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", ["-Xmx512m", *LIGHT],
                         "--configDir", str(self.conf), "--executionMode", "cluster", *defined(memory)),
        )  # fmt: skip

    def start_task_manager(self, name):
        memory = {
            "taskmanager.cpu.cores": f"{self.cores}.0", "taskmanager.memory.framework.heap.size": "128mb", "taskmanager.memory.framework.off-heap.size": "128mb",
            "taskmanager.memory.task.heap.size": f"{self.heap}mb", "taskmanager.memory.task.off-heap.size": "256mb",
            "taskmanager.memory.network.min": "64mb", "taskmanager.memory.network.max": "64mb", "taskmanager.memory.managed.size": "128mb",
            "taskmanager.memory.jvm-metaspace.size": "256mb", "taskmanager.memory.jvm-overhead.min": "192mb", "taskmanager.memory.jvm-overhead.max": "192mb",
            # A machine that comes back is another one, or its predecessor's loss is not seen.
            "taskmanager.resource-id": f"{name}-{uuid.uuid4().hex[:8]}",
        }  # fmt: skip
        self.processes.start(
            name,
            self.command("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", [f"-Xmx{self.heap + 128}m", "-XX:+UseSerialGC"],
                         "--configDir", str(self.conf), *defined(memory)),
        )  # fmt: skip

    def submit(self, arguments, parallelism, main=JOB, settings=()):
        environment = {**os.environ, "FLINK_CONF_DIR": str(self.conf)}
        done = subprocess.run(
            self.command("org.apache.flink.client.cli.CliFrontend", ["-Xmx256m", *LIGHT],
                         "run", "-d", "-p", str(parallelism), *(f"-D{each}" for each in settings), "-c", main, str(self.placeholder), *arguments),
            capture_output=True, text=True, env=environment,
        )  # fmt: skip
        for line in done.stdout.splitlines():
            if "JobID" in line:
                return line.split()[-1]
        sys.exit(f"the job was not taken:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.rest + path, data=data, headers={"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def is_running(self, job):
        vertices = self.ask(f"/jobs/{job}")["vertices"]
        # The source of a job without a topic of releases has ended.
        return all(vertex["status"] in ("RUNNING", "FINISHED") for vertex in vertices)

    def completed_checkpoints(self, job):
        return self.ask(f"/jobs/{job}/checkpoints")["counts"]["completed"]

    def await_checkpoint(self, job, patience=900):
        """Until the job runs and a checkpoint that began now is complete: the first to complete may have begun before."""
        before = []

        def came():
            # While the JobManager comes back, it answers with errors.
            if not self.is_running(job):
                before.clear()
                return False
            before.append(self.completed_checkpoints(job))
            return before[-1] > before[0] + 1

        wait("a checkpoint", came, patience)

    def drain(self, job, patience=900):
        """Ends the job as if its input had: all sessions end, and what they gave is committed."""
        end = time.monotonic() + patience
        done = {}

        def ended():
            done.update(self.ask(f"/jobs/{job}/savepoints/{trigger}"))
            return done["status"]["id"] == "COMPLETED"

        while True:
            # A job that is only recovering takes no savepoint, or one that waits for its sources for ever.
            self.await_checkpoint(job, patience)
            trigger = self.ask(f"/jobs/{job}/stop", {"drain": True, "targetDirectory": f"file://{self.processes.work}/savepoints"})["request-id"]
            wait("the savepoint", ended, patience)
            if "failure-cause" not in done["operation"]:
                break
            if time.monotonic() > end:
                sys.exit(f"the job could not be drained: {done['operation']['failure-cause'].get('stack-trace', '')[:2000]}")
            time.sleep(1)
        wait("the end of the job", lambda: self.ask(f"/jobs/{job}")["state"] == "FINISHED", patience)


def defined(settings):
    return [part for name, value in settings.items() for part in ("-D", f"{name}={value}")]


def wait(what, done, patience=600):
    end = time.monotonic() + patience
    seen = ""
    while time.monotonic() < end:
        try:
            if done():
                return
        except (OSError, KeyError, urllib.error.URLError) as e:
            seen = str(e)
        time.sleep(0.5)
    sys.exit(f"{what} did not come within {patience} s {seen}")
