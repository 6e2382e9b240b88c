#!/usr/bin/env bats
# Each format is read by a tool that people have for it: names with every sign in them, and as many findings as it takes.
load common
load npm

parts=$BATS_TEST_DIRNAME/formats

# A program with a hostile name, of hostile sources, called with hostile arguments; its log, and what is in it.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || exit
    local name=$'evil"<b>&\']]>::%;,\n\xff' folder=$'own"<&]]>::%;,\n'
    mkdir "$folder"
    cp "$parts/hostile.cc" "$folder/"
    gcc -c -O1 -fno-builtin -o bad.o -x c - <<<'#include <stdlib.h>
void *bad(int size) { return malloc(size); }'
    objcopy --redefine-sym bad="$name" bad.o
    g++ -c -g -O1 -fno-builtin -fno-optimize-sibling-calls -w -o hostile.o "$PWD/$folder/hostile.cc"
    objcopy --redefine-sym bad="$name" hostile.o
    g++ -o "$folder/evil" hostile.o bad.o
    "$leakcheck" -q --record=evil.log --show-leak-kinds=all --source-root="$PWD" "$folder/evil" $'\xff\xfe\x1b[2J]]>::' 2>/dev/null || true
    "$report" --format=json --show-leak-kinds=all --source-root=. evil.log >evil.json
    "$parts/findings.py" 10000 "$report" >many.log
    "$leakcheck" -q --record=clean.log "$samples/leak-control" >/dev/null
}

setup() {
    cd "$BATS_FILE_TMPDIR" || exit
}

# format NAME LOG [OPTIONS...]: the report on LOG, into $BATS_TEST_TMPDIR/NAME.
format() {
    local name=$1 log=$2
    shift 2
    "$report" --format="$name" --source-root=. -o "$BATS_TEST_TMPDIR/$name" "$@" "$log"
}

# of KIND KEY: the sum in the JSON report.
of() {
    jq "[.records[] | select(.kind == \"$1\") | .$2] | add" evil.json
}

# ends FILE WORD: the file comes, and has that in its last lines. (Who was killed is reported on by another process, a moment later.)
ends() {
    for _ in $(seq 100); do
        ! tail -n 2 "$1" 2>/dev/null | grep -qF "$2" || return 0
        sleep 0.1
    done
    fail "no $1"
}

# is_harmless FILE: UTF-8, and no control character but the end of lines.
is_harmless() {
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null || fail "$1 is not UTF-8"
    ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$1" || fail "control characters in $1"
}

@test "the program leaks what it should, with the names that it should have" {
    [ "$(of definite bytes) $(of indirect bytes) $(of possible bytes)" = "$((2 * (100 + 10 + 50 + 48) + 30 + 9)) 96 30" ] || fail "$(cat evil.json)"
    [ "$(of reachable bytes)" -ge 9 ]
    [ "$(jq '[.records[].stack[].function // "" | length] | max' evil.json)" -gt 10000 ]
    jq -e '[.records[].stack[].function // ""] | any(startswith("evil\"<b>&'"'"']]>::%;,"))' evil.json
    [ "$(jq '.errors | length' evil.json)" -eq 1 ]
}

@test "lsan: lines as LeakSanitizer's readers look for them, direct before indirect, the sum" {
    format lsan evil.log
    file=$BATS_TEST_TMPDIR/lsan
    is_harmless "$file"
    grep -q '^==[0-9]*==ERROR: LeakSanitizer: detected memory leaks$' "$file"
    sum=$(sed -nE 's/^(Direct|Indirect) leak of ([0-9]+) byte\(s\) in [0-9]+ object\(s\) allocated from:$/\2/p' "$file" | paste -sd+)
    [ $((sum)) -eq $(($(of definite bytes) + $(of indirect bytes) + $(of possible bytes))) ]
    grep -q "^SUMMARY: LeakSanitizer: $((sum)) byte(s) leaked in [0-9]* allocation(s)\.$" "$file"
    [ "$(grep -oE '^(Direct|Indirect)' "$file" | uniq | paste -sd,)" = Direct,Indirect ]
    grep -qE '^    #[0-9]+ 0x[0-9a-f]+ in inlined /.*/hostile\.cc:[0-9]+$' "$file"
    grep -q '^==[0-9]*==ERROR: AddressSanitizer: alloc-dealloc-mismatch on 0x' "$file"
    format lsan clean.log
    [ ! -s "$file" ]
}

