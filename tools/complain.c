#include "complain.h"

#include "report/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void lc_complain(const char *fmt, ...)
{
    char text[1024], buffer[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);

    struct lc_out out;
    lc_out_init(&out, STDERR_FILENO, buffer, sizeof buffer);
    lc_out_str(&out, "leakcheck-report: ");
    lc_escape_text(&out, text);
    lc_out_char(&out, '\n');
    lc_out_flush(&out);
}
