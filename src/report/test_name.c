#include "report/test_name.h"

#include "base/environment.h"

#include <string.h>

/* Those that name the test itself; the first is for who has another runner. */
static const char *const variables[] = {"LEAKCHECK_TEST", "PYTEST_CURRENT_TEST", "BATS_TEST_NAME", "NEXTEST_TEST_NAME"};

const char *lc_test_name(char *const *environment)
{
    for (size_t i = 0; environment && i < LC_ARRAY_LEN(variables); i++) {
        const char *value = lc_environment_get(environment, variables[i], strlen(variables[i]));
        if (value && *value)
            return value;
    }
    return "";
}
