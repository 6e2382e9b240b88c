#!/usr/bin/env bats
# What stands in tools/ci for CI services, by their own rules, and run as far as it can be here.
load common
load npm
load snippet

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    export PATH=$build/tools:$PATH
    ci=$(realpath "$BATS_TEST_DIRNAME/../../tools/ci")
    echo 'int main(void) { return *(volatile char *)__builtin_malloc(LEAK) = 0; }' >leaks.c
    gcc -g -DLEAK=77 -o leaks leaks.c
}

@test "action.yml is as GitHub's schema says" {
    npm_has @action-validator/core@0.6.0 @action-validator/cli@0.6.0
    validator=$build/npm/node_modules/@action-validator/cli/cli.mjs
    cp "$ci/action.yml" action.yml
    run -0 node "$validator" action.yml
    mkdir -p broken .github/workflows
    sed '/using: composite/d' action.yml >broken/action.yml
    run ! node "$validator" broken/action.yml
    snippet GitHub 1 >.github/workflows/leaks.yml
    run -0 node "$validator" .github/workflows/leaks.yml
    # and it gives the action nothing that it doesn't take
    for input in $(sed -n '/with:/,/^      - if/s/^          \([a-z-]*\):.*/\1/p' .github/workflows/leaks.yml); do
        grep -qE "^  $input:" action.yml || [[ $input == path || $input == repository ]] || fail "$input"
    done
}

# action NAME=VALUE...: the step that runs the command, as GitHub starts it.
action() {
    env GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$PWD/summary" GITHUB_OUTPUT="$PWD/outputs" RUNNER_TEMP="$PWD/temp" INPUT_COMMAND= \
        INPUT_OPTIONS= INPUT_BASELINE= INPUT_FAIL_ON=auto "$@" "$ci/run-action"
}

@test "the action's step: status, outputs, reports, annotations" {
    exits 23 action INPUT_COMMAND='./leaks && echo "it ran"' INPUT_OPTIONS="-q --show-leak-kinds=definite '--record=a b.log'"
    [[ $output == *'it ran'* && -s 'a b.log' ]] || fail
    [ "$(grep -c '^::error file=.*leaks.c,line=1,title=' <<<"$stderr")" -eq 1 ] || fail
    grep -q '^| Memory definitely lost | 77 | 1 |' summary
    [ "$(sed 's/^reports=.*//' outputs | paste -sd' ')" = ' leaks=1 errors=0 bytes=77' ] || fail "$(cat outputs)"
    for name in sarif xml json md; do
        [ -s "temp/leakcheck/leakcheck.$name" ] || fail "$name"
    done
    exits 0 action INPUT_COMMAND=./leaks INPUT_FAIL_ON=none
    exits 7 action INPUT_COMMAND='./leaks; exit 7'
}

@test "each output of the action is one that its step makes" {
    for name in $(sed -n 's/.*steps\.run\.outputs\.\([a-z]*\) }}.*/\1/p' "$ci/action.yml" | sort -u); do
        grep -qE "[\"n]$name=" "$ci/run-action" || fail "$name"
    done
}

@test "the GitLab job, run by gitlab-ci-local" {
    npm_has gitlab-ci-local@4.73.0
    command -v rsync >/dev/null || skip 'no rsync here, which gitlab-ci-local needs'
    git init -q
    git config user.email a@b
    git config user.name a
    git remote add origin git@example.com:a/b.git
    mkdir -p tools/ci
    cp "$ci/gitlab-ci.yml" tools/ci/
    printf 'check:\n\t./leaks\n' >Makefile
    snippet GitLab 1 >.gitlab-ci.yml
    printf 'fine:\n  extends: .leakcheck\n  variables:\n    LEAKCHECK_COMMAND: ./leaks\n    LEAKCHECK_FAIL_ON: none\n' >>.gitlab-ci.yml
    git add . && git commit -qm x
    local=$build/npm/node_modules/.bin/gitlab-ci-local
    run "$local" --no-color leaks
    [[ $status -ne 0 && $output == *'77 bytes'* ]] || fail
    run -0 "$local" --no-color fine
    file=$(find . -name gl-code-quality-report.json | head -n 1)
    [ "$(jq -r '.[0].check_name' "$file")" = definitely-lost ] || fail
}

@test "the container's recipe: no rule is broken, and its packages are those of the libraries that the report needs" {
    npm_has dockerfile-utils@0.16.3
    run -0 node "$build/npm/node_modules/dockerfile-utils/bin/dockerfile-utils" lint "$ci/Containerfile"
    [ -z "$output" ] || fail
    sed 's/^FROM/FORM/' "$ci/Containerfile" >broken
    run node "$build/npm/node_modules/dockerfile-utils/bin/dockerfile-utils" lint broken
    [ -n "$output" ] || fail
    for library in $(readelf -d "$report" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libc|ld-linux)'); do
        package=$(dpkg-query -S "*/$library" | head -n 1 | cut -d: -f1)
        grep -qw -e "$package" "$ci/Containerfile" || fail "$library of $package"
    done
}
