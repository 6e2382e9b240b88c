#!/usr/bin/env bats
# Laws of the source tree itself.

setup() {
    top=$(realpath "$BATS_TEST_DIRNAME/../..")
    build=${LEAKCHECK_BUILD:-$top/build}
    library=$build/src/preload/libleakcheck.so
    [ -r "$library" ] || return
    cd "$top" || exit
}

layers='base unwind record vm scan report preload'

@test "the library exports what exports.map says, and nothing else" {
    want=$(sed -n '/global:/,/local:/p' src/preload/exports.map | sed 's/#.*//; s,/\*.*\*/,,' |
        grep -oE '[A-Za-z_][A-Za-z0-9_]*;' | tr -d ';' | sort)
    got=$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
    diff <(echo "$want") <(echo "$got")
}

@test "the library needs nothing but libc" {
    needed=$(readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort)
    [ -z "$(grep -vE '^(libc\.so\.6|ld-linux-x86-64\.so\.2)$' <<<"$needed")" ] || { echo "$needed"; false; }
}

@test "the library has little static TLS, all of it initial-exec" {
    size=$(readelf -lW "$library" | awk '$1 == "TLS" { print strtonum($6) }')
    [ $((${size:-0})) -le 64 ]
    ! readelf -rW "$library" | grep -E 'DTPMOD|TLSDESC'
}

@test "a folder of src includes only itself and the folders before it" {
    allowed=include
    for layer in $layers; do
        allowed="$allowed|$layer"
        [ -d "src/$layer" ] || continue
        bad=$(grep -rhoE '^# *include "[a-z_]+/' "src/$layer" | sed 's/.*"//; s,/,,' | sort -u |
            grep -vxE "$allowed|leakcheck" || true)
        [ -z "$bad" ] || { echo "$layer includes $bad"; false; }
    done
}

@test "there is no folder in src that the law doesn't know" {
    for folder in src/*/; do
        [[ " $layers " == *" $(basename "$folder") "* ]] || { echo "$folder"; false; }
    done
}

@test "tools include only base, vm, report and what is public" {
    bad=$(grep -rnE '^# *include "(unwind|record|scan|preload)/' tools || true)
    [ -z "$bad" ] || { echo "$bad"; false; }
}

@test "every header compiles alone, as C; the public ones as C++, too" {
    find src include tools tests -name '*.h' >"$BATS_TEST_TMPDIR/headers"
    while read -r header; do
        gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -Iinclude -Itools -I"$(dirname "$header")" \
            -fsyntax-only -x c - <<<"#include \"$top/$header\"" || { echo "$header"; false; }
    done <"$BATS_TEST_TMPDIR/headers"
    for header in include/leakcheck/*.h; do
        g++ -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ - <<<"#include \"$top/$header\""
    done
}

@test "every header has its guard" {
    find src include tools -name '*.h' >"$BATS_TEST_TMPDIR/headers"
    while read -r header; do
        name=$(sed -n 's/^#ifndef //p' "$header" | head -n 1)
        [[ $name == *_H && $(grep -c "^#define $name$" "$header") -eq 1 ]] || { echo "$header: $name"; false; }
    done <"$BATS_TEST_TMPDIR/headers"
}

@test "the library calls nothing of libc that allocates or locks" {
    names=$(nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $2); print $2 }')
    bad=$(grep -xE 'printf|fprintf|vfprintf|snprintf|vsnprintf|fopen|fputs|qsort|getenv|setlocale|dl_iterate_phdr|dladdr|backtrace|pthread_mutex_lock|pthread_key_create|pthread_getattr_np|strdup|localtime|fork' \
        <<<"$names" || true)
    [ -z "$bad" ] || { echo "$bad"; false; }
}

@test "shell scripts are as shellcheck wants them" {
    shellcheck -x tools/try tools/check tools/bench tools/package tools/debian/tests/smoke tools/lib/*.sh tools/ci/install tools/ci/run-action .ci/run tests/real/run
    shellcheck -S warning -s bash -e SC1091,SC2030,SC2031,SC2154,SC2034,SC2238,SC2314,SC2315 tests/*/*.bats tests/*/*.bash
}

@test "no file of code is longer than 400 lines" {
    long=$(find src tools include -name '*.[chS]' -exec wc -l {} + | awk '$1 > 400 && $2 != "total"')
    [ -z "$long" ] || { echo "$long"; false; }
}

@test "no blanks at the ends of lines, no tabs in C" {
    files=$(find src tools include samples tests -name '*.[ch]' -o -name '*.cc' -o -name '*.def')
    # shellcheck disable=SC2086 # words are meant
    ! grep -nE '[[:blank:]]$' $files
    # shellcheck disable=SC2086 # words are meant
    ! grep -nP '\t' $files
}

@test "README's table of options is made from their list, and --help has them" {
    template=$BATS_TEST_TMPDIR/template
    echo '@OPTIONS markdown leakcheck@' >"$template"
    diff <(grep '^| `-' README.md) <("$build/tools/option_lists" 0 "$template" include/leakcheck/log.h)
    help=$("$build/tools/leakcheck" --help)
    for name in $(sed -n 's/^LC_OPTION("\([^"]*\)".*/\1/p' src/base/options.def); do
        [[ $help == *"--$name="* ]] || { echo "not in --help: $name"; false; }
    done
}
