"""The tools that are compared: how each is put before a command, and what it leaves behind."""
import glob
import os
import shutil
import subprocess
from dataclasses import dataclass

import depths


@dataclass
class Context:
    """Where things are."""
    build: str      # of leakcheck
    programs: dict  # our own small programs, built
    scratch: str    # emptied before each run


class Tool:
    """Native: nothing at all. The others differ in what they override."""
    name = 'native'
    what = 'the program alone'

    def __init__(self, context):
        self.context = context

    def out(self, name=''):
        return os.path.join(self.context.scratch, self.name + '.' + name)

    def missing(self):
        """Why it can't be run here, or None."""
        return None

    def command(self, argv):
        """What is run instead of argv; it may begin with VARIABLE=VALUE words."""
        return list(argv)

    def beside(self):
        """The command of a second process that runs beside the program, or None."""
        return None

    def depth(self):
        return None

    def complaint(self):
        """What the tool itself says went wrong in a run that looks well."""
        return None


class Forward(Tool):
    name = 'forward'
    what = 'floor: a preloaded library that only hands the calls on'

    def command(self, argv):
        return ['LD_PRELOAD=' + self.context.programs['forward'], *argv]


class Ours(Tool):
    name = 'ours'
    what = 'the wrapper with its defaults: `leakcheck --log-file=FILE --error-exitcode=0`'
    bare = {}

    def library(self):
        return os.path.join(self.context.build, 'src/preload/libleakcheck.so')

    def missing(self):
        return None if os.path.exists(self.library()) else f'{self.library()} is not there'

    def options(self):
        return {'log-file': self.out('txt'), 'error-exitcode': '0', **self.bare}

    def command(self, argv):
        return [os.path.join(self.context.build, 'tools/leakcheck'), *(f'--{k}={v}' for k, v in self.options().items()), *argv]

    def complaint(self):
        return None if glob.glob(self.out('txt') + '*') else 'no report'


class OursBare(Ours):
    name = 'ours-bare'
    what = 'the library alone, and next to no report: LD_PRELOAD with `symbolizer=no:leak-check=summary:memory-map=no`'
    bare = {'symbolizer': 'no', 'leak-check': 'summary', 'memory-map': 'no'}

    def command(self, argv):
        options = ':'.join(f'{k}={v}' for k, v in self.options().items())
        return ['LD_PRELOAD=' + self.library(), 'LEAKCHECK_OPTIONS=' + options, *argv]


class OursNoSymbols(Ours):
    name = 'ours-nosym'
    what = 'the wrapper with `--symbolizer=no`: the whole report, by the library itself'
    bare = {'symbolizer': 'no'}


class OursOneFrame(OursBare):
    name = 'ours-1'
    what = 'as ours-bare, with `num-callers=1`: next to no capture'
    bare = {**OursBare.bare, 'num-callers': '1'}


class OursData(Ours):
    """Not timed: run once a workload, for what the log and a watched report process say."""
    name = 'ours-data'

    def command(self, argv):
        symbolizer = self.out('symbolizer')
        with open(symbolizer, 'w', encoding='utf-8') as script:
            script.write('#!/bin/sh\nexec {measure} {report} 600 {tool} "$@"\n'.format(
                measure=self.context.programs['measure'], report=self.out('report'),
                tool=os.path.join(self.context.build, 'tools/leakcheck-report')))
        os.chmod(symbolizer, 0o755)
        self.bare = {'symbolizer': symbolizer, 'record': self.out('lclog')}
        return super().command(argv)

    def depth(self):
        return depths.leakcheck(self.out('lclog'))


