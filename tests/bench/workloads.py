"""What is run: each workload is one process (the one that a tool watches), with its input made beforehand."""
import os
import random
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import Callable, Optional


@dataclass
class Workload:
    name: str
    group: str                       # churn, threads, allocate, real, server, live, start
    argv: list
    env: dict = field(default_factory=dict)
    stdin: str = os.devnull
    drive: Optional[Callable] = None  # called while it runs
    blocks: int = 0                  # live: how many
    target: str = ''                 # of issue 3, for our tool


class Inputs:
    """Makes the input files, once, in `folder`. `full` is the size: quick ones are a tenth or so."""

    def __init__(self, folder, full):
        self.folder = folder
        self.full = full
        os.makedirs(folder, exist_ok=True)

    def size(self, full, quick):
        return full if self.full else quick

    def path(self, name):
        return os.path.join(self.folder, ('full-' if self.full else 'quick-') + name)

    def file(self, name, make):
        """The path of file `name`; make() yields its lines if it isn't there."""
        path = self.path(name)
        if not os.path.exists(path):
            with open(path + '.part', 'w', encoding='utf-8') as out:
                for line in make():
                    out.write(line + '\n')
            os.rename(path + '.part', path)
        return path


def cxx_source(inputs):
    headers = 'algorithm functional iostream map memory numeric regex set sstream string unordered_map vector'
    headers += ' future random thread variant filesystem' if inputs.full else ''
    yield from (f'#include <{header}>' for header in headers.split())
    for i in range(inputs.size(24, 2)):
        yield f'struct key{i} {{ int a; std::string b; bool operator<(const key{i} &o) const ' \
              f'{{ return a < o.a || (a == o.a && b < o.b); }} }};'
        yield f'int work{i}(const std::string &text) {{ std::map<key{i}, std::vector<std::string>> m;' \
              f' std::regex word("[a-z]{{{i + 1}}}+"); std::sregex_iterator at(text.begin(), text.end(), word), end;' \
              f' for (int n = 0; at != end; ++at, ++n) m[key{i}{{n, at->str()}}].push_back(text.substr(0, n));' \
              f' std::unordered_map<std::string, int> u; for (auto &p : m) u[p.first.b] += p.second.size();' \
              f' std::vector<std::pair<std::string, int>> v(u.begin(), u.end());' \
              f' std::sort(v.begin(), v.end(), [](auto &x, auto &y) {{ return x.second > y.second; }});' \
              f' std::ostringstream out; for (auto &p : v) out << p.first << p.second; return out.str().size() + {i}; }}'


def json_lines(inputs):
    count = inputs.size(60000, 8000)
    yield '['
    for i in range(count):
        comma = ',' if i + 1 < count else ''
        yield f'{{"id": {i}, "name": "name {i * 7919 % 10007}", "tags": ["a{i % 13}", "b{i % 31}"],' \
              f' "at": {{"x": {i / 7:.3f}, "y": null, "ok": true}}}}{comma}'
    yield ']'


def xml_lines(inputs):
    yield '<list>'
    for i in range(inputs.size(200000, 25000)):
        yield f' <item id="{i}" kind="k{i % 17}"><name>name {i * 31 % 1009}</name><text>some &amp; text {i}</text></item>'
    yield '</list>'


def word_lines(inputs):
    dice = random.Random(1)
    for _ in range(inputs.size(300000, 40000)):
        yield ' '.join(f'w{int(dice.paretovariate(0.6)) % 50000}' for _ in range(6))


def sql_lines(inputs):
    rows = inputs.size(300000, 40000)
    yield 'create table t(a integer primary key, b text, c integer);'
    yield f'with recursive n(i) as (values(1) union all select i + 1 from n where i < {rows})' \
          " insert into t select i, hex(i * 7919 % 100003) || 'text' || i, i % 997 from n;"
    yield 'create index by_b on t(b); create index by_c on t(c);'
    yield 'select c, count(*), max(b) from t group by c order by 2 desc, 1 limit 5;'
    for i in range(inputs.size(20000, 2500)):
        yield f"select a, upper(b) from t where c = {i % 997} and b like '%{i % 10}' limit 3;"


def git_repository(inputs):
    """A repository by fast-import: the same objects each time."""
    path = inputs.path('repository')
    if os.path.exists(path):
        return path
    dice = random.Random(2)
    files = {f'file{n}.c': [f'line {n} {i}' for i in range(600)] for n in range(20)}
    stream = []
    for commit in range(inputs.size(3000, 300)):
        message = f'commit {commit}'
        stream.append(f'commit refs/heads/main\ncommitter A B <a@example.org> {1700000000 + commit} +0000\n'
                      f'data {len(message)}\n{message}\n')
        for name in sorted(files) if commit == 0 else sorted(dice.sample(sorted(files), 3)):
            for _ in range(8):
                files[name][dice.randrange(600)] = f'changed {commit} {dice.random()}'
            text = '\n'.join(files[name]) + '\n'
            stream.append(f'M 644 inline {name}\ndata {len(text)}\n{text}\n')
    subprocess.run(['git', 'init', '-q', '-b', 'main', '--bare', path + '.part'], check=True)
    subprocess.run(['git', '-C', path + '.part', 'fast-import', '--quiet'], input=''.join(stream).encode(), check=True)
    os.rename(path + '.part', path)
    return path


