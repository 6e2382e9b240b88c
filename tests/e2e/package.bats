#!/usr/bin/env bats
# The Debian package, as on a machine without the source tree: built, looked at, installed, run, removed.
load common

setup_file() {
    command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || skip "no debhelper here"
    top=$(realpath "$BATS_TEST_DIRNAME/../..")
    export top
    git -C "$top" rev-parse HEAD >/dev/null 2>&1 || skip "no git history here: the package is built of what is committed"
    "$top/tools/package" "$BATS_FILE_TMPDIR/packages" >"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log"; false; }
}

@test "lintian has nothing to say" {
    command -v lintian >/dev/null || skip "no lintian here"
    run lintian --fail-on error,warning "$BATS_FILE_TMPDIR"/packages/*.changes
    [[ $status -eq 0 && -z $(grep '^[EW]:' <<<"$output") ]] || fail "$output"
}

@test "installed, run and removed" {
    [ "$(id -u)" -eq 0 ] || skip "not root: nothing can be installed"
    [ ! -e /usr/bin/leakcheck ] || skip "there is a leakcheck here already"
    dpkg -i "$BATS_FILE_TMPDIR"/packages/leakcheck_*.deb
    touch "$BATS_FILE_TMPDIR/is-installed"
    cd /
    env -i PATH=/usr/bin:/bin HOME=/ "$top/tools/debian/tests/smoke"
    if command -v gdb >/dev/null; then # which finds its commands by the library's path
        run gdb -nx -q -batch -ex 'set environment LD_PRELOAD /usr/lib/x86_64-linux-gnu/leakcheck/libleakcheck.so' \
            -ex 'starti' -ex 'break main' -ex continue -ex 'help leakcheck blocks' "$samples/leak"
        [[ $output == *'leakcheck blocks [MIN-BYTES]'* ]] || fail
    fi
    dpkg -r leakcheck
    rm "$BATS_FILE_TMPDIR/is-installed"
    [ ! -e /usr/bin/leakcheck ]
    [ ! -e /usr/lib/x86_64-linux-gnu/leakcheck ]
}

teardown_file() {
    [ ! -e "$BATS_FILE_TMPDIR/is-installed" ] || dpkg -P leakcheck
}
