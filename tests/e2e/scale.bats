#!/usr/bin/env bats
# Many blocks and many stacks: exact, and the report within seconds.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "1,000,000 live blocks from 1,000 stacks" {
    compile blocks "$BATS_TEST_DIRNAME/programs/stacks.c" </dev/null
    start=$EPOCHSECONDS
    exits 0 under ./blocks 1000 1000
    [ $((EPOCHSECONDS - start)) -le 20 ]
    leaked 24000000 1000000
    [ "$(grep -c '^leak ' "$log")" -eq 1000 ]
    [ "$(grep -c '^leak .*bytes=24000 blocks=1000 ' "$log")" -eq 1000 ]
    log_is_whole
    [ "$(stat -c %s "$log")" -lt 2000000 ]
    start=$EPOCHSECONDS
    exits 0 "$report" --error-exitcode=0 "$log"
    [ $((EPOCHSECONDS - start)) -le 10 ]
    [[ $output == *'in use at exit: 24,000,000 bytes in 1,000,000 blocks'* ]]
}

@test "100,000 distinct stacks" {
    compile stacks "$BATS_TEST_DIRNAME/programs/stacks.c" </dev/null
    start=$EPOCHSECONDS
    exits 0 under ./stacks 100000 1
    [ $((EPOCHSECONDS - start)) -le 20 ]
    leaked 2400000 100000
    [ "$(grep -c '^leak ' "$log")" -eq 100000 ]
    log_is_whole
    start=$EPOCHSECONDS
    "$report" --error-exitcode=0 "$log" >all # bash itself would take longer to take it in
    [ $((EPOCHSECONDS - start)) -le 20 ]
}

@test "a million blocks that are freed leave nothing behind" {
    compile churn <<'END'
#include <stdlib.h>
int main(void)
{
    for (int round = 0; round < 10; round++) {
        static void *blocks[100000];
        for (int i = 0; i < 100000; i++)
            blocks[i] = malloc(i % 500);
        for (int i = 0; i < 100000; i++)
            free(blocks[(i * 7919ul) % 100000]);
    }
    return 0;
}
END
    exits 0 under ./churn
    leaked 0 0
    grep -q '^heap allocations=100000[0-9] frees=100000[0-9] ' "$log" || fail "$(grep ^heap "$log")"
    [ "$(stat -c %s "$log")" -lt 100000 ]
}