@test "xml: as valgrind's own is, by its protocol 4" {
    gcc -g -o leak -x c - <<<'#include <stdlib.h>
int main(void) { *(volatile char *)malloc(5) = 1; free(calloc(1, 1)); char *p = malloc(3); free(p); free(p); return 0; }'
    valgrind -q --leak-check=full --gen-suppressions=all --xml=yes --xml-file=theirs.xml ./leak
    xmllint --noout --schema "$parts/valgrind.xsd" theirs.xml
    format xml evil.log --show-leak-kinds=all --gen-suppressions=all
    ours=$BATS_TEST_TMPDIR/xml
    is_harmless "$ours"
    xmllint --noout --schema "$parts/valgrind.xsd" "$ours"
    for pair in definite:DefinitelyLost indirect:IndirectlyLost possible:PossiblyLost reachable:StillReachable; do
        [ "$(xmllint --xpath "sum(//error[kind='Leak_${pair#*:}']//leakedbytes)" "$ours")" -eq \
            $(($(of "${pair%:*}" bytes) + $(of "${pair%:*}" hanging.bytes))) ] || fail "$pair"
    done
    [ "$(xmllint --xpath 'count(//error[kind="MismatchedFree"])' "$ours")" -eq 1 ]
    # the place is the first frame with a file
    [ "$(xmllint --xpath 'count(//frame[fn="malloc"]/file)' "$ours")" -eq 0 ]
    [[ $(xmllint --xpath 'string(//error[.//fn="inlined"]/stack/frame[file][1]/file)' "$ours") == hostile.cc ]]
    [[ $(xmllint --xpath 'string((//fn[starts-with(., "evil")])[1])' "$ours") == "evil\"<b>&']]>::%;,\\x0A\\xFF" ]]
    # what is none is refused
    sed -i 's/Leak_DefinitelyLost/Leak_Own/' "$ours"
    run ! xmllint --noout --schema "$parts/valgrind.xsd" "$ours"
}

@test "xml: the signal that has ended it" {
    gcc -g -O0 -o crash -x c - <<<'int main(void) { *(volatile int *)8 = 1; return 0; }'
    "$leakcheck" --survive-kill=yes --xml=yes --xml-file=ours.xml ./crash || true
    "$leakcheck" --survive-kill=yes --xml=yes --xml-file=run.xml sh -c './crash; kill -SEGV $$' || true
    valgrind -q --xml=yes --xml-file=theirs.xml ./crash 2>/dev/null || true
    for name in ours theirs run; do
        ends "$name.xml" '</valgrindoutput>'
        xmllint --noout --schema "$parts/valgrind.xsd" "$name.xml"
        [ "$(xmllint --xpath 'concat(//fatal_signal/signame, " ", //fatal_signal/signo)' "$name.xml")" = 'SIGSEGV 11' ] || fail "$name"
    done
    [ "$(xmllint --xpath 'string(//fatal_signal/siaddr)' ours.xml)" = 0x8 ]
    [ "$(xmllint --xpath 'string(//fatal_signal/stack/frame[1]/line)' ours.xml)" = 1 ]
}

@test "xml: valgrind's options: a file, a descriptor, a socket; a comment; no text then" {
    exits 23 "$leakcheck" --xml=yes --xml-file="$BATS_TEST_TMPDIR/%p.%q{LC_ALL}.xml" --xml-user-comment='<by>me</by>' "$samples/leak"
    [ -z "$stderr" ] || fail
    xmllint --noout --schema "$parts/valgrind.xsd" "$BATS_TEST_TMPDIR"/*.C.xml
    [ "$(xmllint --xpath 'string(//usercomment/by)' "$BATS_TEST_TMPDIR"/*.C.xml)" = me ]
    exits 0 "$leakcheck" -q --xml=yes --xml-fd=9 "$samples/leak-control" 9>"$BATS_TEST_TMPDIR/clean.xml"
    xmllint --noout --schema "$parts/valgrind.xsd" "$BATS_TEST_TMPDIR/clean.xml"
    python3 - "$BATS_TEST_TMPDIR/socket.xml" "$leakcheck" "$samples/leak" >"$BATS_TEST_TMPDIR/out" <<'END'
import socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 0))
server.settimeout(60)
run = subprocess.Popen([sys.argv[2], "--xml=yes", f"--xml-socket=127.0.0.1:{server.getsockname()[1]}", sys.argv[3]], stdout=subprocess.DEVNULL)
connection = server.accept()[0].makefile("rb")
open(sys.argv[1], "wb").write(connection.read())
print(run.wait())
END
    [ "$(cat "$BATS_TEST_TMPDIR/out")" -eq 23 ]
    xmllint --noout --schema "$parts/valgrind.xsd" "$BATS_TEST_TMPDIR/socket.xml"
    exits 2 "$leakcheck" --xml=yes "$samples/leak"
    expect '--xml=yes needs --xml-file='
    exits 23 "$leakcheck" --xml=yes --xml-socket=127.0.0.1:1 "$samples/leak"
    expect 'tcp:127.0.0.1:1: Connection refused'
}

@test "sarif: by its validator with GitHub's rules, no error; each alert has a place and a fingerprint of its own" {
    npm_has @microsoft/sarif-multitool-linux@5.7.0
    tool=$build/npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
    chmod +x "$tool"
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    format sarif evil.log --show-leak-kinds=all
    mv "$BATS_TEST_TMPDIR/sarif" evil.sarif
    format sarif clean.log
    mv "$BATS_TEST_TMPDIR/sarif" clean.sarif
    jq 'del(.runs[].results[0].message)' evil.sarif >broken.sarif
    for name in evil clean; do
        run "$tool" validate "$name.sarif" --rule-kind 'Sarif;Ghas'
        [[ $output == *'Analysis completed'* && $output != *': error '* ]] || fail
    done
    run "$tool" validate broken.sarif --rule-kind 'Sarif;Ghas'
    [[ $output == *': error '* ]] || fail
    jq -e '.runs[0].results | length > 0 and all(.locations[0].physicalLocation.artifactLocation.uri | test("^own%22%3C%26%5D%5D%3E%3A%3A%25%3B%2C%0A/hostile.cc$"))' evil.sarif
    jq -e '[.runs[0].results[].partialFingerprints.primaryLocationLineHash] | length == (unique | length)' evil.sarif
    jq -e '[.runs[0].results[] | select(.ruleId == "definitely-lost")] | all(.level == "error" and (.codeFlows[0].threadFlows[0].locations[0].location.message.text == "main"))' evil.sarif
    [ "$(jq '[.runs[0].results[] | select(.ruleId == "definitely-lost").properties.bytes] | add' evil.sarif)" -eq "$(of definite bytes)" ]
}

@test "junit: by its schema: failures, findings that are none, and a run without any" {
    format junit evil.log --show-leak-kinds=all
    file=$BATS_TEST_TMPDIR/junit
    is_harmless "$file"
    xmllint --noout --schema "$parts/junit.xsd" "$file"
    [ "$(xmllint --xpath 'count(//testcase)' "$file")" -eq "$(jq '(.records + .errors) | length' evil.json)" ]
    [ "$(xmllint --xpath 'count(//testcase[failure])' "$file")" -eq \
        "$(jq '[.errors[], (.records[] | select(.kind == ("definite", "possible", "mapping")))] | length' evil.json)" ]
    [ "$(xmllint --xpath 'count(//failure)' "$file")" -eq "$(xmllint --xpath 'string(//testsuite/@failures)' "$file")" ]
    [[ $(xmllint --xpath 'string(//testcase[1]/@file)' "$file") == 'own"<&]]>::%;,\x0A/hostile.cc' ]]
    format junit clean.log
    xmllint --noout --schema "$parts/junit.xsd" "$file"
    [ "$(xmllint --xpath 'count(//testcase[not(failure)])' "$file")" -eq 1 ]
    "$leakcheck" --survive-kill=yes --format=none --output=junit:killed.xml sh -c 'kill -9 $$' || true
    ends killed.xml '</testsuites>'
    xmllint --noout --schema "$parts/junit.xsd" killed.xml
    [ "$(xmllint --xpath 'string(//testcase[@name="ends by itself"]/failure/@message)' killed.xml)" = 'ended by signal 9 (SIGKILL)' ]
    [ "$(xmllint --xpath 'string(//testsuite/@tests)' killed.xml)" -eq "$(xmllint --xpath 'count(//testcase)' killed.xml)" ]
}

# annotations FILE: each as "COMMAND FILE:LINE MESSAGE", as GitHub's runner reads them.
annotations() {
    python3 - "$1" <<'END'
import re, sys
def decode(text, signs):
    for code, sign in signs:
        text = text.replace(code, sign)
    return text
data = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
for line in open(sys.argv[1], encoding="utf-8").read().split("\n"):
    if line:
        command, properties, message = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line).groups()
        values = dict(p.split("=", 1) for p in properties.split(","))
        values = {key: decode(value, [("%3A", ":"), ("%2C", ",")] + data) for key, value in values.items()}
        assert set(values) <= {"file", "line", "title"} and values["title"]
        print(command, values.get("file", "") + ":" + values.get("line", ""), decode(message, data))
END
}

@test "github: annotations within its limits, the rest in the step's summary" {
    export GITHUB_STEP_SUMMARY=$BATS_TEST_TMPDIR/summary
    format github evil.log --show-leak-kinds=all
    is_harmless "$BATS_TEST_TMPDIR/github"
    annotations "$BATS_TEST_TMPDIR/github" >lines
    [ "$(head -n 9 lines | grep -cF 'own"<&]]>::%;,\x0A/hostile.cc:')" -eq 9 ] || fail "$(cat lines)"
    grep -qF 'error own"<&]]>::%;,\x0A/hostile.cc:' lines
    [ "$(wc -l <lines)" -eq 10 ]
    grep -qE '^notice : [0-9]+ more findings' lines
    grep -q 'leakcheck' "$GITHUB_STEP_SUMMARY"
    format github many.log
    [ "$(annotations "$BATS_TEST_TMPDIR/github" | wc -l)" -eq 10 ]
    grep -q '^[0-9,]* more are not shown here' "$GITHUB_STEP_SUMMARY"
    # what other steps have written stays, and counts
    head -c 600000 /dev/zero | tr '\0' x >"$GITHUB_STEP_SUMMARY"
    for _ in 1 2 3; do
        format github many.log
        [ "$(stat -c %s "$GITHUB_STEP_SUMMARY")" -le $((1 << 20)) ]
    done
    [ "$(grep -c '### ' "$GITHUB_STEP_SUMMARY")" -eq 1 ]
}

@test "github: by itself in a job of its, not elsewhere, and not when it is told not to" {
    export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$BATS_TEST_TMPDIR/summary
    exits 23 "$leakcheck" --log-file="$BATS_TEST_TMPDIR/log" "$samples/leak"
    [[ $stderr == '::error file='*'leak.c,line=8,title=leakcheck%3A Memory definitely lost::192 bytes in all'* ]] || fail
    [ "$(grep -c '^| Memory definitely lost | 192 | 3 |' "$GITHUB_STEP_SUMMARY")" -eq 1 ]
    grep -q '^<code>.*/samples/leak</code>$' "$GITHUB_STEP_SUMMARY"
    cp "$GITHUB_STEP_SUMMARY" before
    exits 0 "$leakcheck" "$samples/leak-control"
    cmp before "$GITHUB_STEP_SUMMARY"
    expect_not '::'
    exits 23 "$leakcheck" -q "$samples/leak"
    cmp before <(head -c "$(stat -c %s before)" "$GITHUB_STEP_SUMMARY")
    [[ $output == 'hello, world'* && $output != *::error* ]] || fail
    exits 23 "$leakcheck" -q --output= "$samples/leak"
    expect_not '::error'
    GITHUB_ACTIONS='' exits 23 "$leakcheck" -q "$samples/leak"
    expect_not '::error'
}

@test "gitlab: its schema, paths in the repository, fingerprints of their own" {
    format gitlab evil.log --show-leak-kinds=all
    format gitlab many.log -o "$BATS_TEST_TMPDIR/many"
    for file in gitlab many; do
        python3 -c 'import json, jsonschema, sys; jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
            "$BATS_TEST_TMPDIR/$file" "$parts/gitlab.schema.json"
        jq -e '[.[].fingerprint] | length == (unique | length)' "$BATS_TEST_TMPDIR/$file"
    done
    [ "$(jq length "$BATS_TEST_TMPDIR/many")" -eq 10000 ]
    jq -e 'all(.location.path | startswith("own\"<&]]>::%;,")) and any(.severity == "major") and any(.severity == "info")' "$BATS_TEST_TMPDIR/gitlab"
    format gitlab clean.log
    [ "$(jq -c . "$BATS_TEST_TMPDIR/gitlab")" = '[]' ]
}

@test "markdown: a table that no name breaks, short enough for a comment" {
    npm_has marked@15.0.12
    format markdown evil.log --show-leak-kinds=all
    is_harmless "$BATS_TEST_TMPDIR/markdown"
    page=$(node "$parts/markdown.js" "$BATS_TEST_TMPDIR/markdown")
    [ "$(jq '.rows | length - 1' <<<"$page")" -eq "$(jq '(.records + .errors) | length' evil.json)" ]
    jq -e '.rows | all(length == 5)' <<<"$page"
    [ "$(jq -c '.tags - ["b"] == .tags' <<<"$page")" = true ] || fail "$page"
    jq -e '.rows[1:] | any(.[3] | contains("own&#34;&#60;&#38;&#93;&#93;&#62;&#58;&#58;%;,"))' <<<"$page"
    format markdown many.log
    [ "$(wc -m <"$BATS_TEST_TMPDIR/markdown")" -le 65536 ]
    page=$(node "$parts/markdown.js" "$BATS_TEST_TMPDIR/markdown")
    jq -e '.rows | length > 100 and all(length == 5)' <<<"$page"
    shown=$(jq '.rows | length - 1' <<<"$page")
    grep -q "^$(printf "%'d" $((10000 - shown)) | sed 's/^\(.*\)\(...\)$/\1,\2/') more are not shown here" "$BATS_TEST_TMPDIR/markdown"
}

@test "folded: stacks and bytes, as flamegraph.pl takes lines apart" {
    format folded evil.log
    is_harmless "$BATS_TEST_TMPDIR/folded"
    # its own pattern; what does not match is ignored there, and so is missing here
    sum=$(perl -ne 'if (/^(.*)\s+?(\d+(?:\.\d*)?)$/) { $sum += $2; $own++ if $1 =~ /^main;leak\(\);/ } else { die $_ } END { print "$sum $own" }' "$BATS_TEST_TMPDIR/folded")
    [ "${sum% *}" -eq $(($(of definite bytes) + $(of indirect bytes) + $(of possible bytes))) ]
    [ "${sum#* }" -gt 5 ]
    grep -qF 'main;leak();inlined;malloc 100' "$BATS_TEST_TMPDIR/folded"
    grep -qF "main;leak();evil\"<b>&']]>::%,,\\x0A\\xFF;malloc 20" "$BATS_TEST_TMPDIR/folded"
}

@test "pprof: a profile with all kinds, inlined functions and whole names" {
    npm_has pprof-format@2.3.2
    format pprof evil.log
    profile=$(node "$parts/pprof.js" "$BATS_TEST_TMPDIR/pprof")
    [ "$(jq -c '[.types, .default, .inlined]' <<<"$profile")" = '[["inuse_objects/count","inuse_space/bytes"],"inuse_space",2]' ] || fail "$profile"
    for kind in definite indirect possible reachable; do
        [ "$(jq -c ".sums.$kind" <<<"$profile")" = "[$(of "$kind" blocks),$(of "$kind" bytes)]" ] || fail "$kind"
    done
    jq -e '(.names | map(length) | max) > 10000 and (.names | any(startswith("evil\"<b>")))' <<<"$profile"
    format pprof many.log
    [ "$(node "$parts/pprof.js" "$BATS_TEST_TMPDIR/pprof" | jq -c .sums)" = '{"definite":[20000,100010000]}' ]
}

@test "callgrind: callgrind_annotate has the sums by kind and by function" {
    format callgrind evil.log
    is_harmless "$BATS_TEST_TMPDIR/callgrind"
    run -0 callgrind_annotate --show=DB,IB,PB,RB --sort=DB --inclusive=yes --threshold=100 --auto=no "$BATS_TEST_TMPDIR/callgrind"
    read -r db ib pb rb <<<"$(grep 'PROGRAM TOTALS' <<<"$output" | sed 's/([^)]*)//g; s/,//g' | awk '{ print $1, $2, $3, $4 }')"
    [ "$db $ib" = "$(($(of definite bytes) + $(of definite hanging.bytes))) $(of indirect bytes)" ] || fail
    [ "$pb $rb" = "$(of possible bytes) $(of reachable bytes)" ] || fail
    [[ $output == *'hostile.cc:leak()'* && $output == *'hostile.cc:inlined'* && $output == *"evil\"<b>&']]>::%;,\\x0A\\xFF"* ]] || fail
    exits 23 "$leakcheck" -q --xtree-leak=yes --xtree-leak-file="$BATS_TEST_TMPDIR/xtree" "$samples/leak"
    run -0 callgrind_annotate --sort=DB "$BATS_TEST_TMPDIR/xtree"
    [[ $output == *'192 (100.0%)'* ]] || fail
}

@test "folded, pprof and callgrind: speedscope's importer has the same sums of each" {
    npm_has speedscope@1.25.0
    for name in folded pprof callgrind; do
        format "$name" evil.log --show-leak-kinds=all
    done
    node "$parts/speedscope.js" "$BATS_TEST_TMPDIR"/{folded,pprof,callgrind} >profiles
    all=$(jq '[.records[].bytes] | add' evil.json)
    [ "$(jq -s 'map(select(.file != "callgrind") | .total) | unique' -c profiles)" = "[$all]" ] || fail "$(cut -c1-200 profiles)"
    [ "$(jq -s 'map(select(.name == "callgrind -- DB").total)' -c profiles)" = "[$(($(of definite bytes) + $(of definite hanging.bytes)))]" ]
    [ "$(jq -s 'map(select(.frames | any(startswith("evil\"<b>"))).file) | unique' -c profiles)" = '["callgrind","folded","pprof"]' ]
}

