/* Look-ups of users and hosts, whose databases libc loads as modules. */
#include "leaks.h"

#include <netdb.h>
#include <pwd.h>

// expect: nothing
CASE(user)
{
    use(getpwnam("root"));
}

static struct addrinfo *look_up(void)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found = NULL;
    getaddrinfo("127.0.0.1", "80", &hints, &found);
    return found;
}

CASE(addresses_dropped)
{
    use(look_up());
}

CASE(addresses_kept)
{
    held = look_up();
}

// expect: nothing
CASE(addresses_freed)
{
    freeaddrinfo(look_up());
}
