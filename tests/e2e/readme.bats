#!/usr/bin/env bats
# README's examples are what the programs print.

load common

# Each ```console block of README: its commands ("$ ..."), and below them what they printed.
blocks() {
    awk '/^```console$/ { inside = 1; next } /^```$/ && inside { inside = 0; printf "%c", 0; next } inside' \
        "$BATS_TEST_DIRNAME/../../README.md"
}

# Addresses, pids and the build's folder differ from run to run.
normalise() {
    sed -E 's/==[0-9]+==/==PID==/; s/In thread [0-9]+/In thread TID/; s/0x[0-9A-Fa-f]+ /0xADDRESS /g; s/0x[0-9A-F]{8,}/0xADDRESS/g' |
        sed -E "s#more: (.*) $build/#more: \\1 build/#" | sed -E 's#(in|at) /[^ )]*/#\1 /TREE/#; s#^Process [0-9]+: .*/#Process PID: /TREE/#; s#^(Memory of process) [0-9]+(.*:) .*/#\\1 PID\\2 /TREE/#; s/^  [0-9a-f]{12}-[0-9a-f]{12} /  RANGE /; s/ +$//; /^$/d'
}

@test "every console block shows what its command prints" {
    local block count=0
    local root
    root=$(realpath "$BATS_TEST_DIRNAME/../..") # the work tree, which is none in a tarball
    export LEAKCHECK_OPTIONS=source-root=$root
    while IFS= read -r -d '' block; do
        local command='' expected=$block
        while [[ $expected == '$ '* ]]; do
            expected=${expected#'$ '}
            command+=${command:+$'\n'}${expected%%$'\n'*}
            expected=${expected#*$'\n'}
        done
        [[ $command == *$'\n'* ]] || command="exec $command"
        command=${command//\/tmp\//"$BATS_TEST_TMPDIR"/} # first: the build may lie there
        command=${command//leakcheck-report /"leakcheck-report --source-root=$root "}
        command=${command//build\//"$build"/}
        run bash -c "$command 2>&1"
        diff <(normalise <<<"$expected" | sort) <(normalise <<<"$output" | sort) || fail "$command"
        count=$((count + 1))
    done < <(blocks)
    [ "$count" -ge 5 ]
}