PYTHON = '''
import json, sys
d = json.load(open(sys.argv[1]))
n = 0
for _ in range(int(sys.argv[2])):
    s = json.dumps(d, sort_keys=True)
    d = json.loads(s)
    n += len(s) + sum(len(e["name"].split()) for e in d)
print(n)
'''
PERL = '''
my ($rounds, $n) = @ARGV; my $sum = 0;
for my $r (1 .. $rounds) {
    my %h; push @{$h{"key" . ($_ * 7919 % 20011)}}, {id => $_, text => "t" x ($_ % 40)} for 1 .. $n;
    for my $k (sort keys %h) { $sum += length(join ",", map { $_->{text} . $_->{id} } @{$h{$k}}); }
}
print "$sum\\n";
'''
RUBY = '''
sum = 0
ARGV[0].to_i.times do
  h = Hash.new { |a, k| a[k] = [] }
  (1..ARGV[1].to_i).each { |i| h["key#{i * 7919 % 20011}"] << {id: i, text: "t" * (i % 60)} }
  sum += h.keys.sort.sum { |k| h[k].map { |e| "#{e[:text]}#{e[:id]}" }.join(",").size }
end
puts sum
'''
LUA = '''
local rounds, n, sum = tonumber(arg[1]), tonumber(arg[2]), 0
for r = 1, rounds do
  local h = {}
  for i = 1, n do
    local k = "key" .. (i * 7919 % 20011)
    h[k] = h[k] or {}
    table.insert(h[k], {id = i, text = ("t"):rep(i % 60)})
  end
  local keys = {}
  for k in pairs(h) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local t = {}
    for _, e in ipairs(h[k]) do t[#t + 1] = e.text .. e.id end
    sum = sum + #table.concat(t, ",")
  end
end
print(sum)
'''
PHP = '''<?php
$sum = 0;
for ($r = 0; $r < (int)$argv[1]; $r++) {
    $h = [];
    for ($i = 1; $i <= (int)$argv[2]; $i++)
        $h["key" . ($i * 7919 % 20011)][] = ["id" => $i, "text" => str_repeat("t", $i % 60)];
    ksort($h);
    foreach ($h as $list)
        $sum += strlen(implode(",", array_map(fn($e) => $e["text"] . $e["id"], $list)));
    $sum += strlen(serialize($h)) + count(unserialize(serialize($h)));
}
echo $sum, "\\n";
'''
GAWK = '''
{ for (i = 1; i <= NF; i++) { n[$i]++; where[$i] = length(where[$i]) < 400 ? where[$i] " " NR : NR; pair[$i, $(i % NF + 1)]++ } }
END { k = asorti(n, s); for (i = 1; i <= k; i += 97) print s[i], n[s[i]], length(where[s[i]]); print length(pair) }
'''
JQ = 'map({key: .name, value: {id, tags, x: .at.x}}) | group_by(.key) | map({(.[0].key): (map(.value.id) | add)}) | add' \
     ' | to_entries | map(.key + "=" + (.value | tostring)) | join(",") | length'


class Redis:
    """redis-benchmark against the server at `socket`, then shutdown."""

    def __init__(self, inputs, scratch):
        self.socket = os.path.join(scratch, 'redis.socket')
        self.requests = inputs.size(150000, 15000)
        # redis-tools has the server under another name.
        self.server = os.path.join(inputs.folder, 'redis-server')
        if not os.path.exists(self.server):
            os.symlink(shutil.which('redis-check-rdb') or '/usr/bin/redis-check-rdb', self.server)

    def argv(self):
        return [self.server, '--port', '0', '--unixsocket', self.socket, '--save', '', '--logfile', os.devnull]

    def drive(self, is_alive):
        while not os.path.exists(self.socket) and is_alive():
            time.sleep(0.02)
        quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, 'stdin': subprocess.DEVNULL}
        benchmark = subprocess.Popen(['redis-benchmark', '-s', self.socket, '-n', str(self.requests), '-r', '100000', '-c', '20',
                                      '-P', '16', '-q', '-t', 'set,lpush,hset,zadd,spop,lrange_100'], **quiet)
        while benchmark.poll() is None and is_alive():
            time.sleep(0.02)
        if benchmark.poll() is None:
            benchmark.kill()
        benchmark.wait()
        try:
            subprocess.run(['redis-cli', '-s', self.socket, 'shutdown', 'nosave'], **quiet, timeout=20, check=False)
        except subprocess.TimeoutExpired:
            pass
        if os.path.exists(self.socket):
            os.remove(self.socket)


