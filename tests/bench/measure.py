"""One run of one workload by one tool."""
import errno
import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field


@dataclass
class Run:
    status: int = 0
    signal: int = 0
    timeout: int = 0
    cpu_us: int = 0             # user + system, with that of the children it waited for and of what ran beside it
    target_cpu_us: int = 0      # without what ran beside it
    wall_ns: int = 0
    end_ns: int = 0             # when all was finished
    rss_kib: int = 0            # of the largest process among the program and its children
    beside_rss_kib: int = 0     # of what ran beside it
    output: str = ''            # a digest of stdout
    said: dict = field(default_factory=dict)  # bench: KEY=NUMBER
    complaint: str = ''         # of the tool
    stderr: str = ''            # its last line

    def failure(self, native):
        """What is wrong with it, compared with the native run; '' when nothing is."""
        if self.timeout:
            return f'time-out (after {self.wall_ns / 1e9:.0f} s)'
        if self.signal != native.signal:
            return f'signal {self.signal}' + (f': {self.stderr}' if self.stderr else '')
        if self.status != native.status:
            return f'exit status {self.status}, not {native.status}' + (f': {self.stderr}' if self.stderr else '')
        if self.output != native.output:
            return 'another stdout'
        return self.complaint or ''


def fields(path):
    """KEY=NUMBER words of the line that measure.c wrote."""
    try:
        with open(path, encoding='ascii') as report:
            return {key: int(value) for key, value in (word.split('=') for word in report.read().split())}
    except FileNotFoundError:
        return {}


def environment(workload, context):
    return {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': context.scratch, 'LC_ALL': 'C.UTF-8', 'TMPDIR': context.scratch,
            **workload.env}


def release(fifo):
    """A reader that still waits for its writer goes on."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        if error.errno not in (errno.ENXIO, errno.ENOENT):
            raise


def run(tool, workload, limit):
    context = tool.context
    shutil.rmtree(context.scratch, ignore_errors=True)
    os.makedirs(context.scratch)
    measure = [context.programs['measure']]
    report, output, errors = (os.path.join(context.scratch, name) for name in ('report', 'stdout', 'stderr'))
    env = environment(workload, context)
    command = tool.command(workload.argv)
    beside = tool.beside()
    if beside:
        beside_report = os.path.join(context.scratch, 'beside')
        second = subprocess.Popen(measure + [beside_report, str(limit + 10), *beside], env=env, stdin=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, start_new_session=True)
    with open(workload.stdin, 'rb') as stdin, open(output, 'wb') as stdout, open(errors, 'wb') as stderr:
        first = subprocess.Popen(measure + [report, str(limit), *command], env=env, cwd=context.scratch, stdin=stdin,
                                 stdout=stdout, stderr=stderr, start_new_session=True)
        if workload.drive:
            workload.drive(lambda: first.poll() is None)
        first.wait()
    result = Run(**{'output': digest(output), **fields(report)})
    result.target_cpu_us = result.cpu_us
    if beside:
        release(beside[-2])
        second.wait()
        found = fields(beside_report)
        result.cpu_us += found.get('cpu_us', 0)
        result.beside_rss_kib = found.get('rss_kib', 0)
        result.end_ns = max(result.end_ns, found.get('end_ns', 0))
        result.timeout |= found.get('timeout', 0)
    result.said, result.stderr = heard(errors)
    result.complaint = tool.complaint() or ''
    return result


def digest(path):
    with open(path, 'rb') as data:
        return hashlib.file_digest(data, 'sha256').hexdigest()


def heard(path):
    """(what the program said about itself, the last line of stderr that says something)."""
    said, last = {}, ''
    with open(path, encoding='utf-8', errors='replace') as lines:
        for line in lines:
            found = re.search(r'bench: (\w+)=([\d.]+)', line)
            if found:
                said[found.group(1)] = float(found.group(2))
            elif line.strip():
                last = line.strip()[:100]
    return said, last
