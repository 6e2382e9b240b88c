#!/usr/bin/env bats
# What a project needs in CI: is it mine, is it new, what next.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    schema=$(realpath "$BATS_TEST_DIRNAME/../../tools/formats/leakcheck.schema.json")
}

# program NAME [-DNEW] [FLAGS...]: two leaks, or three.
program() {
    local name=$1
    shift
    compile "$name" "$@" <<'END'
#include <stdlib.h>
#include <string.h>
LINES
__attribute__((noinline)) static char *make(int size) { char *p = malloc(size); memset(p, 1, size); return p; }
__attribute__((noinline)) static void parse(int n) { for (int i = 0; i < n; i++) *(volatile char *)make(24) = 2; }
__attribute__((noinline)) static void load(void) { *(volatile char *)make(100) = 2; }
#ifdef NEW
__attribute__((noinline)) static void fresh(void) { *(volatile char *)make(7) = 2; }
#else
static void fresh(void) {}
#endif
#ifndef TIMES
#define TIMES 3
#endif
int main(void) { parse(TIMES); load(); fresh(); return 0; }
END
}

valid() {
    python3 - "$1" "$schema" <<'END'
import json, jsonschema, sys
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))
END
}

fingerprints() {
    python3 -c 'import json, sys; print(*sorted(r["fingerprint"] for r in json.load(open(sys.argv[1]))["records"] if r["kind"] == "definite"))' "$1"
}

@test "the first line is the verdict, with the exit status" {
    program two -DLINES=
    exits 23 "$leakcheck" ./two
    [[ ${stderr_lines[0]} == *'== 2 leaks, 172 bytes definitely lost; exit 23' ]] || fail
    exits 5 "$leakcheck" -q --error-exitcode=5 ./two
    [[ ${stderr_lines[0]} == *'== 2 leaks, 172 bytes definitely lost; exit 5' ]] || fail
    exits 0 "$leakcheck" "$samples/leak-control"
    [[ ${stderr_lines[0]} == *'== no leaks; exit 0' ]] || fail
}

@test "each finding in one sentence, and the command to see more" {
    program two -DLINES=
    exits 23 "$leakcheck" -q ./two
    expect '72 bytes in all, lost 3 times in `make`, called from `parse`'
    expect 'more: leakcheck -v ./two'
}

@test "JSON is as its schema says, of one process and of several" {
    program two -DLINES=
    exits 23 "$leakcheck" --output=json:one.json --gen-suppressions=all ./two
    valid one.json
    [ "$(jq -c '[.summary.definite.bytes, .summary.definite.blocks, .verdict.exit]' one.json)" = '[172,4,23]' ]
    exits 23 "$leakcheck" --output=json:all.json --output=text:all.txt sh -c './two; ./two; true'
    valid all.json
    [ "$(jq -c '[.summary.definite.bytes, (.processes | length)]' all.json)" = '[344,3]' ]
    grep -q '344 bytes definitely lost' all.txt
    # not what it says: the schema is not empty
    jq 'del(.summary.definite.blocks)' one.json >less.json
    run ! valid less.json
}

@test "--output: %p, %n and %q{VAR} as in --log-file; what is wrong is told before the program runs" {
    program two -DLINES=
    JOB='a%p b' exits 23 "$leakcheck" -q --output='json:%q{JOB}.%n.json' --output=text:all.%n.%p.txt sh -c 'unset JOB; echo $$ >pid; ./two; true'
    jq -e '.verdict.exit == 23' 'a%p b.1.json'
    grep -q '172 bytes definitely lost' "all.2.$(cat pid).txt"
    JOB=x "$leakcheck" -q --record=two.log ./two || true
    JOB=x exits 0 "$report" --output='json:tool-%q{JOB}.json' --errors-for-leak-kinds=none two.log
    jq -e .summary tool-x.json
    for wrong in 'json:%q{UNSET_VARIABLE}' 'json:%z' 'json:a%' json: nonsense; do
        exits 2 "$leakcheck" --output="$wrong" touch ran
        expect "'output' takes FORMAT:FILE"
        exits 2 "$report" --output="$wrong" two.log
        expect 'takes FORMAT:FILE'
    done
    [ ! -e ran ] || fail
    LEAKCHECK_OPTIONS='output=json\:%z:output=json\:good.json' LD_PRELOAD=$library exits 0 ./two
    expect 'output=json:%z'
    jq -e .summary good.json
}

