#!/usr/bin/env -S python3 -B
"""Long-lived programs: started, under load, stopped by SIGTERM and killed by SIGKILL, with leakcheck and without it.

servers.py LEAKCHECK [NAME...]: with leakcheck every request is served, SIGTERM ends the server as it does without, each process
has left a whole log, and there is one report. Killed by SIGKILL, under --survive-kill=yes, it is reported, too. Servers that
are not installed are skipped; with names, only those. Prints TAP.
"""
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

SECONDS = 120
PYTHON = "/usr/bin/python3"

POOL = """
import multiprocessing, os, signal, socket, sys
def work(n):
    return len([str(i) * 3 for i in range(n)])
def stop(*_):
    pool.terminate(), pool.join()
    sys.exit(5)
if __name__ == "__main__":
    pool = multiprocessing.Pool(3)
    signal.signal(signal.SIGTERM, stop)
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = listener.accept()
        with client:
            client.recv(10000)
            client.sendall(str(sum(pool.map(work, range(300)))).encode())
"""
NODE = """
const http = require("http");
const held = [];
http.createServer((q, a) => { held.push(q.url.repeat(3)); if (held.length > 999) held.shift(); a.end("x".repeat(500)); })
    .listen(+process.argv[2], "127.0.0.1");
process.on("SIGTERM", () => process.exit(6));
"""
NGINX = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 128; }}
http {{ access_log {folder}/access.log; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5; server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""


@dataclass
class Server:
    name: str
    needs: list                 # programs
    command: list               # {folder} and {port} are replaced, in these, too:
    load: list
    served: str                 # the load's output has it,
    unserved: str = r"(?!)"     # and not this
    processes: int = 1          # that leave a log at least
    files: dict = field(default_factory=dict)
    user: str = ""
    prepare: list = field(default_factory=list)


POSTGRES = "/usr/lib/postgresql/15/bin"
SERVERS = [
    Server("redis", ["redis-check-rdb", "redis-benchmark"],     # which is the server, by another name
           ["{folder}/redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--dir", "{folder}", "--logfile", "{folder}/redis.log"],
           ["redis-benchmark", "-h", "127.0.0.1", "-p", "{port}", "-q", "-n", "5000", "-c", "20", "-t", "set,get,lpush,lrange_100,hset"],
           r"HSET: .*requests per second", r"[Ee]rror|WARN",
           prepare=["ln", "-s", "/usr/bin/redis-check-rdb", "{folder}/redis-server"]),
    Server("nginx", ["nginx", "wrk"], ["nginx", "-p", "{folder}", "-c", "{folder}/nginx.conf", "-e", "{folder}/error.log"],
           ["wrk", "-d", "2", "-c", "20", "-t", "1", "http://127.0.0.1:{port}/page"], r"Requests/sec", r"Non-2xx|Socket errors",
           processes=3, files={"nginx.conf": NGINX, "www/page": "page " * 400}),
    Server("postgres", [POSTGRES + "/postgres", POSTGRES + "/pgbench", "setpriv"],
           [POSTGRES + "/postgres", "-D", "{folder}/data", "-p", "{port}", "-k", "{folder}", "-c", "listen_addresses=127.0.0.1",
            "-c", "fsync=off"],
           ["sh", "-c", f"until {POSTGRES}/pg_isready -q -h {{folder}} -p {{port}}; do sleep 0.1; done; {POSTGRES}/pgbench -h {{folder}} -p {{port}} -i -q postgres && {POSTGRES}/pgbench -h {{folder}} -p {{port}} "
            "-c 4 -T 3 postgres"], r"number of failed transactions: 0 ", r"ERROR|FATAL|aborted", processes=8, user="postgres",
           prepare=[POSTGRES + "/initdb", "-D", "{folder}/data", "-A", "trust", "--no-sync"]),
    Server("python-pool", [PYTHON, "curl"], [PYTHON, "{folder}/pool.py", "{port}"],
           ["sh", "-c", "for i in 1 2 3 4 5; do curl -s --http0.9 http://127.0.0.1:{port}/ || exit; echo; done; echo all"], r"44850\n(?s:.*)all",
           processes=4, files={"pool.py": POOL}),
    Server("node", ["node", "wrk"], ["node", "{folder}/node.js", "{port}"],
           ["wrk", "-d", "2", "-c", "20", "-t", "1", "http://127.0.0.1:{port}/page"], r"Requests/sec", r"Non-2xx|Socket errors",
           files={"node.js": NODE}),
]


KILLED = r"signal 9 \(SIGKILL\)|sig +9 "


class Failure(Exception):
    pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Run:
    """One server in a folder of its own."""

    def __init__(self, server, prefix):
        self.server = server
        self.folder = tempfile.mkdtemp(prefix=f"leakcheck-{server.name}-")
        self.values = {"folder": self.folder, "port": free_port()}
        self.user = ["setpriv", "--reuid", server.user, "--regid", server.user, "--init-groups"] if server.user and os.getuid() == 0 else []
        for name, text in server.files.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text.format(**self.values) if name.endswith(".conf") else text)
        os.chmod(self.folder, 0o777)    # for workers that become somebody else
        if self.user:
            shutil.chown(self.folder, server.user, server.user)
        if server.prepare:
            subprocess.run([*self.user, *self.fill(server.prepare)], check=True, capture_output=True, timeout=SECONDS, cwd=self.folder)
        self.err = open(os.path.join(self.folder, "stderr"), "w+")
        self.process = subprocess.Popen([*self.user, *self.fill(prefix), *self.fill(server.command)], cwd=self.folder,
                                        stdin=subprocess.DEVNULL, stdout=self.err, stderr=self.err, start_new_session=True)

    def fill(self, words):
        return [word.format(**self.values) for word in words]

    def wait_until_ready(self):
        end = time.time() + SECONDS / 2
        while time.time() < end:
            try:
                socket.create_connection(("127.0.0.1", self.values["port"]), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise Failure(f"it ended at its start: {self.errors()}")
                time.sleep(0.05)
        raise Failure("it does not listen")

    def errors(self):
        self.err.seek(0)
        return self.err.read()[-400:]

    def load(self):
        done = subprocess.run([*self.user, *self.fill(self.server.load)], capture_output=True, text=True, timeout=SECONDS, cwd=self.folder)
        text = done.stdout + done.stderr
        if done.returncode or not re.search(self.server.served, text) or re.search(self.server.unserved, text):
            raise Failure(f"load: status {done.returncode}: {text[-400:]}")

    def stop(self, signal_number):
        os.kill(self.process.pid, signal_number)
        status = self.process.wait(SECONDS)
        if signal_number == signal.SIGKILL:     # some servers' processes go on without their master
            self.kill_session()
        return status

    def session(self):
        return subprocess.run(["pgrep", "-s", str(self.process.pid)], capture_output=True, text=True).stdout.split()

    def kill_session(self):
        for pid in self.session():
            os.kill(int(pid), signal.SIGKILL)

    def nobody_is_left(self):
        """The others of its session end, and reports come a moment after."""
        end = time.time() + 30
        while time.time() < end:
            left = self.session()
            if not left and not glob.glob(os.path.join(self.folder, "tmp/*")):
                return
            time.sleep(0.1)
        self.kill_session()
        raise Failure(f"left: {left} {glob.glob(os.path.join(self.folder, 'tmp/*'))}")

    def report(self, needle):
        """To its end; of a killed server it is still being written."""
        end, text = time.time() + 30, ""
        while time.time() < end and not ("ERROR SUMMARY" in text and re.search(needle, text)):
            time.sleep(0.1)
            if os.path.exists(os.path.join(self.folder, "report")):
                with open(os.path.join(self.folder, "report"), errors="replace") as file:
                    text = file.read()
        return text

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.err.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def without(server):
    run = Run(server, [])
    try:
        run.wait_until_ready()
        run.load()
        return run.stop(signal.SIGTERM)
    finally:
        run.close()


def is_whole(path):
    with open(path, errors="replace") as file:
        lines = file.read().splitlines()
    return bool(lines) and lines[-1] == f"end lines={len(lines) - 1}"


def under(leakcheck, server, how, *options):
    """The status, and the report."""
    run = Run(server, ["env", "TMPDIR={folder}/tmp", leakcheck, "--error-exitcode=0", "--log-file={folder}/report",
                       "--record={folder}/log.%p", *options])
    os.mkdir(os.path.join(run.folder, "tmp"), 0o777)
    os.chmod(os.path.join(run.folder, "tmp"), 0o777)
    try:
        run.wait_until_ready()
        run.load()
        status = run.stop(how)
        run.nobody_is_left()
        text = run.report(KILLED if how == signal.SIGKILL else "")
        logs = glob.glob(os.path.join(run.folder, "log.*"))
        own = [log for log in logs if os.path.getsize(log)]
        broken = [os.path.basename(log) for log in own if not is_whole(log)]
        if broken:
            raise Failure(f"no whole logs: {broken}")
        if how == signal.SIGTERM and len(own) < server.processes:
            raise Failure(f"{len(own)} logs, not {server.processes}; {run.errors()}")
        return status, text
    finally:
        run.close()


def check(leakcheck, server):
    want = without(server)
    status, text = under(leakcheck, server, signal.SIGTERM)
    if status != want:
        yield f"SIGTERM: status {status}, not {want}"
    if text.count("HEAP SUMMARY") != 1:
        yield f"SIGTERM: {text.count('HEAP SUMMARY')} reports: {text[:300]!r}"
    notes = [line for line in text.splitlines() if "NOTE:" in line and "report" in line]
    if notes:
        yield f"SIGTERM: {notes}"
    status, text = under(leakcheck, server, signal.SIGKILL, "--survive-kill=yes")
    if status != -signal.SIGKILL:
        yield f"SIGKILL: status {status}"
    if not re.search(KILLED, text):
        yield f"SIGKILL: no report: {text[:300]!r}"
    if "not freed" not in text and "still reachable" not in text:
        yield f"SIGKILL: nothing of the heap: {text[:300]!r}"


def main():
    leakcheck, *names = sys.argv[1:]
    leakcheck = os.path.realpath(leakcheck)
    servers = [server for server in SERVERS if not names or server.name in names]
    os.environ["LC_ALL"] = "C"
    for variable in "LD_PRELOAD", "LEAKCHECK_OPTIONS", "LD_LIBRARY_PATH":
        os.environ.pop(variable, None)
    print(f"1..{len(servers)}")
    for index, server in enumerate(servers, 1):
        missing = [program for program in server.needs if not shutil.which(program)]
        if missing:
            print(f"ok {index} {server.name} # SKIP not installed: {' '.join(missing)}")
            continue
        try:
            faults = [*check(leakcheck, server)]
        except (Failure, OSError, subprocess.SubprocessError) as failure:
            faults = [str(failure)]
        print(f"{'not ok' if faults else 'ok'} {index} {server.name}")
        for fault in faults:
            print("# " + fault.replace("\n", "\n#   "))
        sys.stdout.flush()


main()
