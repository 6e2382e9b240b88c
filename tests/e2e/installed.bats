#!/usr/bin/env bats
# What is installed beside the programs: man pages, completions of shells, the pkg-config file.
load common

setup_file() {
    root=$BATS_FILE_TMPDIR/root
    export root
    DESTDIR=$root meson install -C "$build" --no-rebuild >"$BATS_FILE_TMPDIR/log" 2>&1 || { cat "$BATS_FILE_TMPDIR/log"; false; }
    prefix=$(dirname "$(dirname "$(find "$root" -name leakcheck-report -path '*/bin/*')")")
    export prefix
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

needs() {
    command -v "$1" >/dev/null || skip "no $1 here"
}

@test "man pages: each is there, mandoc finds nothing wrong, and the options are in them" {
    needs mandoc
    local page name
    for page in man1/leakcheck.1 man1/leakcheck-report.1 man3/libleakcheck.3 man5/leakcheck-log.5; do
        [ -z "$(mandoc -T lint "$prefix/share/man/$page")" ] || fail "$(mandoc -T lint "$prefix/share/man/$page")"
        mandoc "$prefix/share/man/$page" | col -b >"$(basename "$page")"
        grep -q EXAMPLES "$(basename "$page")"
    done
    for name in $(sed -n 's/^LC_REPORT("\([^"]*\)".*/\1/p; s/^LC_OWN("\([^"][^"][^"]*\)".*/\1/p' \
        "$BATS_TEST_DIRNAME/../../src/base/options.def" "$BATS_TEST_DIRNAME/../../tools/report_options.def"); do
        grep -q -e "^ *--$name\(=\|$\)" leakcheck-report.1 || fail "not in leakcheck-report(1): $name"
    done
    for name in $("$prefix/bin/leakcheck" --help | sed -n 's/^  --\([a-z-]*\)=.*/\1/p'); do
        case $name in
        main-pid | run-log | xml | xtree-leak) ;; # the wrapper's own, and words for others
        *) grep -q -e "^ *--$name=" leakcheck.1 || fail "not in leakcheck(1): $name" ;;
        esac
    done
    grep -q 'leak kind=WORD bytes=NUM' leakcheck-log.5
}

@test "pkg-config: the library to preload, and the header" {
    needs pkg-config
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name leakcheck.pc)")
    export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR=$root
    local preload
    preload=$root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=preload leakcheck)
    [ -f "$preload" ]
    LEAKCHECK_OPTIONS=error-exitcode=9 LD_PRELOAD=$preload exits 9 "$samples/leak"
    # shellcheck disable=SC2046 # words are meant
    gcc -o count $(pkg-config --cflags leakcheck) -x c - <<'END_OF_C'
#include <leakcheck/leakcheck.h>
int main(void) { struct leakcheck_leaks l; return leakcheck_count(&l); }
END_OF_C
    exits 0 ./count
    LD_PRELOAD=$preload exits 1 ./count
}

# completes LINE: what bash offers at its end.
completes() {
    bash --norc -c 'source "$1" || exit; line=$2
        COMP_LINE=$line COMP_POINT=${#line}
        words=${line//=/ = }; words=${words//:/ : }
        read -ra COMP_WORDS <<<"$words"
        [[ $line != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$(complete -p "${COMP_WORDS[0]}" | sed "s/.*-F \([^ ]*\) .*/\1/")" 2>/dev/null
        printf "%s\n" "${COMPREPLY[@]}"' bash "$prefix/share/bash-completion/completions/leakcheck" "$1"
}

@test "bash completes options, their values, files and the command" {
    [ "$(completes 'leakcheck --leak-ch' | sort | tr '\n' ' ')" = '--leak-check-heuristics= --leak-check= ' ] || fail
    [ "$(completes 'leakcheck --leak-check=su')" = summary ]
    [ "$(completes 'leakcheck --show-leak-kinds=definite,pos')" = 'definite,possible' ]
    [ "$(completes 'leakcheck --output=js')" = json: ]
    touch known.txt
    [ "$(completes 'leakcheck --baseline=kno')" = known.txt ]
    [ "$(completes 'leakcheck -q xmllin')" = xmllint ]
    [ "$(completes 'leakcheck --error-exitcode=3 -o log xmllin')" = xmllint ]
    [ "$(completes 'leakcheck --error-exitcode=3 cat kno')" = known.txt ]
    [ "$(completes 'leakcheck-report --di')" = --diff ]
    [ "$(completes 'leakcheck-report kno')" = known.txt ]
    [ -z "$(completes 'leakcheck --no-such')" ]
    local path=$prefix/share/bash-completion/completions
    [ "$(readlink -f "$path/leakcheck-report")" = "$(readlink -f "$path/leakcheck")" ]
}

# zsh_shows LINE TEXT: a zsh of its own, in a terminal, makes TEXT of it.
zsh_shows() {
    cat >driver.zsh <<'END_OF_ZSH'
zmodload zsh/zpty || exit 9
zpty z zsh -f -i
zpty -w z "PS1='> '; fpath=($1 \$fpath); autoload -Uz compinit && compinit -u -D; print rea''dy"
zpty -r -m z out "*ready*"
zpty -w -n z "$2"$'\t'
zpty -r -m z out "*$3*" && print found
zpty -d z
END_OF_ZSH
    [ "$(timeout 30 zsh -f driver.zsh "$prefix/share/zsh/site-functions" "$1" "$2")" = found ] || fail "$1"
}

@test "zsh completes options, their values and the command" {
    needs zsh
    touch known.txt
    zsh_shows 'leakcheck --leak-check=su' 'leak-check=summary'
    zsh_shows 'leakcheck --baseline=kno' 'known.txt'
    zsh_shows 'leakcheck -q cat kno' 'cat known.txt'
    zsh_shows 'leakcheck-report --extra-deb' 'uginfo-path'
    zsh_shows 'leakcheck-report kno' 'report known.txt'
}

@test "fish completes options, their values and the command" {
    needs fish
    touch known.txt
    fishes() {
        HOME=$BATS_TEST_TMPDIR fish --no-config -c "source $prefix/share/fish/vendor_completions.d/leakcheck.fish; complete -C '$1'"
    }
    fishes 'leakcheck --leak-check=su' | grep -q -e '--leak-check=summary'
    fishes 'leakcheck --leak-ch' | grep -q -e '^--leak-check.*every leak'
    fishes 'leakcheck --baseline=kno' | grep -q 'known.txt'
    fishes 'leakcheck -q cat kno' | grep -q '^known.txt'
    fishes 'leakcheck-report --di' | grep -q -e '^--diff'
    [ -z "$(fishes 'leakcheck cat --leak-ch')" ]
}
