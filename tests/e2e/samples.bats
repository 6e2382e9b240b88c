#!/usr/bin/env bats
# Each sample's findings, as README shows them; its twin, which frees, has none.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

# finds SAMPLE TEXT...: each stands in the report.
finds() {
    exits 23 "$leakcheck" --show-leak-kinds=all "$samples/$1"
    for text in "${@:2}"; do
        expect "$text"
    done
}

clean() {
    exits 0 "$leakcheck" "$samples/$1-control"
    expect 'All heap blocks were freed -- no leaks are possible'
    expect 'ERROR SUMMARY: 0 errors'
}

@test "leak" {
    finds leak '192 bytes in 3 blocks' ': malloc' 'greeting (leak.c:8)' 'main (leak.c:17)'
}
@test "leak: its control" {
    clean leak
}

@test "tree" {
    finds tree 'in use at exit: 72 bytes in 3 blocks' ': calloc' 'grow (tree.c:12)' 'grow (tree.c:15)' 'grow (tree.c:16)' \
        'loss record 3 of 3'
}
@test "tree: its control" {
    clean tree
}

@test "grow" {
    finds grow '4,096 bytes in 1 blocks' ': realloc' 'push (grow.c:14)' 'main (grow.c:23)'
}
@test "grow: its control" {
    clean grow
}

@test "threads" {
    finds threads '256 bytes in 4 blocks' 'work (threads.c:8)'
}
@test "threads: its control" {
    clean threads
}

@test "objects" {
    finds objects 'in use at exit: 264 bytes in 5 blocks' 'operator new(unsigned long)' \
        'operator new(unsigned long, std::align_val_t)' 'operator new(unsigned long, std::nothrow_t const&)' \
        'operator new[](unsigned long)' 'Polygon::Polygon() (objects.cc:14)' 'main (objects.cc:21)' \
        'main (objects.cc:22)' 'main (objects.cc:23)' 'main (objects.cc:24)'
}
@test "objects: its control" {
    clean objects
}

@test "mismatch" {
    exits 23 "$leakcheck" "$samples/mismatch"
    expect 'no leaks are possible'
    expect 'main (mismatch.cc:16)'
    expect 'main (mismatch.cc:17)'
    expect 'main (mismatch.cc:18)'
    expect 'ERROR SUMMARY: 3 errors from 3 contexts'
}
@test "mismatch and double_free: in mtrace's words, by either writer" {
    local symbolizer
    for symbolizer in auto no; do
        exits 23 "$leakcheck" --format=mtrace --symbolizer="$symbolizer" "$samples/mismatch"
        expect "Process "
        expect ": $samples/mismatch"
        expect 'Free 1 by operator delete(void*, unsigned long) at '
        expect ' is mismatched, alloc'"'"'d by malloc at '
        expect_not 'No memory leaks'
        exits 134 "$leakcheck" --format=mtrace --symbolizer="$symbolizer" "$samples/double_free"
        expect " was free'd before, alloc'd by "
    done
}
@test "mismatch: its control" {
    clean mismatch
}

@test "double_free: told, with both stacks, before glibc aborts" {
    exits 134 "$leakcheck" "$samples/double_free"
    [ -z "$output" ]
    expect 'drop (double_free.c:7)'
    expect 'main (double_free.c:15)'
    expect 'main (double_free.c:12)'
    expect "inside a block of size 100 free'd before"
}
@test "double_free: its control" {
    clean double_free
}

@test "mapping: lost, and shown in the map, with who made it" {
    exits 23 "$leakcheck" --memory-map=full "$samples/mapping"
    expect 'scratch'
}
@test "mapping: its control" {
    exits 0 "$leakcheck" --memory-map=full "$samples/mapping-control"
    expect_not 'scratch'
}

@test "plugin: names of a closed module" {
    finds plugin '400 bytes in 1 blocks' ': calloc' 'plugin_run (plugin_lib.c:9)' 'main (plugin.c:'
}
@test "plugin: its control" {
    clean plugin
}