@test "the class of an object is told of several processes, too" {
    compile_cxx shapes <<'END'
struct shape { virtual ~shape(); long x; };
shape::~shape() {}
void *volatile last;
int main() { last = new shape; last = 0; return 0; }
END
    exits 23 "$leakcheck" -q sh -c './shapes; ./shapes; true'
    expect 'seen in 2 of 3 processes'
    expect ' of class shape'
}

@test "a long work shows how far it is on a terminal, and nowhere else" {
    program two -DLINES=
    "$leakcheck" -q --record=two.log ./two || true
    mkfifo slow
    local some
    some=$(yes two.log | head -n 100 | tr '\n' ' ')
    (sleep 1 && cat two.log >slow) &
    script -qec "$report --leak-check=summary -o report.txt $some slow $some" /dev/null >shown
    grep -q ' %' shown
    (sleep 1 && cat two.log >slow) &
    # shellcheck disable=SC2086 # words are meant
    exits 0 "$report" --leak-check=summary -o report.txt $some slow $some
    [ -z "$stderr" ] || fail
}

@test "hostile names are harmless in JSON" {
    gcc -c -g -O0 -o hostile.o -x c - <<'END'
#include <stdlib.h>
void *bad(void) { return malloc(10); }
int main(void) { *(volatile char *)bad() = 1; return 0; }
END
    objcopy --redefine-sym bad=$'evil\x1b[31m</script>"%s::\xff' hostile.o
    gcc -o hostile hostile.o
    exits 23 "$leakcheck" --output=json:evil.json ./hostile $'\xff\xfe\x1b[2J'
    valid evil.json
    ! grep -q $'[\x1b\xff]' evil.json
    [[ $stderr != *$'\x1b'* ]]
}

@test "fingerprints: lines shifted, -O2, another folder: the baseline is quiet; a new leak fails, alone" {
    program app -DLINES= -O0
    exits 0 "$leakcheck" -q --write-baseline=known ./app
    mkdir elsewhere
    program app '-DLINES=int unused;' -O2
    mv app elsewhere/app
    exits 0 "$leakcheck" -q --baseline=known elsewhere/app
    [ -z "$stderr" ] || fail
    program app -DLINES= -DNEW -O2
    exits 23 "$leakcheck" -q --baseline=known ./app
    [[ ${stderr_lines[0]} == *'1 new, 2 known; exit 23' ]] || fail
    [ "$(grep -c 'loss record' <<<"$stderr")" -eq 1 ] || fail
    expect 'called from `fresh`'
}

@test "a known leak that has grown fails" {
    program app -DLINES=
    exits 0 "$leakcheck" -q --write-baseline=known ./app
    program app -DLINES= -DTIMES=4
    exits 23 "$leakcheck" -q --baseline=known ./app
    expect '0 new, 1 grown, 1 known'
    program app -DLINES= -DTIMES=2
    exits 0 "$leakcheck" -q --baseline=known ./app
}

@test "baseline: reasons are kept, dates run out, stale entries and wrong lines are told" {
    program app -DLINES=
    "$leakcheck" -q --write-baseline=known ./app
    sed -i '/what: 72/a \  reason: see #12\n  expires: 2099-01-31' known
    exits 0 "$leakcheck" -q --write-baseline=known ./app
    grep -q 'reason: see #12' known
    sed -i 's/2099/2001/' known
    exits 23 "$leakcheck" --baseline=known ./app
    expect 'has expired'
    exits 0 "$leakcheck" --baseline=known "$samples/leak-control"
    expect 'was not found any more'
    echo 'leak nonsense' >>known
    exits 23 "$leakcheck" -q --baseline=known ./app
    expect "known:$(wc -l <known): expected: leak FINGERPRINT"
    exits 2 "$leakcheck" -q --baseline=missing ./app
    expect 'missing: No such file'
}

@test "what fails: fail-on, max-bytes, kinds" {
    program app -DLINES=
    exits 0 "$leakcheck" -q --fail-on=none ./app
    exits 0 "$leakcheck" -q --max-bytes=172 ./app
    exits 23 "$leakcheck" -q --max-bytes=171 ./app
    exits 0 "$leakcheck" -q --errors-for-leak-kinds=possible ./app
    "$leakcheck" -q --write-baseline=known ./app
    exits 23 "$leakcheck" -q --baseline=known --fail-on=any ./app
}

