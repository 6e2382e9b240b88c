"""The results as markdown."""
import datetime
import math
import os
import platform
import statistics
import subprocess


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def geometric_mean(values):
    return math.exp(sum(math.log(value) for value in values) / len(values)) if values else None


class Cell:
    """One tool at one workload: the pairs (native run, run), and what is known besides."""

    def __init__(self, workload, tool):
        self.workload = workload
        self.tool = tool
        self.pairs = []
        self.failure = ''
        self.depth = None
        self.second_kib = 0     # our report process

    def ratio(self, of):
        return median(of(run) / of(native) for native, run in self.pairs if of(native))

    def cpu(self):
        return self.ratio(lambda run: run.cpu_us)

    def wall(self):
        return self.ratio(lambda run: run.wall_ns)

    def cost(self):
        """What the means are made of."""
        return self.wall() if self.workload.group == 'threads' else self.cpu()

    def extra_ns(self):
        return median(run.said['pair_ns'] - native.said['pair_ns'] for native, run in self.pairs
                      if 'pair_ns' in run.said and 'pair_ns' in native.said)

    def rss(self):
        return self.ratio(lambda run: run.rss_kib)

    def whole_rss(self):
        """With what ran beside the program or after it."""
        beside = max((run.beside_rss_kib for _, run in self.pairs), default=0) or self.second_kib
        return median((run.rss_kib + beside) / native.rss_kib for native, run in self.pairs) if beside else None

    def bytes_per_block(self):
        return median((run.rss_kib - native.rss_kib) * 1024 / self.workload.blocks for native, run in self.pairs)

    def end_seconds(self):
        return median((run.end_ns - run.said['exit_ns']) / 1e9 for _, run in self.pairs if 'exit_ns' in run.said)

    def extra_ms(self):
        return median((run.wall_ns - native.wall_ns) / 1e6 for native, run in self.pairs)


def number(value, form='{:.2f}'):
    return '-' if value is None else form.format(value)


def cpu_text(cell):
    if cell.workload.group == 'start':
        return number(cell.extra_ms(), '{:+.0f} ms')
    text = number(cell.cpu())
    if cell.workload.group == 'threads':
        text = f'{number(cell.wall())} wall, {text} CPU'
    if cell.extra_ns() is not None:
        text += number(cell.extra_ns(), ' {:+.0f} ns')
    return text


def memory_text(cell):
    text = number(cell.bytes_per_block(), '{:.1f} bytes') if cell.workload.blocks else number(cell.rss())
    whole = cell.whole_rss()
    return text + (f' ({whole:.2f})' if whole else '')


class Table:
    def __init__(self, workloads, tools, cells, unavailable, failures):
        self.workloads = workloads
        self.tools = tools
        self.cells = cells              # (workload name, tool name) -> Cell
        self.unavailable = unavailable  # tool name -> why
        self.failures = failures        # native ones: lines

    def cell_text(self, workload, tool, text):
        cell = self.cells.get((workload.name, tool.name))
        if not cell:
            return ' '
        if cell.failure and not cell.pairs:
            return 'failed'
        return text(cell) + (' *' if cell.failure else '') if cell.pairs else ' '

    def rows(self, title, text, workloads, target=None):
        if not workloads:
            return
        yield f'\n### {title}\n'
        yield '| | ' + ('target | ' if target else '') + ' | '.join(tool.name for tool in self.tools) + ' |'
        yield '|---' * (len(self.tools) + 1 + bool(target)) + '|'
        for workload in workloads:
            cells = [self.cell_text(workload, tool, text) for tool in self.tools]
            yield '| ' + ' | '.join([workload.name] + ([target(workload)] if target else []) + cells) + ' |'

    def means(self, of, target, worst_target=None):
        """Two rows: the geometric mean of the real programs, and the worst of them."""
        means, worst = [], []
        for tool in self.tools:
            cells = [self.cells.get((workload.name, tool.name)) for workload in self.workloads if workload.group == 'real']
            found = {cell.workload.name: of(cell) for cell in cells if cell and cell.pairs and not cell.failure and of(cell)}
            tried = [cell for cell in cells if cell and (cell.pairs or cell.failure)]
            on = '' if len(found) == len(tried) else f' on {len(found)} of {len(tried)}'
            means.append(number(geometric_mean(found.values())) + on)
            name = max(found, key=found.get, default=None)
            worst.append(f'{found[name]:.2f} {name}' if name else '-')
        yield '| **geometric mean, real programs** | ' + ' | '.join([target, *means]) + ' |'
        if worst_target:
            yield '| **the worst of them** | ' + ' | '.join([worst_target, *worst]) + ' |'

    def lines(self, command, repeats, limit):
        live = [workload for workload in self.workloads if workload.group == 'live']
        has_real = any(workload.group == 'real' for workload in self.workloads)
        yield f'# tools/bench {command}'.rstrip()
        yield f'\n{datetime.date.today()}, {machine()}. {repeats} repeats at most, {limit} s a run; medians of the ratios to the' \
              ' native run just before.\n'
        yield from (f'* **{tool.name}**: {tool.what}' for tool in self.tools)
        yield from (f'* {name} could not be run: {why}' for name, why in self.unavailable.items())
        yield from self.rows('User and system CPU, all processes, and extra nanoseconds of CPU a pair of free and malloc', cpu_text,
                             self.workloads, lambda workload: workload.target if workload.group != 'live' else '')
        if has_real:
            yield from self.means(Cell.cost, '1.10 or less', '1.25 or less')
        yield '\n`*`: some run failed, see below. `nothing` is /bin/true: what starting and ending cost, in wall time.'
        yield from self.rows('Peak RSS of the program (with the processes beside it); bytes a live block', memory_text,
                             [workload for workload in self.workloads if workload.group != 'start'],
                             lambda workload: workload.target if workload.group == 'live' else '')
        if has_real:
            yield from self.means(Cell.rss, '1.15 or less')
        yield from self.rows('Seconds from the end of main to the finished report', lambda cell: number(cell.end_seconds()), live)
        yield from self.rows('Mean depth of the stacks of blocks that were not freed, frames from the caller of malloc',
                             lambda cell: number(cell.depth, '{:.1f}'), self.workloads)
        failed = [f'* {cell.tool.name}, {cell.workload.name}: {cell.failure}' for cell in self.cells.values() if cell.failure]
        yield '\n### Failures\n'
        yield from self.failures + failed or ['none']


def machine():
    model = 'unknown CPU'
    with open('/proc/cpuinfo', encoding='utf-8') as lines:
        for line in lines:
            if line.startswith('model name'):
                model = line.split(':')[1].strip()
    top = os.path.dirname(os.path.abspath(__file__))
    revision = subprocess.run(['git', '-C', top, 'describe', '--always', '--dirty'], capture_output=True, text=True, check=False)
    return f'{os.cpu_count()} cores of {model}, Linux {platform.release()}, {platform.libc_ver()[1]} libc,' \
           f' leakcheck {revision.stdout.strip() or "unknown"}'
