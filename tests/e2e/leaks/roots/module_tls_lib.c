/* What module_tls.c loads: too much thread-local data for the static block. */
__thread char space[100000];
__thread void *mine;

void hold_in_tls(void *p)
{
    space[5] = 1;
    mine = p;
}
