#!/usr/bin/env python3
"""Every stack that leakcheck records of real programs, compared with libunwind's: tools/verify-stacks runs this when
all is installed and built. Exit status 1 when a stack differs, or a program has none."""
import argparse
import glob
import os
import pwd
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
import workloads  # noqa: E402  the programs, and their input

MAGIC = b'leakcheck-verify'
FIELDS = 'stacks frames differences cut lost interrupted unrecorded'.split()  # verified.h
PAGE = 4096
LIMIT_S = 1500


def parse_arguments():
    parser = argparse.ArgumentParser(prog='tools/verify-stacks', description=__doc__)
    parser.add_argument('--quick', action='store_true', help='small inputs, a few programs')
    parser.add_argument('--only', metavar='NAME,...', help='only these; see --list')
    parser.add_argument('--list', action='store_true', help='the names of the programs, and nothing else')
    parser.add_argument('--tap', action='store_true', help='print TAP, a test a program')
    parser.add_argument('--build', default=os.path.join(HERE, '../../build'), help='the build folder [build]')
    arguments = parser.parse_args()
    arguments.build = os.path.realpath(arguments.build)
    return arguments


def read_counts(prefix):
    """The sums over the files of all processes, and the text of the first differences."""
    counts, text = Counter(), ''
    for path in sorted(glob.glob(glob.escape(prefix) + '.*')):
        with open(path, 'rb') as file:
            page, rest = file.read(PAGE), file.read(1 << 20)
        if not page.startswith(MAGIC):
            sys.exit(f'{path} is not a file of captured.c')
        values = struct.unpack_from(f'{len(FIELDS)}Q', page, len(MAGIC))
        counts.update(dict(zip(FIELDS, values)))
        counts['processes'] += 1
        if rest and not text:
            program = page[len(MAGIC) + 8 * len(FIELDS):].split(b'\0')[0]
            text = f'{program.decode(errors="replace")}: {path}\n{rest.decode(errors="replace")}'
    return counts, text


@dataclass
class Program:
    name: str
    run: object  # called with the environment; returns the exit status
    is_quick: bool = False