@test "dhat: valgrind's viewer shows it, stack by stack" {
    command -v node >/dev/null || skip 'no node'
    format dhat evil.log
    run -0 node "$parts/dhat.js" "$(find /usr/libexec/valgrind /usr/lib/valgrind -name dh_view.js 2>/dev/null | head -n 1)" "$BATS_TEST_TMPDIR/dhat"
    total=$(($(of definite bytes) + $(of indirect bytes) + $(of possible bytes)))
    [[ $output == *"Total:     $total bytes (100%"* && $output == *'inlined (own'*'hostile.cc:'* && $output == *"evil\"<b>&']]>::%;,\\x0A\\xFF"* ]] || fail
    format dhat many.log
    run -0 node "$parts/dhat.js" "$(find /usr/libexec/valgrind /usr/lib/valgrind -name dh_view.js 2>/dev/null | head -n 1)" "$BATS_TEST_TMPDIR/dhat"
    [[ $output == *'Total:     100,010,000 bytes (100%'* ]] || fail
}

@test "heaptrack: heaptrack_print has what leaked, and from where" {
    format heaptrack evil.log
    is_harmless "$BATS_TEST_TMPDIR/heaptrack"
    mv "$BATS_TEST_TMPDIR/heaptrack" plain.heaptrack
    gzip -c plain.heaptrack >whole.heaptrack.gz
    "$report" --format=none --output=heaptrack:ours.heaptrack.gz --source-root=. evil.log
    cmp plain.heaptrack <(gunzip -c ours.heaptrack.gz)
    run -0 heaptrack_print -l 1 -p 0 -a 0 -T 0 ours.heaptrack.gz
    total=$(($(of definite bytes) + $(of indirect bytes) + $(of possible bytes)))
    [[ $output == *"total memory leaked: ${total}B"* ]] || fail
    # it shows no arguments of templates, for which it takes <b> here
    [[ $output == *'inlined'*'hostile.cc:'* && $output == *"evil\"<>&']]"* ]] || fail
    grep -qF "evil\"<b>&']]>::%;,\\x0A\\xFF" plain.heaptrack
}

