#!/usr/bin/env bats
# Commands that can't be checked are told before they start; scripts are followed to their interpreter.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "not there: 127" {
    exits 127 "$leakcheck" ./missing
    one_line_of_stderr
}

@test "not executable, or a directory: 126" {
    echo text >text
    exits 126 "$leakcheck" ./text
    one_line_of_stderr
    exits 126 "$leakcheck" /tmp
    one_line_of_stderr
}

@test "statically linked: 125" {
    compile static -static <<<'int main(void) { return 0; }'
    exits 125 "$leakcheck" ./static
    one_line_of_stderr
    expect static
    compile pie -static-pie <<<'int main(void) { return 0; }'
    exits 125 "$leakcheck" ./pie
    expect static
}

@test "setuid: 125" {
    cp "$samples/leak" ./setuid
    [ "$(id -u)" -ne 0 ] || chown nobody setuid
    chmod u+s setuid
    [ -u setuid ] || skip "the file system takes no setuid bit"
    if [ "$(id -u)" -eq "$(stat -c %u setuid)" ]; then
        skip "only root can make a program that is setuid for somebody else"
    fi
    exits 125 "$leakcheck" ./setuid
    one_line_of_stderr
    expect setuid
}

@test "of another architecture: 125" {
    cp "$samples/leak" arm
    printf '\xb7' | dd of=arm bs=1 seek=18 conv=notrunc status=none
    exits 125 "$leakcheck" ./arm
    one_line_of_stderr
    cp "$samples/leak" elf32
    printf '\x01' | dd of=elf32 bs=1 seek=4 conv=notrunc status=none
    exits 125 "$leakcheck" ./elf32
    one_line_of_stderr
}

@test "a script is run by its interpreter, which is looked at" {
    printf '#!/bin/sh\necho "$1"\n' >script
    printf '#! /usr/bin/env sh\necho env "$1"\n' >script2
    printf '#!%s/static\n' "$PWD" >script3
    printf '#!/no/such/interpreter\n' >script4
    chmod +x script*
    exits 0 "${silently[@]}" ./script 'a b'
    [ "$output" = 'a b' ]
    exits 0 "${silently[@]}" ./script2 x
    [ "$output" = 'env x' ]
    compile static -static <<<'int main(void) { return 0; }'
    exits 125 "$leakcheck" ./script3
    one_line_of_stderr
    exits 127 "$leakcheck" ./script4
    one_line_of_stderr
}

@test "a script without a first line for it is run by sh" {
    printf 'echo plain "$1"\n' >script
    chmod +x script
    exits 0 "${silently[@]}" ./script x
    [ "$output" = 'plain x' ]
}
