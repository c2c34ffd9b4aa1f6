"""A Spark cluster of several processes on this machine's loopback addresses: to try, to test, to develop.

usage: cluster.py [--workers N] INPUT OUTPUT --bundle FILE ...    as `spark.py place`
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

# A short-lived JVM is not worth the second compiler's time, nor collectors with threads of their own.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
START_SECONDS = 60


def spark_home():
    import pyspark

    return Path(pyspark.__file__).parent


def is_listening(host, port):
    with socket.socket() as tried:
        return tried.connect_ex((host, port)) == 0


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def processes(folder):
    """A function that starts one of Spark's; all are ended at the end."""
    environment = {
        **os.environ,
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_JAVA_OPTS": JVM,
        "SPARK_DAEMON_MEMORY": "512m",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_WORKER_DIR": str(Path(folder) / "work"),
    }
    started = []

    def start(name, host, *flags):
        environment["SPARK_LOCAL_IP"] = host
        line = [spark_home() / "bin/spark-class", f"org.apache.spark.deploy.{name}", *flags]
        with (Path(folder) / f"{name}-{host}.log").open("wb") as log:
            started.append(
                subprocess.Popen(line, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            )
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(process, port, folder):
    """Returns when a process listens at a port."""
    end = time.monotonic() + START_SECONDS
    while not is_listening("127.0.0.1", port):
        if time.monotonic() > end or process.poll() is not None:
            raise RuntimeError(f"Spark did not start; is Java 17 installed? Its logs are in {folder}")
        time.sleep(0.2)


@contextlib.contextmanager
def cluster(workers=2, folder="."):
    """Starts a master on 127.0.0.1 and workers of one core on 127.0.0.2, .3 and so on; ends them all.

    Of addresses of their own, for Spark runs no second copy of a task on the host of the first.
    """
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    with processes(folder) as start:
        flags = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        wait_for(start("master.Master", "127.0.0.1", *flags), port, folder)
        for number in range(workers):
            host = f"127.0.0.{number + 2}"
            flags = ["--host", host, "--cores", "1", "--memory", "2g", "--webui-port", "0"]
            start("worker.Worker", host, *flags, master)
        yield master


@contextlib.contextmanager
def connect_server(master, folder="."):
    """Starts a Spark Connect server, which runs what it is sent on a cluster; ends it."""
    port = free_port()
    binding = {"spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": port}
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    with processes(folder) as start:
        flags = ["--master", master, *settings(binding), "--class", server, "--name", "Spark Connect server"]
        wait_for(start("SparkSubmit", "127.0.0.1", *flags), port, folder)
        yield f"sc://127.0.0.1:{port}"


# Settings of a driver on this machine: nothing listens but on loopback.
DRIVER = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": JVM,
    "spark.executor.extraJavaOptions": JVM,
    "spark.executor.memory": "512m",
    "spark.driver.memory": "512m",
    "spark.speculation": "true",
}


def settings(others=()):
    return [word for key, value in {**DRIVER, **dict(others)}.items() for word in ("--conf", f"{key}={value}")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--folder", default="artifacts", help="where Spark's logs go")
    given, others = parser.parse_known_args()
    folder = Path(given.folder) / "spark"
    folder.mkdir(parents=True, exist_ok=True)
    driver = Path(__file__).with_name("spark.py")
    with cluster(given.workers, folder) as master:
        line = [sys.executable, driver, "--master", master, *settings(), "place", given.input, given.output, *others]
        sys.exit(subprocess.run(line).returncode)


if __name__ == "__main__":
    main()