class Lsan(Tool):
    name = 'lsan'
    what = "gcc's LeakSanitizer, preloaded, with its defaults"

    def missing(self):
        return None if glob.glob('/usr/lib/x86_64-linux-gnu/liblsan.so.0') else 'liblsan.so.0 is not there'

    def command(self, argv):
        return ['LD_PRELOAD=liblsan.so.0', f'LSAN_OPTIONS=exitcode=0:log_path={self.out("log")}', *argv]

    def depth(self):
        return depths.lsan(self.out('log'))

    def complaint(self):
        for path in glob.glob(self.out('log') + '*'):
            for line in depths.read(path):
                if 'fatal error' in line or 'CHECK failed' in line:
                    return line.strip().replace('==', '')[:90]
        return None


class Heaptrack(Tool):
    name = 'heaptrack'
    what = 'heaptrack as its script runs it: the library in the program, heaptrack_interpret and zstd beside it'
    folder = '/usr/lib/heaptrack'

    def missing(self):
        return None if os.path.exists(self.library()) else 'heaptrack is not installed'

    def library(self):
        return self.folder + '/libheaptrack_preload.so'

    def command(self, argv):
        return ['LD_PRELOAD=' + self.library(), 'DUMP_HEAPTRACK_OUTPUT=' + self.out('fifo'), *argv]

    def beside(self):
        os.mkfifo(self.out('fifo'))
        return ['sh', '-c', f'{self.folder}/libexec/heaptrack_interpret <"$1" | zstd -qc >"$2"', 'sh', self.out('fifo'),
                self.out('zst')]

    def depth(self):
        return depths.heaptrack(self.out('zst'))


class Gperftools(Tool):
    name = 'gperftools'
    what = "gperftools' heap checker: libtcmalloc preloaded, HEAPCHECK=normal"

    def missing(self):
        return None if glob.glob('/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4') else 'libgoogle-perftools4 is not installed'

    def command(self, argv):
        return ['LD_PRELOAD=libtcmalloc.so.4', 'HEAPCHECK=normal', 'HEAP_CHECK_ERROR_EXIT_CODE=0', *argv]


class GperftoolsProfile(Gperftools):
    name = 'gperf-prof'
    what = "gperftools' heap profiler: libtcmalloc preloaded, HEAPPROFILE"

    def command(self, argv):
        return ['LD_PRELOAD=libtcmalloc.so.4', 'HEAPPROFILE=' + self.out('profile'), *argv]

    def depth(self):
        return depths.gperftools(self.out('profile'))

    def complaint(self):
        return None if glob.glob(self.out('profile') + '*.heap') else 'no profile'


class Jemalloc(Tool):
    name = 'jemalloc'
    what = "jemalloc's heap profiler: preloaded, every allocation sampled (`lg_prof_sample:0`), a profile at exit"

    def missing(self):
        if not glob.glob('/usr/lib/x86_64-linux-gnu/libjemalloc.so.2'):
            return 'libjemalloc2 is not installed'
        probe = subprocess.run(['env', *self.command(['/bin/true'])], capture_output=True, text=True, check=False)
        return 'built without prof' if 'Invalid conf' in probe.stderr else None

    def command(self, argv):
        conf = f'prof:true,lg_prof_sample:0,prof_final:true,prof_prefix:{self.out("profile")}'
        return ['LD_PRELOAD=libjemalloc.so.2', 'MALLOC_CONF=' + conf, *argv]

    def depth(self):
        return depths.jemalloc(self.out('profile'))

    def complaint(self):
        return None if glob.glob(self.out('profile') + '*.heap') else 'no profile'


class Valgrind(Tool):
    name = 'valgrind'
    what = 'valgrind memcheck: `--leak-check=full --show-leak-kinds=all`'

    def missing(self):
        return None if shutil.which('valgrind') else 'valgrind is not installed'

    def command(self, argv):
        return ['valgrind', '-q', '--leak-check=full', '--show-leak-kinds=all', f'--log-file={self.out("log")}', *argv]

    def depth(self):
        return depths.valgrind(self.out('log'))


TOOLS = [Forward, Ours, OursBare, OursNoSymbols, OursOneFrame, Lsan, Heaptrack, Gperftools, GperftoolsProfile, Jemalloc, Valgrind]