class Programs:
    def __init__(self, arguments):
        self.arguments = arguments
        self.work = os.path.join(arguments.build, 'verify')
        self.scratch = os.path.join(self.work, 'scratch')
        self.library = os.path.join(arguments.build, 'tests/verify/libleakcheck-verify.so')
        os.makedirs(self.scratch, exist_ok=True)

    def environment(self, prefix):
        options = 'leak-check=no:memory-map=no:quiet:symbolizer=no:log-file=/dev/null'
        return dict(os.environ, LC_ALL='C', LEAKCHECK_VERIFY=prefix, LEAKCHECK_VERIFY_LIBRARY=self.library,
                    LEAKCHECK_OPTIONS=options)

    def start(self, argv, environment, **options):
        environment = dict(environment, LD_PRELOAD=self.library)
        return subprocess.Popen(argv, env=environment, cwd=self.scratch, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **options)

    def compile(self, name, *flags):
        source = glob.glob(os.path.join(HERE, 'programs', name + '.*'))[0]
        path = os.path.join(self.work, name)
        subprocess.run(['g++' if source.endswith('.cc') else 'gcc', '-O2', '-fno-builtin', '-pthread', *flags, source, '-o', path], check=True)
        return path

    def workload(self, w):
        def run(environment):
            with open(w.stdin, encoding='utf-8') as stdin:
                process = self.start(w.argv, dict(environment, **w.env), stdin=stdin)
                if w.drive:
                    w.drive(lambda: process.poll() is None)
                return process.wait(LIMIT_S)
        return run

    def own(self, name, rounds):
        def run(environment):
            return self.start([self.compile(name), str(rounds)], environment).wait(LIMIT_S)
        return run

    def real(self, environment):
        run = os.path.join(HERE, '../real/run')
        answer = subprocess.run([run, os.path.join(HERE, 'leakcheck')], env=environment, stdout=subprocess.PIPE, check=False,
                                text=True)
        for line in answer.stdout.splitlines():
            if line.startswith(('not ok', '#')) or ' # SKIP' in line:
                print('  real:', line)
        return int('not ok' in answer.stdout)

    def memcached(self, commands):
        """Four threads, and a client for each that sets, appends and gets."""
        def client(path, number):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                lines = s.makefile('rb')
                for i in range(commands // 4):
                    key, value = f'key{number}-{i % 5000}', 'v' * (i * 37 % 3000)
                    s.sendall(f'set {key} 0 0 {len(value)}\r\n{value}\r\nget {key}\r\nstats slabs\r\n'.encode())
                    while not lines.readline().startswith(b'END'):
                        pass
                    while not lines.readline().startswith(b'END'):
                        pass

        def run(environment):
            path = os.path.join(self.scratch, 'memcached.socket')
            server = self.start(['memcached', '-u', pwd.getpwuid(os.getuid()).pw_name, '-t', '4', '-m', '256', '-s', path], environment)
            while not os.path.exists(path) and server.poll() is None:
                time.sleep(0.02)
            clients = [threading.Thread(target=client, args=(path, number)) for number in range(4)]
            for c in clients:
                c.start()
            for c in clients:
                c.join()
            server.terminate()
            return server.wait(LIMIT_S)
        return run

    def all(self):
        quick = self.arguments.quick
        inputs = workloads.Inputs(os.path.join(self.work, 'inputs'), not quick)
        in_quick = ('jq', 'perl')
        for w in workloads.real(inputs, self.scratch):
            if w.name == 'redis':
                w.argv += ['--io-threads', '4', '--io-threads-do-reads', 'yes']
            yield Program(w.name, self.workload(w), w.name in in_quick)
        yield Program('exceptions', self.own('exceptions', 300 if quick else 8000), True)
        yield Program('hops', self.own('hops', 5000 if quick else 50000), True)
        if shutil.which('memcached'):
            yield Program('memcached', self.memcached(100000))
        yield Program('real', self.real)


def verify(program, programs):
    prefix = os.path.join(programs.work, program.name)
    for path in glob.glob(glob.escape(prefix) + '.*'):
        os.remove(path)
    started = time.time()
    try:
        status = program.run(programs.environment(prefix))
    except subprocess.TimeoutExpired:
        status = 'timeout'
    counts, text = read_counts(prefix)
    counts['seconds'] = round(time.time() - started)
    return counts, text, status


COLUMNS = 'program processes stacks frames/stack differences cut lost interrupted unrecorded seconds status'.split()


def row(name, counts, status):
    depth = counts['frames'] / max(1, counts['stacks'])
    values = [name, *(f'{depth:.1f}' if c == 'frames/stack' else f'{counts[c]:,}' for c in COLUMNS[1:-1]), str(status)]
    return '| ' + ' | '.join(v.ljust(12) if i == 0 else v.rjust(len(COLUMNS[i])) for i, v in enumerate(values)) + ' |'


def main():
    arguments = parse_arguments()
    programs = Programs(arguments)
    chosen = [p for p in programs.all() if p.is_quick or not arguments.quick]
    if arguments.only:
        chosen = [p for p in chosen if p.name in arguments.only.split(',')]
    if arguments.list:
        print('\n'.join(p.name for p in chosen))
        return 0
    if arguments.tap:
        print(f'1..{len(chosen)}')
    else:
        print('| ' + ' | '.join(c.ljust(12) if i == 0 else c for i, c in enumerate(COLUMNS)) + ' |')
        print('|' + '|'.join(['---'] + ['---:'] * (len(COLUMNS) - 1)) + '|')
    total, failed = Counter(), False
    for number, program in enumerate(chosen, 1):
        counts, text, status = verify(program, programs)
        total.update(counts)
        is_good = counts['stacks'] and not counts['differences'] and not counts['unrecorded'] and status == 0
        failed = failed or not is_good
        if arguments.tap:
            print('ok' if is_good else 'not ok', number, program.name)
            print(f'# {dict(counts)}, status {status}')
        else:
            print(row(program.name, counts, status))
        for line in text.splitlines()[:150]:
            print('#' if arguments.tap else ' ', line)
        sys.stdout.flush()
    if not arguments.tap:
        print(row('all', total, ''))
    return int(failed)


if __name__ == '__main__':
    sys.exit(main())