@test "massif: ms_print has what was in use at each snapshot of a process, and from where" {
    cd "$BATS_TEST_TMPDIR"
    compile grows <<'END'
#include <stdlib.h>
#include <unistd.h>
static void *kept[30];
__attribute__((noinline)) static void *cache(void) { void *volatile p = malloc(100000); return p; }
int main(void)
{
    for (int i = 0; i < 30; i++) {
        kept[i] = cache();
        usleep(80000);
    }
    for (int i = 0; i < 30; i++)
        free(kept[i]);
}
END
    exits 0 "$leakcheck" -q --interval=1 --snapshots=s --record=end.lclog ./grows
    exits 0 "$report" --format=massif -o grows.massif end.lclog s.*.lclog
    run -0 ms_print grows.massif
    [[ $output == *"Command:            ./grows"* && $output == *'Number of snapshots: 3'* && $output == *'Detailed snapshots: [0, 1 (peak)]'* ]] || fail
    [[ $output =~ '->100.00% ('[0-9,]+'00,000B) 0x'[0-9A-F]+': cache ('.*'<stdin>:4)' && $output == *'<stdin>:8)'* ]] || fail
    [[ $(sed -n 's/^mem_heap_B=//p' grows.massif | tail -n 1) = 0 ]] || fail
    cp "$BATS_FILE_TMPDIR/clean.log" .
    exits 2 "$report" --format=massif end.lclog clean.log
    expect 'clean.log: of another process than end.lclog; --format=massif takes the snapshots of one'
}