@test "own and foreign: by the sources that a stack leads through" {
    mkdir -p own foreign
    gcc -g -O0 -shared -fPIC -o libforeign.so -x c - <<'END'
#include <stdlib.h>
char *deeper(void) { return malloc(5); }
char *foreign(void) { return deeper(); }
void call(void (*f)(void)) { f(); }
END
    cat >own/main.c <<'END'
#include <stdlib.h>
char *foreign(void);
void call(void (*f)(void));
static void mine(void) { *(volatile char *)foreign() = 1; }
int main(void) { call(mine); return 0; }
END
    gcc -g -O0 -o app "$PWD/own/main.c" ./libforeign.so
    exits 23 "$leakcheck" -q --source-root=own --fail-on=own ./app
    expect '1 own, 0 foreign'
    expect 'mine (main.c:4)'
    expect '>     4 | static void mine'
    expect '... (2 callers of others)'
    expect_not ': deeper'
    exits 23 "$leakcheck" -q --source-root=own --full-stacks=yes ./app
    expect ': deeper'
    exits 0 "$leakcheck" -q --source-root=foreign --fail-on=own ./app
    expect '0 own, 1 foreign'
}

@test "suppressions have the effect that they have in valgrind" {
    program app -DLINES=
    cat >all.supp <<'END'
# one of each form
{
   by-function
   Memcheck:Leak
   match-leak-kinds: definite
   fun:malloc
   fun:m?ke
   fun:par*
}
END
    for file in all.supp /usr/libexec/valgrind/default.supp /usr/lib/valgrind/*.supp; do
        exits 23 "$leakcheck" --suppressions="$file" ./app
        expect_not 'expected'
        ours=$(grep -E 'definitely lost:|suppressed: [0-9]* bytes' <<<"$stderr" | sed 's/==[0-9]*==//')
        theirs=$(valgrind --leak-check=full --default-suppressions=no --suppressions="$file" ./app 2>&1 |
            grep -E 'definitely lost:|suppressed: [0-9]* bytes' | sed 's/==[0-9]*==//')
        [ "$ours" = "$theirs" ] || fail "$file: $ours / $theirs"
        [ "$file" != all.supp ] || [[ $ours == *'suppressed: 72 bytes in 3 blocks'* ]] || fail
    done
}

# sums COMMAND...: what is lost, and what is suppressed.
sums() {
    "$@" 2>&1 | sed -nE 's/.*(definitely lost|indirectly lost|suppressed): ([0-9,]+ bytes in [0-9,]+) blocks/\1 \2/p'
}

@test "each form of valgrind's patterns takes out what it takes out there" {
    for pattern in 'fun:calloc\nfun:grow\nfun:grow' 'match-leak-kinds: definite\n...\nfun:gr?w' '...\nfun:(below main)' \
        'fun:*\nfun:*\nfun:main' '...\nsrc:tree.c' 'obj:*vgpreload*\n...\nobj:*libc*'; do
        printf "{\nname\nMemcheck:Leak\n$pattern\n}\n" >one.supp
        ours=$(sums "$leakcheck" --suppressions=one.supp "$samples/tree")
        theirs=$(sums valgrind --leak-check=full --default-suppressions=no --suppressions=one.supp "$samples/tree")
        [[ $ours == "$theirs" && $ours != *'suppressed 0 '* ]] || fail "$pattern: $ours / $theirs"
    done
}

@test "suppressions: LeakSanitizer's syntax, used and unused, wrong lines" {
    program app -DLINES=
    printf '# comment\nleak:^parse$\nleak:nothing_here\n' >lsan.supp
    exits 23 "$leakcheck" -v --suppressions=lsan.supp ./app
    expect '1 leak, 100 bytes definitely lost; 1 suppressed'
    expect '3         72  ^parse$ (lsan.supp:2)'
    expect 'matched nothing: nothing_here (lsan.supp:3)'
    printf 'leak:parse\nleak:load\n' >both.supp
    exits 0 "$leakcheck" -q --suppressions=both.supp ./app
    exits 0 "$leakcheck" -q --symbolizer=no --suppressions=both.supp ./app
    printf '{\n  name\n  Memcheck:Leak\n  fun:main\n  func:x\n}\nleak:load\n' >wrong.supp
    exits 2 "$leakcheck" -q --suppressions=wrong.supp ./app # before the program runs
    expect 'wrong.supp:5: expected a frame'
    exits 2 "$leakcheck" -q --suppressions=missing.supp "$samples/leak-control"
    expect 'missing.supp: No such file'
    "$leakcheck" -q --record=app.log ./app || true
    exits 2 "$report" -q --suppressions=wrong.supp app.log
    expect 'wrong.supp:5: expected a frame'
    [[ $output == *'1 suppressed'* ]] || fail # what is right holds
}

# lost COMMAND...: what LeakSanitizer, or leakcheck, says is lost, in bytes: directly, indirectly.
lost_lsan() {
    "$@" 2>&1 | awk '/^Direct leak of/ { d += $4 } /^Indirect leak of/ { i += $4 } END { print d + 0, i + 0 }'
}

lost() {
    "$@" --output=json:lost.json "$BATS_TEST_TMPDIR/hang" 2>/dev/null || true
    jq -r '"\(.summary.definite.bytes) \(.summary.indirect.bytes)"' lost.json
}

@test "what hangs from a leak that LeakSanitizer's syntax suppresses is suppressed, as there; valgrind's leaves it" {
    cat >hang.cc <<'END'
#include <stdlib.h>
#include <string.h>
struct node { node *next; char pad[40]; };
namespace tree {
__attribute__((noinline)) node *known() { node *volatile p = (node *)calloc(1, 100); return p; }
__attribute__((noinline)) node *other() { node *volatile p = (node *)calloc(1, 200); return p; }
}
extern "C" __attribute__((noinline)) node *plain() { node *volatile p = (node *)calloc(1, 400); return p; }
__attribute__((noinline)) static node *leaf(node *next) { node *p = (node *)calloc(1, sizeof *p); p->next = next; return p; }
__attribute__((noinline)) static void work()
{
    tree::known()->next = leaf(leaf(0));
    tree::other()->next = leaf(0);
    plain()->next = leaf(leaf(leaf(0)));
}
int main()
{
    work();
    char stack[4096];
    memset(stack, 0, sizeof stack);
    __asm__ volatile("" : : "r"(stack) : "memory");
    return 0;
}
END
    g++ -g -O1 -fno-builtin -w -o hang hang.cc
    g++ -g -O1 -fno-builtin -w -fsanitize=leak -o hang-lsan hang.cc
    [ "$(lost "$leakcheck")" = '700 288' ] || fail "$(lost "$leakcheck")"
    [ "$(lost_lsan ./hang-lsan)" = '700 288' ] || skip "LeakSanitizer does not run here"
    for rule in 'tree::known' '^plain$' 'other' 'hang'; do
        echo "leak:$rule" >rule.supp
        theirs=$(LSAN_OPTIONS=suppressions=rule.supp lost_lsan ./hang-lsan)
        ours=$(lost "$leakcheck" --suppressions=rule.supp)
        [ "$ours" = "$theirs" ] || fail "$rule: $ours / $theirs"
    done
    printf '{\n one\n Memcheck:Leak\n fun:calloc\n fun:plain\n}\n' >rule.supp
    [ "$(lost "$leakcheck" --suppressions=rule.supp)" = '300 288' ] || fail
}

@test "generated suppressions are taken, by valgrind too" {
    program app -DLINES=
    exits 23 "$leakcheck" -q --gen-suppressions=yes ./app
    awk '/^\{/,/^\}/' <<<"$stderr" >made.supp
    [ "$(grep -c '^{' made.supp)" -eq 2 ]
    exits 0 "$leakcheck" -q --suppressions=made.supp ./app
    valgrind -q --leak-check=full --error-exitcode=9 --suppressions=made.supp ./app
}

@test "two runs compared: logs and JSON" {
    program app -DLINES=
    mkdir old
    mv app old/app # whose names are asked for again
    "$leakcheck" -q --record=old.log old/app || true
    program app -DLINES= -DNEW -DTIMES=5
    "$leakcheck" -q --record=new.log --output=json:new.json ./app || true
    exits 0 "$report" --diff old.log old.log
    exits 1 "$report" --diff old.log new.log
    [[ $output == *'1 new, 1 grown, 0 gone, 0 shrunk, 1 the same'* ]] || fail
    exits 9 "$report" --diff --error-exitcode=9 old.log new.json
    [[ $output == *'1 new, 1 grown'* ]] || fail
    exits 0 "$report" --diff --fail-on=none old.log new.log
    exits 0 "$report" --diff new.json old.log
    [[ $output == *'1 gone, 1 shrunk'* ]] || fail
    echo '{"records": 1' >broken.json
    exits 2 "$report" --diff broken.json new.log
    expect 'broken.json:'
}

@test "history: runs, findings, since when; many at once; killed in the middle" {
    program app -DLINES=
    "$leakcheck" -q --record=one.log ./app || true
    exits 0 "$report" --history=runs.db add one.log
    program app -DLINES= -DNEW
    "$leakcheck" -q --record=two.log ./app || true
    pids=()
    for _ in 1 2 3 4 5 6; do
        "$report" --history=runs.db add two.log &
        pids+=($!)
    done
    "$report" --history=runs.db add two.log &
    kill -9 $! || true
    wait "${pids[@]}"
    exits 0 "$report" --history=runs.db list
    [ "${#lines[@]}" -ge 8 ] || fail
    exits 0 "$report" --history=runs.db show
    [[ $output == *'since run 1'*'72'* ]] || fail
    [[ $output == *'since run 2'* ]] || fail
    exits 0 "$report" --history=runs.db trend
    [[ $output == *'`parse`'*$'\n    72 72 72'* && $output == *'`fresh`'*$'\n    - 7 7'* ]] || fail
    [ "$(sqlite3 runs.db 'PRAGMA integrity_check; SELECT count(*) FROM runs r WHERE (SELECT count(*) FROM findings WHERE run = r.id) < 2')" = $'ok\n0' ]
    echo nonsense >broken.db
    exits 2 "$report" --history=broken.db list
    expect 'broken.db: file is not a database'
    sqlite3 other.db 'CREATE TABLE findings (x)'
    for verb in list show trend 'add one.log'; do
        # shellcheck disable=SC2086 # words are meant
        exits 2 "$report" --history=other.db $verb
        expect 'other.db: a database of something else'
    done
    sqlite3 runs.db 'CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM findings; END'
    exits 0 "$report" --history=runs.db add one.log
    [ "$(sqlite3 runs.db 'SELECT count(*) > 2 FROM findings')" = 1 ] # what a file says is not obeyed
    exits 2 "$report" --history=runs.db show 4711
    expect 'runs.db: no run 4711'
    exits 2 "$report" --history=runs.db trend 0000000000000000
    expect 'runs.db: no finding 0000000000000000'
    head -c 6000 runs.db >cut.db
    exits 2 "$report" --history=cut.db show
    expect 'cut.db: '
}

@test "options of the project: .leakcheckrc, then the environment, then the command line" {
    program app -DLINES=
    printf '# for CI\nerror-exitcode=7\n--quiet\n\nfail-on=any\n' >.leakcheckrc
    exits 7 "$leakcheck" ./app
    expect_not 'HEAP SUMMARY'
    LEAKCHECK_OPTIONS=error-exitcode=8 exits 8 "$leakcheck" ./app
    LEAKCHECK_OPTIONS=error-exitcode=8 exits 9 "$leakcheck" --error-exitcode=9 ./app
    echo 'nonsense=1' >.leakcheckrc
    exits 2 "$leakcheck" ./app
    expect ".leakcheckrc:1: unknown option 'nonsense'"
}

@test "valgrind's command lines, as people have them" {
    program app -DLINES=
    exits 1 "$leakcheck" --tool=memcheck --leak-check=full --show-reachable=no --error-exitcode=1 --suppressions= ./app
    exits 1 "$leakcheck" -q --error-exitcode=1 --leak-check=full ./app
    exits 23 "$leakcheck" --log-file=vg.log -q --tool=memcheck --leak-check=yes --show-reachable=yes --num-callers=50 ./app
    grep -qE '^==[0-9]+== [0-9,]+ bytes in [0-9,]+ blocks are definitely lost in loss record [0-9,]+ of [0-9,]+' vg.log
    exits 23 "$leakcheck" -s --track-origins=yes --vgdb=no --demangle=yes --keep-debuginfo=yes --read-inline-info=yes --show-possibly-lost=no \
        --exit-on-first-error=no --child-silent-after-fork=no --undef-value-errors=no ./app
    exits 2 "$leakcheck" --no-such-option ./app
    exits 2 "$leakcheck" --output=nonsense:file ./app
}