def micro(programs, inputs):
    size = inputs.size
    targets = {('steady', 10, 1000): '+20 ns or less', ('steady', 40, 1000): '+30 ns or less',
               ('steady', 10, 10**6): '1.5 or less'}
    shapes = [('steady', 1000, depth) for depth in (5, 10, 40, 100)]
    shapes += [(mode, 1000, depth) for mode in ('mixed', 'moving') for depth in (10, 40)]
    shapes += [('steady', 10**6, depth) for depth in (5, 10, 40, 100)]
    for mode, live, depth in shapes:
        pairs = size(5 * 10**6, 10**6) if live == 1000 else size(4 * 10**6, 10**6)
        yield Workload(f'churn-{mode}-{depth}-{"1k" if live == 1000 else "1M"}', 'churn',
                       [programs['churn'], str(depth), str(live), str(pairs), mode],
                       target=targets.get((mode, depth, live), ''))
    for threads in (1, 2, 4):
        yield Workload(f'larson-{threads}', 'threads', [programs['larson'], str(threads), str(size(8 * 10**6, 10**6) // threads)],
                       target='1.2 or less' if threads > 1 else '')
    yield Workload('allocate-list', 'allocate', [programs['allocate'], 'list', str(size(300000, 40000))], target='1.5 or less')
    yield Workload('allocate-tree', 'allocate', [programs['allocate'], 'tree', str(size(30000, 4000))], target='1.5 or less')
    yield Workload('nothing', 'start', ['/bin/true'])
    for millions in (1, 10):
        yield Workload(f'live-{millions}M', 'live', [programs['live'], str(millions * 10**6)], blocks=millions * 10**6,
                       target='12 bytes or less')


def real(inputs, scratch):
    size, file = inputs.size, inputs.file
    source = file('big.cc', lambda: cxx_source(inputs))
    preprocessed = inputs.path('big.ii')
    if not os.path.exists(preprocessed):
        subprocess.run(['g++', '-std=c++17', '-E', source, '-o', preprocessed], check=True)
    cc1plus = subprocess.run(['gcc', '-print-prog-name=cc1plus'], capture_output=True, text=True, check=True).stdout.strip()
    json = file('big.json', lambda: json_lines(inputs))
    words = file('words', lambda: word_lines(inputs))
    rounds = str(size(4, 1))

    def script(name, text):
        return file(name, lambda: [text])

    yield Workload('cc1plus', 'real', [cc1plus, '-quiet', '-std=c++17', '-fpreprocessed', size('-O2', '-O0'), preprocessed, '-o', '-'])
    yield Workload('clang', 'real', ['clang++', '-std=c++17', size('-O2', '-O0'), '-S', '-x', 'c++', source, '-o', '-'])
    yield Workload('gawk', 'real', ['gawk', '-f', script('gawk.awk', GAWK), words])
    yield Workload('git', 'real', ['git', '-C', git_repository(inputs), '--no-pager', 'log', '-p'],
                   {'GIT_CONFIG_GLOBAL': os.devnull, 'GIT_CONFIG_NOSYSTEM': '1'})
    yield Workload('jq', 'real', ['jq', '-c', JQ, json])
    yield Workload('lua', 'real', ['lua5.4', script('hashes.lua', LUA), rounds, str(size(200000, 60000))])
    yield Workload('perl', 'real', ['perl', script('hashes.pl', PERL), rounds, str(size(200000, 60000))],
                   {'PERL_HASH_SEED': '0', 'PERL_PERTURB_KEYS': '0'})
    yield Workload('php', 'real', ['php8.2', '-n', '-d', 'memory_limit=-1', script('hashes.php', PHP), rounds,
                                   str(size(200000, 60000))], {'USE_ZEND_ALLOC': '0'})
    yield Workload('python3', 'real', ['/usr/bin/python3', '-s', '-S', script('json.py', PYTHON), json, size('3', '1')],
                   {'PYTHONMALLOC': 'malloc', 'PYTHONHASHSEED': '0'})
    yield Workload('ruby', 'real', ['ruby', '--disable-gems', script('hashes.rb', RUBY), rounds, str(size(200000, 60000))])
    yield Workload('sqlite3', 'real', ['sqlite3', ':memory:'], stdin=file('big.sql', lambda: sql_lines(inputs)))
    yield Workload('xmllint', 'real', ['xmllint', '--format', file('big.xml', lambda: xml_lines(inputs))])
    redis = Redis(inputs, scratch)
    yield Workload('redis', 'server', redis.argv(), drive=redis.drive)


def all_workloads(programs, inputs, scratch):
    return list(micro(programs, inputs)) + list(real(inputs, scratch))
