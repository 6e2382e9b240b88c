/* The test that a process is a part of, by what test runners tell the programs that they start. */
#ifndef LC_REPORT_TEST_NAME_H
#define LC_REPORT_TEST_NAME_H

/* Its name, one of the environment's own strings (environ(7)); "" when no runner says. */
const char *lc_test_name(char *const *environment);

#endif
