# What tools/ci/README.md gives to be copied.

# snippet HEADING N: the N-th block of code below that heading.
snippet() {
    awk -v heading="## $1" -v number="$2" '/^## / { inside = $0 == heading } inside && /^```$/ { shown = 0 }
        shown { print } inside && /^```[a-z]/ { shown = ++count == number }' "$BATS_TEST_DIRNAME/../../tools/ci/README.md"
}
