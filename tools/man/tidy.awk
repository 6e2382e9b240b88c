# What scdoc writes, as `mandoc -Tlint` wants it: no paragraph that is empty or follows a heading, titles in capitals,
# lines of text no longer than 80 bytes.
function put(line,    cut) {
    while (!literal && line !~ /^[.']/ && length(line) > 80) {
        cut = 80
        while (cut > 0 && (substr(line, cut, 1) != " " || substr(line, cut + 1, 1) ~ /[.' ]/ || substr(line, cut - 1, 1) == "\\"))
            cut--
        if (!cut)
            break
        print substr(line, 1, cut - 1)
        line = substr(line, cut + 1)
    }
    print line
}
/^\.TH / { $2 = toupper($2) }
/^\.nf/ { literal = 1 }
/^\.fi/ { literal = 0 }
/^\.PP?$/ && !literal {
    waiting = !after_heading
    next
}
/^\.RE/ {
    print
    next
}
{
    if (waiting && $0 !~ /^\.(RS|SH|nf)/)
        print ".PP"
    waiting = 0
    after_heading = /^\.SH/
    put($0)
}
