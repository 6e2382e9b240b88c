/* Locales, conversions and texts that libc keeps for itself. */
#include "leaks.h"

#include <iconv.h>
#include <libintl.h>
#include <locale.h>
#include <time.h>

// expect: nothing
CASE(set)
{
    setlocale(LC_ALL, "C.UTF-8");
}

// expect: nothing
CASE(set_twice)
{
    setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_ALL, "C");
}

// stacks: valgrind has no names for a module that was unloaded
CASE(converter_left_open)
{
    use(iconv_open("UTF-16", "ISO-8859-1"));
}

// stacks: valgrind has no names for a module that was unloaded
CASE(converter_kept)
{
    held = iconv_open("UTF-16", "ISO-8859-1");
}

// expect: nothing
CASE(converter_closed)
{
    iconv_close(iconv_open("UTF-16", "ISO-8859-1"));
}

// expect: nothing
CASE(time_zone)
{
    time_t now = 1000000000;
    setenv("TZ", "Europe/Berlin", 1);
    unsetenv("TZ");
    use(localtime(&now));
}

// expect: nothing
CASE(texts)
{
    bindtextdomain("leaks", "/nowhere");
    textdomain("leaks");
    use(gettext("text"));
}

CASE(locale_object_dropped)
{
    use(newlocale(LC_ALL_MASK, "C.UTF-8", NULL));
}