@test "10,000 findings in each format, and each has them all" {
    format sarif many.log
    [ "$(jq '.runs[0].results | length' "$BATS_TEST_TMPDIR/sarif")" -eq 10000 ]
    [ "$(gzip -c "$BATS_TEST_TMPDIR/sarif" | wc -c)" -lt 10000000 ]
    format junit many.log
    [ "$(stat -c %s "$BATS_TEST_TMPDIR/junit")" -lt 100000000 ]
    xmllint --huge --noout --schema "$parts/junit.xsd" "$BATS_TEST_TMPDIR/junit"
    format xml many.log
    [ "$(grep -c '<kind>Leak_DefinitelyLost' "$BATS_TEST_TMPDIR/xml")" -eq 10000 ]
    format lsan many.log
    [ "$(grep -c '^Direct leak' "$BATS_TEST_TMPDIR/lsan")" -eq 10000 ]
    format folded many.log
    [ "$(wc -l <"$BATS_TEST_TMPDIR/folded")" -eq 10000 ]
    format callgrind many.log
    grep -q '^totals: 0 0 0 100010000 0 0 0 0 20000$' "$BATS_TEST_TMPDIR/callgrind"
    format heaptrack many.log
    run -0 heaptrack_print -l 1 -p 0 -a 0 -T 0 "$BATS_TEST_TMPDIR/heaptrack"
    [[ $output == *'total memory leaked: 100.01M'* ]] || fail
}

@test "the library alone knows text and mtrace, and says so" {
    exits 23 "$leakcheck" --symbolizer=no --format=sarif "$samples/leak"
    expect 'formats other than text and mtrace need leakcheck-report'
    expect 'definitely lost'
    exits 23 "$leakcheck" --symbolizer=no --xml=yes --xml-file="$BATS_TEST_TMPDIR/x.xml" "$samples/leak"
    expect 'no other is written'
    exits 23 "$leakcheck" --symbolizer=no --format=mtrace "$samples/leak"
    expect 'Memory not freed'
    expect_not 'need leakcheck-report'
    exits 23 "$leakcheck" --format=none "$samples/leak"
    [ -z "$stderr" ] || fail
}
