#!/usr/bin/env python3
"""What leakcheck and its peers cost, side by side: tools/bench runs this when all is installed and built."""
import argparse
import fnmatch
import os
import subprocess
import sys

import depths
import measure
import peers
import workloads
from table import Cell, Table

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {
    'measure': ['-O2'],
    'churn': ['-O2', '-g'],
    'larson': ['-O2', '-g', '-pthread'],
    'allocate': ['-O2', '-g'],
    'live': ['-O2', '-g'],
    'forward': ['-O2', '-shared', '-fPIC'],
}
QUICK_TOOLS = 'forward,ours*,lsan,heaptrack'


def parse_arguments():
    parser = argparse.ArgumentParser(prog='tools/bench', description=__doc__)
    parser.add_argument('--quick', action='store_true', help='small sizes, one repeat, 20 s a run, and without the slowest tools')
    parser.add_argument('--repeats', type=int, help='pairs of a native run and a run with the tool [5]')
    parser.add_argument('--limit', type=int, help='seconds a run may take; a cell is not repeated once its runs took as much [120]')
    parser.add_argument('--only', metavar='WORKLOAD,...', help='patterns of names or groups: churn, threads, allocate, start, live,'
                                                               ' real, server')
    parser.add_argument('--tools', metavar='TOOL,...', help='of ' + ', '.join(tool.name for tool in peers.TOOLS) + '; or all')
    parser.add_argument('--output', metavar='FILE', help='where the table goes, too [table.md in the work folder]')
    parser.add_argument('--list', action='store_true', help='names of workloads and tools, and nothing else')
    parser.add_argument('--build', default=os.path.join(HERE, '../../build'), help="leakcheck's build folder [build]")
    parser.add_argument('--work', help='folder for inputs and scratch files [bench in the build folder]')
    arguments = parser.parse_args()
    arguments.build = os.path.realpath(arguments.build)
    arguments.work = os.path.realpath(arguments.work or os.path.join(arguments.build, 'bench'))
    if arguments.tools in (None, 'all'):
        arguments.tools = QUICK_TOOLS if arguments.quick and not arguments.tools else ''
    arguments.repeats = arguments.repeats or (1 if arguments.quick else 5)
    arguments.limit = arguments.limit or (20 if arguments.quick else 120)
    return arguments


def compile_programs(folder):
    os.makedirs(folder, exist_ok=True)
    programs = {}
    for name, flags in PROGRAMS.items():
        programs[name] = os.path.join(folder, name + ('.so' if '-shared' in flags else ''))
        subprocess.run(['gcc', *flags, os.path.join(HERE, name + '.c'), '-o', programs[name]], check=True)
    return programs


def chosen(items, patterns, keys):
    """Those of which a key matches one of the comma-separated patterns; all without any. None may be in vain."""
    if not patterns:
        return items
    found = []
    for pattern in patterns.split(','):
        matching = [item for item in items if any(fnmatch.fnmatch(key, pattern) for key in keys(item))]
        if not matching:
            sys.exit(f'tools/bench: nothing is called {pattern}; see --list')
        found += [item for item in matching if item not in found]
    return [item for item in items if item in found]


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        programs = compile_programs(os.path.join(arguments.work, 'programs'))
        context = peers.Context(arguments.build, programs, os.path.join(arguments.work, 'scratch'))
        inputs = workloads.Inputs(os.path.join(arguments.work, 'inputs'), not arguments.quick)
        everything = workloads.all_workloads(programs, inputs, context.scratch)
        self.workloads = chosen(everything, arguments.only, lambda workload: (workload.name, workload.group))
        self.tools = [tool(context) for tool in chosen(peers.TOOLS, arguments.tools, lambda tool: (tool.name,))]
        self.unavailable = {tool.name: why for tool in self.tools if (why := tool.missing())}
        self.tools = [tool for tool in self.tools if tool.name not in self.unavailable]
        self.native = peers.Tool(context)
        self.data = peers.OursData(context)
        self.cells = {}
        self.failures = []
        self.reference = {}     # workload name -> its first native run

    def run(self, tool, workload):
        return measure.run(tool, workload, self.arguments.limit)

    def native_run(self, workload):
        run = self.run(self.native, workload)
        first = self.reference.setdefault(workload.name, run)
        failure = run.failure(first)
        if failure or run.status or run.signal:
            self.failures.append(f'* native, {workload.name}: {failure or f"exit status {run.status}: {run.stderr}"}')
        return run

    def run_pair(self, workload, tool, cell):
        native = self.native_run(workload)
        run = self.run(tool, workload)
        failure = run.failure(self.reference[workload.name])
        if failure:
            cell.failure = failure
        else:
            cell.pairs.append((native, run))
            if cell.depth is None:
                cell.depth = tool.depth()
        return run, failure

    def run_workload(self, workload):
        """Round by round, so that no tool has the machine's quiet hour for itself."""
        spent = {}
        for repeat in range(self.arguments.repeats):
            for tool in self.tools:
                cell = self.cells.setdefault((workload.name, tool.name), Cell(workload, tool))
                if spent.get(tool.name, 0) >= self.arguments.limit:
                    continue
                run, failure = self.run_pair(workload, tool, cell)
                spent[tool.name] = self.arguments.limit if run.timeout else spent.get(tool.name, 0) + run.wall_ns / 1e9
                print(f'{workload.name} {tool.name} {repeat + 1}/{self.arguments.repeats}: {run.cpu_us / 1e6:.2f} s CPU,'
                      f' {run.wall_ns / 1e9:.2f} s {failure}', file=sys.stderr, flush=True)
        self.look_at_ours(workload)

    def look_at_ours(self, workload):
        """The depth of our stacks, and the memory of our report process: by a run that isn't timed."""
        ours = [self.cells[workload.name, tool.name] for tool in self.tools if isinstance(tool, peers.Ours)]
        if not ours:
            return
        run = self.run(self.data, workload)
        depth = self.data.depth()
        second = measure.fields(self.data.out('report')).get('rss_kib', 0)
        program = depths.leakcheck_memory(self.data.out('lclog'))[0] // 1024
        for cell in ours:
            if cell.tool.name == 'ours':
                cell.depth = depth
                cell.second_kib = second
                # wait4 can't tell the program from its children; the program itself could.
                for _, timed in cell.pairs:
                    timed.rss_kib = min(timed.rss_kib, program) if program else timed.rss_kib
                failure = run.failure(self.reference[workload.name])
                if failure:
                    cell.failure = cell.failure or f'with --record: {failure}'

    def table(self):
        command = ' '.join(sys.argv[1:])
        lines = Table(self.workloads, self.tools, self.cells, self.unavailable, self.failures).lines(
            command, self.arguments.repeats, self.arguments.limit)
        return '\n'.join(lines) + '\n'


def main():
    arguments = parse_arguments()
    bench = Bench(arguments)
    if arguments.list:
        for item in bench.workloads + bench.tools:
            print(item.name)
        return
    output = arguments.output or os.path.join(arguments.work, 'table.md')
    for workload in bench.workloads:
        bench.run_workload(workload)
        with open(output, 'w', encoding='utf-8') as file:   # what is known so far, should somebody end us
            file.write(bench.table())
    print(bench.table())
    print(f'also in {output}', file=sys.stderr)


if __name__ == '__main__':
    main()
